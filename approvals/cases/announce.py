"""Saying a step of a case to the outside: the event with the case's whole public state."""

from collections.abc import Mapping
from typing import Any

from approvals.cases.events import case_contracts
from approvals.cases.model import Case
from approvals.cases.policy import state_name
from approvals.items.model import HANDOVER_SYSTEMS, Item
from shared.clock import local_date
from shared.transaction import Transaction


def announce(
    tx: Transaction,
    case: Case,
    item: Item,
    step: str,
    *,
    decision: Mapping[str, Any] | None = None,
    decline: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Emit `yuanban.<service>.case.<step>.v1`; `more` is what the contract of this step adds."""
    notice = case.corrections[-1] if case.corrections else None
    tx.emit(
        case_contracts(tx.context.service)[step],
        case,
        case.id,
        {
            "case_id": case.id,
            "number": case.number,
            "item_code": item.code,
            "item_name": item.name.to_dict(),
            "subject_name": case.subject_name,
            "applicant_account_id": case.applicant_id,
            "on_behalf_of": case.on_behalf_of,
            "department": case.department,
            "state": case.state.value,
            "state_name": state_name(case, item).to_dict(),
            "submitted_on": local_date(case.submitted_at) if case.submitted_at else None,
            "due_on": case.due_on,
            "due_at": case.due_at,
            "due_kind": case.due_kind,
            "provisional": case.due_provisional,
            "decision": decision,
            "correction": {"round": notice.round, "count": len(notice.items)} if notice else None,
            "decline": decline,
            "executed_in": HANDOVER_SYSTEMS[item.handover].to_dict() if item.handover else None,
            **(more or {}),
        },
    )
