"""From a case's facts to its dates: the pure clock applied to stored rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from approvals.cases import clock
from approvals.cases.lifecycle import State
from approvals.cases.model import Case
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
    """What the clock that governs now (the open one that is due first) puts on the case row."""

    due_on: date | None
    due_kind: str | None
    yellow_on: date | None
    provisional: bool

    @classmethod
    def on(cls, case: Case) -> "Reckoning":
        """What stands on the row, as it was computed last."""
        return cls(case.due_on, case.due_kind, case.yellow_on, case.due_provisional)

    def put_on(self, case: Case) -> None:
        """Write it on the row."""
        case.due_on = self.due_on
        case.due_kind = self.due_kind
        case.yellow_on = self.yellow_on
        case.due_provisional = self.provisional


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadline ledger of cases on the calendar in force, with one set of thresholds for the lights."""

    calendar_of: Callable[[Session], WorkCalendar]
    """The calendar in force in the session's transaction."""
    thresholds: clock.Thresholds

    def read(self, session: Session, case: Case, item: Item, today: date) -> clock.Reading:
        """Every clock of the case, its lights and the lines that explain each date."""
        return self._read(self.calendar_of(session), case, item, today)

    def reckon(self, calendar: WorkCalendar, case: Case, item: Item, today: date) -> Reckoning:
        """What the case's dates are on some calendar; nothing is changed."""
        governing = self._read(calendar, case, item, today).governing
        if case.state is State.CORRECTION:
            governing = None  # the notice has ended the intake clock; the applicant's answer starts the next
        return Reckoning(
            due_on=governing.clock.due_on if governing else None,
            due_kind=governing.clock.kind.value if governing else None,
            yellow_on=governing.yellow_on if governing else None,
            provisional=bool(governing and governing.clock.provisional),
        )

    def refresh(self, session: Session, case: Case, item: Item, today: date) -> None:
        """Put the dates of the calendar in force on the case row."""
        self.reckon(self.calendar_of(session), case, item, today).put_on(case)

    def _read(self, calendar: WorkCalendar, case: Case, item: Item, today: date) -> clock.Reading:
        facts = [
            clock.ClockFact(
                kind=clock.FactKind(fact.kind),
                effective_on=fact.effective_on,
                recorded_at=fact.recorded_at,
                days=fact.days,
                note=Text.of(fact.note) if fact.note else None,
                ref=fact.ref,
            )
            for fact in case.facts
        ]
        limits = limits_of(item, granted=case.state is State.GRANTED)
        return clock.read(clock.compute(facts, limits, calendar), today, self.thresholds)

    def reckon_delivery(self, session: Session, case: Case, item: Item, today: date) -> Reckoning | None:
        """The dates of the delivery clock; None while none runs: nothing granted, no limit, or delivered."""
        found = clock.status_of(self.read(session, case, item, today), clock.ClockKind.DELIVERY)
        if found is None or found.clock.closed_by is not None:
            return None
        return Reckoning(found.clock.due_on, found.clock.kind.value, found.yellow_on, found.clock.provisional)

    def statutory(self, session: Session, case: Case, item: Item, today: date) -> clock.ClockStatus | None:
        """The law's own clock, from acceptance on."""
        return clock.status_of(self.read(session, case, item, today), clock.ClockKind.STATUTORY)

    def light(self, due_on: date, yellow_on: date | None, today: date) -> str:
        """green, yellow or red for a date that is still running."""
        if today > due_on:
            return "red"
        return "yellow" if yellow_on is not None and today >= yellow_on else "green"

    def days_left(self, session: Session, due_on: date, today: date) -> int:
        """Working days until the date; negative when it has passed."""
        return self.calendar_of(session).working_days_between(today, due_on)


def limits_of(item: Item, *, granted: bool = False) -> clock.Limits:
    """The limits of an item as the clock takes them; LookupError when it has none to start one with.

    Only what was granted is delivered.
    """
    promised, delivery = item.limits.promised, item.limits.delivery
    if item.filing and promised is not None:  # without facts no clock runs by it
        return clock.Limits(intake=_limit(promised), statutory=_limit(promised))
    if item.limits.intake is None or item.limits.statutory is None:
        raise LookupError(f"item {item.code} can be filed but has no intake or statutory limit")
    return clock.Limits(
        intake=_limit(item.limits.intake),
        statutory=_limit(item.limits.statutory),
        promised=_limit(promised) if promised else None,
        extension_moves_promised=bool(promised and promised.extension),
        delivery=_limit(delivery) if delivery and granted else None,
    )


def _limit(limit: Limit) -> clock.Limit:
    return clock.Limit(
        n=limit.n, unit=_UNITS[limit.unit], basis=limit.basis or _NO_BASIS, verified=limit.verified
    )
