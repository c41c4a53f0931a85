"""The deadline ledger: when a limit ends, what stops and moves it, and which years are a forecast."""

from datetime import date, datetime, timedelta

import pytest

from approvals.cases.clock import ClockFact, ClockState, FactKind, Light, Unit, compute, read
from shared.calendar import DayEntry, Notice
from shared.clock import PARK_TZ
from shared.text import Text
from tests.unit.clock_cases import CALENDAR, accepted_on, fact, limit, limits, reading, received, statutory


@pytest.mark.parametrize(
    ("accepted", "n", "due"),
    [
        (date(2026, 9, 18), 20, date(2026, 10, 22)),
        (date(2026, 2, 12), 5, date(2026, 2, 26)),
        (date(2026, 2, 27), 1, date(2026, 2, 28)),
        (date(2025, 12, 25), 5, date(2026, 1, 4)),
        (date(2026, 6, 15), 7, date(2026, 6, 25)),
        (date(2026, 6, 15), 45, date(2026, 8, 18)),
        (date(2024, 4, 26), 5, date(2024, 5, 7)),
        (date(2025, 9, 26), 3, date(2025, 9, 30)),
    ],
)
def test_known_due_dates(accepted: date, n: int, due: date) -> None:
    assert statutory(accepted_on(accepted), n).due_on == due


def test_a_special_procedure_takes_its_days_out() -> None:
    procedure = [
        fact(FactKind.SUSPENDED, date(2026, 9, 22), note=Text("专家评审", "expert review")),
        fact(FactKind.RESUMED, date(2026, 10, 9)),
    ]
    assert statutory(accepted_on(date(2026, 9, 18), *procedure), 20).due_on == date(2026, 11, 2)


def test_an_extension_adds_to_the_statutory_limit() -> None:
    extended = fact(FactKind.EXTENDED, date(2026, 10, 20), days=10)
    clock = statutory(accepted_on(date(2026, 9, 18), extended), 20)
    assert clock.due_on == date(2026, 11, 5)
    assert clock.total == 30


def test_the_day_a_suspension_starts_counts_and_the_day_it_ends_does_not() -> None:
    # Monday to Friday of an ordinary week: 2 working days from Monday, stopped Tuesday to Wednesday.
    stop = [fact(FactKind.SUSPENDED, date(2026, 11, 17)), fact(FactKind.RESUMED, date(2026, 11, 18))]
    assert statutory(accepted_on(date(2026, 11, 16), *stop), 2).due_on == date(2026, 11, 19)


def test_overlapping_suspensions_are_excluded_once() -> None:
    overlapping = [
        fact(FactKind.SUSPENDED, date(2026, 11, 2), ref="review", note=Text("专家评审", "expert review")),
        fact(FactKind.RESUMED, date(2026, 11, 6), ref="review"),
        fact(FactKind.SUSPENDED, date(2026, 11, 4), ref="notice", note=Text("公示", "public notice")),
        fact(FactKind.RESUMED, date(2026, 11, 10), ref="notice"),
    ]
    one = [fact(FactKind.SUSPENDED, date(2026, 11, 2)), fact(FactKind.RESUMED, date(2026, 11, 10))]
    start = date(2026, 10, 28)
    merged = statutory(accepted_on(start, *overlapping), 10)
    assert merged.due_on == statutory(accepted_on(start, *one), 10).due_on
    assert len(merged.suspensions) == 1


def test_touching_suspensions_become_one_and_gaps_keep_them_apart() -> None:
    def stop(first: int, last: int, ref: str) -> list[ClockFact]:
        return [
            fact(FactKind.SUSPENDED, date(2026, 11, first), ref=ref),
            fact(FactKind.RESUMED, date(2026, 11, last), ref=ref),
        ]

    start = date(2026, 10, 28)
    assert len(statutory(accepted_on(start, *stop(2, 4, "a"), *stop(4, 6, "b")), 10).suspensions) == 1
    assert len(statutory(accepted_on(start, *stop(2, 4, "a"), *stop(5, 6, "b")), 10).suspensions) == 2
    assert statutory(accepted_on(start, *stop(3, 3, "a")), 10).suspensions == ()


def test_an_open_suspension_leaves_no_due_date() -> None:
    stopped = [*accepted_on(date(2026, 11, 2)), fact(FactKind.SUSPENDED, date(2026, 11, 4))]
    given = limits(limit(20), limit(10))
    current = reading(stopped, given, date(2026, 11, 20))
    assert current.due_on is None
    assert current.yellow_on is None
    assert current.light is Light.GREEN
    assert current.days_left == 8  # 3 and 4 November are used up
    assert [status.state for status in current.clocks[1:]] == [ClockState.SUSPENDED] * 2
    assert current.clocks[1].clock.lines[-1].text.zh == "2026年11月4日起停止计算，恢复后重新推算到期日"


def test_a_suspension_after_the_due_date_changes_nothing() -> None:
    late = [*accepted_on(date(2026, 11, 2)), fact(FactKind.SUSPENDED, date(2026, 11, 12))]
    given = limits(limit(5))
    assert reading(late, given, date(2026, 11, 20)).due_on == date(2026, 11, 9)
    assert reading(late, given, date(2026, 11, 20)).light is Light.RED
    assert not any("停止计算" in line.text.zh for line in statutory(late, 5).lines)


def test_a_suspension_from_the_due_date_on_is_not_in_the_explanation() -> None:
    stop = fact(FactKind.SUSPENDED, date(2026, 11, 9))
    clock = statutory(accepted_on(date(2026, 11, 2), stop), 5)
    assert clock.due_on == date(2026, 11, 9)
    assert not any("停止计算" in line.text.zh for line in clock.lines)


def test_days_without_a_unit_of_working_days_run_on_and_only_the_last_day_moves() -> None:
    # 7 日 from 24 September: 1 October, in the holiday that lasts to 7 October.
    assert statutory(accepted_on(date(2026, 9, 24)), 7, Unit.CALENDAR_DAY).due_on == date(2026, 10, 8)
    assert statutory(accepted_on(date(2026, 11, 2)), 7, Unit.CALENDAR_DAY).due_on == date(2026, 11, 9)


def test_a_last_day_never_moves_into_a_suspension() -> None:
    # The seventh day is Sunday 8 November; from Sunday on the clock is stopped until Tuesday.
    stop = [fact(FactKind.SUSPENDED, date(2026, 11, 8)), fact(FactKind.RESUMED, date(2026, 11, 10))]
    clock = statutory(accepted_on(date(2026, 11, 1), *stop), 7, Unit.CALENDAR_DAY)
    assert clock.due_on == date(2026, 11, 11)
    still = statutory(accepted_on(date(2026, 11, 1), stop[0]), 7, Unit.CALENDAR_DAY)
    assert still.due_on is None


def test_hours_run_from_the_instant_through_the_night() -> None:
    at = datetime(2026, 11, 2, 16, 30, tzinfo=PARK_TZ)
    day = date(2026, 11, 2)
    facts = [received(day), fact(FactKind.ACCEPTED, day, at=at)]
    clock = statutory(facts, 10, Unit.HOUR)
    assert clock.due_at == datetime(2026, 11, 3, 2, 30, tzinfo=PARK_TZ)
    assert clock.due_on == date(2026, 11, 3)
    assert clock.lines[-1].text == Text(
        "应于2026年11月3日02:30前办结", "The decision is due by 3 November 2026, 02:30"
    )


def test_hours_without_an_instant_run_from_the_end_of_the_day() -> None:
    clock = statutory(accepted_on(date(2026, 11, 2)), 24, Unit.HOUR)
    assert clock.due_on == date(2026, 11, 3)
    assert clock.due_at == datetime(2026, 11, 4, 0, 0, tzinfo=PARK_TZ)
    assert "2026年11月3日24:00前" in clock.lines[-1].text.zh


def test_a_suspended_day_adds_a_day_to_hours() -> None:
    stop = [fact(FactKind.SUSPENDED, date(2026, 11, 2)), fact(FactKind.RESUMED, date(2026, 11, 4))]
    at = datetime(2026, 11, 2, 9, 0, tzinfo=PARK_TZ)
    day = date(2026, 11, 2)
    clock = statutory([received(day), fact(FactKind.ACCEPTED, day, at=at), *stop], 20, Unit.HOUR)
    assert clock.due_at == datetime(2026, 11, 5, 5, 0, tzinfo=PARK_TZ)
    assert (
        statutory([received(day), fact(FactKind.ACCEPTED, day, at=at), stop[0]], 20, Unit.HOUR).due_on is None
    )


def test_an_hour_limit_is_overdue_at_its_instant_where_the_instant_is_known() -> None:
    day = date(2026, 11, 2)
    facts = [received(day), fact(FactKind.ACCEPTED, day, at=datetime(2026, 11, 2, 9, 0, tzinfo=PARK_TZ))]
    ledger = compute(facts, limits(limit(2, Unit.HOUR)), CALENDAR)
    assert read(ledger, day, now=datetime(2026, 11, 2, 10, 35, tzinfo=PARK_TZ)).light is Light.GREEN
    assert read(ledger, day, now=datetime(2026, 11, 2, 10, 36, tzinfo=PARK_TZ)).light is Light.YELLOW
    assert read(ledger, day, now=datetime(2026, 11, 2, 11, 0, tzinfo=PARK_TZ)).light is Light.YELLOW
    assert read(ledger, day, now=datetime(2026, 11, 2, 11, 1, tzinfo=PARK_TZ)).light is Light.RED
    assert read(ledger, day).light is Light.GREEN
    assert read(ledger, day + timedelta(days=1)).light is Light.RED
    assert read(ledger, day).days_left is None


def test_an_immediate_item_is_due_on_the_day_itself_and_never_yellow() -> None:
    immediate = limits(limit(0, Unit.IMMEDIATE))
    monday = accepted_on(date(2026, 11, 2))
    assert reading(monday, immediate, date(2026, 11, 2)).light is Light.GREEN
    assert reading(monday, immediate, date(2026, 11, 3)).light is Light.RED
    saturday = accepted_on(date(2026, 11, 7))
    assert statutory(saturday, 0, Unit.IMMEDIATE).due_on == date(2026, 11, 9)


def test_a_date_in_a_year_without_a_notice_is_provisional_and_says_so() -> None:
    clock = statutory(accepted_on(date(2026, 12, 28)), 10)
    assert clock.due_on == date(2027, 1, 12)
    assert clock.provisional
    said = [line.text for line in clock.lines if "暂按法定节假日推算" in line.text.zh]
    assert [text.zh for text in said] == ["2027年放假安排尚未公布，暂按法定节假日推算，公布后重新计算"]
    assert "2027" in said[0].en


def test_a_date_in_an_official_year_is_not_provisional() -> None:
    assert not statutory(accepted_on(date(2026, 12, 28)), 3).provisional
    assert statutory(accepted_on(date(2026, 12, 28)), 4).provisional
    assert not statutory(accepted_on(date(2026, 12, 31)), 24, Unit.HOUR).provisional


def test_the_starting_day_is_not_counted_and_makes_nothing_provisional() -> None:
    assert not statutory(accepted_on(date(2023, 12, 31)), 3).provisional
    assert statutory(accepted_on(date(2023, 12, 28)), 3).provisional


def test_a_newly_published_calendar_moves_open_dates() -> None:
    notice = Notice(Text("2027年放假通知", "notice for 2027"), date(2026, 11, 30))
    new_year = Text("元旦", "New Year's Day")
    published = CALENDAR.with_year(
        2027,
        "official",
        [
            DayEntry(date(2027, 1, 1), "off", new_year, notice),
            DayEntry(date(2027, 1, 4), "off", new_year, notice),
        ],
    )
    facts = accepted_on(date(2026, 12, 28))
    before = compute(facts, limits(limit(10)), CALENDAR).clocks[-1]
    after = compute(facts, limits(limit(10)), published).clocks[-1]
    assert (before.due_on, before.provisional) == (date(2027, 1, 12), True)
    assert (after.due_on, after.provisional) == (date(2027, 1, 13), False)
