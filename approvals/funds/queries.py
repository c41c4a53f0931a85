"""Reading what was applied for, granted and paid."""

from uuid import UUID

from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.funds.model import FundBudget, FundClaim, FundGrant, FundPayment
from approvals.items.model import Item


def claim_of(session: Session, case_id: UUID) -> FundClaim | None:
    """What a case applies for, from its submission on."""
    return session.get(FundClaim, case_id)


def grant_of(session: Session, case_id: UUID) -> FundGrant | None:
    """What was granted on a case."""
    return session.get(FundGrant, case_id)


def payment_of(session: Session, case_id: UUID) -> FundPayment | None:
    """The payment, once there is one."""
    return session.get(FundPayment, case_id)


def budget_of(session: Session, case: Case, item: Item, claim: FundClaim) -> tuple[int, int]:
    """The budget that a case draws on and what of it is left, in fen."""
    row = session.get(FundBudget, (case.item_code, claim.clause, claim.year))
    if row is not None:
        return row.total_fen, row.total_fen - row.granted_fen
    clause = item.funding.find(claim.clause) if item.funding else None
    total = clause.budgets.get(str(claim.year), 0) if clause else 0
    return total, total
