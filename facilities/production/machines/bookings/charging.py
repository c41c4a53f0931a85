"""The money side of a booking: lines that are only ever added, each reason once by its number.

Each line is posted on the accounts of both firms in the same transaction (`statements`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.cancelling import Outcome, Paid
from facilities.capacity.posting import Reason
from facilities.production.machines.model import BookingEntry, Charge, Machine, MachineBooking
from facilities.production.statements import commands as books
from facilities.production.statements.commands import Owed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

DEPOSIT = "deposit"
REFUND = "refund"
DEPOSIT_BACK = "deposit_back"
FEE = "no_show_fee"
CORRECTION = "correction"
DEPOSIT_CORRECTION = "deposit_correction"
MOVED = "moved"
"""The step of the history after which lines are about another time."""

_MOST_OF_A_TIME = 1000
"""Lines of one reason for one time of a booking."""

POSTED_AS: Mapping[str, Reason] = {
    **dict.fromkeys(("use", "band", "operator", "set_up", "minimum"), Reason.PRICE),
    "overtime": Reason.OVERTIME,
    "early": Reason.EARLY,
    DEPOSIT: Reason.DEPOSIT,
    DEPOSIT_BACK: Reason.DEPOSIT,
    REFUND: Reason.REFUND,
    FEE: Reason.FEE,
}
"""What the books call each reason; one that is not here is `Reason.OTHER`."""

_LINE = Text("{machine}：{what}", "{machine}: {what}")
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
    deposit = sum(each.amount_fen for each in lines if is_deposit(each))
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
    entered = add_lines(tx, booking_id, lines, first=_first_number(tx.session, booking_id))
    post(tx, booking_id, entered)
    return sum(line.amount_fen for line in entered)


def add_lines(
    tx: Transaction,
    booking_id: UUID,
    lines: Iterable[Said],
    after: Mapping[str, int] | None = None,
    first: int = 0,
) -> list[Charge]:
    """Write the lines of a booking without posting them, numbered from `first` on.

    `after` says where a reason has got to already.
    """
    numbers = Counter(after or {})
    entered = []
    for said in lines:
        numbers[said[0]] += 1
        entered.append(line_of(tx, booking_id, said, first + numbers[said[0]]))
    tx.session.add_all(entered)
    tx.session.flush()
    return entered


def number_of_undoing(line: Charge, sequence: int) -> int:
    """The number of the line that undoes another and its posting: once, and about the same time."""
    return line.seq - line.seq % _MOST_OF_A_TIME + sequence


def line_of(tx: Transaction, booking_id: UUID, said: Said, seq: int) -> Charge:
    """A line that is not written yet."""
    reason, text, amount = said
    return Charge(
        id=new_id(),
        booking_id=booking_id,
        reason=reason,
        seq=seq,
        amount_fen=amount,
        text=text.to_dict(),
        made_at=tx.now,
        made_by=tx.actor.id,
    )


def post(tx: Transaction, booking_id: UUID, lines: Iterable[Charge]) -> None:
    """Post lines that were written on the accounts of both firms."""
    kept = tx.session.get_one(MachineBooking, booking_id)
    machine = Text.of(tx.session.get_one(Machine, kept.machine_id).name)
    owed = [
        Owed(
            line.id,
            POSTED_AS.get(line.reason, Reason.OTHER),
            line.amount_fen,
            _LINE.format(machine=machine, what=Text.of(line.text)),
        )
        for line in lines
    ]
    books.enter(tx, booking_id, kept.customer, kept.owner, owed)


def is_deposit(line: Charge) -> bool:
    """Whether a line is about the deposit."""
    return line.reason in {DEPOSIT, DEPOSIT_BACK, DEPOSIT_CORRECTION}


def _first_number(session: Session, booking_id: UUID) -> int:
    moves = sa.select(sa.func.count()).select_from(BookingEntry)
    return _MOST_OF_A_TIME * (
        session.scalar(moves.where(BookingEntry.booking_id == booking_id, BookingEntry.step == MOVED)) or 0
    )
