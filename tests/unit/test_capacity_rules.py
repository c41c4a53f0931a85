"""What a wish breaks: notice, horizon, length, start grid, quantity, quotas."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.grid import Padding, Span
from facilities.capacity.quotas import Period, Quota, Standing, reach
from facilities.capacity.rules import (
    Policy,
    Wish,
    approval_expires,
    hold_expires,
    say_span,
    say_time,
    violations,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)  # Monday, 09:00 in Shanghai
H = timedelta(hours=1)
POLICY = Policy(
    notice=timedelta(hours=2),
    horizon=timedelta(days=30),
    shortest=timedelta(hours=1),
    longest=timedelta(hours=8),
    start_grid=timedelta(minutes=30),
    most=4,
    padding=Padding(set_up=timedelta(minutes=15), after=timedelta(minutes=10)),
    quotas=(Quota(2), Quota(10, Period.DAY)),
)


def wish(start: timedelta = 3 * H, length: timedelta = 2 * H, quantity: int = 1) -> Wish:
    return Wish(NOW + start, NOW + start + length, quantity)


def broken(wish: Wish, policy: Policy = POLICY, standing: Standing | None = None) -> dict[str, str]:
    found = violations(wish, policy, NOW, standing)
    assert all(error.message.zh and error.message.en for error in found)
    return {error.code: error.pointer for error in found}


def test_a_wish_within_the_rules_breaks_none() -> None:
    assert broken(wish()) == {}
    assert broken(wish(2 * H, H, 4), standing=Standing(1)) == {}


@pytest.mark.parametrize(
    ("asked", "code", "pointer"),
    [
        (wish(-H), "past", "/starts_at"),
        (wish(H), "notice", "/starts_at"),
        (wish(timedelta(days=31)), "horizon", "/starts_at"),
        (wish(timedelta(days=400)), "horizon", "/starts_at"),  # far away, and none the longer for it
        (wish(3 * H + timedelta(minutes=10)), "start_grid", "/starts_at"),
        (wish(3 * H + timedelta(seconds=1)), "start_grid", "/starts_at"),
        (wish(length=timedelta(0)), "backwards", "/ends_at"),
        (wish(length=-H), "backwards", "/ends_at"),
        (wish(length=timedelta(minutes=59)), "too_short", "/ends_at"),
        (wish(length=9 * H), "too_long", "/ends_at"),
        (wish(quantity=0), "too_few", "/quantity"),
        (wish(quantity=-3), "too_few", "/quantity"),
        (wish(quantity=5), "too_many", "/quantity"),
        (wish(quantity=10**30), "too_many", "/quantity"),
    ],
)
def test_each_rule_names_what_breaks_it(asked: Wish, code: str, pointer: str) -> None:
    assert broken(asked) == {code: pointer}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    asked = wish(H + timedelta(minutes=5), timedelta(minutes=5), 9)
    assert set(broken(asked)) == {"notice", "start_grid", "too_short", "too_many"}


@pytest.mark.parametrize("year", [1, 1969, 9999])
@pytest.mark.parametrize("offset", [-12, 0, 14])
def test_times_that_no_calendar_reaches_are_refused_like_any_other(year: int, offset: int) -> None:
    tz = timezone(timedelta(hours=offset))
    start = datetime(year, 1, 1, tzinfo=tz)
    asked = Wish(start, datetime(year, 12, 31, 23, 59, 59, tzinfo=tz))
    assert set(broken(asked, standing=Standing(0))) <= {"past", "horizon", "too_long"}
    assert broken(asked)
    assert "too_long" in broken(Wish(NOW + 3 * H, datetime(9999, 12, 31, 23, tzinfo=tz)))


def test_days_are_counted_as_days_whatever_the_clocks_do() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    policy = Policy(
        horizon=timedelta(days=400),
        shortest=timedelta(days=1),
        longest=timedelta(days=2),
        start_grid=timedelta(days=1),
        tz=berlin,
    )
    for day in (datetime(2027, 3, 28, tzinfo=berlin), datetime(2027, 10, 31, tzinfo=berlin)):
        two_days = Wish(day.astimezone(UTC), (day + timedelta(days=2)).astimezone(UTC))
        assert broken(two_days, policy) == {}
        one_day = Wish(two_days.starts_at, (day + timedelta(days=1)).astimezone(UTC))
        assert broken(one_day, policy) == {}
        three = Wish(two_days.starts_at, (day + timedelta(days=3)).astimezone(UTC))
        assert broken(three, policy) == {"too_long": "/ends_at"}
    assert set(broken(Wish(NOW + H, NOW + 25 * H), policy)) == {"start_grid"}


def test_open_bookings_are_counted() -> None:
    assert broken(wish(), standing=Standing(1)) == {}
    assert broken(wish(), standing=Standing(2)) == {"quota_open": "/"}


def test_hours_are_those_of_each_unit_and_of_each_period_that_is_touched() -> None:
    day = Policy(
        horizon=timedelta(days=60), longest=timedelta(days=2), most=9, quotas=(Quota(10, Period.DAY),)
    )
    night = wish(13 * H, 4 * H, 2)  # 22:00 to 02:00: four unit-hours on either side of midnight
    before, after = Span(NOW, NOW + 6 * H), Span(NOW + 20 * H, NOW + 23 * H)
    assert broken(night, day, Standing(taken=[(before, 1)])) == {}
    assert broken(night, day, Standing(taken=[(before, 1), (before, 1)])) == {"quota_day": "/"}
    assert broken(night, day, Standing(taken=[(after, 2)])) == {}
    assert broken(night, day, Standing(taken=[(after, 3)])) == {"quota_day": "/"}


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period.DAY, datetime(2026, 11, 29, 16, tzinfo=UTC), datetime(2026, 12, 1, 16, tzinfo=UTC)),
        (Period.WEEK, datetime(2026, 11, 29, 16, tzinfo=UTC), datetime(2026, 12, 6, 16, tzinfo=UTC)),
        (Period.MONTH, datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_bookings_that_matter_are_those_of_the_periods_touched(
    period: Period, start: datetime, end: datetime
) -> None:
    night = Span(datetime(2026, 11, 30, 15, tzinfo=UTC), datetime(2026, 11, 30, 17, tzinfo=UTC))
    assert reach(night, (Quota(5), Quota(5, period)), POLICY.tz) == Span(start, end)
    assert reach(night, (Quota(5),), POLICY.tz) is None


@given(
    st.lists(st.tuples(st.integers(0, 240), st.integers(1, 30), st.integers(1, 3)), max_size=6),
    st.sampled_from(Period),
)
def test_hours_add_up_as_if_counted_one_by_one(taken: list[tuple[int, int, int]], period: Period) -> None:
    policy = Policy(horizon=timedelta(days=60), longest=timedelta(days=3), quotas=(Quota(20, period),))
    asked = wish(100 * H, 15 * H)
    standing = [(Span(NOW + a * H, NOW + (a + n) * H), units) for a, n, units in taken]

    def key(hour: datetime) -> object:
        local = hour.astimezone(policy.tz)
        week = local.isocalendar()
        return {"day": local.date(), "week": (week.year, week.week), "month": (local.year, local.month)}[
            period
        ]

    hours: dict[object, int] = {}
    for span, units in [*standing, (Span(asked.starts_at, asked.ends_at), 1)]:
        for index in range(span.length // H):
            at = key(span.start + index * H)
            hours[at] = hours.get(at, 0) + units
    mine = {key(asked.starts_at + index * H) for index in range(15)}
    too_many = any(hours[at] > 20 for at in mine)
    assert bool(broken(asked, policy, Standing(taken=standing))) == too_many


def test_a_booking_keeps_its_policy_word_for_word() -> None:
    assert Policy.from_json(POLICY.to_json()) == POLICY


def test_a_wait_for_approval_ends_with_the_beginning_at_the_latest() -> None:
    policy = Policy(approve_within=timedelta(hours=10))
    assert approval_expires(policy, NOW, NOW + 20 * H, NOW + 21 * H) == NOW + 10 * H
    assert approval_expires(policy, NOW, NOW + 5 * H, NOW + 21 * H) == NOW + 5 * H
    assert approval_expires(policy, NOW, NOW - H, NOW + 2 * H) == NOW + 2 * H  # it has begun already


def test_a_hold_is_kept_no_longer_than_what_is_held_lasts() -> None:
    policy = Policy(hold_for=timedelta(minutes=15))
    assert hold_expires(policy, NOW, NOW + H) == NOW + timedelta(minutes=15)
    assert hold_expires(policy, NOW, NOW + timedelta(minutes=5)) == NOW + timedelta(minutes=5)


def test_times_are_said_in_words() -> None:
    assert [say_time(timedelta(seconds=n)).en for n in (0, 30, 60, 5400, 7200, 86400)] == [
        "0 seconds",
        "30 seconds",
        "1 minute",
        "90 minutes",
        "2 hours",
        "1 day",
    ]
    assert say_span(Span(NOW, NOW + H), POLICY.tz).zh == "2026-11-23 09:00–10:00"
    assert say_span(Span(NOW, NOW + 24 * H), POLICY.tz).en == "2026-11-23 09:00–2026-11-24 09:00"
