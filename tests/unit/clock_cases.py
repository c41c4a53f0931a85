"""Short ways to write down a case for the tests of the deadline ledger."""

from datetime import UTC, date, datetime

from approvals.cases.clock import (
    ClockFact,
    ClockKind,
    ClockReading,
    FactKind,
    Limit,
    Limits,
    Reading,
    Unit,
    compute,
    read,
)
from shared.calendar import load_default_calendar
from shared.text import Text

BASIS = Text("《行政许可法》", "Administrative Licensing Law")
CALENDAR = load_default_calendar()


def limit(n: int, unit: Unit = Unit.WORKING_DAY, verified: bool = True) -> Limit:
    """A limit with a basis that was read."""
    return Limit(n, unit, BASIS, verified)


def limits(statutory: Limit, promised: Limit | None = None, extension_moves_promised: bool = False) -> Limits:
    """Five working days for intake, and these for the decision."""
    return Limits(limit(5), statutory, promised, extension_moves_promised)


def fact(
    kind: FactKind,
    on: date,
    *,
    recorded_on: date | None = None,
    note: Text | None = None,
    days: int | None = None,
    ref: str | None = None,
    at: datetime | None = None,
) -> ClockFact:
    """A clock fact, recorded on its own day unless said otherwise."""
    recorded = recorded_on or on
    instant = datetime(recorded.year, recorded.month, recorded.day, 2, tzinfo=UTC)
    return ClockFact(kind, on, instant, note=note, days=days, ref=ref, at=at)


def received(on: date) -> ClockFact:
    """The receipt of the application."""
    return fact(FactKind.RECEIVED, on)


def accepted_on(on: date, *more: ClockFact) -> list[ClockFact]:
    """Received and accepted on one day, and what came after."""
    return [received(on), fact(FactKind.ACCEPTED, on), *more]


def clock_of(facts: list[ClockFact], given: Limits, kind: ClockKind) -> ClockReading:
    """The first clock of that kind."""
    return next(clock for clock in compute(facts, given, CALENDAR).clocks if clock.kind is kind)


def statutory(facts: list[ClockFact], n: int, unit: Unit = Unit.WORKING_DAY) -> ClockReading:
    """The statutory clock under a limit of `n` units."""
    return clock_of(facts, limits(limit(n, unit)), ClockKind.STATUTORY)


def reading(facts: list[ClockFact], given: Limits, today: date) -> Reading:
    """What the ledger says on `today`."""
    return read(compute(facts, given, CALENDAR), today)
