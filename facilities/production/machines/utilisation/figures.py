"""How a machine's time was spent: open or closed, booked, used, idle, in overtime; by period. Pure.

All times are machine-minutes: two machines alike for an hour are 120. What is open and not booked is idle.
Used is what the run log says; of it overtime is what ran beyond the end of its booking.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from facilities.capacity.grid import Grid, Span
from shared.clock import PARK_TZ

T = TypeVar("T", "Booked", "Ran")

_MINUTE = timedelta(minutes=1)


class By(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    """From Monday on."""
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row, the last one included."""

    first: date
    last: date

    def span(self, tz: ZoneInfo = PARK_TZ) -> Span:
        """From the first midnight to the last."""
        return Span(_midnight(self.first, tz), _midnight(self.last + timedelta(days=1), tz))


@dataclass(frozen=True, slots=True)
class Figures:
    """Machine-minutes."""

    open_min: int = 0
    closed_min: int = 0
    booked_min: int = 0
    used_min: int = 0
    overtime_min: int = 0
    idle_min: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Both together."""
        return Figures(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Figures)))


@dataclass(frozen=True, slots=True)
class Booked:
    """A time for which so many of the machines are booked."""

    span: Span
    units: int


@dataclass(frozen=True, slots=True)
class Ran:
    """A run of one machine, and when its booking ended."""

    span: Span
    booked_until: datetime


@dataclass(frozen=True, slots=True)
class Capacities:
    """What the rules give each slot from a first one on."""

    grid: Grid
    first: int
    units: Sequence[int]

    def minutes(self, span: Span) -> int:
        """Machine-minutes that are open in a span that begins and ends with slots."""
        slots = self.grid.slots(span)
        given = self.units[slots.start - self.first : slots.stop - self.first]
        if self.grid.by_day:
            return sum(
                units * (self.grid.span_of(range(slot, slot + 1)).length // _MINUTE)
                for slot, units in zip(slots, given, strict=True)
            )
        return sum(given) * self.grid.grain_s // 60


def periods(first: date, last: date, by: By) -> Iterator[Period]:
    """The days from first to last, cut into periods; those at both ends may be shorter."""
    while first <= last:
        end = {By.DAY: first, By.WEEK: first + timedelta(days=7 - first.isoweekday())}.get(by)
        if end is None:
            end = (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        yield Period(first, min(end, last))
        first = end + timedelta(days=1)


def spread(times: Iterable[T], cut: Sequence[Period]) -> list[list[T]]:
    """By period, the times that have a part in it, which may be none."""
    found: list[list[T]] = [[] for _ in cut]
    starts = [each.span().start for each in cut]
    for time_ in times:
        number = max(0, bisect_right(starts, time_.span.start) - 1)
        while number < len(starts) and starts[number] < time_.span.end:
            found[number].append(time_)
            number += 1
    return found


def figures(
    period: Period, units: int, open_: Capacities | None, booked: Sequence[Booked], ran: Sequence[Ran]
) -> Figures:
    """What became of one machine's time in a period; without capacities it was never offered, so closed."""
    span = period.span()
    whole = units * (span.length // _MINUTE)
    available = min(open_.minutes(span), whole) if open_ is not None else 0
    taken = sum(each.units * _minutes(each.span.start, each.span.end, span) for each in booked)
    return Figures(
        open_min=available,
        closed_min=whole - available,
        booked_min=taken,
        used_min=sum(_minutes(each.span.start, each.span.end, span) for each in ran),
        overtime_min=sum(
            _minutes(max(each.span.start, each.booked_until), each.span.end, span) for each in ran
        ),
        idle_min=max(0, available - taken),
    )


def _minutes(start: datetime, end: datetime, within: Span) -> int:
    """Whole minutes of a time that lie within a span."""
    return max(timedelta(0), min(end, within.end) - max(start, within.start)) // _MINUTE


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tz).astimezone(UTC)
