"""The audit trail of a case, for auditors and administrators: names of acts in the reader's language."""

from typing import Any

from flask_babel import lazy_gettext as _l

from gateway.portal.context import Json
from gateway.portal.services import ENTERPRISE, case_path, load

PAGE = 50
_READS = frozenset({"administrator", "auditor"})

NAMES = {
    "case.started": _l("Application started"),
    "case.answers-saved": _l("Form saved"),
    "case.submitted": _l("Application submitted"),
    "case.withdrawn": _l("Application withdrawn"),
    "case.correction-requested": _l("Correction requested"),
    "case.correction-answered": _l("Correction handed in"),
    "case.accepted": _l("Application accepted"),
    "case.deemed-accepted": _l("Counts as accepted by law"),
    "case.declined": _l("Application declined"),
    "case.reviewed": _l("Opinion given"),
    "case.decided": _l("Decision made"),
    "case.procedure-started": _l("Special procedure started"),
    "case.procedure-ended": _l("Special procedure ended"),
    "case.extension-requested": _l("Extension asked for"),
    "case.extension-decided": _l("Extension decided"),
    "case.delivered": _l("Delivery recorded"),
    "case.materials-deferred": _l("Materials promised to follow"),
    "case.corrected-on-the-spot": _l("Corrected on the spot"),
    "case.made-up": _l("Missing materials handed in"),
    "case.make-up-redated": _l("Make-up date computed anew"),
    "case.terminated": _l("Case terminated"),
    "case.redated": _l("Dates computed anew"),
    "case.recounted": _l("Dates computed anew; none that anybody waits for has moved"),
    "case.warned": _l("Warning about a limit"),
    "case.overdue-explained": _l("Missed limit explained publicly"),
    "case.route-chosen": _l("Way of applying chosen"),
    "case.promised": _l("Written promise made"),
    "case.promise-checked": _l("Promise checked"),
    "case.version-renewed": _l("Moved on to the item's new version"),
    "case.discarded": _l("Draft discarded"),
    "case.withdrawal-asked": _l("Withdrawal asked for"),
    "case.filed": _l("Filing taken on record"),
    "case.notice-published": _l("Public notice published"),
    "case.notice-redated": _l("Dates of the public notice computed anew"),
    "case.notice-ended": _l("Public notice ended"),
    "case.filing-lapsed": _l("Not handed in in time after the public notice"),
    "case.objection-lodged": _l("Objection lodged"),
    "case.objection-answered": _l("Objection answered"),
    "case.renewal-due": _l("Holder reminded of the renewal"),
    "case.deemed-renewed": _l("Renewed by operation of law"),
    "case.revocation-proposed": _l("Revocation proposed"),
    "case.objection-stated": _l("Holder heard on the revocation"),
    "case.revocation-withdrawn": _l("Proposal of the revocation taken back"),
    "case.revocation-decided": _l("Revocation decided"),
    "funds.granted": _l("Funds granted"),
    "funds.paid": _l("Funds paid"),
    "handover.message-queued": _l("Message to the authority's system queued"),
    "handover.message-sending": _l("Message to the authority's system on its way"),
    "handover.message-taken": _l("Message taken by the authority's system"),
    "handover.message-refused": _l("Message refused by the authority's system"),
    "handover.try-failed": _l("Message did not reach the authority's system"),
    "handover.recovered": _l("The authority's system answers again"),
    "handover.stuck": _l("Exchange with the authority's system stopped until somebody looks at it"),
    "handover.retried": _l("Exchange with the authority's system started again by hand"),
    "handover.step-taken": _l("Step reported by the authority's system taken over"),
    "handover.document-fetched": _l("Document of the authority fetched"),
    "material.handed-in": _l("Material handed in"),
    "material.taken-back": _l("Material taken back"),
    "task.claimed": _l("Task claimed"),
    "task.released": _l("Task released"),
}
"""Every act that there can be on a case."""


def reads_trail(person: Json | None) -> bool:
    """Whether the trail is there for this person; the service decides."""
    return person is not None and not _READS.isdisjoint(person["roles"])


def trail_of(case_id: str, cursor: str) -> dict[str, Any]:
    """A page of the trail, newest act first."""
    page = load(ENTERPRISE, case_path(case_id, "audit"), limit=str(PAGE), cursor=cursor)
    return {
        "entries": page["items"],
        "next": page["next"],
        "first_page": not cursor,
        "name_of": lambda action: NAMES.get(action, action),
        "details_of": _details,
    }


def _details(entry: Json) -> str:
    """What the entry says more, in the words of the trail: names of fields, codes, identifiers."""
    return " · ".join(f"{name}: {_plain(value)}" for name, value in entry["details"].items())


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
