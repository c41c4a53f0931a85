"""The deadline ledger of a case: every clock with its dates, computed anew from the facts each time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from approvals.cases.clock.counting import Counter, Due, due
from approvals.cases.clock.course import Course, Suspension, read_course
from approvals.cases.clock.explaining import Line, Timing, explain
from approvals.cases.clock.facts import ClockFact, FactKind, Limit, Limits, Unit
from approvals.cases.clock.notices import NOTICE_FACTS, read_notices
from shared.calendar import WorkCalendar
from shared.text import Text


class ClockKind(StrEnum):
    """Whose time runs: until acceptance, by law, by the department's own promise, or until delivery.

    `notice` is how long a public notice stands, `filing` how long after it the application may come.
    """

    INTAKE = "intake"
    STATUTORY = "statutory"
    PROMISED = "promised"
    DELIVERY = "delivery"
    NOTICE = "notice"
    FILING = "filing"


_NAMES = {
    ClockKind.INTAKE: Text("受理期限", "Intake limit"),
    ClockKind.STATUTORY: Text("法定办理期限", "Statutory limit"),
    ClockKind.PROMISED: Text("承诺办理期限", "Promised limit"),
    ClockKind.DELIVERY: Text("送达期限", "Delivery limit"),
    ClockKind.NOTICE: Text("公示期", "Public notice"),
    ClockKind.FILING: Text("公示期满后的申请期限", "Time to apply after the notice"),
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
    every = list(facts)
    course = read_course(fact for fact in every if fact.kind not in NOTICE_FACTS)
    notices = tuple(_notice_clocks(every, limits, calendar))
    if course is None:
        return Ledger(notices, calendar)
    clocks = (
        *notices,
        *_intake_clocks(course, limits, calendar),
        *_decision_clocks(course, limits, calendar),
        *_delivery_clock(course, limits, calendar),
    )
    return Ledger(clocks, calendar)


def _intake_clocks(course: Course, limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    start: ClockFact | None = course.received
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
    if course.accepted is None:
        return
    if limits.promised is not None:
        yield _clock(
            ClockKind.PROMISED,
            limits.promised,
            calendar,
            start=course.accepted,
            closing=course.ended,
            extension=course.extended if limits.extension_moves_promised else None,
            suspensions=course.suspensions,
            recounted=course.recounted,
        )
    yield _clock(
        ClockKind.STATUTORY,
        limits.statutory,
        calendar,
        start=course.accepted,
        closing=course.ended,
        extension=course.extended,
        suspensions=course.suspensions,
        recounted=course.recounted,
    )


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


def _notice_clocks(facts: list[ClockFact], limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    """A clock for each notice and, where the application follows it, one for the time to apply."""
    recounted = tuple(fact for fact in facts if fact.kind is FactKind.CALENDAR_CHANGED)
    for notice in read_notices(facts):
        if limits.notice is None:
            return
        running = _clock(
            ClockKind.NOTICE,
            limits.notice,
            calendar,
            start=notice.published,
            closing=notice.over,
            recounted=recounted,
        )
        yield running
        stopped = notice.over is not None and notice.over.kind is not FactKind.NOTICE_ENDED
        if limits.filing is None or stopped or running.due_on is None:
            continue
        # Until the notice has ended this is what follows if nobody objects.
        published = notice.published
        ended = notice.over or replace(published, kind=FactKind.NOTICE_ENDED, effective_on=running.due_on)
        yield _clock(
            ClockKind.FILING,
            limits.filing,
            calendar,
            start=ended,
            closing=notice.followed,
            recounted=recounted,
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
        notice=kind is ClockKind.NOTICE,
        filing=kind is ClockKind.FILING,
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
