"""What a ledger says on a given day: the state and the light of every clock, and which clock governs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from approvals.cases.clock.counting import Counter
from approvals.cases.clock.facts import FactKind, Unit
from approvals.cases.clock.ledger import ClockKind, ClockReading, Ledger

_DAY = timedelta(days=1)
_WITHOUT_THE_ACT = (FactKind.WITHDRAWN, FactKind.NOTICE_STOPPED)
_NOTICES = (ClockKind.NOTICE, ClockKind.FILING)


class ClockState(StrEnum):
    """Where a clock stands.

    `met`: the act it waited for came in time. `overdue`: it did not, or came late. `ended`: the clock ended
    without that act, by withdrawal. `suspended`: its days do not count at present.
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
    left, and at most `working_days` working days are left. A clock is never yellow on the day it starts.
    """

    share: Fraction = Fraction(1, 5)
    working_days: int = 2


@dataclass(frozen=True, slots=True)
class ClockStatus:
    """One clock on a given day.

    `days_left` is in days of the limit's own kind: 0 on the last day, negative when overdue, None once the
    clock has ended or where it runs in hours. On `yellow_on` the light turns yellow, on the day after
    `due_on` red; where it goes from green to red at once, both are the same day.
    """

    clock: ClockReading
    state: ClockState
    light: Light
    days_left: int | None
    yellow_on: date | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A ledger on a given day.

    `governing` is the clock a list shows: of those that wait for an answer the open one that is due first.
    Delivery is no answer: after the decision nothing governs that is still open.
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


def deemed_acceptance(ledger: Ledger, today: date) -> date | None:
    """The day from which an application counts as accepted because no notice was given in time.

    None while the intake clock runs or after it has ended. 行政许可法 art. 32(4): from the day the materials
    were received. Whether the item falls under that article is for the caller to know.
    """
    for clock in ledger.clocks:
        if clock.kind is ClockKind.INTAKE and clock.closed_by is None:
            return clock.start_on if clock.due_on is not None and clock.due_on < today else None
    return None


def _status(clock: ClockReading, ledger: Ledger, moment: _Moment) -> ClockStatus:
    counter = Counter(ledger.calendar, clock.limit.unit, clock.suspensions)
    state = _state(clock, counter, moment)
    yellow_on = _yellow_on(clock, counter, moment.thresholds)
    return ClockStatus(
        clock=clock,
        state=state,
        light=_light(clock, state, yellow_on, moment.today),
        days_left=_days_left(clock, counter, moment.today),
        yellow_on=yellow_on,
    )


def _state(clock: ClockReading, counter: Counter, moment: _Moment) -> ClockState:
    if clock.closed_by is not None:
        late = clock.due_on is not None and clock.ended_on is not None and clock.ended_on > clock.due_on
        if late or clock.timing.lapsed:
            return ClockState.OVERDUE
        return ClockState.ENDED if clock.closed_by in _WITHOUT_THE_ACT else ClockState.MET
    if clock.due_on is None:
        return ClockState.SUSPENDED
    if moment.today > clock.due_on or _past(clock.due_at, moment.now):
        return ClockState.OVERDUE
    return ClockState.SUSPENDED if counter.is_suspended(moment.today) else ClockState.RUNNING


def _past(due_at: datetime | None, now: datetime | None) -> bool:
    return due_at is not None and now is not None and now > due_at


def _light(clock: ClockReading, state: ClockState, yellow_on: date | None, today: date) -> Light:
    if clock.closed_by is not None:
        return Light.ENDED
    if state is ClockState.OVERDUE:
        return Light.RED
    return Light.YELLOW if yellow_on is not None and yellow_on <= today else Light.GREEN


def _days_left(clock: ClockReading, counter: Counter, today: date) -> int | None:
    if clock.closed_by is not None or clock.limit.unit is Unit.HOUR:
        return None
    if clock.due_on is not None:
        return counter.between(today, clock.due_on)
    return clock.total - max(0, counter.between(clock.start_on, today))


def _yellow_on(clock: ClockReading, counter: Counter, thresholds: Thresholds) -> date | None:
    if clock.due_on is None:
        return None
    days = Fraction(clock.total, 24) if clock.limit.unit is Unit.HOUR else Fraction(clock.total)
    by_share = _first_with(clock, counter.counts, int(days * thresholds.share))
    working = Counter(counter.calendar, Unit.WORKING_DAY, clock.suspensions)
    by_days = _first_with(clock, working.counts, thresholds.working_days)
    yellow_on = max(by_share, by_days)
    return yellow_on if yellow_on > clock.start_on else clock.start_on + _DAY


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
    clocks = tuple(status for status in clocks if status.clock.kind is not ClockKind.DELIVERY)
    # A notice governs as long as nothing was handed in; beside other clocks it is only one step.
    clocks = tuple(status for status in clocks if status.clock.kind not in _NOTICES) or clocks
    open_clocks = [status for status in clocks if status.clock.closed_by is None]
    if open_clocks:
        return min(open_clocks, key=lambda status: status.clock.due_on or date.max)
    decision_clocks = [status for status in clocks if status.clock.kind is not ClockKind.INTAKE]
    # Nothing runs: the promise tells how it went, before acceptance the last intake clock does.
    return next(iter((*decision_clocks, *reversed(clocks))), None)
