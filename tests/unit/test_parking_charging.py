"""The times of a charge from what was told of it, and where a car stood charging during a stay."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.living.parking.charging.times import (
    AtPoint,
    Phase,
    Said,
    Times,
    charged,
    during,
    mark_told,
    times_told,
)
from facilities.living.parking.tariffs.overstaying import overstayed, rule_for
from facilities.living.parking.tariffs.published import published
from facilities.living.parking.tariffs.tariff import Block, Overstay
from facilities.living.parking.vehicles import Exemption

NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)
RULE = Overstay(Block(15, 200), free_minutes=30, cap_fen=4000)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def said(minutes: int, mark: str | None = None) -> Said:
    return Said(at(minutes), at(minutes), mark)


def times(*minutes: int | None) -> Times:
    return Times(*(None if each is None else at(each) for each in minutes))


def stood(
    number: int, started: int | None = None, ended: int | None = None, freed: int | None = None
) -> AtPoint:
    found = times(started, ended, freed)
    return AtPoint(UUID(int=number), f"C{number}", found.started_at, found.ended_at, found.freed_at)


STARTED, ENDED, FREED = Phase


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({STARTED: said(0)}, times(0, None, None)),
        ({ENDED: said(60)}, times(None, 60, None)),
        ({STARTED: said(0), ENDED: said(60), FREED: said(70)}, times(0, 60, 70)),
        ({STARTED: said(60), ENDED: said(0)}, times(60, 60, None)),
        ({STARTED: said(60), FREED: said(0)}, times(60, None, 60)),
        ({ENDED: said(60), FREED: said(0)}, times(None, 60, 60)),
    ],
)
def test_what_was_told_backwards_counts_as_told_at_the_later_time(
    told: Mapping[Phase, Said], expected: Times
) -> None:
    assert times_told(told) == expected


def test_a_bay_is_free_when_the_point_or_somebody_says_so_and_else_when_the_next_one_begins() -> None:
    charge = {STARTED: said(0), ENDED: said(60)}
    freed = {**charge, FREED: said(70)}
    assert times_told(charge, next_start=at(90)) == times(0, 60, 90)
    assert times_told(charge, next_start=at(50)) == times(0, 60, 60)
    assert times_told(freed, next_start=at(65)) == times(0, 60, 70), "the point itself says"
    assert times_told(freed, seen_free=at(90)) == times(0, 60, 70)
    assert times_told(freed, seen_free=at(65), next_start=at(62)) == times(0, 60, 65)
    assert times_told(charge, seen_free=at(80), next_start=at(75)) == times(0, 60, 80)


def test_a_car_is_known_by_the_earliest_phase_that_names_it() -> None:
    assert mark_told({}) is None
    assert mark_told({STARTED: said(0), ENDED: said(60, "苏AD12345")}) == "苏AD12345"
    assert mark_told({ENDED: said(60, "苏AD12345"), STARTED: said(0, "苏AD54321")}) == "苏AD54321"


def test_what_was_said_is_read_as_it_was_kept() -> None:
    for each in (said(0), Said(at(0), at(5), "#0123ABCD")):
        assert Said.from_json(each.to_json()) == each


def test_a_charge_belongs_to_the_stay_in_which_it_began() -> None:
    before, within, after = stood(1, -10, 20), stood(2, 10, 20), stood(3, 70, 80)
    assert during([after, within, before], at(0), at(60)) == (stood(2, 10, 20, 60),)
    assert during([after, within, before], at(0), None) == (stood(2, 10, 20, 70), stood(3, 70, 80))
    assert during([stood(1, None, None, 30)], at(0), None) == ()


def test_what_ends_after_the_exit_has_not_ended_while_the_car_was_there() -> None:
    assert during([stood(1, 10, 90)], at(0), at(60)) == (stood(1, 10, None, 60),)
    assert during([stood(1, 10, 60)], at(0), at(60)) == (stood(1, 10, 60, 60),)
    assert charged(during([stood(1, 10, 90)], at(0), at(60))) == ()


def test_the_next_point_shows_that_a_car_has_left_the_one_before() -> None:
    first, second = stood(1, 0, 20), stood(2, 30)
    assert during([first, second], at(0), None) == (stood(1, 0, 20, 30), second)
    # Two points name the car at the same time: it stands at the one that it has come to last.
    still = stood(1, 0, 50)
    assert during([still, second], at(0), None) == (stood(1, 0, 50, 50), second)


_MINUTES = st.integers(-30, 300)
_TIMES = st.tuples(st.none() | _MINUTES, st.none() | _MINUTES, st.none() | _MINUTES)


@given(charges=st.lists(_TIMES, max_size=6), until=st.none() | st.integers(0, 240), flip=st.booleans())
def test_times_of_a_stay_lie_within_it_and_no_two_are_charged_at_once(
    charges: list[tuple[int | None, int | None, int | None]], until: int | None, flip: bool
) -> None:
    known = []
    for number, (started, ended, freed) in enumerate(charges):
        told = {phase: said(each) for phase, each in zip(Phase, (started, ended, freed), strict=True) if each}
        found = times_told(told)
        known.append(AtPoint(UUID(int=number), "C", found.started_at, found.ended_at, found.freed_at))
    end = None if until is None else at(until)
    stay = during(known, at(0), end)
    assert stay == during(list(reversed(known)) if flip else known, at(0), end)
    for each in charged(stay):
        assert at(0) <= each.ended_at <= (each.freed_at or at(999))
        assert end is None or (each.freed_at is not None and each.freed_at <= end)
    standing = [each for each in charged(stay) if each.freed_at != each.ended_at]
    for one, other in pairwise(sorted(standing, key=lambda each: each.ended_at)):
        assert one.freed_at is not None and one.freed_at <= other.ended_at
    costs = [
        sum(each.capped_fen for each in overstayed(RULE, charged(stay), at(minutes)))
        for minutes in range(0, 300, 20)
    ]
    assert costs == sorted(costs), "what it costs never falls while the car stands there"


def test_whoever_is_exempt_pays_nothing_for_standing_on() -> None:
    tariff = published()["T1"].tariff
    with_rule = replace(tariff, overstay=RULE, exempt=frozenset({Exemption.DISABLED}))
    assert rule_for(with_rule, None) == RULE
    assert rule_for(with_rule, Exemption.DISABLED) is None
    assert rule_for(with_rule, Exemption.POLICE) == RULE
    assert rule_for(tariff, None) is None and rule_for(None, None) is None
