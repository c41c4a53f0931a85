"""The days of passes: months that follow one another without gap, and the time that is claimed for them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.living.parking.rights.passes.periods import MOST_DAYS, Days, days_of, renewable, spans_of

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@given(DAYS, st.integers(0, 40), st.integers(1, 12), st.integers(1, 12))
def test_what_is_bought_next_begins_on_the_day_after(first_day: date, first: int, one: int, two: int) -> None:
    here, there = days_of(first_day, first, one), days_of(first_day, first + one, two)
    assert there.since == here.until + timedelta(days=1)
    assert days_of(first_day, first, one + two) == Days(here.since, there.until)


@given(DAYS, st.integers(0, 60))
def test_a_month_has_28_to_31_days(first_day: date, first: int) -> None:
    month = days_of(first_day, first, 1)
    assert 27 <= (month.until - month.since).days <= 30


def test_a_pass_that_began_on_the_31st_comes_back_to_it() -> None:
    begins = [days_of(date(2026, 12, 31), each, 1).since for each in range(4)]
    assert begins == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]


@given(DAYS, st.integers(0, 400), st.integers(0, 500 * 86_400))
def test_pieces_of_a_claim_leave_no_gap_and_none_is_too_long(since: date, days: int, seconds: int) -> None:
    until = since + timedelta(days=days)
    now = datetime(since.year, since.month, since.day, tzinfo=UTC) + timedelta(
        seconds=seconds, microseconds=1
    )
    found = list(spans_of(since, until, now))
    assert all(each.length <= timedelta(days=MOST_DAYS) and each.start >= now for each in found)
    assert all(one.end == two.start for one, two in pairwise(found))
    end = datetime(until.year, until.month, until.day, tzinfo=UTC) + timedelta(hours=16)
    assert (found[-1].end == end) if found else (now > end - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("today", "may"),
    [
        (date(2026, 12, 21), False),
        (date(2026, 12, 22), True),
        (date(2027, 1, 3), True),
        (date(2027, 1, 4), False),
    ],
)
def test_a_pass_is_renewed_in_its_last_ten_days_and_in_its_grace(today: date, may: bool) -> None:
    assert renewable(date(2026, 12, 31), today, 3, timedelta(days=10)) is may
