"""What comes back when a booking is cancelled or nobody comes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.cancelling import (
    FREE,
    CancellationRules,
    Paid,
    Tier,
    cancellation,
    no_dearer,
    no_show,
    offers,
    wrong_rules,
)
from facilities.capacity.lifecycle import Party

H = timedelta(hours=1)
START = datetime(2026, 11, 25, 1, tzinfo=UTC)
RULES = CancellationRules((Tier(24, 100), Tier(2, 50, 80)), 50, 30, 9_000)
PAID = Paid(20_001, 10_000)


@pytest.mark.parametrize(
    ("notice", "price", "deposit"),
    [
        (48 * H, 20_001, 10_000),
        (24 * H, 20_001, 10_000),
        (24 * H - timedelta(seconds=1), 10_001, 8_000),  # half a fen is the customer's
        (2 * H, 10_001, 8_000),
        (H, 0, 5_000),
        (0 * H, 0, 5_000),
    ],
)
def test_notice_decides_what_comes_back(notice: timedelta, price: int, deposit: int) -> None:
    found = cancellation(RULES, PAID, START, START - notice)
    assert (found.price_back_fen, found.deposit_back_fen, found.fee_fen) == (price, deposit, 0)
    assert found.refund_fen == price + deposit == sum(line.amount_fen for line in found.lines)


@pytest.mark.parametrize(("late", "missed", "deposit"), [(50, 30, 3_000), (30, 50, 3_000)])
def test_giving_it_up_after_its_beginning_is_no_cheaper_than_not_to_come(
    late: int, missed: int, deposit: int
) -> None:
    rules = replace(RULES, late_deposit_percent=late, no_show_deposit_percent=missed)
    found = cancellation(rules, PAID, START, START + timedelta(seconds=1))
    assert (found.price_back_fen, found.deposit_back_fen, found.fee_fen) == (0, deposit, 9_000)
    assert found.refund_fen <= no_show(rules, PAID).refund_fen


@pytest.mark.parametrize(
    ("notice", "tiers"),
    [
        (30 * H, (Tier(0, 100),)),
        (24 * H, (Tier(0, 100),)),
        (3 * H, (Tier(24, 100), Tier(0, 50, 80))),
        (H, (Tier(24, 100), Tier(2, 50, 80), Tier(0, 0, 50))),
    ],
)
def test_when_the_provider_moves_it_giving_it_up_costs_no_more_than_it_did(
    notice: timedelta, tiers: tuple[Tier, ...]
) -> None:
    rules = no_dearer(RULES, START, START - notice)
    assert rules == replace(RULES, tiers=tiers) and not wrong_rules(rules)
    assert no_dearer(rules, START, START - notice) == rules


@pytest.mark.parametrize("party", [Party.PROVIDER, Party.SYSTEM])
def test_whoever_else_cancels_gives_everything_back(party: Party) -> None:
    assert cancellation(RULES, PAID, START, START + H, party).refund_fen == 30_001


def test_notice_is_time_that_passes_whatever_the_clocks_do() -> None:
    start = datetime(2027, 3, 28, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    a_day_before_by_the_wall = datetime(2027, 3, 27, 9, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    assert cancellation(RULES, PAID, start.astimezone(UTC), a_day_before_by_the_wall).price_back_fen == 10_001


def test_whoever_does_not_come_pays_the_fee_from_what_would_come_back() -> None:
    found = no_show(RULES, PAID)
    assert [line.amount_fen for line in found.lines] == [0, 3_000, -9_000]
    assert (found.refund_fen, found.due_fen) == (0, 6_000)
    found = no_show(replace(RULES, no_show_deposit_percent=100), PAID)
    assert (found.refund_fen, found.due_fen) == (1_000, 0)


def test_the_preview_says_until_when_how_much_comes_back() -> None:
    found = offers(RULES, PAID, START, START - 30 * H)
    assert [(each.until, each.outcome.refund_fen) for each in found] == [
        (START - 24 * H, 30_001),
        (START - 2 * H, 18_001),
        (START, 5_000),
        (None, 0),
    ]
    assert [each.until for each in offers(RULES, PAID, START, START - H)] == [START, None]
    assert [each.until for each in offers(RULES, PAID, START, START + H)] == [None]
    equal = CancellationRules((Tier(24, 100),))
    assert [each.until for each in offers(equal, PAID, START, START - H)] == [None]
    lines = [line for each in found for line in each.outcome.lines]
    assert all(line.what.zh and line.what.en for line in lines)
    assert lines[0].what.en == "Price returned (100 %)"


def test_free_rules_give_all_back_until_it_begins() -> None:
    assert cancellation(FREE, PAID, START, START).refund_fen == 30_001
    assert cancellation(FREE, PAID, START, START + timedelta(seconds=1)).price_back_fen == 0


@pytest.mark.parametrize(
    ("rules", "pointer"),
    [
        (CancellationRules((Tier(2, 50), Tier(24, 50))), "/tiers/1/hours"),
        (CancellationRules((Tier(24, 100), Tier(24, 50))), "/tiers/1/hours"),
        (CancellationRules((Tier(24, 50), Tier(2, 60))), "/tiers/1/price_percent"),
        (CancellationRules((Tier(24, 50, 50), Tier(2, 50, 60)), 0), "/tiers/1/deposit_percent"),
        (CancellationRules((Tier(24, 101),)), "/tiers/0/price_percent"),
        (CancellationRules((Tier(24, -1),)), "/tiers/0/price_percent"),
        (CancellationRules((Tier(-1, 10),)), "/tiers/0/hours"),
        (CancellationRules((Tier(10**30, 10),)), "/tiers/0/hours"),
        (CancellationRules((Tier(1, 10, 20),), late_deposit_percent=30), "/late_deposit_percent"),
        (CancellationRules((), late_deposit_percent=130), "/late_deposit_percent"),
        (CancellationRules((), no_show_deposit_percent=-1), "/no_show_deposit_percent"),
        (CancellationRules((), no_show_fee_fen=-1), "/no_show_fee_fen"),
        (CancellationRules(tuple(Tier(n, 0) for n in range(99, 0, -1))), "/tiers"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules: CancellationRules, pointer: str) -> None:
    (wrong,) = wrong_rules(rules)
    assert wrong.pointer == pointer
    assert wrong.message.zh and wrong.message.en


def test_rules_are_kept_as_they_were() -> None:
    assert not wrong_rules(RULES) and not wrong_rules(FREE)
    assert CancellationRules.from_json(json.loads(json.dumps(RULES.to_json()))) == RULES


def test_nobody_has_paid_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="less"):
        Paid(-1)


@st.composite
def _rules(draw: st.DrawFn) -> CancellationRules:
    hours = sorted(draw(st.sets(st.integers(0, 200), max_size=5)), reverse=True)
    shares = [
        sorted(draw(st.lists(st.integers(0, 100), min_size=6, max_size=6)), reverse=True) for _ in range(2)
    ]
    tiers = tuple(Tier(*each) for each in zip(hours, *shares, strict=False))
    fee = draw(st.integers(0, 10**6))
    return CancellationRules(tiers, shares[1][5], draw(st.integers(0, 100)), fee)


@given(
    _rules(),
    st.builds(Paid, st.integers(0, 10**9), st.integers(0, 10**9)),
    st.lists(st.integers(-50, 300), min_size=2, max_size=2).map(sorted),
)
def test_never_more_comes_back_than_was_paid_and_never_more_as_the_beginning_comes_nearer(
    rules: CancellationRules, paid: Paid, hours: list[int]
) -> None:
    assert not wrong_rules(rules)
    late, early = (cancellation(rules, paid, START, START - each * H) for each in hours)
    assert 0 <= late.price_back_fen <= early.price_back_fen <= paid.price_fen
    assert 0 <= late.deposit_back_fen <= early.deposit_back_fen <= paid.deposit_fen
    gone = no_show(rules, paid)
    assert 0 <= gone.refund_fen <= paid.price_fen + paid.deposit_fen
    assert gone.refund_fen - gone.due_fen == sum(line.amount_fen for line in gone.lines)
    previewed = [each.outcome.refund_fen for each in offers(rules, paid, START, START - hours[1] * H)]
    assert previewed == sorted(previewed, reverse=True)
    assert previewed[0] == early.refund_fen
