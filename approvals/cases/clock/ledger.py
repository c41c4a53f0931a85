"""The deadline ledger of a case: every clock with its dates, computed anew from the facts each time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from approvals.cases.clock.counting import Counter, Due, due
from approvals.cases.clock.course import Course, Suspension, read_course
from approvals.cases.clock.explaining import Line, Timing, explain
from approvals.cases.clock.facts import ClockFact, FactKind, Limit, Limits, Unit
from shared.calendar import WorkCalendar
from shared.text import Text


class ClockKind(StrEnum):
    """Whose time runs: until acceptance, by law, by the department's own promise, or until delivery."""

    INTAKE = "intake"
    STATUTORY = "statutory"
    PROMISED = "promised"
    DELIVERY = "delivery"


_NAMES = {
    ClockKind.INTAKE: Text("受理期限", "Intake limit"),
    ClockKind.STATUTORY: Text("法定办理期限", "Statutory limit"),
    ClockKind.PROMISED: Text("承诺办理期限", "Promised limit"),
    ClockKind.DELIVERY: Text("送达期限", "Delivery limit"),
}
_ROUND = Text("受理期限（第{n}次）", "Intake limit (round {n})")


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One clock as the facts leave it; what day it is plays no part yet.

    `due_on` is None while a suspension without a known end stops the clock. `due_at` is the instant for a
    limit in hours. `total` is the limit with its extension, in its unit. `round` numbers intake clocks.
    """

    kind: ClockKind
    round: int | None
    limit: Limit
    total: int
    start_on: date
    due_on: date | None
    due_at: datetime | None
    ended_on: date | None
    closed_by: FactKind | None
    suspensions: tuple[Suspension, ...]
    provisional: bool
    timing: Timing
    """What went into the dates; `lines` tells it in words."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """Why the date is that date, line by line."""
        return explain(self.timing)

    @property
    def name(self) -> Text:
        """What the clock is called."""
        if self.round is not None and self.round > 1:
            return _ROUND.format(n=self.round)
        return _NAMES[self.kind]


@dataclass(frozen=True, slots=True)
class Ledger:
    """All clocks of a case in the order in which they started, and the calendar they were counted by."""

    clocks: tuple[ClockReading, ...]
    calendar: WorkCalendar


def compute(facts: Iterable[ClockFact], limits: Limits, calendar: WorkCalendar) -> Ledger:
    """The ledger of a case; no facts give a ledger without clocks.

    The order of the facts and the instants of their recording are irrelevant to every date. Raises
    ClockError (`code`, `message`) when the facts contradict one another.
    """
    course = read_course(facts)
    if course is None:
        return Ledger((), calendar)
    clocks = (
        *_intake_clocks(course, limits, calendar),
        *_decision_clocks(course, limits, calendar),
        *_delivery_clock(course, limits, calendar),
    )
    return Ledger(clocks, calendar)


def _intake_clocks(course: Course, limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    start: ClockFact | None = course.received
    if limits.intake is None:
        return
    for number, (notice, answer) in enumerate([*course.corrections, (None, None)], start=1):
        if start is None:
            return
        closing = notice or course.accepted or course.ended
        yield _clock(
            ClockKind.INTAKE,
            limits.intake,
            calendar,
            start=start,
            closing=closing,
            number=number,
            recounted=course.recounted,
        )
        start = answer


def _decision_clocks(course: Course, limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    promised = _start(course, limits.promised)
    if limits.promised is not None and promised is not None:
        yield _clock(
            ClockKind.PROMISED,
            limits.promised,
            calendar,
            start=promised,
            closing=course.ended,
            extension=course.extended if limits.extension_moves_promised else None,
            suspensions=course.suspensions,
            recounted=course.recounted,
        )
    start = _start(course, limits.statutory)
    if start is None:
        return
    yield _clock(
        ClockKind.STATUTORY,
        limits.statutory,
        calendar,
        start=start,
        closing=course.ended,
        extension=course.extended,
        suspensions=course.suspensions,
        recounted=course.recounted,
    )


def _start(course: Course, limit: Limit | None) -> ClockFact | None:
    return course.received if limit is not None and limit.from_receipt else course.accepted


def _delivery_clock(course: Course, limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    decided = course.ended if course.ended and course.ended.kind is FactKind.DECIDED else None
    if decided is not None and limits.delivery is not None:
        yield _clock(
            ClockKind.DELIVERY,
            limits.delivery,
            calendar,
            start=decided,
            closing=course.delivered,
            recounted=course.recounted,
        )


def _clock(
    kind: ClockKind,
    limit: Limit,
    calendar: WorkCalendar,
    *,
    start: ClockFact,
    closing: ClockFact | None,
    number: int | None = None,
    extension: ClockFact | None = None,
    suspensions: tuple[Suspension, ...] = (),
    recounted: tuple[ClockFact, ...] = (),
) -> ClockReading:
    total = limit.n + ((extension.days or 0) if extension else 0)
    counter = Counter(calendar, limit.unit, suspensions)
    ends = due(counter, start, total)
    timing = Timing(
        intake=kind is ClockKind.INTAKE,
        delivery=kind is ClockKind.DELIVERY,
        start=start,
        closing=closing,
        limit=limit,
        extension=extension,
        counter=counter,
        due=ends,
        provisional_years=_provisional_years(calendar, limit.unit, start.effective_on, ends),
        recounted=recounted,
    )
    # What the law puts in the place of an act happens when the time for the act has run out.
    ended_on = ends.on if timing.lapsed else (closing.effective_on if closing else None)
    return ClockReading(
        kind=kind,
        round=number,
        limit=limit,
        total=total,
        start_on=start.effective_on,
        due_on=ends.on,
        due_at=ends.at,
        ended_on=ended_on,
        closed_by=closing.kind if closing else None,
        suspensions=suspensions,
        provisional=bool(timing.provisional_years),
        timing=timing,
    )


def _provisional_years(calendar: WorkCalendar, unit: Unit, start_on: date, ends: Due) -> tuple[int, ...]:
    """The years without an official calendar that the count has used."""
    if ends.on is None or unit is Unit.HOUR:
        return ()
    # Days in a row need the calendar for their last day alone; the first day is never counted.
    first = ends.on if unit is Unit.CALENDAR_DAY else min(start_on + timedelta(days=1), ends.on)
    years = range(first.year, ends.on.year + 1)
    return tuple(year for year in years if calendar.status(year) == "provisional")
