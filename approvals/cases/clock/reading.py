"""What a ledger says on a given day: the state and the light of every clock, and which clock governs."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from approvals.cases.clock import hours
from approvals.cases.clock.counting import Counter
from approvals.cases.clock.facts import ClockKind, FactKind, Unit, end_of
from approvals.cases.clock.ledger import ANSWERS, ClockReading, Ledger
from shared.clock import local_date

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_NEVER = datetime.max.replace(tzinfo=UTC)
_NOTICES = (ClockKind.NOTICE, ClockKind.FILING)


class ClockState(StrEnum):
    """Where a clock stands.

    `met`: the act it waited for came in time. `overdue`: it did not, or came late. `ended`: the clock ended
    without that act, by withdrawal or termination. `suspended`: its days do not count at present.
    """

    RUNNING = "running"
    SUSPENDED = "suspended"
    MET = "met"
    ENDED = "ended"
    OVERDUE = "overdue"


class Light(StrEnum):
    """The supervision light (电子监察)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a light turns yellow: as soon as both are true.

    No national threshold exists; these are the park's own and can be set. At most `share` of the limit is
    left, and at most `working_days` working days are left. A clock in days is never yellow on the day it
    starts, one in hours never at the instant at which it starts.
    """

    share: Fraction = Fraction(1, 5)
    working_days: int = 2


@dataclass(frozen=True, slots=True)
class ClockStatus:
    """One clock on a given day.

    `days_left` is in days of the limit's own kind: 0 on the last day, negative when overdue, None once the
    clock has ended or where it runs in hours. On `yellow_on` the light turns yellow, on the day after
    `due_on` red; where it goes from green to red at once, both are the same day. `yellow_at` is the instant
    for a limit in hours, `hours_left` the whole hours left of it, negative when overdue.
    """

    clock: ClockReading
    state: ClockState
    light: Light
    days_left: int | None
    yellow_on: date | None
    yellow_at: datetime | None = None
    hours_left: int | None = None

    @property
    def yellow_from(self) -> datetime | None:
        """The first instant at which the light is yellow, if it ever is before it is red."""
        if self.yellow_at is not None or self.yellow_on is None:
            return self.yellow_at
        return end_of(self.yellow_on - _DAY)


@dataclass(frozen=True, slots=True)
class Reading:
    """A ledger on a given day.

    `governing` is the clock a list shows: of those that wait for an answer the open one that is due first.
    Delivery is no answer: after the decision nothing governs that is still open. A stage never governs: it
    is the authority's own arrangement. Nor does what the applicant has to make up: it is for them to do.
    """

    clocks: tuple[ClockStatus, ...]
    governing: ClockStatus | None

    @property
    def is_open(self) -> bool:
        """Whether an answer is still due."""
        return self.governing is not None and self.governing.clock.closed_by is None

    @property
    def light(self) -> Light:
        """The light of the governing clock; `ended` where there is none."""
        return self.governing.light if self.governing else Light.ENDED

    @property
    def kind(self) -> ClockKind | None:
        """Which clock governs."""
        return self.governing.clock.kind if self.governing else None

    @property
    def due_on(self) -> date | None:
        """When the governing clock ends; None while a suspension without a known end stops it."""
        return self.governing.clock.due_on if self.governing else None

    @property
    def days_left(self) -> int | None:
        """What is left of the governing clock."""
        return self.governing.days_left if self.governing else None

    @property
    def yellow_on(self) -> date | None:
        """When the governing clock's light turns yellow."""
        return self.governing.yellow_on if self.governing else None

    @property
    def provisional(self) -> bool:
        """Whether the governing clock was counted through a year without an official calendar."""
        return self.governing is not None and self.governing.clock.provisional

    @property
    def statutory_overdue(self) -> bool:
        """Whether the law's own limit was missed (红牌), not only the promise."""
        return any(
            status.clock.kind is ClockKind.STATUTORY and status.state is ClockState.OVERDUE
            for status in self.clocks
        )


@dataclass(frozen=True, slots=True)
class _Moment:
    today: date
    now: datetime | None
    thresholds: Thresholds = field(default_factory=Thresholds)


def read(
    ledger: Ledger,
    today: date,
    thresholds: Thresholds | None = None,
    *,
    now: datetime | None = None,
) -> Reading:
    """The ledger on the legal date `today` (Asia/Shanghai).

    `now` (aware) matters to limits in hours alone: without it they are overdue only on the next day.
    """
    moment = _Moment(today, now, thresholds or Thresholds())
    clocks = tuple(_status(clock, ledger, moment) for clock in ledger.clocks)
    return Reading(clocks, _governing(clocks))


def status_of(reading: Reading, kind: ClockKind) -> ClockStatus | None:
    """The latest clock of a kind, if there is one."""
    return next((status for status in reversed(reading.clocks) if status.clock.kind is kind), None)


def deemed_acceptance(ledger: Ledger, today: date, *, now: datetime | None = None) -> date | None:
    """The day from which an application counts as accepted because no notice was given in time.

    行政许可法 art. 32(4): “逾期不告知的，自收到申请材料之日起即为受理”. None while the intake clock runs or
    after it has ended. Whether the item falls under that article is for the caller to know. `now` as for
    `read`.
    """
    for clock in ledger.clocks:
        if clock.kind is ClockKind.INTAKE and clock.closed_by is None:
            missed = clock.due_on is not None and (clock.due_on < today or _past(clock.due_at, now))
            return clock.start_on if missed else None
    return None


def _status(clock: ClockReading, ledger: Ledger, moment: _Moment) -> ClockStatus:
    counter = Counter(ledger.calendar, clock.limit.unit, clock.suspensions, clock.pauses)
    state = _state(clock, counter, moment)
    yellow_on = _yellow_on(clock, counter, moment.thresholds)
    yellow_at = _yellow_at(clock, counter, moment.thresholds)
    if yellow_at is not None:
        yellow_on = local_date(yellow_at)
    status = ClockStatus(
        clock=clock,
        state=state,
        light=Light.ENDED,
        days_left=_days_left(clock, counter, moment.today),
        yellow_on=yellow_on,
        yellow_at=yellow_at,
        hours_left=_hours_left(clock, counter, moment.now),
    )
    return replace(status, light=_light(status, moment))


def _state(clock: ClockReading, counter: Counter, moment: _Moment) -> ClockState:
    if clock.closed_by is not None:
        if _was_late(clock):
            return ClockState.OVERDUE
        return ClockState.ENDED if _without_act(clock) else ClockState.MET
    if clock.due_on is None:
        return ClockState.SUSPENDED
    if moment.today > clock.due_on or _past(clock.due_at, moment.now):
        return ClockState.OVERDUE
    return ClockState.SUSPENDED if _stands_still(clock, counter, moment) else ClockState.RUNNING


def _was_late(clock: ClockReading) -> bool:
    """Whether the act came after the limit, or the law had to put something in its place."""
    closing = clock.timing.closing
    if clock.due_at is not None and closing is not None and closing.at is not None:
        return clock.timing.lapsed or closing.at > clock.due_at
    late = clock.due_on is not None and clock.ended_on is not None and clock.ended_on > clock.due_on
    return late or clock.timing.lapsed


def _stands_still(clock: ClockReading, counter: Counter, moment: _Moment) -> bool:
    if clock.limit.unit is Unit.HOUR and moment.now is not None:
        now = moment.now
        return any(pause.holds(now) for pause in clock.pauses)
    return counter.is_suspended(moment.today)


def _without_act(clock: ClockReading) -> bool:
    """Whether the clock ended although what it waited for had not been done."""
    ended = clock.closed_by in (FactKind.WITHDRAWN, FactKind.TERMINATED, FactKind.NOTICE_STOPPED)
    return ended or (clock.kind is ClockKind.MAKE_UP and clock.closed_by is not FactKind.MADE_UP)


def _past(due_at: datetime | None, now: datetime | None) -> bool:
    return due_at is not None and now is not None and now > due_at


def _light(status: ClockStatus, moment: _Moment) -> Light:
    if status.clock.closed_by is not None:
        return Light.ENDED
    if status.state is ClockState.OVERDUE:
        return Light.RED
    if status.yellow_at is not None and moment.now is not None:
        return Light.YELLOW if status.yellow_at <= moment.now else Light.GREEN
    soon = status.yellow_on is not None and status.yellow_on <= moment.today
    return Light.YELLOW if soon and status.yellow_at is None else Light.GREEN


def _days_left(clock: ClockReading, counter: Counter, today: date) -> int | None:
    if clock.closed_by is not None or clock.limit.unit is Unit.HOUR:
        return None
    if clock.due_on is not None:
        return counter.between(today, clock.due_on)
    return clock.total - max(0, counter.between(clock.start_on, today))


def _hours_left(clock: ClockReading, counter: Counter, now: datetime | None) -> int | None:
    if clock.closed_by is not None or clock.due_at is None or now is None:
        return None
    return hours.between(now, clock.due_at, counter.pauses) // _HOUR


def _yellow_on(clock: ClockReading, counter: Counter, thresholds: Thresholds) -> date | None:
    if clock.due_on is None:
        return None
    by_share = _first_with(clock, counter.counts, int(clock.total * thresholds.share))
    yellow_on = max(by_share, _few_working_days_left(clock, counter, thresholds))
    return yellow_on if yellow_on > clock.start_on else clock.start_on + _DAY


def _yellow_at(clock: ClockReading, counter: Counter, thresholds: Thresholds) -> datetime | None:
    """The same for a limit in hours: the share to the minute, the working days by their first midnight."""
    if clock.due_at is None:
        return None
    left = timedelta(minutes=int(clock.total * 60 * thresholds.share))
    by_share = hours.before(clock.due_at, left, counter.pauses)
    by_days = end_of(_few_working_days_left(clock, counter, thresholds) - _DAY)
    return max(by_share, by_days, clock.timing.start.instant + timedelta.resolution)


def _few_working_days_left(clock: ClockReading, counter: Counter, thresholds: Thresholds) -> date:
    working = Counter(counter.calendar, Unit.WORKING_DAY, clock.suspensions)
    return _first_with(clock, working.counts, thresholds.working_days)


def _first_with(clock: ClockReading, counts: Callable[[date], bool], left: int) -> date:
    """The first day after the start on which at most `left` counting days remain until the due date."""
    day = clock.due_on or clock.start_on
    while day > clock.start_on:
        left -= counts(day)
        if left < 0:
            break
        day -= _DAY
    return day


def _governing(clocks: tuple[ClockStatus, ...]) -> ClockStatus | None:
    answers = tuple(status for status in clocks if status.clock.kind in ANSWERS)
    # A notice governs as long as nothing was handed in; beside other clocks it is only one step.
    clocks = answers or tuple(status for status in clocks if status.clock.kind in _NOTICES)
    open_clocks = [status for status in clocks if status.clock.closed_by is None]
    if open_clocks:
        return min(open_clocks, key=lambda status: status.clock.due_until or _NEVER)
    decision_clocks = [status for status in clocks if status.clock.kind is not ClockKind.INTAKE]
    # Nothing runs: the promise tells how it went, before acceptance the last intake clock does.
    return next(iter((*decision_clocks, *reversed(clocks))), None)
