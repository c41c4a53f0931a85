"""What is to be paid for a stay, how long one then has to leave, who goes on with an earlier stay. Pure.

What is paid in the midst of a stay counts towards the fee of the whole: since that never falls, nobody has
paid too much, unless a coupon comes later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from facilities.capacity.grid import Span
from facilities.living.parking.tariffs.charging import MINUTE
from facilities.living.parking.tariffs.fees import Fee, Kind, Line, Stay, fee
from facilities.living.parking.tariffs.tariff import Tariff
from shared.text import Text

_IN_TIME = Text("缴费后{minutes}分钟内离场，不再计费", "Nothing more within {minutes} min after paying")


@dataclass(frozen=True, slots=True)
class Payment:
    """Money for a stay in fen; negative when it was given back."""

    asked_at: datetime
    """Until when the fee was reckoned that was paid; not when the provider said so, which may be later."""
    fen: int


@dataclass(frozen=True, slots=True)
class Balance:
    """How a stay stands."""

    fee: Fee
    paid_fen: int
    due_fen: int
    """What is to be paid now; nothing while one may still leave on what was paid."""
    overpaid_fen: int
    """What was paid beyond the fee: to be given back."""
    leave_by: datetime | None
    """Until when one may leave without paying more; None when what was due was never paid."""


def balance(tariff: Tariff, stay: Stay, payments: Sequence[Payment]) -> Balance:
    """What is due for a stay until its end, after these payments."""
    whole = fee(tariff, stay)
    paid = sum(payment.fen for payment in payments)
    leave_by = _leave_by(tariff, stay, payments, paid)
    in_time = leave_by is not None and stay.left_at <= leave_by
    if in_time and whole.total_fen > paid:
        # What has begun since the payment is not charged, and the explanation says so.
        off = Line(Kind.GRACE, _IN_TIME.format(minutes=tariff.grace_minutes), paid - whole.total_fen)
        whole = replace(whole, lines=(*whole.lines, off))
    return Balance(
        fee=whole,
        paid_fen=paid,
        due_fen=max(whole.total_fen - paid, 0),
        overpaid_fen=max(paid - whole.total_fen, 0),
        leave_by=leave_by,
    )


def first_entry(entered_at: datetime, earlier: Sequence[Span], merge_minutes: int) -> datetime:
    """From when a stay is charged: the entry, or that of the earlier stay with which it goes on.

    Who comes back within `merge_minutes` after leaving goes on with the stay as if the car had not left, the
    time between included; over several such visits too. `earlier` are the visits of the plate that have
    ended. The version of the tariff is then that of the first entry, and what was paid for them counts.
    """
    start = entered_at
    for visit in sorted(earlier, key=lambda each: each.end, reverse=True):
        away = start - visit.end
        if timedelta(0) <= away <= merge_minutes * MINUTE and merge_minutes:
            start = visit.start
    return start


def _leave_by(tariff: Tariff, stay: Stay, payments: Sequence[Payment], paid: int) -> datetime | None:
    """The grace after the last payment that left nothing open."""
    asked = sorted({payment.asked_at for payment in payments if payment.fen > 0}, reverse=True)
    for at in asked:
        if paid >= fee(tariff, replace(stay, left_at=at)).total_fen:
            return at + tariff.grace_minutes * MINUTE
    return None
