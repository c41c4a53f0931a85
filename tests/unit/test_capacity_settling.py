"""What the actual run adds to the price, and what an early end gives back."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.bands import Band
from facilities.capacity.grid import Span
from facilities.capacity.pricing import Kind, Use, quote
from facilities.capacity.settling import early_return, overtime, settlement
from facilities.capacity.tariff import Overtime, PriceVersion, Unit
from shared.text import Text

H, M = timedelta(hours=1), timedelta(minutes=1)
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
BOOKED = Use(Span(MONDAY, MONDAY + 4 * H))
NIGHT = Band(Text("夜间", "Night"), frozenset(range(1, 8)), time(11), time(6), 3_000)
VERSION = PriceVersion(
    1,
    date(2026, 1, 1),
    Unit.HOUR,
    10_000,
    steps=4,
    set_up_fen=3_000,
    overtime=Overtime(15_000, grace=10 * M, steps=4),
    early_bp=8_000,
)


def ran(*spans: tuple[timedelta, timedelta]) -> list[Span]:
    return [Span(MONDAY + start, MONDAY + end) for start, end in spans]


@pytest.mark.parametrize(
    ("over", "amount"),
    [(0 * M, 0), (10 * M, 0), (11 * M, 3_750), (15 * M, 3_750), (16 * M, 7_500), (60 * M, 15_000)],
)
def test_once_over_the_grace_all_of_the_overtime_is_billed_in_whole_steps(
    over: timedelta, amount: int
) -> None:
    lines = settlement(VERSION, BOOKED, ran((0 * H, 4 * H + over)))
    assert sum(line.amount_fen for line in lines) == amount
    assert {line.kind for line in lines} <= {Kind.OVERTIME}


def test_overtime_lasts_to_the_end_of_the_last_run_and_is_for_every_machine() -> None:
    (line,) = settlement(VERSION, replace(BOOKED, units=2), ran((4 * H, 6 * H), (0 * H, H)))
    assert line.quantity == 4
    assert (line.unit_price_fen, line.amount_fen) == (15_000, 60_000)
    assert line.what.zh and line.unit.en


def test_what_is_priced_by_the_piece_pays_for_overtime_too() -> None:
    version = replace(VERSION, unit=Unit.PIECE)
    (line,) = settlement(version, replace(BOOKED, pieces=10), ran((0 * H, 5 * H)))
    assert line.amount_fen == 15_000
    assert not settlement(version, replace(BOOKED, pieces=10), ran((0 * H, H)))


def test_without_terms_or_a_run_log_nothing_is_settled() -> None:
    bare = replace(VERSION, overtime=None, early_bp=0)
    assert not settlement(bare, BOOKED, ran((0 * H, 9 * H)))
    assert not settlement(bare, BOOKED, ran((0 * H, H)))
    assert not settlement(VERSION, BOOKED, [])


def test_an_early_end_returns_the_stated_share_of_the_time_left_alone() -> None:
    (line,) = settlement(VERSION, BOOKED, ran((0 * H, 3 * H - M)))
    assert (line.kind, line.amount_fen) == (Kind.EARLY, -8_000)
    (line,) = settlement(VERSION, BOOKED, ran((-2 * H, -H)))  # never within the booking
    assert line.amount_fen == -32_000


def test_what_fills_up_the_minimum_is_not_returned() -> None:
    version = replace(VERSION, minimum_fen=40_000)
    (line,) = settlement(version, BOOKED, ran((0 * H, H)))
    assert line.amount_fen == -2_400  # of 43 000 the minimum stays: 80 % of 3 000


TIMES = st.integers(-120, 900).map(lambda minutes: minutes * M)


@given(TIMES, TIMES, st.integers(0, 10_000), st.integers(0, 60_000), st.integers(1, 3))
def test_the_earlier_it_ends_the_more_comes_back_and_never_more_than_was_paid(
    one: timedelta, other: timedelta, early_bp: int, minimum_fen: int, units: int
) -> None:
    version = replace(VERSION, early_bp=early_bp, minimum_fen=minimum_fen, bands=(NIGHT,))
    booked = replace(BOOKED, units=units)
    price = quote(version, booked).total_fen
    amounts = [
        line.amount_fen if (line := early_return(version, booked, MONDAY + at)) else 0
        for at in sorted((one, other))
    ]
    assert -price <= amounts[0] <= amounts[1] <= 0


@given(TIMES, TIMES, st.integers(0, 10**6), st.integers(1, 60))
def test_overtime_never_falls_when_it_grows(one: timedelta, other: timedelta, fen: int, steps: int) -> None:
    version = replace(VERSION, overtime=Overtime(fen, 5 * M, steps))
    amounts = [
        line.amount_fen if (line := overtime(version, BOOKED, MONDAY + at)) else 0
        for at in sorted((one, other))
    ]
    assert 0 <= amounts[0] <= amounts[1]
