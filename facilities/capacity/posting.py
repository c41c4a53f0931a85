"""Who owes what for a booking: lines that are only ever added, in fen, on both sides of it. Pure.

A positive amount is owed by the firm, a negative one to it. What a customer is charged the owner is owed,
less the commission: the lines of a posting add up to what the platform keeps. The commission is always that
on everything charged for the booking so far, rounded half up, so that a booking which is given back whole
leaves nothing. A line is never edited: `countered` makes the lines that undo a posting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from facilities.capacity.amounts import WHOLE_BP, Rounding, part_of
from shared.errors import Conflict
from shared.text import Text


class Reason(StrEnum):
    """What something is charged or given back for."""

    PRICE = "price"
    OVERTIME = "overtime"
    EARLY = "early"
    REFUND = "refund"
    FEE = "fee"
    DEPOSIT = "deposit"
    """Paid in and returned between customer and platform: the owner has no part in it."""
    COMMISSION = "commission"
    PAYMENT = "payment"
    """Money that came from the firm (negative) or went to it (positive)."""
    CORRECTION = "correction"
    OTHER = "other"
    """Between the two sides alone, as for damage: no commission is on it, and no price limits it."""


REASON_NAMES: dict[Reason, Text] = {
    Reason.PRICE: Text("使用费", "Price"),
    Reason.OVERTIME: Text("超时使用费", "Overtime"),
    Reason.EARLY: Text("提前结束退回", "Returned for finishing early"),
    Reason.REFUND: Text("取消退款", "Refund"),
    Reason.FEE: Text("未到场违约金", "Fee for not showing up"),
    Reason.DEPOSIT: Text("押金", "Deposit"),
    Reason.COMMISSION: Text("平台服务费", "Commission"),
    Reason.PAYMENT: Text("收付款", "Payment"),
    Reason.CORRECTION: Text("更正", "Correction"),
    Reason.OTHER: Text("其他往来", "Other"),
}
SHARED = frozenset({Reason.PRICE, Reason.OVERTIME, Reason.EARLY, Reason.REFUND, Reason.FEE})
"""What the owner is owed for, and the platform has its commission on."""

_CORRECTED = Text("该笔已更正，不能再次更正", "It has been corrected and cannot be corrected again")
_NOT_CORRECTED = Text("更正本身不能再更正，请重新入账", "A correction cannot be undone; post the charge anew")
_TOO_MUCH = Text(
    "更正后退款将多于收款，请先更正退款",
    "It would leave more given back than was charged; correct what was given back first",
)


class Side(StrEnum):
    """Which part of a posting a line is."""

    CUSTOMER = "customer"
    OWNER = "owner"
    COMMISSION = "commission"


@dataclass(frozen=True, slots=True)
class Deal:
    """One booking as far as money goes; the terms are those under which it was made."""

    booking_id: UUID
    customer: str
    """Credit code of the firm that has booked."""
    owner: str
    """Credit code of the firm whose resource it is."""
    commission_bp: int
    """In basis points of what is charged."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line. `(about, sequence, side)` is its own and no other's: twice posted is refused by a key."""

    about: UUID
    """The booking, or the payment."""
    sequence: int
    """Of the posting, from 1; the lines of one posting share it."""
    side: Side
    firm: str
    reason: Reason
    amount_fen: int
    posted_at: datetime
    """Aware."""
    what: Text
    corrects: int | None = None
    """The sequence of the posting that it undoes."""
    other: str = ""
    """Credit code of the firm on the other side; none of what is between a firm and the platform alone."""


def posted(
    deal: Deal, earlier: Sequence[Posting], reason: Reason, amount_fen: int, at: datetime, what: Text
) -> tuple[Posting, ...]:
    """The lines to add when the customer is charged an amount, or given back a negative one.

    `earlier` are all lines of this booking. Without an amount there are none. ValueError where more would be
    given back than was charged, or more of the deposit than was paid in: that is a mistake of ours.
    """
    if not amount_fen:
        return ()
    kinds = SHARED if reason in SHARED else {reason}
    limited = reason is not Reason.OTHER and charged(earlier, kinds) + amount_fen < 0
    if reason not in SHARED | {Reason.DEPOSIT, Reason.OTHER} or limited:
        raise ValueError(f"{reason} of {amount_fen} cannot be posted")
    sequence = _next(earlier)

    def line(side: Side, firm: str, why: Reason, amount: int, other: str = "") -> Posting:
        return Posting(deal.booking_id, sequence, side, firm, why, amount, at, what, other=other)

    other = "" if reason is Reason.DEPOSIT else deal.owner
    lines = [line(Side.CUSTOMER, deal.customer, reason, amount_fen, other)]
    if reason is not Reason.DEPOSIT:
        lines.append(line(Side.OWNER, deal.owner, reason, -amount_fen, deal.customer))
    if reason in SHARED:
        commission = _commission_due(deal, earlier, amount_fen)
        if commission:
            lines.append(line(Side.COMMISSION, deal.owner, Reason.COMMISSION, commission))
    return tuple(lines)


def paid(payment_id: UUID, firm: str, amount_fen: int, at: datetime, what: Text) -> Posting:
    """The line of a payment: a positive amount has come from the firm, a negative one went to it."""
    return Posting(payment_id, 1, Side.CUSTOMER, firm, Reason.PAYMENT, -amount_fen, at, what)


def countered(earlier: Sequence[Posting], sequence: int, at: datetime, why: Text) -> tuple[Posting, ...]:
    """The lines that undo one posting, on all sides of it; what stands stays as it is.

    `earlier` are all lines of the booking or payment. Raises Conflict when the posting has been undone
    already, undoes one itself, or has been given back meanwhile; ValueError when there is none.
    """
    lines = [each for each in earlier if each.sequence == sequence]
    if not lines:
        raise ValueError(f"no posting {sequence}")
    if any(each.corrects == sequence for each in earlier):
        raise Conflict(_CORRECTED, slug="posting-corrected")
    if lines[0].corrects is not None:
        raise Conflict(_NOT_CORRECTED, slug="posting-corrects")
    undoing = tuple(_undone(lines, _next(earlier), at, why))
    for reasons in (SHARED, {Reason.DEPOSIT}):
        if charged([*earlier, *undoing], reasons) < 0:
            raise Conflict(_TOO_MUCH, slug="posting-given-back")
    return undoing


def charged(lines: Sequence[Posting], reasons: frozenset[Reason] | set[Reason] = SHARED) -> int:
    """What the customer has been charged for these reasons so far, with what was given back and corrected."""
    of = {each.sequence for each in lines if each.reason in reasons}
    return sum(
        each.amount_fen
        for each in lines
        if each.side is Side.CUSTOMER and (each.corrects or each.sequence) in of
    )


def _commission_due(deal: Deal, earlier: Sequence[Posting], amount_fen: int) -> int:
    """What is to be added to the commission so that it is that on everything charged."""
    due = part_of(charged(earlier) + amount_fen, Fraction(deal.commission_bp, WHOLE_BP), Rounding.HALF_UP)
    return due - sum(each.amount_fen for each in earlier if each.side is Side.COMMISSION)


def _undone(lines: Sequence[Posting], sequence: int, at: datetime, why: Text) -> Iterator[Posting]:
    for each in lines:
        yield Posting(
            about=each.about,
            sequence=sequence,
            side=each.side,
            firm=each.firm,
            reason=Reason.CORRECTION,
            amount_fen=-each.amount_fen,
            posted_at=at,
            what=why,
            corrects=each.sequence,
            other=each.other,
        )


def _next(earlier: Sequence[Posting]) -> int:
    return max((each.sequence for each in earlier), default=0) + 1
