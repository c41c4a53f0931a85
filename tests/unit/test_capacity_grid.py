"""Into which slots time is cut: outwards, on days of any length."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.grid import DAY_S, GRAINS_S, Grid, Padding, Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (SHANGHAI, BERLIN, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/Sao_Paulo"), ZoneInfo("UTC"))

grids = st.builds(Grid, st.sampled_from(GRAINS_S), st.sampled_from(ZONES))
instants = st.timedeltas(timedelta(0), timedelta(days=80 * 365)).map(
    lambda later: datetime(1980, 1, 1, tzinfo=UTC) + later
)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(instants)
    return Span(start, start + draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=4))))


def local(
    zone: ZoneInfo, year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0
) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone, fold=fold)


@given(grids, instants)
def test_every_instant_lies_in_exactly_its_slot(grid: Grid, instant: datetime) -> None:
    slot = grid.slot_of(instant)
    assert grid.start_of(slot) <= instant < grid.start_of(slot + 1)


@given(grids, spans())
def test_a_span_is_rounded_outwards_and_by_less_than_a_slot_on_each_side(grid: Grid, span: Span) -> None:
    slots = grid.slots(span)
    covered = grid.span_of(slots)
    assert covered.start <= span.start < grid.start_of(slots.start + 1)
    assert grid.start_of(slots.stop - 1) < span.end <= covered.end


@given(grids, spans())
def test_slots_within_a_span_reach_out_of_it_nowhere_and_leave_out_none(grid: Grid, span: Span) -> None:
    inside = {
        slot
        for slot in grid.slots(span)
        if span.start <= grid.start_of(slot) and grid.start_of(slot + 1) <= span.end
    }
    assert set(grid.slots_within(span)) == inside


@given(grids, spans(), spans())
def test_spans_that_overlap_share_a_slot(grid: Grid, one: Span, other: Span) -> None:
    if one.overlaps(other):
        assert set(grid.slots(one)) & set(grid.slots(other))


def test_touching_bookings_on_the_grid_share_no_slot() -> None:
    grid = Grid(900, SHANGHAI)
    first = Span(local(SHANGHAI, 2026, 11, 23, 9), local(SHANGHAI, 2026, 11, 23, 10))
    second = Span(first.end, first.end + timedelta(hours=1))
    assert len(grid.slots(first)) == 4
    assert grid.slots(first).stop == grid.slots(second).start


def test_padding_belongs_to_the_claim_and_is_rounded_with_it() -> None:
    grid = Grid(900, SHANGHAI)
    span = Span(local(SHANGHAI, 2026, 11, 23, 9), local(SHANGHAI, 2026, 11, 23, 10))
    padding = Padding(before=timedelta(minutes=5), set_up=timedelta(minutes=15), after=timedelta(minutes=1))
    taken = grid.span_of(grid.slots(span.padded(padding)))
    assert taken == Span(local(SHANGHAI, 2026, 11, 23, 8, 30), local(SHANGHAI, 2026, 11, 23, 10, 15))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        (BERLIN, date(2026, 10, 26), 24),
        (SHANGHAI, date(1986, 5, 4), 23),
        (SHANGHAI, date(1986, 9, 14), 25),
        (SHANGHAI, date(1991, 4, 14), 23),
        (SHANGHAI, date(1991, 9, 15), 25),
        (SHANGHAI, date(2026, 5, 4), 24),
        # Its clocks were put forward at midnight: the day begins at 01:00.
        (ZoneInfo("America/Sao_Paulo"), date(2018, 11, 4), 23),
    ],
)
def test_a_day_is_one_slot_however_many_hours_it_has(zone: ZoneInfo, day: date, hours: int) -> None:
    grid = Grid(DAY_S, zone)
    slot = day.toordinal()
    span = grid.span_of(range(slot, slot + 1))
    assert span.length == timedelta(hours=hours)
    assert grid.slots(span) == range(slot, slot + 1)
    assert len(Grid(3600, zone).slots(span)) == hours
    assert len(Grid(900, zone).slots(span)) == 4 * hours


def test_the_hour_that_is_there_twice_is_two_hours_of_the_grid() -> None:
    first = local(BERLIN, 2026, 10, 25, 2, 30)
    second = local(BERLIN, 2026, 10, 25, 2, 30, fold=1)
    assert Grid(3600, BERLIN).slot_of(second) - Grid(3600, BERLIN).slot_of(first) == 1
    assert Span(first, second).length == timedelta(hours=1)


def test_midnight_belongs_to_the_day_that_begins() -> None:
    grid = Grid(DAY_S, SHANGHAI)
    night = Span(local(SHANGHAI, 2026, 11, 23, 22), local(SHANGHAI, 2026, 11, 24))
    assert list(grid.slots(night)) == [date(2026, 11, 23).toordinal()]
    assert len(grid.slots(Span(night.start, night.end + timedelta(microseconds=1)))) == 2


def test_what_is_no_span_and_no_grid_is_refused() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    with pytest.raises(ValueError, match="before it begins"):
        Span(at, at)
    with pytest.raises(ValueError, match="naive"):
        Span(at.replace(tzinfo=None), at)
    with pytest.raises(ValueError, match="grain"):
        Grid(7200, SHANGHAI)
