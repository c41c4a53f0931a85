"""Series of bookings: when they are, whatever the clocks do; what is left out; how they are divided."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from facilities.capacity.recurrence import Every, Rule, read_rule
from facilities.capacity.series import (
    Series,
    SeriesLimits,
    at_other_times,
    divided,
    occurrences,
    without,
)
from shared.errors import InvalidInput

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
LIMITS = SeriesLimits(most=100, longest=timedelta(days=366))
H = timedelta(hours=1)


def at(day: str, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour, minute))


def series(rule: str, starts: datetime, length: timedelta = 2 * H, tz: ZoneInfo = SHANGHAI) -> Series:
    return Series(read_rule(rule), tz, starts, starts + length)


def days(found: Series) -> list[str]:
    return [f"{each.wall:%m-%d}" for each in occurrences(found, LIMITS)]


def refused(found: Series, limits: SeriesLimits = LIMITS) -> str:
    with pytest.raises(InvalidInput) as refusal:
        occurrences(found, limits)
    (error,) = refusal.value.errors
    assert error.message.zh and error.message.en
    return error.code


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=2;COUNT=3", "2026-11-23", ["11-23", "11-25", "11-27"]),
        ("FREQ=WEEKLY;COUNT=3", "2026-11-24", ["11-24", "12-01", "12-08"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4", "2026-11-23", ["11-23", "11-25", "12-07", "12-09"]),
        ("FREQ=MONTHLY;COUNT=3", "2027-01-31", ["01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2027-01-31", ["01-31", "02-28", "03-31"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "2026-11-27", ["11-27", "12-25"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=2", "2026-12-01", ["12-01", "01-01"]),
        ("FREQ=DAILY;UNTIL=20261125T010000Z", "2026-11-23", ["11-23", "11-24", "11-25"]),
        ("FREQ=DAILY;UNTIL=20261125T005959Z", "2026-11-23", ["11-23", "11-24"]),
    ],
)
def test_dates_are_those_of_the_standard(rule: str, first: str, expected: list[str]) -> None:
    assert days(series(rule, at(first))) == expected


def test_nine_by_the_wall_stays_nine_when_the_clocks_change() -> None:
    found = occurrences(series("FREQ=DAILY;COUNT=3", at("2027-03-27"), tz=BERLIN), LIMITS)
    assert [each.span.start.hour for each in found] == [8, 7, 7]
    assert {each.span.length for each in found} == {2 * H}
    found = occurrences(series("FREQ=DAILY;COUNT=3", at("2027-10-30"), tz=BERLIN), LIMITS)
    assert [each.span.start.hour for each in found] == [7, 8, 8]


def test_a_night_ends_by_the_wall_too() -> None:
    night = series("FREQ=DAILY;COUNT=2", at("2027-03-26", 22), 8 * H, BERLIN)
    assert [each.span.length for each in occurrences(night, LIMITS)] == [8 * H, 7 * H]
    night = series("FREQ=DAILY;COUNT=2", at("2027-10-29", 22), 8 * H, BERLIN)
    assert [each.span.length for each in occurrences(night, LIMITS)] == [8 * H, 9 * H]


@pytest.mark.parametrize(
    ("minute", "length", "expected"),
    [
        (0, 30, ("01:00", "01:30")),  # 02:00 to 02:30 is not there: 03:00 to 03:30
        (0, 60, ("01:00", "02:00")),  # it would end as it begins, so it takes its hour
        (30, 45, ("01:30", "02:15")),  # it would end before it begins
        (30, 120, ("01:30", "02:30")),  # 04:30 is there
    ],
)
def test_what_lies_in_a_skipped_hour_begins_after_it(
    minute: int, length: int, expected: tuple[str, str]
) -> None:
    found = series("FREQ=DAILY;COUNT=2", at("2027-03-27", 2, minute), timedelta(minutes=length), BERLIN)
    span = occurrences(found, LIMITS)[1].span
    assert (f"{span.start:%H:%M}", f"{span.end:%H:%M}") == expected


def test_what_lies_in_a_repeated_hour_begins_the_first_time() -> None:
    found = series("FREQ=DAILY;COUNT=2", at("2027-10-30", 2, 30), H / 4, BERLIN)
    assert occurrences(found, LIMITS)[1].span.start == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_first_date_that_does_not_fit_is_refused() -> None:
    assert refused(series("FREQ=WEEKLY;BYDAY=MO;COUNT=2", at("2026-11-24"))) == "first_date"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=DAILY;COUNT=101", "too_many"),
        ("FREQ=DAILY;UNTIL=20270601T000000Z", "too_many"),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", "too_far"),
        ("FREQ=MONTHLY;COUNT=14", "too_far"),
        ("FREQ=MONTHLY;INTERVAL=9999;COUNT=2", "too_far"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9", "first_date"),
        ("FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11;COUNT=9", "first_date"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=200;COUNT=9", "first_date"),
        ("FREQ=DAILY;BYDAY=SU;BYSETPOS=2;COUNT=9", "first_date"),
        ("FREQ=MONTHLY;BYMONTHDAY=23,24;BYDAY=MO,TU,WE,TH,FR;COUNT=99", "too_far"),
    ],
)
def test_what_is_too_large_or_never_happens_is_refused(rule: str, code: str) -> None:
    assert refused(series(rule, at("2026-11-23"))) == code


@pytest.mark.parametrize("year", [1, 1969, 2300, 9999])
def test_years_that_nobody_books_are_refused(year: int) -> None:
    assert refused(series("FREQ=DAILY;COUNT=2", datetime(year, 6, 1, 9))) == "out_of_reach"  # noqa: DTZ001


def test_one_is_left_out_and_still_counts() -> None:
    found = without(series("FREQ=DAILY;COUNT=3", at("2026-11-23")), at("2026-11-24"), LIMITS)
    assert days(found) == ["11-23", "11-25"]
    assert days(without(found, at("2026-11-23"), LIMITS)) == ["11-25"]


@pytest.mark.parametrize("wall", [at("2026-11-24"), at("2026-11-26"), at("2026-11-23", 10)])
def test_what_the_series_does_not_have_can_be_neither_left_out_nor_divided(wall: datetime) -> None:
    found = without(series("FREQ=DAILY;COUNT=3", at("2026-11-23")), at("2026-11-24"), LIMITS)
    for verb in (without, divided):
        with pytest.raises(InvalidInput) as refusal:
            verb(found, wall, LIMITS)
        assert [error.code for error in refusal.value.errors] == ["no_occurrence"]


def test_from_the_first_one_on_is_all_of_it() -> None:
    found = series("FREQ=DAILY;COUNT=3", at("2026-11-23"))
    assert divided(found, at("2026-11-23"), LIMITS) == (None, found)


def test_a_series_is_kept_as_it_was() -> None:
    found = without(series("FREQ=DAILY;COUNT=3", at("2026-11-23")), at("2026-11-24"), LIMITS)
    assert Series.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_wall_times_have_no_offset_and_an_end_comes_after_a_beginning() -> None:
    rule = Rule(Every.DAY, count=2)
    with pytest.raises(ValueError, match="offset"):
        Series(rule, SHANGHAI, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    with pytest.raises(ValueError, match="nothing"):
        Series(rule, SHANGHAI, at("2026-01-01"), at("2026-01-01"))


@st.composite
def some_series(draw: st.DrawFn) -> Series:
    """A series that is not refused, with some left out; often over a change of the clocks in Berlin."""
    day = draw(st.dates(date(2026, 1, 1), date(2028, 12, 31)) | st.dates(date(2027, 3, 1), date(2027, 3, 31)))
    starts = datetime.combine(day, draw(st.times()).replace(second=0, microsecond=0))
    every = draw(st.sampled_from(Every))
    weekdays = draw(st.sets(st.integers(0, 6))) | {day.weekday()}
    rule = Rule(
        every,
        interval=draw(st.integers(1, 3)),
        count=draw(st.integers(1, 12)),
        weekdays=tuple((0, each) for each in sorted(weekdays)) if draw(st.booleans()) else (),
        week_start=draw(st.integers(0, 6)),
    )
    tz = draw(st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York")]))
    found = Series(rule, tz, starts, starts + draw(st.integers(1, 30 * 60)) * H / 60)
    try:
        all_of_it = occurrences(found, LIMITS)
    except InvalidInput:
        assume(False)
    if draw(st.booleans()):
        found = replace(found, rule=replace(rule, count=None, until=all_of_it[-1].span.start))
        assert occurrences(found, LIMITS) == all_of_it
    skipped = draw(st.sets(st.sampled_from([each.wall for each in all_of_it]), max_size=len(all_of_it) - 1))
    return replace(found, skipped=frozenset(skipped))


@given(some_series(), st.data())
def test_the_two_parts_of_a_series_are_together_what_it_was(found: Series, data: st.DataObject) -> None:
    whole = occurrences(found, LIMITS)
    one = data.draw(st.sampled_from(whole))
    before, rest = divided(found, one.wall, LIMITS)
    parts = [*(occurrences(before, LIMITS) if before else []), *occurrences(rest, LIMITS)]
    assert parts == whole
    assert rest.starts == one.wall


@given(some_series())
def test_occurrences_follow_one_another_at_the_same_time_by_the_wall(found: Series) -> None:
    whole = occurrences(found, LIMITS)
    starts = [each.span.start for each in whole]
    assert starts == sorted(set(starts))
    for each in whole:
        wall = each.span.start.astimezone(found.tz).replace(tzinfo=None)
        if wall.replace(tzinfo=found.tz).utcoffset() == each.wall.replace(tzinfo=found.tz).utcoffset():
            assert wall == each.wall
        assert each.wall.time() == found.starts.time()
        assert each.span.length > timedelta(0)


@given(some_series(), st.times(), st.integers(1, 600))
def test_another_time_of_day_changes_no_date(found: Series, since: time, minutes: int) -> None:
    since = since.replace(second=0, microsecond=0)
    moved = at_other_times(found, since, minutes * H / 60, LIMITS)
    assert [each.wall.date() for each in occurrences(moved, LIMITS)] == [
        each.wall.date() for each in occurrences(found, LIMITS)
    ]
    assert all(each.wall.time() == since for each in occurrences(moved, LIMITS))
