"""What happens to a case between acceptance and the delivery of what was granted, as its readers see it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from approvals.casefile.dues import due_view
from approvals.cases.clock import ClockKind
from approvals.cases.deadline import Deadlines
from approvals.cases.lifecycle import UNDER_EXAMINATION, State
from approvals.cases.model import Case, DeferralState
from approvals.cases.promise_state import PROMISE_NAMES
from approvals.delivery import queries as deliveries
from approvals.delivery.model import METHOD_NAMES
from approvals.documents import issued_outside
from approvals.extensions import queries as extensions
from approvals.extensions.model import EXTENSION_NAMES, ExtensionState
from approvals.extensions.policy import extension_of, hindrance
from approvals.gaps.policy import make_up_limit, reform_of
from approvals.handovers.commands import waiting
from approvals.handovers.model import HANDOVER_NAMES, TROUBLE_NAMES, Handover, MessageKind
from approvals.items.model import HANDOVER_SYSTEMS, Item
from approvals.notices import queries as notices
from approvals.notices.view import of_case
from approvals.overdue import queries as explanations
from approvals.overdue.policy import missed
from approvals.procedures import queries as procedures
from approvals.procedures.model import DEFAULT_BASIS, PROCEDURE_NAMES, SpecialProcedure
from approvals.promises.queries import checks_of, promise_of
from shared.text import Text
from shared.transaction import Context

OTHERS, EXTENDING = "2", "1"
"""Kinds of special procedure in the national code set (GB/T 39046 A.7)."""

DEFERRAL_NAMES: dict[DeferralState, Text] = {
    DeferralState.PROMISED: Text("已承诺后补，待受理", "Promised, waiting for acceptance"),
    DeferralState.DUE: Text("容缺受理，待补齐", "Accepted with gaps, to be made up"),
    DeferralState.MADE_UP: Text("已补齐", "Made up"),
    DeferralState.BROKEN: Text("逾期未补齐", "Not made up in time"),
    DeferralState.LAPSED: Text("不再适用", "No longer asked for"),
}


def procedures_view(session: Session, case: Case) -> list[dict[str, Any]]:
    """Every special procedure of the case; there is none before acceptance."""
    found = procedures.of_case(session, case.id) if case.accepted_at else []
    return [
        {
            "id": str(each.id),
            "kind": each.kind.value,
            "name": PROCEDURE_NAMES[each.kind].to_dict(),
            "national_kind": OTHERS,
            "reason": each.reason,
            "legal_basis": _basis(each).to_dict(),
            "expected_days": each.expected_days,
            "expected_end_on": each.expected_end_on.isoformat(),
            "started_on": each.started_on.isoformat(),
            "ended_on": _day(each.ended_on),
        }
        for each in found
    ]


def extension_view(session: Session, case: Case, item: Item, *, for_applicant: bool) -> dict[str, Any] | None:
    """The latest request for an extension. The applicant is told the reasons when it is approved."""
    found = extensions.latest_of(session, case.id) if case.accepted_at else None
    limit = extension_of(item)
    if found is None or limit is None:
        return None
    approved = found.state is ExtensionState.APPROVED
    told = approved or not for_applicant
    return {
        "state": found.state.value,
        "state_name": EXTENSION_NAMES[found.state].to_dict(),
        "national_kind": EXTENDING,
        "amount": limit.text.to_dict(),
        "basis": limit.basis.to_dict() if limit.basis else None,
        "reason": found.reason if told else None,
        "requested_at": found.requested_at.isoformat(),
        "requested_by": None if for_applicant else found.requested_name,
        "decided_at": _instant(found.decided_at),
        "decided_by": None if for_applicant else found.decided_name,
        "note": None if for_applicant else found.note,
    }


def deferral_view(
    session: Session, context: Context, case: Case, item: Item, today: date
) -> dict[str, Any] | None:
    """The latest promise to hand in later, with what of it is there, and by when the rest is to follow."""
    if not case.deferrals:
        return None
    found = case.deferrals[-1]
    deadlines = context.resources.get(Deadlines)
    there = {material.code for material in case.materials}
    ended = found.state is not DeferralState.DUE
    return {
        "state": found.state.value,
        "state_name": DEFERRAL_NAMES[found.state].to_dict(),
        "with_gaps": found.due_on is not None,
        "materials": [
            {"code": each.code, "name": each.name.to_dict(), "uploaded": each.code in there}
            for each in item.materials
            if each.code in found.codes
        ],
        "limit": make_up_limit(item).text.to_dict(),
        "basis": basis.to_dict() if (basis := reform_of(item).basis) else None,
        "promised_at": found.promised_at.isoformat(),
        "due": found.due_on
        and {
            "on": found.due_on.isoformat(),
            "kind": ClockKind.MAKE_UP.value,
            "light": "ended" if ended else deadlines.light(found.due_on, found.due_on, today),
            "days_left": None if ended else deadlines.days_left(session, found.due_on, today),
            "at": None,
            "hours_left": None,
            "provisional": found.due_provisional,
        },
        "made_up_at": _instant(found.made_up_at),
    }


def may_be_extended(
    session: Session, context: Context, case: Case, item: Item, today: date, now: datetime
) -> bool:
    """Whether a request for an extension would be heard."""
    if case.state not in UNDER_EXAMINATION:
        return False
    latest = extensions.latest_of(session, case.id)
    return hindrance(session, context, case, item, today, latest, now=now) is None


def delivery_view(
    session: Session, context: Context, case: Case, item: Item, today: date, now: datetime
) -> dict[str, Any] | None:
    """How what was granted was delivered, or by when it is to be; None where nothing is to be delivered."""
    if case.state is not State.GRANTED or item.funding is not None:
        return None
    deadlines = context.resources.get(Deadlines)
    done = deliveries.of_case(session, case.id)
    due = deadlines.reckon_delivery(session, case, item, today, now=now) if done is None else None
    if done is None and (due is None or due.due_on is None):
        return None
    return {
        "due": due and due_view(deadlines, session, due, now, today),
        "delivered": done
        and {
            "on": done.delivered_on.isoformat(),
            "method": done.method.value,
            "method_name": METHOD_NAMES[done.method].to_dict(),
            "recipient": done.recipient,
            "note": done.note,
            "recorded_at": done.recorded_at.isoformat(),
        },
    }


def overdue_view(
    session: Session, case: Case, now: datetime, *, for_applicant: bool
) -> dict[str, Any] | None:
    """The limit that was missed and how that was explained; None where there is neither."""
    late = missed(case, now)
    told = explanations.of_case(session, case.id) if case.accepted_at else []
    if late is None and not told:
        return None
    return {
        "missed": late[0].value if late else None,
        "due_on": late[1].on.isoformat() if late else None,
        "explanations": [
            {
                "number": each.number,
                "missed": each.due_kind,
                "due_on": each.due_on.isoformat(),
                "reason": each.reason,
                "expected_on": each.expected_on.isoformat(),
                "explained_at": each.explained_at.isoformat(),
                "explained_by": None if for_applicant else each.explained_name,
            }
            for each in told
        ],
    }


def promise_view(
    session: Session, context: Context, case: Case, item: Item, today: date, now: datetime, *, own: bool
) -> dict[str, Any] | None:
    """What was promised with the case and what checks have found; None of the ordinary way and of drafts."""
    promise = promise_of(session, case)
    if promise is None:
        return None
    due = context.resources.get(Deadlines).reckon_check(session, case, item, today)
    return {
        "state": promise.state.value,
        "state_name": PROMISE_NAMES[promise.state].to_dict(),
        "promised_at": promise.promised_at.isoformat(),
        "promised_by": promise.promised_name,
        "check_due": due and due_view(context.resources.get(Deadlines), session, due, now, today),
        "checks": [
            {
                "round": found.round,
                "fulfilled": found.fulfilled,
                "findings": found.findings,
                "checked_on": found.checked_on.isoformat(),
                "correct_by": _day(found.correct_by),
                "official": None if own else found.official_name,
            }
            for found in checks_of(session, case)
        ],
    }


def handover_view(
    session: Session, service: str, case: Case, *, for_applicant: bool
) -> dict[str, Any] | None:
    """How far a hand-over has come; None where our own desk handles the case. Errors are for officials."""
    found = session.get(Handover, case.id) if case.submitted_at else None
    if found is None:
        return None
    return {
        "system_name": HANDOVER_SYSTEMS[found.system].to_dict(),
        "state": found.state.value,
        "state_name": HANDOVER_NAMES[found.state].to_dict(),
        "receipt_number": found.receipt_number,
        "ended_on": _day(found.steps[-1].effective_on if case.ended_at and found.steps else None),
        "heard_at": _instant(found.heard_at),
        "withdrawal_waits": waiting(found, MessageKind.WITHDRAW),
        "tries": None if for_applicant else found.tries,
        "last_error": None if for_applicant else found.last_error,
        "trouble": found.trouble
        and {
            "kind": found.trouble.value,
            "name": TROUBLE_NAMES[found.trouble].to_dict(),
            "reason": None if for_applicant else found.trouble_reason,
            "since": _instant(found.stuck_at),
        },
        "documents": _documents(session, service, found),
    }


def _documents(session: Session, service: str, handover: Handover) -> list[dict[str, Any]]:
    issued_on = {step.number: step.effective_on for step in handover.steps}
    folder = f"/api/v1/{service}/cases/{handover.case_id}/outside-documents"
    return [
        {
            "id": str(each.id),
            "name": each.name,
            "media_type": each.media_type,
            "size": each.size,
            "issued_on": _day(issued_on.get(each.step)),
            "url": f"{folder}/{each.id}" if each.fetched_at else None,
        }
        for each in issued_outside.of_case(session, handover.case_id)
    ]


def notice_view(session: Session, case: Case, item: Item) -> dict[str, Any] | None:
    """The latest public notice on the case; None where the item asks for none, or none was published."""
    found = notices.latest_of(session, case.id) if item.public_notice is not None else None
    return None if found is None else of_case(found, item, notices.objections_to(session, [found.id]))


def _basis(procedure: SpecialProcedure) -> Text:
    """The provision as somebody typed it, or in both languages where nobody did."""
    return DEFAULT_BASIS if procedure.legal_basis == DEFAULT_BASIS.zh else Text.same(procedure.legal_basis)


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
