"""Versions of a price: which one holds, what makes no sense, and that a used one stays as it is."""

import json
from dataclasses import replace
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.amounts import Rounding, number_text, part_of, rounded, say_fen
from facilities.capacity.bands import Band, Boundary
from facilities.capacity.tariff import (
    Operator,
    Overtime,
    PriceVersion,
    Unit,
    in_force,
    wrong_change,
    wrong_version,
)
from shared.text import Text

NIGHT = Band(Text("夜间", "Night"), frozenset({1, 2}), time(22), time(6), 2_000)
ONE = PriceVersion(1, date(2026, 1, 1), Unit.HOUR, 10_000)
TWO = replace(ONE, number=2, effective_on=date(2026, 7, 1), unit_fen=12_000)
FULL = PriceVersion(
    3,
    date(2026, 9, 1),
    Unit.SHIFT,
    80_000,
    shift=timedelta(hours=12),
    steps=2,
    rounding=Rounding.HALF_UP,
    bands=(NIGHT,),
    boundary=Boundary.SPLIT,
    operator=Operator.EXTRA,
    operator_fen=9_000,
    set_up_fen=1,
    minimum_fen=2,
    deposit_fen=3,
    overtime=Overtime(15_000, timedelta(minutes=10), 6),
    early_bp=5_000,
    tz=ZoneInfo("Europe/Berlin"),
)


def test_a_version_holds_from_its_day_until_the_next_one() -> None:
    versions = [TWO, ONE]
    assert in_force(versions, date(2025, 12, 31)) is None
    assert in_force(versions, date(2026, 1, 1)) == in_force(versions, date(2026, 6, 30)) == ONE
    assert in_force(versions, date(2026, 7, 1)) == in_force(versions, date(2030, 1, 1)) == TWO


@pytest.mark.parametrize("version", [ONE, FULL])
def test_a_version_is_kept_as_it_was(version: PriceVersion) -> None:
    assert PriceVersion.from_json(json.loads(json.dumps(version.to_json()))) == version


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"unit_fen": -1}, "/unit_fen"),
        ({"unit_fen": 10**30}, "/unit_fen"),
        ({"set_up_fen": -1}, "/set_up_fen"),
        ({"operator_fen": -1}, "/operator_fen"),
        ({"minimum_fen": -1}, "/minimum_fen"),
        ({"deposit_fen": -1}, "/deposit_fen"),
        ({"minimum_order": 0}, "/minimum_order"),
        ({"early_bp": 10_001}, "/early_bp"),
        ({"steps": 0}, "/steps"),
        ({"steps": 61}, "/steps"),
        ({"shift": timedelta(0)}, "/shift"),
        ({"shift": timedelta(hours=25)}, "/shift"),
        ({"overtime": Overtime(-1)}, "/overtime/hour_fen"),
        ({"overtime": Overtime(1, steps=0)}, "/overtime/steps"),
        ({"overtime": Overtime(1, grace=timedelta(hours=-1))}, "/overtime/grace"),
        ({"bands": (replace(NIGHT, weekdays=frozenset()),)}, "/bands/0/weekdays"),
        ({"bands": (NIGHT, replace(NIGHT, weekdays=frozenset({8})))}, "/bands/1/weekdays"),
        ({"bands": (replace(NIGHT, surcharge_bp=-1),)}, "/bands/0/surcharge_bp"),
        ({"unit": Unit.PIECE, "bands": (NIGHT,)}, "/bands"),
    ],
)
def test_each_field_that_makes_no_sense_is_named(changed: dict[str, Any], pointer: str) -> None:
    (wrong,) = wrong_version(replace(ONE, **changed))
    assert wrong.pointer == pointer
    assert wrong.message.zh and wrong.message.en
    assert not wrong_version(ONE) and not wrong_version(FULL)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = wrong_version(replace(ONE, unit_fen=-1, steps=0, early_bp=-1))
    assert {each.pointer for each in wrong} == {"/unit_fen", "/steps", "/early_bp"}


def test_a_version_that_bookings_use_can_be_neither_changed_nor_removed() -> None:
    dearer = replace(ONE, unit_fen=11_000)
    assert [each.code for each in wrong_change([ONE, TWO], [dearer, TWO], used={1})] == ["version_used"]
    assert [each.code for each in wrong_change([ONE, TWO], [TWO], used={1})] == ["version_used"]
    assert wrong_change([ONE, TWO], [dearer, TWO], used={2}) == []
    assert wrong_change([ONE], [ONE, TWO], used={1}) == []


def test_no_two_versions_begin_on_a_day_or_have_a_number() -> None:
    same_day = replace(TWO, effective_on=ONE.effective_on)
    assert [each.code for each in wrong_change([], [ONE, same_day], used=())] == ["same_day"]
    assert [each.code for each in wrong_change([], [ONE, replace(TWO, number=1)], used=())] == ["same_day"]


@given(st.integers(-(10**12), 10**12), st.fractions(0, 1), st.sampled_from(Rounding))
def test_a_part_of_an_amount_is_less_than_one_fen_off_and_never_more_than_all_of_it(
    amount: int, part: Fraction, rounding: Rounding
) -> None:
    found = part_of(amount, part, rounding)
    assert abs(found - amount * part) < 1
    assert abs(found) <= abs(amount)
    assert found == -part_of(-amount, part, rounding)


def test_halves_are_rounded_up() -> None:
    assert [rounded(Fraction(n, 2), Rounding.HALF_UP) for n in (1, 2, 3)] == [1, 1, 2]
    assert [rounded(Fraction(n, 2), Rounding.UP) for n in (0, 1, 2)] == [0, 1, 1]
    assert [rounded(Fraction(n, 2), Rounding.DOWN) for n in (1, 2, 3)] == [0, 1, 1]


def test_amounts_and_numbers_are_written_with_what_they_need() -> None:
    assert say_fen(-1234) == Text("-12.34元", "-12.34 yuan")
    assert say_fen(5).en == "0.05 yuan"
    assert [number_text(Fraction(n, 4)) for n in (0, 1, 10, 400)] == ["0", "0.25", "2.5", "100"]
    assert number_text(Fraction(1, 3)) == "0.3333"
