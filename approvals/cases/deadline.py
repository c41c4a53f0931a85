"""From a case's facts to its dates: the pure clock applied to stored rows."""

from dataclasses import dataclass
from datetime import date

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
class Deadlines:
    """The deadline ledger of cases on one calendar, with one set of thresholds for the lights."""

    calendar: WorkCalendar
    thresholds: clock.Thresholds

    def read(self, case: Case, item: Item, today: date) -> clock.Reading:
        """Every clock of the case, its lights and the lines that explain each date."""
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
        ledger = clock.compute(facts, _limits(item), self.calendar)
        return clock.read(ledger, today, self.thresholds)

    def refresh(self, case: Case, item: Item, today: date) -> None:
        """Put the clock that governs now (the open one that is due first) on the case row."""
        governing = self.read(case, item, today).governing
        if case.state is State.CORRECTION:
            governing = None  # the notice has ended the intake clock; the applicant's answer starts the next
        case.due_on = governing.clock.due_on if governing else None
        case.due_kind = governing.clock.kind.value if governing else None
        case.yellow_on = governing.yellow_on if governing else None
        case.due_provisional = bool(governing and governing.clock.provisional)

    def light(self, due_on: date, yellow_on: date | None, today: date) -> str:
        """green, yellow or red for a date that is still running."""
        if today > due_on:
            return "red"
        return "yellow" if yellow_on is not None and today >= yellow_on else "green"

    def days_left(self, due_on: date, today: date) -> int:
        """Working days until the date; negative when it has passed."""
        if today <= due_on:
            return self.calendar.working_days_between(today, due_on)
        return -self.calendar.working_days_between(due_on, today)


def _limits(item: Item) -> clock.Limits:
    if item.limits.intake is None or item.limits.statutory is None:
        raise LookupError(f"item {item.code} can be filed but has no intake or statutory limit")
    return clock.Limits(
        intake=_limit(item.limits.intake),
        statutory=_limit(item.limits.statutory),
        promised=_limit(item.limits.promised) if item.limits.promised else None,
    )


def _limit(limit: Limit) -> clock.Limit:
    return clock.Limit(
        n=limit.n, unit=_UNITS[limit.unit], basis=limit.basis or _NO_BASIS, verified=limit.verified
    )
