"""What happens to a case between acceptance and the delivery of what was granted, as its readers see it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from approvals.casefile.dues import due_view
from approvals.cases.deadline import Deadlines
from approvals.cases.lifecycle import UNDER_EXAMINATION, State
from approvals.cases.model import Case
from approvals.delivery import queries as deliveries
from approvals.delivery.model import METHOD_NAMES
from approvals.extensions import queries as extensions
from approvals.extensions.model import EXTENSION_NAMES, ExtensionState
from approvals.extensions.policy import extension_of, hindrance
from approvals.items.model import Item
from approvals.notices import queries as notices
from approvals.notices.view import of_case
from approvals.overdue import queries as explanations
from approvals.overdue.policy import missed
from approvals.procedures import queries as procedures
from approvals.procedures.model import DEFAULT_BASIS, PROCEDURE_NAMES, SpecialProcedure
from shared.text import Text
from shared.transaction import Context

OTHERS, EXTENDING = "2", "1"
"""Kinds of special procedure in the national code set (GB/T 39046 A.7)."""


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
