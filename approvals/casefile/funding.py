"""The funds that a case is about: applied for, granted, paid, and the budget that is left."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from approvals.casefile.dues import due_view
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case
from approvals.funds import queries as funds
from approvals.funds.model import FundPayment
from approvals.items.model import Item
from shared.text import Text
from shared.transaction import Context


def funding_view(
    session: Session,
    context: Context,
    case: Case,
    item: Item,
    today: date,
    now: datetime,
    *,
    for_applicant: bool,
) -> dict[str, Any] | None:
    """From submission on; None for items without funds. The budget is for officials alone."""
    claim = funds.claim_of(session, case.id) if item.funding and case.submitted_at else None
    if claim is None or item.funding is None:
        return None
    granted = funds.grant_of(session, case.id) if case.ended_at else None
    payment = funds.payment_of(session, case.id) if granted else None
    clause = item.funding.find(claim.clause)
    deadlines = context.resources.get(Deadlines)
    due = None
    if granted and payment is None:
        due = deadlines.reckon_delivery(session, case, item, today, now=now)
    total, left = funds.budget_of(session, case, item, claim)
    return {
        "clause": claim.clause,
        "clause_name": (clause.name if clause else Text.same(claim.clause)).to_dict(),
        "year": claim.year,
        "asked_fen": claim.asked_fen,
        "granted_fen": granted.amount_fen if granted else None,
        "payer": item.funding.payer.name.to_dict(),
        "budget": None if for_applicant else {"total_fen": total, "left_fen": left},
        "due": due and due_view(deadlines, session, due, now, today),
        "payment": payment and _payment(payment),
    }


def _payment(payment: FundPayment) -> dict[str, Any]:
    return {
        "amount_fen": payment.amount_fen,
        "on": payment.paid_on.isoformat(),
        "voucher": payment.voucher,
        "recorded_at": payment.recorded_at.isoformat(),
    }
