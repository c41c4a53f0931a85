"""The days of a pass: months from its first day on, and what of them is claimed at once. Pure.

Months are counted from the first day of the pass, so one that began on the 31st goes on to the last day of
each shorter month and comes back to the 31st.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from facilities.capacity.grid import Span
from shared.clock import PARK_TZ

MOST_DAYS = 31
"""Which one claim can take of a ledger of bays."""


@dataclass(frozen=True, slots=True)
class Days:
    """Local days, both included."""

    since: date
    until: date


def days_of(first_day: date, first: int, months: int) -> Days:
    """So many months of a pass that began on `first_day`, from its month `first` on, counted from 0."""
    return Days(_after(first_day, first), _after(first_day, first + months) - timedelta(days=1))


def renewable(until: date, today: date, grace_days: int, before: timedelta) -> bool:
    """Whether a pass that is paid until that day can be renewed: in its last days, and in its grace."""
    return until - before < today <= until + timedelta(days=grace_days)


def spans_of(since: date, until: date, now: datetime) -> Iterator[Span]:
    """The time of these days from now on, in pieces that a ledger takes at once; none where all is over."""
    end = _midnight(until + timedelta(days=1))
    day = since
    while day <= until:
        following = min(day + timedelta(days=MOST_DAYS), until + timedelta(days=1))
        start, stop = max(_midnight(day), _whole_second(now)), min(_midnight(following), end)
        if start < stop:
            yield Span(start, stop)
        day = following


def _after(first_day: date, months: int) -> date:
    year, month = divmod(first_day.year * 12 + first_day.month - 1 + months, 12)
    return date(year, month + 1, min(first_day.day, monthrange(year, month + 1)[1]))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARK_TZ)


def _whole_second(now: datetime) -> datetime:
    """Not before now: what has passed cannot be booked any more."""
    return now if now.microsecond == 0 else now.replace(microsecond=0) + timedelta(seconds=1)
