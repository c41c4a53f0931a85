"""The deadline ledger of a case: every clock with its dates, computed anew from the facts each time.

One function a clock, each with the provision it carries out; `_clock` counts them all alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from approvals.cases.clock import words
from approvals.cases.clock.counting import Counter, Due, due
from approvals.cases.clock.course import Course, Suspension, read_course
from approvals.cases.clock.explaining import Line, Timing, explain
from approvals.cases.clock.facts import (
    ClockFact,
    ClockKind,
    FactKind,
    Limit,
    Limits,
    StageLimit,
    Unit,
    end_of,
)
from approvals.cases.clock.hours import Pause
from approvals.cases.clock.notices import NOTICE_FACTS, read_notices
from approvals.cases.clock.spans import decision_span, last_ended, rounds, span_of
from shared.calendar import WorkCalendar
from shared.text import Text

ANSWERS = (ClockKind.INTAKE, ClockKind.PROMISED, ClockKind.STATUTORY)
"""The clocks of what the applicant waits for. Delivery follows the answer, a stage is internal."""

_EXAMINED = (FactKind.ACCEPTED, FactKind.REVIEWED, FactKind.NOTICE_ENDED)
"""What stages between acceptance and decision start with."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One clock as the facts leave it; what day it is plays no part yet. `round` numbers intake clocks."""

    round: int | None
    timing: Timing
    """What went into the dates; `lines` tells it in words."""

    @property
    def kind(self) -> ClockKind:
        """Whose time it is."""
        return self.timing.kind

    @property
    def limit(self) -> Limit:
        """The limit as it is worded, without an extension."""
        return self.timing.limit

    @property
    def total(self) -> int:
        """The limit with its extension, in its unit."""
        return self.timing.total

    @property
    def stage(self) -> StageLimit | None:
        """Of the clock of a stage."""
        return self.timing.stage

    @property
    def start_on(self) -> date:
        """The day of the event that starts it, which is not counted."""
        return self.timing.start.effective_on

    @property
    def due_on(self) -> date | None:
        """Its last day; None while a suspension without a known end stops it."""
        return self.timing.due.on

    @property
    def due_at(self) -> datetime | None:
        """The instant, for a limit in hours."""
        return self.timing.due.at

    @property
    def closed_by(self) -> FactKind | None:
        """What put an end to it."""
        return self.timing.closing.kind if self.timing.closing else None

    @property
    def ended_on(self) -> date | None:
        """The day on which it ended; where the law has put something in the place of an act, its last one."""
        if self.timing.lapsed:
            return self.due_on
        return self.timing.closing.effective_on if self.timing.closing else None

    @property
    def suspensions(self) -> tuple[Suspension, ...]:
        """The days that do not count."""
        return self.timing.counter.suspensions

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """The same between instants, for a limit in hours."""
        return self.timing.counter.pauses

    @property
    def provisional(self) -> bool:
        """Whether it was counted through a year without an official calendar."""
        return bool(self.timing.provisional_years)

    @property
    def key(self) -> str:
        """Its name in data: `intake:1`, `promised`, `statutory`, `delivery`, `stage:review`."""
        if self.stage is not None:
            return f"{self.kind.value}:{self.stage.key}"
        return self.kind.value if self.round is None else f"{self.kind.value}:{self.round}"

    @property
    def due_until(self) -> datetime | None:
        """The last instant that is in time: of a limit in days 24:00 of its last day (民法典 art. 203(2))."""
        if self.due_at is not None or self.due_on is None:
            return self.due_at
        return end_of(self.due_on) - timedelta.resolution

    @property
    def lines(self) -> tuple[Line, ...]:
        """Why the date is that date, line by line."""
        return explain(self.timing)

    @property
    def name(self) -> Text:
        """What the clock is called by people."""
        if self.stage is not None:
            return words.STAGE.format(name=self.stage.name)
        if self.timing.pays:
            return words.PAYMENT
        if self.round is not None and self.round > 1:
            return words.ROUND.format(n=self.round)
        return words.NAMES[self.kind]


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
        *_promised_clock(course, limits, calendar),
        *_statutory_clock(course, limits, calendar),
        *_make_up_clock(course, limits, calendar),
        *_clocks_after_grant(course, limits, calendar),
        *_stage_clocks(course, limits, calendar, noticed=last_ended(every)),
    )
    return Ledger(clocks, calendar)


def _intake_clocks(course: Course, limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    """行政许可法 art. 32(4): “应当当场或者在五日内一次告知申请人需要补正的全部内容”.

    The notice ends the limit; the complete answer is the receipt of the materials and starts it anew.
    """
    if limits.intake is None:
        return
    for number, (start, closing) in enumerate(rounds(course), start=1):
        yield _clock(
            ClockKind.INTAKE,
            limits.intake,
            calendar,
            start=start,
            closing=closing,
            number=number,
            recounted=course.recounted,
        )


def _promised_clock(course: Course, limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    """优化营商环境条例 art. 36(2): “各地区可以在国家规定的…办理时限内进一步压减时间，并应当向社会公开”.

    What is promised runs beside what the law sets. No law says that an extension of the one moves the other:
    it does where the item publishes that.
    """
    moved = course.extended if limits.extension_moves_promised else None
    yield from _decision_clock(ClockKind.PROMISED, limits.promised, course, limits, calendar, moved)


def _statutory_clock(course: Course, limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    """行政许可法 art. 42(1): “应当自受理行政许可申请之日起二十日内作出行政许可决定…可以延长十日”.

    Likewise arts. 42(2) (45, and 15 more) and 43 (20), and whatever the item's own law says instead: the
    lengths are the item's data. Suspensions are the time that art. 45 leaves out (see `Counter`).
    """
    yield from _decision_clock(
        ClockKind.STATUTORY, limits.statutory, course, limits, calendar, course.extended
    )


def _decision_clock(
    kind: ClockKind,
    limit: Limit | None,
    course: Course,
    limits: Limits,
    calendar: WorkCalendar,
    extension: ClockFact | None,
) -> Iterator[ClockReading]:
    if limit is None:
        return
    start, closing = decision_span(course, limit)
    if start is not None:
        yield _clock(
            kind,
            limit,
            calendar,
            start=start,
            closing=closing,
            extension=extension,
            suspensions=course.suspensions,
            pauses=course.pauses,
            recounted=course.recounted,
            licence=limits.licence,
        )


def _make_up_clock(course: Course, limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    """No special procedure stops it: what the authority still has to find out keeps no applicant from it."""
    if course.gaps is not None and limits.make_up is not None:
        yield _clock(
            ClockKind.MAKE_UP,
            limits.make_up,
            calendar,
            start=course.gaps,
            closing=course.made_up or course.ended,
            recounted=course.recounted,
        )


def _clocks_after_grant(course: Course, limits: Limits, calendar: WorkCalendar) -> Iterator[ClockReading]:
    """行政许可法 art. 44: “应当自作出决定之日起十日内向申请人颁发、送达行政许可证件”; and the later check."""
    decided = course.ended if course.ended and course.ended.kind is FactKind.DECIDED else None
    if decided is None:
        return
    for kind, limit, closing in (
        (ClockKind.DELIVERY, limits.delivery, course.delivered),
        (ClockKind.CHECK, limits.check, course.checked),
    ):
        if limit is not None:
            yield _clock(
                kind,
                limit,
                calendar,
                start=decided,
                closing=closing,
                recounted=course.recounted,
                pays=limits.pays and kind is ClockKind.DELIVERY,
            )


def _stage_clocks(
    course: Course, limits: Limits, calendar: WorkCalendar, *, noticed: ClockFact | None
) -> Iterator[ClockReading]:
    """Each stage (环节) that has begun. No law sets these limits; none binds towards the applicant.

    What stops the decision clocks stops a stage too; an extension by law makes no stage longer.
    """
    for stage in limits.stages:
        start, closing = span_of(course, stage, noticed)
        if start is None:
            continue
        examined = stage.starts in _EXAMINED
        yield _clock(
            ClockKind.STAGE,
            stage.limit,
            calendar,
            start=start,
            closing=closing,
            suspensions=course.suspensions if examined else (),
            pauses=course.pauses if examined else (),
            recounted=course.recounted,
            stage=stage,
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
    pauses: tuple[Pause, ...] = (),
    recounted: tuple[ClockFact, ...] = (),
    stage: StageLimit | None = None,
    pays: bool = False,
    licence: bool = True,
) -> ClockReading:
    """Count one clock (see `counting`)."""
    counter = Counter(calendar, limit.unit, suspensions, pauses)
    total = limit.n + ((extension.days or 0) if extension else 0)
    ends = due(counter, start, total)
    timing = Timing(
        kind=kind,
        pays=pays,
        licence=licence,
        stage=stage,
        start=start,
        closing=closing,
        limit=limit,
        extension=extension,
        total=total,
        counter=counter,
        due=ends,
        provisional_years=_provisional_years(calendar, limit.unit, start.effective_on, ends),
        recounted=recounted,
    )
    return ClockReading(number, timing)


def _provisional_years(calendar: WorkCalendar, unit: Unit, start_on: date, ends: Due) -> tuple[int, ...]:
    """The years without an official calendar that the count has used."""
    if ends.on is None or unit is Unit.HOUR:
        return ()
    # Days in a row need the calendar for their last day alone; the first day is never counted.
    first = ends.on if unit is Unit.CALENDAR_DAY else min(start_on + timedelta(days=1), ends.on)
    years = range(first.year, ends.on.year + 1)
    return tuple(year for year in years if calendar.status(year) == "provisional")
