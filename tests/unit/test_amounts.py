"""What a clause grants: exact in fen, never more than the cap, never rounded up."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.items.amounts import arithmetic, most, to_fen, yuan_text
from approvals.items.funding import Clause
from gateway.portal.money import fen_of, yuan_of
from shared.text import Text

YUAN = st.decimals(0, 10**12, places=2, allow_nan=False)
FEN = st.integers(1, 10**12)


def clause(*, rate_bp: int | None = None, each_fen: int | None = None, cap_fen: int = 10**15) -> Clause:
    day = date(2026, 1, 1)
    name = Text("条款", "Clause")
    return Clause("a", name, "figures/a", rate_bp, each_fen, cap_fen, {}, day, day, False, name)


@given(YUAN, st.integers(1, 10_000), FEN)
def test_a_share_is_the_exact_one_with_parts_of_a_fen_left_out(counted: Decimal, rate: int, cap: int) -> None:
    exact = Fraction(counted) * 100 * Fraction(rate, 10_000)
    found = most(clause(rate_bp=rate, cap_fen=cap), counted)
    assert found == min(exact.numerator // exact.denominator, cap)


@given(st.integers(0, 10**5), FEN, FEN)
def test_so_much_for_each_up_to_the_cap(number: int, each: int, cap: int) -> None:
    assert most(clause(each_fen=each, cap_fen=cap), number) == min(number * each, cap)


@given(YUAN, YUAN, st.integers(1, 10_000), FEN)
def test_more_that_counts_never_grants_less(less: Decimal, more: Decimal, rate: int, cap: int) -> None:
    less, more = sorted((less, more))
    of = clause(rate_bp=rate, cap_fen=cap)
    assert most(of, less) <= most(of, more) <= cap


@given(st.integers(0, 10**15 - 1))
def test_amounts_survive_being_written_and_read(fen: int) -> None:
    assert to_fen(Decimal(yuan_text(fen))) == fen
    assert fen_of(yuan_of(fen)) == fen


def test_the_arithmetic_can_be_checked_by_hand() -> None:
    said = arithmetic(clause(rate_bp=550, cap_fen=50_000_000), Decimal("1234567.89"))
    assert said.zh == "1234567.89元×5.5%＝67901.23元，上限500000元"
    assert arithmetic(clause(each_fen=500_000, cap_fen=10_000_000), 3).en == (
        "3 × 5000 yuan = 15000 yuan, at most 100000 yuan"
    )


@pytest.mark.parametrize("typed", ["", "12.345", "-1", "一百", "1e3", "1.2.3"])
def test_what_is_no_amount_in_yuan_is_not_guessed(typed: str) -> None:
    assert fen_of(typed) is None
