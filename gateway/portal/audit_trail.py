"""The audit trail of a case, for auditors and administrators: names of acts in the reader's language."""

from typing import Any

from flask_babel import lazy_gettext as _l

from gateway.portal.context import Json
from gateway.portal.services import ENTERPRISE, case_path, load

PAGE = 50
_READS = frozenset({"administrator", "auditor"})

_NAMES = {
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
    "case.delivery-redated": _l("Delivery date computed anew"),
    "case.check-redated": _l("Date of the later check computed anew"),
    "case.route-chosen": _l("Way of applying chosen"),
    "case.promised": _l("Written promise made"),
    "case.promise-checked": _l("Promise checked"),
    "material.handed-in": _l("Material handed in"),
    "material.taken-back": _l("Material taken back"),
    "task.claimed": _l("Task claimed"),
    "task.released": _l("Task released"),
}


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
        "name_of": lambda action: _NAMES.get(action, action),
        "details_of": _details,
    }


def _details(entry: Json) -> str:
    """What the entry says more, in the words of the trail: names of fields, codes, identifiers."""
    return " · ".join(f"{name}: {_plain(value)}" for name, value in entry["details"].items())


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
