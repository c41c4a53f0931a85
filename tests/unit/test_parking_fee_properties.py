"""What must hold for the fee of every stay by every sound tariff, and what one would reckon by hand."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from facilities.living.parking.tariffs.charging import MINUTE, accounts
from facilities.living.parking.tariffs.checking import wrong_tariff
from facilities.living.parking.tariffs.fees import (
    Coupon,
    Covered,
    Fee,
    Kind,
    Stay,
    fee,
)
from facilities.living.parking.tariffs.overstaying import Charging
from facilities.living.parking.tariffs.paying import Payment, balance
from facilities.living.parking.tariffs.tariff import (
    Period,
    Restart,
    Tariff,
    Window,
)
from facilities.living.parking.vehicles import (
    VehicleClass,
)
from shared.clock import PARK_TZ
from tests.unit.parking_cases import (
    COUPONS,
    COVERED,
    ENTRIES,
    NAME,
    SPANS,
    TARIFFS,
    by_the_minute,
    charging,
)

few = settings(max_examples=40)
SMALL, NEV = VehicleClass.SMALL, VehicleClass.NEV_SMALL


def _fee(tariff: Tariff, entered: datetime, length: timedelta, coupons: tuple[Coupon, ...] = ()) -> Fee:
    return fee(tariff, Stay(NEV, entered, entered + length, coupons=coupons))


@given(TARIFFS)
@few
def test_random_tariffs_are_sound_and_kept_as_they_are(tariff: Tariff) -> None:
    assert wrong_tariff(tariff) == []
    assert Tariff.from_json(json.loads(json.dumps(tariff.to_json()))) == tariff


@given(TARIFFS, ENTRIES, SPANS, st.integers(0, 3_000))
@few
def test_every_minute_is_charged_as_one_would_reckon_it_by_hand(
    tariff: Tariff, entered: datetime, length: timedelta, earlier: int
) -> None:
    rate = tariff.rates[0]
    entered = entered.replace(second=0)  # by hand nobody cuts a minute in two
    before = {entered.astimezone(PARK_TZ).date(): earlier}
    found = sum(period.fen for period in accounts(rate, entered, entered + length, before))
    assert found == by_the_minute(rate, entered, entered + length, before)


@given(TARIFFS, ENTRIES, SPANS, SPANS, COUPONS)
@few
def test_a_fee_never_falls_while_the_car_stands_and_is_never_below_nothing(
    tariff: Tariff, entered: datetime, length: timedelta, more: timedelta, coupons: tuple[Coupon, ...]
) -> None:
    found = _fee(tariff, entered, length, coupons)
    assert 0 <= found.total_fen <= _fee(tariff, entered, length + more, coupons).total_fen
    assert found.total_fen <= _fee(tariff, entered, length).total_fen


@given(TARIFFS, ENTRIES, SPANS)
@few
def test_no_period_and_no_hours_cost_more_than_their_cap(
    tariff: Tariff, entered: datetime, length: timedelta
) -> None:
    rate = tariff.rates[0]
    periods = accounts(rate, entered, entered + length)
    for number, period in enumerate(periods):
        cap = rate.period.cap_of(number) if rate.period else None
        assert cap is None or period.fen <= cap
        assert period.span.length <= timedelta(days=1) or rate.period is None
        for charge in period.charges:
            assert 0 <= charge.capped_fen <= charge.fen
            assert period.span.start <= charge.start < period.span.end
    if periods:
        assert (periods[0].span.start, periods[-1].span.end) == (entered, entered + length)
        assert all(one.span.end == other.span.start for one, other in pairwise(periods))


@given(TARIFFS, ENTRIES, SPANS, COUPONS)
@few
def test_no_step_of_the_explanation_takes_more_than_is_left(
    tariff: Tariff, entered: datetime, length: timedelta, coupons: tuple[Coupon, ...]
) -> None:
    found = _fee(tariff, entered, length, coupons)
    assert found.lines
    left = 0
    for line in found.lines:
        left += line.amount_fen
        assert left >= 0
        assert line.what.zh and line.what.en and "{" not in line.what.zh + line.what.en
        if line.kind in {Kind.BAND_CAP, Kind.CAP, Kind.COUPON, Kind.NEV}:
            assert line.amount_fen <= 0
    assert left == found.total_fen


@given(TARIFFS, ENTRIES, st.integers(1, 3), SPANS)
@few
def test_two_stays_that_meet_where_all_begins_anew_cost_as_much_as_one(
    tariff: Tariff, entered: datetime, days: int, rest: timedelta
) -> None:
    rate = tariff.rates[0]
    cap = rate.period.caps_fen[:1] if rate.period else ()
    # Hours that have a cap of their own would have it twice when they are cut.
    hours = tuple(replace(band, cap_fen=None) for band in rate.bands)
    rate = replace(rate, bands=hours, period=Period(Window.ROLLING, cap, Restart.ALL))
    meeting, end = entered + timedelta(days=days), entered + timedelta(days=days) + rest

    def total(since: datetime, until: datetime) -> int:
        return sum(period.fen for period in accounts(rate, since, until))

    assert total(entered, end) == total(entered, meeting) + total(meeting, end)


@given(TARIFFS, ENTRIES, SPANS, SPANS, COUPONS)
@few
def test_what_is_paid_on_the_way_and_the_rest_are_the_whole(
    tariff: Tariff, entered: datetime, length: timedelta, more: timedelta, coupons: tuple[Coupon, ...]
) -> None:
    half = _fee(tariff, entered, length, coupons).total_fen
    stay = Stay(NEV, entered, entered + length + more, coupons=coupons)
    found = balance(tariff, stay, [Payment(entered + length, half)] if half else [])
    assert found.overpaid_fen == 0
    if found.leave_by is not None and stay.left_at <= found.leave_by:
        assert found.due_fen == 0
        assert stay.left_at <= entered + length + tariff.grace_minutes * MINUTE
    else:
        assert half + found.due_fen == found.fee.total_fen


@given(TARIFFS, ENTRIES, st.lists(SPANS, min_size=1, max_size=4))
@few
def test_entries_that_share_a_cap_never_cost_more_than_it(
    tariff: Tariff, entered: datetime, lengths: list[timedelta]
) -> None:
    shared = Period(Window.CALENDAR_DAY, (700,), Restart.NOTHING, shared=True)
    rate = replace(tariff.rates[0], period=shared)
    charged: dict[date, int] = {}
    for length in lengths:
        found = fee(replace(tariff, rates=(rate,)), Stay(SMALL, entered, entered + length, earlier=charged))
        charged = {day: charged.get(day, 0) + found.charged.get(day, 0) for day in {*charged, *found.charged}}
        entered += length + timedelta(hours=1)
    assert all(fen <= 700 for fen in charged.values())


@given(st.data(), TARIFFS, ENTRIES, SPANS, SPANS, COUPONS, COVERED)
@few
def test_what_charging_and_passes_add_never_falls_keeps_its_cap_and_is_explained(
    data: st.DataObject,
    tariff: Tariff,
    entered: datetime,
    length: timedelta,
    more: timedelta,
    coupons: tuple[Coupon, ...],
    covered: Covered | None,
) -> None:
    times = data.draw(charging(entered))
    stay = Stay(NEV, entered, entered + length, coupons=coupons, covered=covered, charging=times)
    found, longer = fee(tariff, stay), fee(tariff, replace(stay, left_at=stay.left_at + more))
    assert 0 <= found.total_fen <= longer.total_fen
    assert sum(line.amount_fen for line in found.lines) == found.total_fen
    over = sum(line.amount_fen for line in found.lines if line.kind in {Kind.OVERSTAY, Kind.OVERSTAY_CAP})
    bare = fee(tariff, replace(stay, charging=()))
    assert found.total_fen == bare.total_fen + over, "no coupon and no pass touches it"
    assert found.charged == bare.charged, "it counts towards no shared cap"
    if tariff.overstay is None:
        assert over == 0
    elif tariff.overstay.cap_fen is not None:
        assert over <= tariff.overstay.cap_fen * len(times)


@given(TARIFFS, ENTRIES, st.integers(0, 3_000), st.integers(0, 3_000))
@few
def test_standing_on_is_charged_by_the_minute_that_has_begun(
    tariff: Tariff, ended: datetime, stood: int, rest: int
) -> None:
    rule = tariff.overstay
    if rule is None:
        return
    (times,) = [(Charging("C001", ended, ended + stood * MINUTE),)]
    charged = sum(1 for minute in range(stood) if minute >= rule.free_minutes) if stood else 0
    units = sum(1 for minute in range(charged) if minute % rule.unit.minutes == 0)
    stay = Stay(NEV, ended, ended + (stood + rest) * MINUTE, covered=Covered(NAME), charging=times)
    should = units * rule.unit.fen if rule.cap_fen is None else min(units * rule.unit.fen, rule.cap_fen)
    assert fee(tariff, stay).total_fen == should
    assert fee(tariff, replace(stay, covered=None, exemption=None)).total_fen >= should
