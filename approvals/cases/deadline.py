"""From a case's facts to its dates: the pure clock applied to stored rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from approvals.cases import clock
from approvals.cases.dates import open_dates, read_dates
from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.items.examination import examined_before
from approvals.items.model import Item, Limit
from shared.calendar import WorkCalendar
from shared.text import Text

_UNITS = {
    "working_day": clock.Unit.WORKING_DAY,
    "natural_day": clock.Unit.CALENDAR_DAY,
    "hour": clock.Unit.HOUR,
    "immediate": clock.Unit.IMMEDIATE,
}
_NO_BASIS = Text("园区约定", "Arrangement of the park")


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What the clock that governs now (the open one that is due first) puts on the case row; all dates."""

    due_on: date | None
    due_kind: str | None
    yellow_on: date | None
    provisional: bool
    due_at: datetime | None = None
    yellow_at: datetime | None = None
    dates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def on(cls, case: Case) -> "Reckoning":
        """What stands on the row, as it was computed last."""
        return cls(
            case.due_on,
            case.due_kind,
            case.yellow_on,
            case.due_provisional,
            case.due_at,
            case.yellow_at,
            case.dates or {},
        )

    @classmethod
    def of(cls, status: clock.ClockStatus | None, dates: Mapping[str, Mapping[str, Any]]) -> "Reckoning":
        """What one clock says, or that none governs."""
        if status is None:
            return cls(None, None, None, False, dates=dates)
        return cls(
            status.clock.due_on,
            status.clock.kind.value,
            status.yellow_on,
            status.clock.provisional,
            clock.in_utc(status.clock.due_at) if status.clock.due_at else None,
            clock.in_utc(status.yellow_at) if status.yellow_at else None,
            dates,
        )

    def passed(self, today: date, now: datetime) -> bool:
        """Whether the limit is over: the day after its last one, or the instant for a limit in hours."""
        if self.due_at is not None:
            return now > self.due_at
        return self.due_on is not None and today > self.due_on

    def put_on(self, case: Case) -> None:
        """Write it on the row."""
        case.due_on = self.due_on
        case.due_kind = self.due_kind
        case.yellow_on = self.yellow_on
        case.due_provisional = self.provisional
        case.due_at = self.due_at
        case.yellow_at = self.yellow_at
        case.dates = dict(self.dates)
        case.latest_due_on = max((each.on for each in read_dates(self.dates).values()), default=None)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Computes dates; the calendar in force and the thresholds come from the service's settings.

    `now` (aware) matters to limits in hours alone; without it they are judged by the day.
    """

    calendar_of: Callable[[Session], WorkCalendar]
    """The calendar in force in the session's transaction."""
    thresholds: clock.Thresholds

    def read(
        self, session: Session, case: Case, item: Item, today: date, *, now: datetime | None = None
    ) -> clock.Reading:
        """Every clock of the case, its lights and the lines that explain each date."""
        return self._read(self.calendar_of(session), case, item, today, now)

    def reckon(
        self, calendar: WorkCalendar, case: Case, item: Item, today: date, *, now: datetime | None = None
    ) -> Reckoning:
        """What the case's dates are on some calendar; nothing is changed."""
        reading = self._read(calendar, case, item, today, now)
        # Submitted: nobody has taken it yet, or its correction. A correction notice has ended the intake
        # clock; the applicant's answer starts the next.
        waits = case.state in (State.SUBMITTED, State.CORRECTION)
        return Reckoning.of(None if waits else reading.governing, open_dates(reading))

    def refresh(
        self, session: Session, case: Case, item: Item, today: date, *, now: datetime | None = None
    ) -> None:
        """Put the dates of the calendar in force on the case row."""
        self.reckon(self.calendar_of(session), case, item, today, now=now).put_on(case)

    def _read(
        self, calendar: WorkCalendar, case: Case, item: Item, today: date, now: datetime | None
    ) -> clock.Reading:
        limits = limits_of(item, granted=case.state is State.GRANTED)
        ledger = clock.compute(facts_of(case), limits, calendar)
        return clock.read(ledger, today, thresholds_of(item) or self.thresholds, now=now)

    def reckon_delivery(
        self, session: Session, case: Case, item: Item, today: date, *, now: datetime | None = None
    ) -> Reckoning | None:
        """The dates of the delivery clock; None while none runs: nothing granted, no limit, or delivered."""
        return self._reckon(clock.ClockKind.DELIVERY, session, case, item, today, now)

    def reckon_check(
        self, session: Session, case: Case, item: Item, today: date, *, now: datetime | None = None
    ) -> Reckoning | None:
        """The dates of the later check; None while none runs: nothing promised, not granted, or checked."""
        return self._reckon(clock.ClockKind.CHECK, session, case, item, today, now)

    def _reckon(
        self,
        kind: clock.ClockKind,
        session: Session,
        case: Case,
        item: Item,
        today: date,
        now: datetime | None,
    ) -> Reckoning | None:
        reading = self.read(session, case, item, today, now=now)
        found = clock.status_of(reading, kind)
        if found is None or found.clock.closed_by is not None:
            return None
        return Reckoning.of(found, open_dates(reading))

    def reckon_make_up(self, calendar: WorkCalendar, case: Case, item: Item, today: date) -> Reckoning | None:
        """By when the missing materials are to follow, on some calendar; None while nothing is to follow."""
        found = clock.status_of(self._read(calendar, case, item, today, None), clock.ClockKind.MAKE_UP)
        if found is None or found.clock.closed_by is not None:
            return None
        return Reckoning(found.clock.due_on, found.clock.kind.value, found.yellow_on, found.clock.provisional)

    def statutory(self, session: Session, case: Case, item: Item, today: date) -> clock.ClockStatus | None:
        """The law's own clock, from acceptance on."""
        return clock.status_of(self.read(session, case, item, today), clock.ClockKind.STATUTORY)

    def light(
        self,
        due_on: date,
        yellow_on: date | None,
        today: date,
        *,
        due_at: datetime | None = None,
        yellow_at: datetime | None = None,
        now: datetime | None = None,
    ) -> str:
        """green, yellow or red for a date that is still running, for an instant where it is one."""
        if today > due_on or (due_at is not None and now is not None and now > due_at):
            return "red"
        if yellow_at is not None and now is not None:
            return "yellow" if now >= yellow_at else "green"
        return "yellow" if yellow_on is not None and today >= yellow_on else "green"

    def days_left(self, session: Session, due_on: date, today: date) -> int:
        """Working days until the date; negative when it has passed."""
        return self.calendar_of(session).working_days_between(today, due_on)


def hours_left(due_at: datetime | None, now: datetime) -> int | None:
    """Whole hours until an instant, negative when it has passed; None where the limit is none in hours."""
    return None if due_at is None else (due_at - now) // timedelta(hours=1)


def thresholds_of(item: Item) -> clock.Thresholds | None:
    """When a light turns yellow by the item's own data, which goes before the installation's settings."""
    if item.warning is None:
        return None
    return clock.Thresholds(Fraction(item.warning.share_percent, 100), item.warning.working_days)


def facts_of(case: Case) -> list[clock.ClockFact]:
    """The facts of a case as the clock takes them."""
    return [
        clock.ClockFact(
            kind=clock.FactKind(fact.kind),
            effective_on=fact.effective_on,
            recorded_at=fact.recorded_at,
            days=fact.days,
            note=Text.of(fact.note) if fact.note else None,
            ref=fact.ref,
            at=fact.at,
        )
        for fact in case.facts
    ]


def limits_of(item: Item, *, granted: bool = False) -> clock.Limits:
    """The limits of an item as the clock takes them; LookupError when it has none to answer within.

    Only what was granted is delivered, or checked later. What is handed over to another authority may have no
    intake limit.
    """
    intake, statutory, promised = item.limits.intake, item.limits.statutory, item.limits.promised
    if item.filing and promised is not None:  # without facts no clock runs by it
        return clock.Limits(intake=_limit(promised), statutory=_limit(promised))
    if not (statutory or promised) or (intake is None and item.handover is None):
        raise LookupError(f"item {item.code} can be filed but has no limit for intake or decision")
    delivery, promise = item.limits.delivery, item.promise
    make_up = item.deferral.make_up if item.deferral else None
    notice = item.public_notice
    return clock.Limits(
        intake=_limit(intake) if intake else None,
        statutory=_limit(statutory) if statutory else None,
        promised=_limit(promised) if promised else None,
        extension_moves_promised=bool(promised and promised.extension),
        delivery=_limit(delivery) if delivery and granted else None,
        pays=item.funding is not None,
        licence=item.is_licence,
        stages=tuple(
            stage for stage in _stages(item) if granted or stage.ends is not clock.FactKind.DELIVERED
        ),
        make_up=_limit(make_up) if make_up else None,
        check=_limit(promise.check) if promise and item.route == "promise" and granted else None,
        notice=_limit(notice.days) if notice else None,
        filing=_limit(notice.filing) if notice and notice.filing else None,
    )


def _stages(item: Item) -> Iterator[clock.StageLimit]:
    """The stages with a clock; what starts with opinions starts with the last stage examined before it."""
    for step in item.steps:
        if step.starts is None or step.ends is None or step.limit is None:
            continue
        yield clock.StageLimit(
            key=step.key,
            name=step.name,
            starts=clock.FactKind(step.starts),
            ends=clock.FactKind(step.ends),
            limit=_limit(step.limit),
            after=examined_before(item, step.key),
            review=step.key if step.examined_by else None,
        )


def _limit(limit: Limit) -> clock.Limit:
    return clock.Limit(
        n=limit.n,
        unit=_UNITS[limit.unit],
        basis=limit.basis or _NO_BASIS,
        verified=limit.verified,
        from_receipt=limit.from_receipt,
    )
