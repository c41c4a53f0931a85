"""What is paid or given back when the actual run is known: overtime, and what an early end returns. Pure.

Overtime counts from the booked end to the end of the last run, since the machine is taken that long; it has a
price of its own and no surcharge of any hours. Running before the booked beginning costs nothing more: nobody
could have started it there without the owner.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from facilities.capacity.amounts import WHOLE_BP, Rounding, part_of, ratio, rounded
from facilities.capacity.grid import Span
from facilities.capacity.pricing import ONCE, Kind, Line, Use, quote
from facilities.capacity.tariff import UNIT_NAMES, PriceVersion, Unit
from shared.text import Text

_OVERTIME = Text("超时使用费", "Overtime")
_EARLY = Text("提前结束退回", "Returned for finishing early")


def settlement(version: PriceVersion, use: Use, ran: Sequence[Span]) -> tuple[Line, ...]:
    """The lines to be added to the price, by the run log; none when it has no entry or ended as booked."""
    if not ran:
        return ()
    ended_at = max(span.end for span in ran)
    lines = (overtime(version, use, ended_at), early_return(version, use, ended_at))
    return tuple(line for line in lines if line is not None)


def overtime(version: PriceVersion, use: Use, ended_at: datetime) -> Line | None:
    """What running until `ended_at` costs beyond the price; within the grace nothing.

    Billed steps are whole ones, an amount is rounded half up to fen.
    """
    terms = version.overtime
    if terms is None or ended_at - use.span.end <= terms.grace:
        return None
    over = ratio(ended_at - use.span.end, timedelta(hours=1))
    steps = rounded(over * terms.steps, Rounding.UP)
    hours = Fraction(steps, terms.steps)
    amount = part_of(terms.hour_fen, hours) * use.units
    return Line(Kind.OVERTIME, _OVERTIME, hours * use.units, UNIT_NAMES[Unit.HOUR], terms.hour_fen, amount)


def early_return(version: PriceVersion, use: Use, ended_at: datetime) -> Line | None:
    """What an end before the booked one gives back: the stated share of what the time after it had cost.

    That is the price less the price until `ended_at`, so what set-up and minimum charge come to stays paid.
    Rounded half up to fen.
    """
    if version.counted or not version.early_bp or ended_at >= use.span.end:
        return None
    unused = quote(version, use).total_fen - _kept(version, use, ended_at)
    back = part_of(unused, Fraction(version.early_bp, WHOLE_BP))
    return Line(Kind.EARLY, _EARLY, Fraction(1), ONCE, -back, -back) if back else None


def _kept(version: PriceVersion, use: Use, ended_at: datetime) -> int:
    if ended_at <= use.span.start:
        return max(version.set_up_fen * use.units, version.minimum_fen)
    return quote(version, replace(use, span=Span(use.span.start, ended_at))).total_fen
