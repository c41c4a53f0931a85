"""Applying for funds once, granting them within the budget, and recording their payment (拨付)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind
from approvals.cases.model import Case
from approvals.cases.record import Fact, record
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.funds.model import FundBudget, FundClaim, FundGrant, FundPayment
from approvals.funds.policy import wrong_payment
from approvals.funds.queries import budget_of, claim_of, grant_of
from approvals.items.amounts import to_fen, yuan_text
from approvals.items.model import Item
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import TaskKind
from shared.clock import local_date
from shared.database import insert_if_absent
from shared.errors import Conflict, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_ONCE = Text(
    "该单位已就同一政策条款、同一年度提出申请，不能重复申请",
    "The enterprise has applied under this clause for this year before; it can do so once",
)
_EXHAUSTED = Text(
    "该条款{year}年度预算余额为{left}元，不足以拨付{amount}元",
    "Of the clause's budget for {year} {left} yuan are left, which does not suffice for {amount} yuan",
)
_PAID = Text("{amount}元", "{amount} yuan")


def claim(tx: Transaction, case: Case, item: Item, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Note what a case applies for, when it is handed in or corrected; nothing for items without funds.

    Raises Conflict when the enterprise has another application under the clause for the year.
    """
    funding = item.funding
    if funding is None:
        return
    clause, year, amount = (_at(values, path) for path in (funding.clause, funding.year, funding.amount))
    found = claim_of(tx.session, case.id)
    if found is None:
        found = FundClaim(case_id=case.id, item_code=case.item_code, enterprise=case.on_behalf_of or "")
        found.claimed_at = tx.now
        tx.session.flush()  # the case first, which the claim refers to
    try:
        with tx.session.begin_nested():
            found.clause, found.year, found.asked_fen = str(clause), int(year), to_fen(amount)
            tx.session.add(found)
    except IntegrityError as error:
        raise Conflict(_ONCE, slug="funds-applied-for") from error


def release(tx: Transaction, case: Case) -> None:
    """The application came to nothing: the enterprise may make another. For items without funds nothing."""
    found = claim_of(tx.session, case.id)
    if found is not None and found.released_at is None:
        found.released_at = tx.now


def grant(tx: Transaction, case: Case, item: Item, amount_fen: int | None) -> FundGrant:
    """Grant the amount, all that was asked for without one, out of the clause's budget for the year.

    Raises Conflict when so much is not left: of two decisions for the last money one gets it.
    """
    asked = claim_of(tx.session, case.id)
    if asked is None:
        raise LookupError(f"case {case.id}: funds are granted that nobody has applied for")
    amount = asked.asked_fen if amount_fen is None else amount_fen
    _take(tx, case, item, asked, amount)
    granted = FundGrant(case_id=case.id, asked_fen=asked.asked_fen, amount_fen=amount, granted_at=tx.now)
    tx.session.add(granted)
    tx.audit("funds.granted", "case", case.id, {"clause": asked.clause, "year": asked.year, "fen": amount})
    return granted


def write_order(
    tx: Transaction, case: Case, item: Item, granted: FundGrant, *, reason: str, pay_by: date | None
) -> None:
    """The decision in writing (资金拨付决定书): what is paid, under which clause, by whom and until when."""
    asked, funding = claim_of(tx.session, case.id), item.funding
    if asked is None or funding is None:
        raise LookupError(f"case {case.id}: nothing was applied for")
    clause = funding.find(asked.clause)
    issue_slip(
        tx,
        case,
        item,
        SlipKind.FUNDING_DECISION,
        reason=reason,
        legal_basis=item.grant.basis if item.grant else None,
        remedies=item.remedies.text if item.remedies else None,
        due_on=pay_by,
        rows=[
            (Text("政策条款", "Clause"), clause.name.zh if clause else asked.clause),
            (Text("申报年度", "Year"), str(asked.year)),
            (Text("申请金额", "Asked for"), f"{yuan_text(granted.asked_fen)}元"),
            (Text("决定金额", "Granted"), f"{yuan_text(granted.amount_fen)}元"),
            (Text("拨付部门", "Paid by"), funding.payer.name.zh),
        ],
    )


def record_payment(
    tx: Transaction, case: Case, item: Item, *, amount_fen: int, paid_on: date | None, voucher: str
) -> FundPayment:
    """The payer's record of the payment; it ends the limit for it.

    Raises Forbidden without the claim of the payment, InvalidInput for another amount than was granted, for
    a day before the decision or after today, and without the number of the voucher.
    """
    policy.require_state("record-payment", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.PAYMENT)
    granted = grant_of(tx.session, case.id)
    if granted is None or case.ended_at is None:
        raise LookupError(f"case {case.id}: a task of paying what nobody has granted")
    on = paid_on or tx.today
    errors = wrong_payment(
        granted,
        amount_fen=amount_fen,
        paid_on=on,
        voucher=voucher,
        decided_on=local_date(case.ended_at),
        today=tx.today,
    )
    if found := [*errors]:
        raise InvalidInput(errors=found)
    tasks.complete(tx, task)
    payment = FundPayment(
        case_id=case.id,
        amount_fen=amount_fen,
        paid_on=on,
        voucher=voucher.strip(),
        recorded_at=tx.now,
        recorded_by=tx.actor.id,
        recorded_name=tx.actor.name,
    )
    tx.session.add(payment)
    said = _PAID.format(amount=yuan_text(amount_fen))
    facts = [Fact(FactKind.DELIVERED, on, note=said)]
    record(tx, case, item, "paid", office="payer", facts=facts, effective_on=on, detail=said)
    tx.audit("funds.paid", "case", case.id, {"fen": amount_fen, "paid_on": on.isoformat()})
    announce(tx, case, item, "paid", more={"payment": {"amount_fen": amount_fen, "paid_on": on}})
    return payment


def _take(tx: Transaction, case: Case, item: Item, asked: FundClaim, amount: int) -> None:
    total, _ = budget_of(tx.session, case, item, asked)
    key = {"item_code": case.item_code, "clause": asked.clause, "year": asked.year}
    insert_if_absent(tx.session, FundBudget, {**key, "total_fen": total, "granted_fen": 0})
    taken = (
        sa.update(FundBudget)
        .filter_by(**key)
        .where(FundBudget.granted_fen + amount <= FundBudget.total_fen)
        .values(granted_fen=FundBudget.granted_fen + amount)
        .execution_options(synchronize_session="fetch")
    )
    done = cast("sa.CursorResult[Any]", tx.session.execute(taken)).rowcount
    if not done:
        row = tx.session.get(FundBudget, tuple(key.values()), populate_existing=True)
        left = row.total_fen - row.granted_fen if row else 0
        words = {"year": asked.year, "left": yuan_text(left), "amount": yuan_text(amount)}
        raise Conflict(_EXHAUSTED.format(**words), slug="budget-exhausted")


def _at(values: Mapping[str, Mapping[str, Any]], path: str) -> Any:
    section, _, name = path.rpartition("/")
    return values[section][name]
