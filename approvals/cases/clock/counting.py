"""Counting a limit: which days count, when it ends, how much of it is left.

The rule (行政许可法 art. 82, 民法典 arts. 201 and 203): a day counts when it lies after the day of the event
that starts the clock, is of the kind the limit is worded in, and is in no suspension `(start, end]`; so the
day on which a special procedure starts counts, and the day on which it ends does not.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from approvals.cases.clock import hours
from approvals.cases.clock.course import Suspension
from approvals.cases.clock.facts import ClockFact, Unit, end_of
from shared.calendar import WorkCalendar
from shared.clock import local_date

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts the days of one limit."""

    calendar: WorkCalendar
    unit: Unit
    suspensions: tuple[Suspension, ...] = ()
    pauses: tuple[hours.Pause, ...] = ()
    """The suspensions as a limit in hours takes them."""

    def counts(self, day: date) -> bool:
        """Whether `day` uses up a day of the limit."""
        if self.is_suspended(day):
            return False
        if self.unit in (Unit.WORKING_DAY, Unit.IMMEDIATE):
            return self.calendar.is_working_day(day)
        return True

    def is_suspended(self, day: date) -> bool:
        """Whether `day` lies in a suspension."""
        return any(suspension.holds(day) for suspension in self.suspensions)

    def stops_for_good(self, day: date) -> bool:
        """Whether `day` lies in a suspension whose end is not known."""
        return any(item.end is None and item.holds(day) for item in self.suspensions)

    def nth(self, start: date, n: int) -> date | None:
        """The `n`-th day after `start` that counts; None when an open suspension comes first."""
        day = start
        while n > 0:
            day += _DAY
            if self.stops_for_good(day):
                return None
            n -= self.counts(day)
        return day

    def last_day(self, day: date) -> date | None:
        """`day`, or when it is no working day the next one that is neither off nor suspended (art. 203)."""
        while self.is_suspended(day) or not self.calendar.is_working_day(day):
            if self.stops_for_good(day):
                return None
            day += _DAY
        return day

    def between(self, after: date, until: date) -> int:
        """How many days count in `after < day <= until`; negative when `until` is the earlier one."""
        if until < after:
            return -self.between(until, after)
        days = (after + timedelta(days=offset) for offset in range(1, (until - after).days + 1))
        return sum(1 for day in days if self.counts(day))


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit ends. All None while a suspension without a known end stops the clock."""

    on: date | None
    at: datetime | None = None
    """The instant, for a limit in hours."""
    counted_to: date | None = None
    """The last day that was counted, before it moved off a holiday."""


def due(counter: Counter, start: ClockFact, total: int) -> Due:
    """When a limit of `total` units that starts with the fact `start` ends."""
    if counter.unit is Unit.HOUR:
        return _due_in_hours(counter, start, total)
    counted_to = counter.nth(start.effective_on, 0 if counter.unit is Unit.IMMEDIATE else total)
    if counted_to is None:
        return Due(None)
    return Due(counter.last_day(counted_to), counted_to=counted_to)


def _due_in_hours(counter: Counter, start: ClockFact, total: int) -> Due:
    at = hours.after(start.instant, timedelta(hours=total), counter.pauses)
    if at is None:
        return Due(None)
    day = local_date(at)
    if at == end_of(day - _DAY):  # exactly midnight is 24:00 of the day before
        day -= _DAY
    return Due(day, at, counted_to=day)
