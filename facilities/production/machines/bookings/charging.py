"""The money side of a booking: lines that are only ever added, each reason once by its number."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.cancelling import Outcome, Paid
from facilities.production.machines.model import BookingEntry, Charge
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

DEPOSIT = "deposit"
REFUND = "refund"
DEPOSIT_BACK = "deposit_back"
FEE = "no_show_fee"
MOVED = "moved"
"""The step of the history after which lines are about another time."""

_MOST_OF_A_TIME = 1000
"""Lines of one reason for one time of a booking."""

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
    """What the customer owes or has paid for the present time of the booking, deposit and the rest.

    What was kept when it was moved from another time is settled for good and does not count.
    """
    first = _first_number(session, booking_id)
    lines = [each for each in charges_of(session, booking_id) if each.seq > first]
    deposit = sum(each.amount_fen for each in lines if _deposit(each))
    return Paid(sum(each.amount_fen for each in lines) - deposit, deposit)


def balance_of(session: Session, booking_id: UUID) -> int:
    """What the customer owes on the whole, in fen."""
    return sum(each.amount_fen for each in charges_of(session, booking_id))


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
    """Enter lines, those of one reason numbered on end; returns their sum in fen.

    Numbers begin with 1, after the first move with 1001, and so on: for one time of a booking no reason is
    entered twice, so whoever repeats a step meets the line that is there.
    """
    total = 0
    first = _first_number(tx.session, booking_id)
    numbers: Counter[str] = Counter()
    for reason, text, amount in lines:
        numbers[reason] += 1
        total += amount
        tx.session.add(
            Charge(
                id=new_id(),
                booking_id=booking_id,
                reason=reason,
                seq=first + numbers[reason],
                amount_fen=amount,
                text=text.to_dict(),
                made_at=tx.now,
                made_by=tx.actor.id,
            )
        )
    tx.session.flush()
    return total


def _first_number(session: Session, booking_id: UUID) -> int:
    moves = sa.select(sa.func.count()).select_from(BookingEntry)
    return _MOST_OF_A_TIME * (
        session.scalar(moves.where(BookingEntry.booking_id == booking_id, BookingEntry.step == MOVED)) or 0
    )


def _deposit(line: Charge) -> bool:
    return line.reason in {DEPOSIT, DEPOSIT_BACK}
