"""The working-day calendar against the published notices, two independent libraries and its own promises."""

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from shared.calendar import (
    CalendarError,
    DayEntry,
    Notice,
    WorkCalendar,
    load_default_calendar,
    say_date,
    say_period,
    say_weekday,
)
from shared.tables import read_table
from shared.text import Text


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return load_default_calendar()


def every_day(first_year: int, last_year: int) -> Iterator[date]:
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "by_month"),
    [
        (2024, [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
        (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
        (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
    ],
)
def test_official_years_have_the_published_number_of_working_days_each_month(
    calendar: WorkCalendar, year: int, by_month: list[int]
) -> None:
    counted = [0] * 12
    for day in every_day(year, year):
        counted[day.month - 1] += calendar.is_working_day(day)
    assert counted == by_month


def test_every_official_day_agrees_with_chinesecalendar(calendar: WorkCalendar) -> None:
    wrong = [
        day
        for day in every_day(2024, 2026)
        if calendar.is_working_day(day) != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


def test_every_official_day_agrees_with_holidays(calendar: WorkCalendar) -> None:
    oracle = holidays.country_holidays("CN", years=range(2024, 2027))
    wrong = [
        day for day in every_day(2024, 2026) if calendar.is_working_day(day) != oracle.is_working_day(day)
    ]
    assert wrong == []


def test_2027_knows_the_statutory_days_and_no_make_up_days(calendar: WorkCalendar) -> None:
    oracle = holidays.country_holidays("CN", years=[2027])
    wrong = [
        day for day in every_day(2027, 2027) if calendar.is_working_day(day) != oracle.is_working_day(day)
    ]
    assert wrong == []
    entries = [calendar.entry(day) for day in every_day(2027, 2027)]
    assert {entry.kind for entry in entries if entry} == {"off"}


def test_only_years_with_a_notice_are_official(calendar: WorkCalendar) -> None:
    assert [calendar.status(year) for year in range(2023, 2030)] == [
        "provisional",
        "official",
        "official",
        "official",
        "provisional",
        "provisional",
        "provisional",
    ]
    assert not calendar.is_provisional(date(2026, 12, 31))
    assert calendar.is_provisional(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 9, 18), 20, date(2026, 10, 22)),
        (date(2026, 9, 18), 30, date(2026, 11, 5)),
        (date(2026, 2, 12), 5, date(2026, 2, 26)),
        (date(2026, 2, 27), 1, date(2026, 2, 28)),
        (date(2025, 12, 25), 5, date(2026, 1, 4)),
        (date(2026, 6, 15), 7, date(2026, 6, 25)),
        (date(2026, 6, 15), 45, date(2026, 8, 18)),
        (date(2024, 4, 26), 5, date(2024, 5, 7)),
        (date(2025, 9, 26), 3, date(2025, 9, 30)),
    ],
)
def test_known_due_dates(calendar: WorkCalendar, start: date, count: int, due: date) -> None:
    assert calendar.add_working_days(start, count) == due
    assert calendar.working_days_between(start, due) == count


def test_a_count_runs_across_new_year_into_the_provisional_year(calendar: WorkCalendar) -> None:
    due = calendar.add_working_days(date(2026, 12, 30), 3)
    assert due == date(2027, 1, 5)  # 31 December; 1 January is off; 4 and 5 January
    assert calendar.is_provisional(due)


def test_counting_agrees_with_a_naive_count_over_ten_years(calendar: WorkCalendar) -> None:
    days = list(every_day(2024, 2033))
    working = [day for day in days if calendar.is_working_day(day)]
    position = 0
    for start in days[:-60:7]:
        while working[position] <= start:
            position += 1
        for count in (1, 5, 20, 30):
            due = working[position + count - 1]
            assert calendar.add_working_days(start, count) == due
            assert calendar.working_days_between(start, due) == count


def test_counting_backwards_is_negative(calendar: WorkCalendar) -> None:
    assert calendar.working_days_between(date(2026, 10, 22), date(2026, 9, 18)) == -20


def test_the_next_working_day_is_never_the_day_itself(calendar: WorkCalendar) -> None:
    assert calendar.next_working_day(date(2026, 2, 27)) == date(2026, 2, 28)
    assert calendar.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert calendar.working_day_on_or_after(date(2026, 9, 30)) == date(2026, 9, 30)
    assert calendar.working_day_on_or_after(date(2026, 10, 3)) == date(2026, 10, 8)


def test_zero_working_days_end_where_they_start(calendar: WorkCalendar) -> None:
    assert calendar.add_working_days(date(2026, 10, 3), 0) == date(2026, 10, 3)


@pytest.mark.parametrize("count", [-1, 10_001])
def test_senseless_counts_are_refused(calendar: WorkCalendar, count: int) -> None:
    with pytest.raises(CalendarError):
        calendar.add_working_days(date(2026, 1, 1), count)


def test_a_year_without_entries_knows_the_fixed_days_and_makes_weekends_good(calendar: WorkCalendar) -> None:
    # 1 January 2028 is a Saturday, 1 October 2028 a Sunday.
    off = [day for day in every_day(2028, 2028) if calendar.entry(day)]
    assert off == [
        date(2028, 1, 1),
        date(2028, 1, 3),
        date(2028, 5, 1),
        date(2028, 5, 2),
        date(2028, 10, 1),
        date(2028, 10, 2),
        date(2028, 10, 3),
        date(2028, 10, 4),
    ]
    assert not any(calendar.is_working_day(day) for day in off)


def test_every_special_day_names_its_holiday_and_its_notice_in_both_languages(calendar: WorkCalendar) -> None:
    entry = calendar.entry(date(2026, 9, 20))
    assert entry is not None
    assert entry.kind == "work"
    assert entry.name == Text("国庆节", "National Day")
    assert entry.notice.document == "国办发明电〔2025〕7号"
    assert entry.notice.published_on == date(2025, 11, 4)
    for day in every_day(2024, 2030):
        found = calendar.entry(day)
        if found is not None:
            assert found.name.zh and found.name.en and found.notice.title.zh and found.notice.title.en


def test_ordinary_days_need_no_entry(calendar: WorkCalendar) -> None:
    assert calendar.entry(date(2026, 11, 23)) is None
    assert calendar.entry(date(2026, 11, 22)) is None


def test_publishing_a_notice_replaces_only_its_year(calendar: WorkCalendar) -> None:
    notice = Notice(Text("某年通知", "a notice"), date(2026, 11, 30))
    published = calendar.with_year(
        2027, "official", [DayEntry(date(2027, 1, 3), "work", Text("元旦", "New Year's Day"), notice)]
    )
    assert published.status(2027) == "official"
    assert published.is_working_day(date(2027, 1, 3))
    assert published.is_working_day(date(2027, 1, 1))
    assert published.add_working_days(date(2026, 9, 18), 20) == date(2026, 10, 22)
    assert calendar.status(2027) == "provisional"
    assert not calendar.is_working_day(date(2027, 1, 1))


def test_contradictions_are_refused(calendar: WorkCalendar) -> None:
    entry = calendar.entry(date(2026, 10, 1))
    assert entry is not None
    with pytest.raises(CalendarError):
        WorkCalendar([entry, entry], {})
    with pytest.raises(CalendarError):
        calendar.with_year(2027, "official", [entry])


def test_a_missing_table_is_an_error_and_not_an_empty_calendar() -> None:
    with pytest.raises(FileNotFoundError):
        read_table("shared.calendar", "nothing.csv")


def test_dates_are_said_as_a_notice_would_say_them() -> None:
    assert say_date(date(2026, 9, 8)) == Text("2026年9月8日", "8 September 2026")
    assert say_weekday(date(2026, 9, 20)) == Text("星期日", "Sunday")
    assert say_period(date(2026, 9, 25), date(2026, 9, 27)) == Text(
        "2026年9月25日至9月27日", "25 to 27 September 2026"
    )
    assert say_period(date(2026, 4, 30), date(2026, 5, 2)).en == "30 April to 2 May 2026"
    assert say_period(date(2026, 12, 31), date(2027, 1, 1)).zh == "2026年12月31日至2027年1月1日"
    assert say_period(date(2026, 5, 1), date(2026, 5, 1)) == say_date(date(2026, 5, 1))
