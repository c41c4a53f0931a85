"""How machines' time is counted: every minute once, whatever the periods are."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.grid import Grid, Span
from facilities.production.machines.utilisation.figures import (
    Booked,
    By,
    Capacities,
    Figures,
    Period,
    Ran,
    figures,
    periods,
    spread,
)
from shared.clock import PARK_TZ

MONDAY = date(2026, 11, 23)
MINUTES = st.integers(0, 60 * 24 * 40)


def at(minutes: int) -> datetime:
    return datetime(2026, 11, 20, tzinfo=PARK_TZ) + timedelta(minutes=minutes)


def spans() -> st.SearchStrategy[Span]:
    return st.tuples(MINUTES, st.integers(1, 3000)).map(lambda each: Span(at(each[0]), at(sum(each))))


def test_a_day_with_overtime() -> None:
    day = Period(MONDAY, MONDAY)
    grid = Grid(1800, PARK_TZ)
    slots = grid.slots(day.span())
    eight_to_eight = [int(16 <= number < 40) for number in range(48)]
    start = datetime(2026, 11, 23, 9, tzinfo=PARK_TZ)
    booked = Booked(Span(start, start + timedelta(hours=3)), 1)
    ran = Ran(Span(start, start + timedelta(hours=3.5)), booked.span.end)
    found = figures(day, 1, Capacities(grid, slots.start, eight_to_eight), [booked], [ran])
    assert found == Figures(720, 720, 180, 210, 30, 540)


def test_a_machine_that_is_booked_by_the_day() -> None:
    grid = Grid(86400, PARK_TZ)
    two = Period(MONDAY, date(2026, 11, 24))
    found = figures(two, 2, Capacities(grid, MONDAY.toordinal(), [2, 1]), [], [])
    assert (found.open_min, found.closed_min) == (3 * 1440, 1440)


@given(st.integers(0, 400), st.integers(0, 120), st.sampled_from(list(By)))
def test_periods_are_all_days_once(first: int, length: int, by: By) -> None:
    since = MONDAY + timedelta(days=first)
    until = since + timedelta(days=length)
    found = list(periods(since, until, by))
    days = [
        each.first + timedelta(days=number)
        for each in found
        for number in range((each.last - each.first).days + 1)
    ]
    assert days == [since + timedelta(days=number) for number in range(length + 1)]
    for each in found[1:]:
        assert by is By.DAY or (each.first.isoweekday() == 1 if by is By.WEEK else each.first.day == 1)


@given(
    st.sampled_from(list(By)),
    st.lists(st.tuples(spans(), st.integers(1, 3)), max_size=6),
    st.lists(st.tuples(spans(), MINUTES), max_size=6),
    st.lists(st.integers(0, 3), min_size=30 * 24, max_size=30 * 24),
)
def test_the_periods_come_to_the_whole(
    by: By,
    booked: list[tuple[Span, int]],
    ran: list[tuple[Span, int]],
    capacities: list[int],
) -> None:
    grid = Grid(3600, PARK_TZ)
    whole = Period(MONDAY, MONDAY + timedelta(days=29))
    open_ = Capacities(grid, grid.slots(whole.span()).start, capacities)
    taken = [Booked(span, units) for span, units in booked]
    runs = [Ran(span, at(until)) for span, until in ran]
    cut = list(periods(whole.first, whole.last, by))
    times = zip(cut, spread(taken, cut), spread(runs, cut), strict=True)
    parts = [figures(each, 3, open_, some_taken, some_ran) for each, some_taken, some_ran in times]
    assert parts == [figures(each, 3, open_, taken, runs) for each in cut]
    sum_, at_once = sum(parts, Figures()), figures(whole, 3, open_, taken, runs)
    for name in ("open_min", "closed_min", "booked_min", "used_min", "overtime_min"):
        assert getattr(sum_, name) == getattr(at_once, name)
    assert sum_.open_min + sum_.closed_min == 3 * 30 * 1440
    assert sum_.overtime_min <= sum_.used_min and sum_.idle_min <= sum_.open_min
