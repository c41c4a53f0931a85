"""What the rules give a slot: opening hours, closures, changes of capacity."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.grid import DAY_S, Grid, Span
from facilities.capacity.opening import Exceptional, Hours, Opening, capacities, wrong_hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
QUARTERS = Grid(900, SHANGHAI)
MONDAY = date(2026, 11, 23)
OFFICE = Opening(
    tuple(
        hours
        for day in range(1, 6)
        for hours in (Hours(day, time(8), time(12)), Hours(day, time(13, 30), time(17, 30)))
    )
)
walls = st.times().map(lambda wall: wall.replace(minute=wall.minute // 5 * 5, second=0, microsecond=0))
hours = st.builds(Hours, st.integers(1, 7), walls, walls)


def day_of(grid: Grid, day: date, days: int = 1) -> range:
    start = datetime.combine(day, time(), grid.tz)
    return grid.slots(Span(start, datetime.combine(day + timedelta(days=days), time(), grid.tz)))


def open_walls(opening: Opening, grid: Grid, day: date, days: int = 1) -> list[str]:
    """When it opens and closes, in wall times."""
    slots = day_of(grid, day, days)
    flags = [False, *opening.open_slots(grid, slots), False]
    return [
        f"{grid.start_of(slots.start + index).astimezone(grid.tz):%a %H:%M}"
        for index, (before, after) in enumerate(pairwise(flags))
        if before != after
    ]


def test_several_hours_a_day_and_none_on_others() -> None:
    assert open_walls(OFFICE, QUARTERS, MONDAY - timedelta(days=1), 2) == [
        "Mon 08:00",
        "Mon 12:00",
        "Mon 13:30",
        "Mon 17:30",
    ]


def test_hours_over_midnight_reach_into_a_day_that_has_none_of_its_own() -> None:
    shift = Opening((Hours(5, time(22), time(6)),))
    assert open_walls(shift, QUARTERS, MONDAY, 7) == ["Fri 22:00", "Sat 06:00"]
    assert open_walls(shift, QUARTERS, date(2026, 11, 28)) == ["Sat 00:00", "Sat 06:00"]


def test_midnight_to_midnight_is_the_whole_day_and_days_that_touch_are_one() -> None:
    always = Opening(tuple(Hours(day, time(), time()) for day in range(1, 8)))
    assert all(always.open_slots(QUARTERS, day_of(QUARTERS, MONDAY, 7)))
    assert not any(Opening(()).open_slots(QUARTERS, day_of(QUARTERS, MONDAY, 7)))


def test_a_slot_that_is_open_in_part_is_closed_unless_hours_meet_within_it() -> None:
    odd = Opening((Hours(1, time(8, 10), time(9, 5)), Hours(1, time(9, 5), time(10))))
    assert open_walls(odd, QUARTERS, MONDAY) == ["Mon 08:15", "Mon 10:00"]


def test_a_slot_of_a_day_is_open_when_its_weekday_has_hours() -> None:
    grid = Grid(DAY_S, SHANGHAI)
    assert OFFICE.open_slots(grid, day_of(grid, MONDAY, 7)) == [True] * 5 + [False] * 2


@pytest.mark.parametrize(
    ("day", "until", "slots"),
    [
        (date(2026, 3, 29), time(6), 20),  # the hour from 02:00 is not there
        (date(2026, 10, 25), time(6), 28),  # and here it is there twice
        (date(2026, 10, 24), time(6), 24),
    ],
)
def test_wall_times_hold_on_days_of_23_and_25_hours(day: date, until: time, slots: int) -> None:
    nightly = Opening(tuple(Hours(weekday, time(), until) for weekday in range(1, 8)))
    grid = Grid(900, BERLIN)
    assert sum(nightly.open_slots(grid, day_of(grid, day))) == slots
    assert open_walls(nightly, grid, day) == [f"{day:%a} 00:00", f"{day:%a} 06:00"]


def test_summer_time_of_the_eighties_in_shanghai() -> None:
    daily = Opening(tuple(Hours(weekday, time(), time(8)) for weekday in range(1, 8)))
    assert sum(daily.open_slots(Grid(3600, SHANGHAI), day_of(Grid(3600, SHANGHAI), date(1986, 5, 4)))) == 7
    assert sum(daily.open_slots(Grid(3600, SHANGHAI), day_of(Grid(3600, SHANGHAI), date(1986, 9, 14)))) == 9


def test_hours_that_lie_in_a_skipped_hour_are_no_hours() -> None:
    skipped = Opening((Hours(7, time(2), time(3)),))
    grid = Grid(900, BERLIN)
    assert not any(skipped.open_slots(grid, day_of(grid, date(2026, 3, 29))))


@given(st.lists(hours, max_size=6), st.sampled_from([SHANGHAI, BERLIN]), st.integers(0, 400))
def test_open_is_what_every_minute_of_the_slot_says(week: list[Hours], zone: ZoneInfo, later: int) -> None:
    opening = Opening(tuple(week))
    grid = Grid(900, zone)
    slots = day_of(grid, MONDAY + timedelta(days=later))
    assert opening.open_slots(grid, slots) == [
        all(
            _is_open(week, grid.start_of(slot) + timedelta(minutes=minute), zone)
            for minute in range(0, 15, 5)
        )
        for slot in slots
    ]


def _is_open(week: list[Hours], instant: datetime, zone: ZoneInfo) -> bool:
    """Read off the wall, one instant at a time."""
    today = instant.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        for each in week:
            ends = day if each.until > each.since else day + timedelta(days=1)
            since, until = datetime.combine(day, each.since, zone), datetime.combine(ends, each.until, zone)
            if (
                each.weekday == day.isoweekday()
                and since.timestamp() <= instant.timestamp() < until.timestamp()
            ):
                return True
    return False


def test_an_exception_replaces_the_usual_capacity_and_opens_nothing() -> None:
    slots = day_of(QUARTERS, MONDAY)
    nine = QUARTERS.slot_of(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))
    found = capacities(
        QUARTERS,
        slots,
        3,
        OFFICE,
        [Exceptional(range(slots.start - 50, nine), 1), Exceptional(range(nine, nine + 4), 0)],
    )
    assert found[:32] == [0] * 32  # closed until eight
    assert found[32:36] == [1] * 4
    assert found[36:40] == [0] * 4
    assert found[40:48] == [3] * 8
    assert found[70:] == [0] * 26


def test_without_hours_of_its_own_it_is_open_always() -> None:
    assert capacities(QUARTERS, range(10, 14), 2, None, []) == [2, 2, 2, 2]
    assert capacities(QUARTERS, range(10, 14), 2, None, [Exceptional(range(20, 30), 0)]) == [2, 2, 2, 2]


def test_hours_come_back_from_their_stored_form() -> None:
    assert Opening.from_json(OFFICE.to_json()) == OFFICE


def test_every_wrong_line_of_hours_is_named() -> None:
    typed: list[dict[str, Any]] = [
        {"weekday": 1, "since": "08:00", "until": "12:00"},
        {"weekday": 8, "since": "08:00", "until": "12:00"},
        {"weekday": 1, "since": "25:00", "until": "12:00"},
        {"weekday": 1, "since": "08:00"},
        {"weekday": None, "since": "08:00", "until": "09:00"},
    ]
    assert [error.pointer for error in wrong_hours(typed)] == ["/hours/1", "/hours/2", "/hours/3", "/hours/4"]
