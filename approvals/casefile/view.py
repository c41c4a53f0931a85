"""The case file (案卷) as one reader may see it, and what that reader may do now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from approvals.applications.answers import open_form
from approvals.applications.commands import open_points
from approvals.applications.renewal import Renewal, losses, renewal_of
from approvals.casefile.dues import due_view
from approvals.casefile.funding import funding_view
from approvals.casefile.opinions import opinions_view
from approvals.casefile.progress import (
    deferral_view,
    delivery_view,
    extension_view,
    handover_view,
    may_be_extended,
    notice_view,
    overdue_view,
    procedures_view,
    promise_view,
)
from approvals.casefile.renewing import renewable_view, renews_view
from approvals.casefile.revoking import revocation_verbs, revocation_view
from approvals.casefile.stages import stages_view
from approvals.cases import deferral, policy
from approvals.cases.deadline import Deadlines, Reckoning
from approvals.cases.lifecycle import RUNNING_STATES, State, allows, name_of
from approvals.cases.model import Case
from approvals.certificates import queries as certificates
from approvals.certificates.queries import standing
from approvals.credit.view import ban_view
from approvals.decisions.model import Decision
from approvals.handovers import commands as handovers
from approvals.handovers.model import MessageKind
from approvals.items.answers import label_of, mask_answers, names_of_codes
from approvals.items.catalogue import Catalogue
from approvals.items.forms import Examination
from approvals.items.model import Item
from approvals.items.needs import required_materials
from approvals.notices.policy import before_filing, decision_waits, notice_runs, put_up_by_officials
from approvals.overdue.policy import may_explain, missed
from approvals.spot.view import corrections_view
from approvals.tasks.model import TaskKind
from approvals.tasks.policy import EXAMINATION, claimed_kinds
from shared.actor import Actor
from shared.text import Text
from shared.transaction import Context

_OFFICIAL_VERBS: dict[str, tuple[TaskKind, ...]] = {
    "accept": (TaskKind.INTAKE,),
    "decline": (TaskKind.INTAKE,),
    "request-correction": (TaskKind.INTAKE,),
    "correct-on-the-spot": (TaskKind.INTAKE,),
    "opinion": (TaskKind.REVIEW,),
    "decide": (TaskKind.DECISION,),
    "start-procedure": EXAMINATION,
    "end-procedure": EXAMINATION,
    "publish-notice": EXAMINATION,
    "request-extension": EXAMINATION,
    "decide-extension": (TaskKind.EXTENSION,),
    "record-delivery": (TaskKind.DELIVERY,),
    "record-check": (TaskKind.CHECK,),
    "record-payment": (TaskKind.PAYMENT,),
    "answer-objection": (TaskKind.OBJECTION,),
}
_WAIT_FOR_PROCEDURES = ("opinion", "decide")
_APPLICANT_VERBS = (
    "edit",
    "choose-route",
    "publish-notice",
    "submit",
    "renew-version",
    "discard",
    "withdraw",
    "answer-correction",
    "make-up",
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and with what at hand."""

    session: Session
    context: Context
    actor: Actor
    today: date
    now: datetime


def case_summary(reader: Reader, case: Case) -> dict[str, Any]:
    """A case as a line of a list: no answers, no further queries."""
    item = _item(reader, case)
    return {
        "id": str(case.id),
        "version": case.version,
        "number": case.number,
        "item": _item_ref(item),
        "state": case.state.value,
        "state_name": name_of(case.state, licence=item.is_licence).to_dict(),
        "applicant": {"id": str(case.applicant_id), "name": case.applicant_name},
        "on_behalf_of": case.on_behalf_of,
        "subject_name": case.subject_name,
        "created_at": case.created_at.isoformat(),
        "submitted_at": _instant(case.submitted_at),
        "due": due_of(reader, case),
        # Where a limit has ended, what is due is that, and a procedure does not hide it.
        "resumes_on": case.resumes_on.isoformat() if case.resumes_on and not case.due_on else None,
    }


def case_view(reader: Reader, case: Case) -> dict[str, Any]:
    """The whole case file, masked for readers whose task does not need personal data."""
    item = _item(reader, case)
    form = open_form(reader.session, reader.context.cipher, case, item, reader.today)
    answers = form.answers
    claims = claimed_kinds(reader.session, reader.actor, case)
    personal = policy.sees_personal_data(reader.actor, case, bool(claims))
    own = policy.is_applicant(reader.actor, case)
    renewal = _renewal_of(reader, case)
    return {
        **case_summary(reader, case),
        "query_code": case.query_code if own else None,
        "accepted_at": _instant(case.accepted_at),
        "decided_at": _instant(case.ended_at),
        "sections": _sections(item, form.examined),
        "answers": answers if personal else mask_answers(item, answers),
        "code_names": {at: name.to_dict() for at, name in names_of_codes(item, answers).items()},
        "masked": not personal,
        "materials": _materials(item, case, required_materials(item, form.examined.values)),
        "deferral": deferral_view(reader.session, reader.context, case, item, reader.today),
        "correction": _correction(reader, case, item),
        "spot_corrections": corrections_view(
            reader.session, reader.context.cipher, case, item, personal=personal
        ),
        "opinions": [] if own and not claims else opinions_view(reader.session, case, item),
        "decision": _decision(reader, case),
        "certificate": _certificate(reader, case),
        "renewal": renewal and _renewal(renewal, item),
        "renews": renews_view(reader.session, case, reader.today),
        "procedures": procedures_view(reader.session, case),
        "extension": extension_view(reader.session, case, item, for_applicant=own),
        "delivery": delivery_view(reader.session, reader.context, case, item, reader.today, reader.now),
        "notice": notice_view(reader.session, case, item),
        "stages": stages_view(reader.session, case, item, reader.now, for_applicant=own),
        "funding": funding_view(
            reader.session, reader.context, case, item, reader.today, reader.now, for_applicant=own
        ),
        "overdue": overdue_view(reader.session, case, reader.now, for_applicant=own),
        "route": case.route,
        "routes": list(item.routes),
        "promise": promise_view(
            reader.session, reader.context, case, item, reader.today, reader.now, own=own
        ),
        "credit_ban": _credit_ban(reader, case, item, personal),
        "revocation": revocation_view(
            reader.session, reader.context, reader.actor, case, reader.today, claims
        ),
        "handover": handover_view(reader.session, reader.context.service, case, for_applicant=own),
        "actions": [
            *_actions(reader, case, item, own, claims, renewal),
            *revocation_verbs(reader.session, reader.actor, case, item, reader.today, claims),
        ],
    }


def sees_personal_data(reader: Reader, case: Case) -> bool:
    """Whether this reader's task needs ID numbers, phones and the papers that show them."""
    claims = claimed_kinds(reader.session, reader.actor, case)
    return policy.sees_personal_data(reader.actor, case, bool(claims))


def due_of(reader: Reader, case: Case) -> dict[str, Any] | None:
    """The date by which an answer is due, with its light; None while no clock runs."""
    if case.due_on is None or case.due_kind is None:
        return None
    deadlines = reader.context.resources.get(Deadlines)
    due, ended = Reckoning.on(case), case.state not in RUNNING_STATES
    return due_view(deadlines, reader.session, due, reader.now, reader.today, ended=ended)


def _item(reader: Reader, case: Case) -> Item:
    return reader.context.resources.get(Catalogue).of(case)


def item_ref(reader: Reader, case: Case) -> dict[str, Any]:
    """The item of a case, as lists name it."""
    return _item_ref(_item(reader, case))


def _item_ref(item: Item) -> dict[str, Any]:
    return {"code": item.code, "slug": item.slug, "version": item.version, "name": item.name.to_dict()}


def _sections(item: Item, examined: Examination) -> list[dict[str, Any]]:
    status = examined.sections()
    return [
        {"key": section.key, "title": section.title.to_dict(), "status": status[section.key]}
        for section in item.form.sections
    ]


def materials_view(reader: Reader, case: Case, item: Item) -> list[dict[str, Any]]:
    """Every material of the item, whether it is needed here, and the file handed in for it."""
    form = open_form(reader.session, reader.context.cipher, case, item, reader.today)
    return _materials(item, case, required_materials(item, form.examined.values))


def _materials(item: Item, case: Case, needed: set[str]) -> list[dict[str, Any]]:
    handed_in = {material.code: material for material in case.materials}
    standing = deferral.standing(case, *deferral.ASKED)
    deferred = standing.codes if standing else ()
    rows = []
    for spec in item.materials:
        row = handed_in.get(spec.code)
        rows.append(
            {
                "code": spec.code,
                "name": spec.name.to_dict(),
                "necessity": spec.necessity,
                "required": spec.code in needed,
                "deferred": spec.code in deferred,
                "uploaded": row
                and {
                    "file_name": row.file_name,
                    "media_type": row.media_type,
                    "size": row.size,
                    "sha256": row.sha256,
                    "pages": row.pages,
                    "version": row.version,
                    "etag": f'"{row.version}"',
                    "uploaded_at": row.uploaded_at.isoformat(),
                },
            }
        )
    return rows


def _correction(reader: Reader, case: Case, item: Item) -> dict[str, Any] | None:
    if not case.corrections:
        return None
    notice = case.corrections[-1]
    points = (
        open_points(reader.context.cipher, case, notice)
        if notice.answered_at is None
        else [{**entry, "resolved": True} for entry in notice.items]
    )
    return {
        "round": notice.round,
        "requested_at": notice.requested_at.isoformat(),
        "answered_at": _instant(notice.answered_at),
        "official": notice.official_name,
        "items": [
            {
                "target": point["target"],
                "label": (label_of(item, point["target"]) or Text.same(point["target"])).to_dict(),
                "requirement": point["requirement"],
                "resolved": point["resolved"],
            }
            for point in points
        ],
    }


def _decision(reader: Reader, case: Case) -> dict[str, Any] | None:
    decision = reader.session.get(Decision, case.id) if case.ended_at else None
    if decision is None:
        return None
    return {
        "granted": decision.granted,
        "reason": decision.reason,
        "decided_at": decision.decided_at.isoformat(),
        "official": decision.official_name,
        "remedies": decision.remedies,
    }


def _certificate(reader: Reader, case: Case) -> dict[str, Any] | None:
    found = certificates.of_case(reader.session, case.id) if case.ended_at else None
    if found is None:
        return None
    service = reader.context.service
    return {
        "id": found.id,
        "uscc": found.holder_code,
        "holder": found.holder_name,
        "name": found.name,
        "number": found.number,
        "status": standing(found, reader.today),
        "issued_on": found.issued_on.isoformat(),
        "valid_from": found.valid_from.isoformat(),
        "valid_until": found.valid_until.isoformat() if found.valid_until else None,
        "renews": found.renews,
        "replaced_by": found.replaced_by,
        "renewable": renewable_view(reader.session, reader.context, case, found, reader.today),
        "url": found.public_facts["verify_url"],
        "pdf_url": f"/api/v1/{service}/cases/{case.id}/certificate",
    }


def _renewal_of(reader: Reader, case: Case) -> Renewal | None:
    if case.state is not State.DRAFT:
        return None
    catalogue = reader.context.resources.get(Catalogue)
    return renewal_of(catalogue, reader.context.cipher, case, reader.today)


def _renewal(renewal: Renewal, old: Item) -> dict[str, Any]:
    """What has changed since the draft was begun; without a version nobody can apply any more."""
    new = renewal.item
    return {
        "version": new and new.version,
        "effective_on": new and new.effective_on.isoformat(),
        "note": new.changed.to_dict() if new and new.changed else None,
        "changes": [change.to_dict() for change in renewal.changes],
        "losses": [name.to_dict() for name in losses(renewal, old)],
    }


def _credit_ban(reader: Reader, case: Case, item: Item, personal: bool) -> dict[str, Any] | None:
    """What keeps the applicant from promising, where it matters and for those whom it concerns."""
    rests_on_word = any(reform.mode in ("promise", "deferred_materials") for reform in item.reforms)
    undecided = case.state is State.DRAFT or case.state in RUNNING_STATES
    return ban_view(reader.session, case) if personal and rests_on_word and undecided else None


def _actions(
    reader: Reader,
    case: Case,
    item: Item,
    own: bool,
    claims: set[TaskKind],
    renewal: Renewal | None,
) -> list[str]:
    """What this reader may do now; the same rules refuse everything else."""
    allowed = [verb for verb in _APPLICANT_VERBS if own and allows(verb, case.state)]
    unwanted = {"renew-version"} if renewal is None else {"submit", "publish-notice"}
    if len(item.routes) == 1:
        unwanted.add("choose-route")
    if before_filing(item) is None:
        unwanted.add("publish-notice")  # the authority's, or nobody's
    elif case.state is State.DRAFT:
        unwanted.add("submit")
    if renewal is not None and renewal.item is None:
        unwanted.add("renew-version")
    if not _may_make_up(reader, case):
        unwanted.add("make-up")
    unwanted |= _settled_outside(reader, case)
    allowed = [verb for verb in allowed if verb not in unwanted]
    allowed += [
        verb
        for verb, kinds in _OFFICIAL_VERBS.items()
        if claims.intersection(kinds) and allows(verb, case.state) and _is_open(reader, case, item, verb)
    ]
    examines = bool(claims.intersection(EXAMINATION))
    if may_explain(reader.actor, case, examines) and missed(case, reader.now) is not None:
        allowed.append("explain-overdue")
    if handovers.may_retry(reader.session, reader.actor, case):
        allowed.append("retry-handover")
    return allowed


def _settled_outside(reader: Reader, case: Case) -> set[str]:
    """What the applicant has asked another authority for already."""
    handover = handovers.of_case(reader.session, case.id)
    waits = handover is not None and handovers.waiting(handover, MessageKind.WITHDRAW)
    return {"withdraw"} if waits else set()


def _is_open(reader: Reader, case: Case, item: Item, verb: str) -> bool:
    """Whether nothing but claim and state stands in the way of an official's verb."""
    if verb == "decide" and deferral.to_make_up(case) is not None:
        return False
    if verb in _WAIT_FOR_PROCEDURES:
        waits = verb == "decide" and decision_waits(reader.session, case, item)
        return case.resumes_on is None and not waits
    if verb == "start-procedure":
        return bool(item.procedures)
    if verb == "publish-notice":
        return put_up_by_officials(item) is not None and not notice_runs(reader.session, case, item)
    if verb == "end-procedure":
        return case.resumes_on is not None
    if verb == "request-extension":
        return may_be_extended(reader.session, reader.context, case, item, reader.today, reader.now)
    return True


def _may_make_up(reader: Reader, case: Case) -> bool:
    due = deferral.to_make_up(case)
    return due is not None and due.due_on is not None and reader.today <= due.due_on


def _instant(value: Any) -> str | None:
    return value.isoformat() if value else None
