"""The money side of a booking: lines that are only ever added, each reason once by its number."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.cancelling import Outcome, Paid
from facilities.production.machines.model import Charge
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

DEPOSIT = "deposit"
REFUND = "refund"
DEPOSIT_BACK = "deposit_back"
FEE = "no_show_fee"

_DEPOSIT = Text("押金", "Deposit")
_DEPOSIT_BACK = Text("退还押金", "The deposit is given back")
_REFUND = Text("退还使用费", "The price is given back")
_FEE = Text("未到场违约金", "Fee for not showing up")

Said = tuple[str, Text, int]
"""For what, in words, and how many fen."""


def charges_of(session: Session, booking_id: UUID) -> Sequence[Charge]:
    """Every line of a booking, in the order in which they were made."""
    query = sa.select(Charge).where(Charge.booking_id == booking_id)
    return session.scalars(query.order_by(Charge.id)).all()


def paid_of(session: Session, booking_id: UUID) -> Paid:
    """What the customer owes or has paid by the lines so far, deposit and the rest."""
    lines = charges_of(session, booking_id)
    deposit = sum(each.amount_fen for each in lines if _deposit(each))
    return Paid(sum(each.amount_fen for each in lines) - deposit, deposit)


def deposit_line(amount_fen: int) -> list[Said]:
    """The deposit, where there is one."""
    return [(DEPOSIT, _DEPOSIT, amount_fen)] if amount_fen else []


def deposit_back(amount_fen: int) -> list[Said]:
    """The deposit given back, where there was one."""
    return [(DEPOSIT_BACK, _DEPOSIT_BACK, -amount_fen)] if amount_fen else []


def counter_entries(outcome: Outcome) -> list[Said]:
    """What comes back, and the fee that is kept of it."""
    found: list[Said] = []
    if outcome.price_back_fen:
        found.append((REFUND, _REFUND, -outcome.price_back_fen))
    found += deposit_back(outcome.deposit_back_fen)
    if outcome.fee_fen:
        found.append((FEE, _FEE, outcome.fee_fen))
    return found


def charge(tx: Transaction, booking_id: UUID, lines: Iterable[Said]) -> int:
    """Enter lines, those of one reason numbered from 1; returns their sum in fen.

    No reason is entered at two times: whoever repeats a step meets the line that is there.
    """
    total = 0
    numbers: Counter[str] = Counter()
    for reason, text, amount in lines:
        numbers[reason] += 1
        total += amount
        tx.session.add(
            Charge(
                id=new_id(),
                booking_id=booking_id,
                reason=reason,
                seq=numbers[reason],
                amount_fen=amount,
                text=text.to_dict(),
                made_at=tx.now,
                made_by=tx.actor.id,
            )
        )
    tx.session.flush()
    return total


def _deposit(line: Charge) -> bool:
    return line.reason in {DEPOSIT, DEPOSIT_BACK}
