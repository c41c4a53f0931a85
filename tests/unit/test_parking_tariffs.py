"""What parking costs: the published tariffs by worked examples, each rule by itself, what is no tariff."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from facilities.living.parking.tariffs.charging import MINUTE, accounts
from facilities.living.parking.tariffs.checking import wrong_tariff
from facilities.living.parking.tariffs.fees import (
    Coupon,
    Kind,
    Stay,
    fee,
    lost_entry_fee,
    say_minutes,
)
from facilities.living.parking.tariffs.published import published
from facilities.living.parking.tariffs.tariff import (
    RESTART_NAMES,
    WINDOW_NAMES,
    Band,
    Block,
    Period,
    Rate,
    Restart,
    Tariff,
    Window,
    in_force,
)
from facilities.living.parking.vehicles import (
    CLASS_NAMES,
    EXEMPTION_NAMES,
    Exemption,
    VehicleClass,
    class_of,
    exemption_of,
)
from shared.clock import PARK_TZ
from shared.identifiers.plates import PlateColor, parse_plate
from shared.text import Text
from tests.unit.parking_cases import NAME, at

SMALL, LARGE, NEV = VehicleClass.SMALL, VehicleClass.LARGE, VehicleClass.NEV_SMALL
PUBLISHED = published()
HOURLY = Rate(frozenset({SMALL}), Block(60, 100))
PLAIN = Tariff(1, date(2026, 1, 1), NAME, (HOURLY,))


def cost(tariff: Tariff, since: str, until: str, vehicle: VehicleClass = SMALL) -> int:
    found = fee(tariff, Stay(vehicle, at(since), at(until)))
    assert all(line.what.zh and line.what.en for line in found.lines)
    return found.total_fen


@pytest.mark.parametrize(
    ("key", "vehicle", "since", "until", "fen"),
    [
        ("T1", SMALL, "23 08:00", "23 08:30", 0),
        ("T1", SMALL, "23 08:00", "23 08:31", 500),
        ("T1", SMALL, "23 08:00", "23 09:00", 500),
        ("T1", SMALL, "23 08:00", "23 09:01", 600),
        ("T1", SMALL, "23 08:00", "23 13:30", 1_000),
        ("T1", SMALL, "23 08:00", "23 23:59", 1_000),
        ("T1", SMALL, "23 22:00", "24 02:00", 800),
        ("T1", SMALL, "23 08:00", "25 08:00", 2_800),
        ("T2", SMALL, "23 09:00", "23 09:30", 0),
        ("T2", SMALL, "23 09:00", "23 10:30", 1_000),
        ("T2", SMALL, "23 08:00", "23 20:00", 4_000),
        ("T2", SMALL, "23 19:45", "23 21:45", 200),
        ("T2", SMALL, "23 19:00", "23 21:00", 1_100),
        ("T2", SMALL, "23 18:30", "23 21:30", 1_200),
        ("T2", SMALL, "23 20:00", "24 08:00", 1_200),
        ("T2", SMALL, "23 08:00", "24 08:00", 5_200),
        ("T2", SMALL, "23 08:00", "25 08:00", 10_400),
        ("T3", SMALL, "23 09:00", "23 09:30", 0),
        ("T3", SMALL, "23 09:00", "23 09:31", 200),
        ("T3", SMALL, "23 18:00", "23 21:00", 300),
        ("T3", SMALL, "23 18:45", "23 20:15", 150),
        ("T3", SMALL, "23 19:00", "24 07:00", 600),
        ("T3", SMALL, "23 09:00", "24 09:00", 2_000),
        ("T3", SMALL, "23 09:00", "24 10:00", 2_200),
        ("T3", LARGE, "23 09:00", "23 10:00", 300),
        ("T3", LARGE, "23 09:00", "24 09:00", 3_000),
        ("T4", SMALL, "23 08:00", "23 09:30", 0),
        ("T4", SMALL, "23 08:00", "23 09:31", 500),
        ("T4", SMALL, "23 08:00", "23 10:00", 500),
        ("T4", SMALL, "23 08:00", "23 10:01", 600),
        ("T4", SMALL, "23 08:00", "24 08:00", 2_000),
        ("T4", LARGE, "23 08:00", "23 11:00", 800),
        ("T4", LARGE, "23 08:00", "24 08:00", 3_000),
        ("T4", NEV, "23 08:00", "23 11:00", 0),
        ("T4", NEV, "23 08:00", "23 11:01", 250),
        ("T4", NEV, "23 08:00", "23 13:00", 350),
        ("T4", NEV, "23 08:00", "24 08:00", 1_000),
        ("T5", SMALL, "23 08:00", "23 08:30", 0),
        ("T5", SMALL, "23 08:00", "23 11:30", 500),
        ("T5", SMALL, "23 08:00", "23 11:31", 1_000),
        ("T5", SMALL, "23 08:00", "24 08:30", 2_000),
        ("T5", SMALL, "23 08:00", "24 08:31", 2_500),
        ("T5", NEV, "23 08:00", "23 10:00", 0),
        ("T5", NEV, "23 08:00", "24 08:00", 1_500),
        ("T6", SMALL, "23 08:00", "23 08:01", 200),
        ("T6", SMALL, "23 08:00", "23 08:31", 700),
        ("T6", SMALL, "23 08:00", "24 08:00", 3_000),
        ("T6", SMALL, "23 08:00", "25 08:00", 7_000),
        ("T6", SMALL, "23 08:00", "27 08:00", 17_000),
    ],
)
def test_published_tariffs_cost_what_they_say(
    key: str, vehicle: VehicleClass, since: str, until: str, fen: int
) -> None:
    assert cost(PUBLISHED[key].tariff, since, until, vehicle) == fen


def test_published_tariffs_are_sound_and_say_where_they_come_from() -> None:
    assert list(PUBLISHED) == ["T1", "T2", "T3", "T4", "T5", "T6"]
    for each in PUBLISHED.values():
        assert wrong_tariff(each.tariff) == []
        assert each.source and each.words
        assert Tariff.from_json(json.loads(json.dumps(each.tariff.to_json()))) == each.tariff


def test_a_fee_explains_itself_line_by_line() -> None:
    found = fee(PUBLISHED["T2"].tariff, Stay(SMALL, at("23 14:00"), at("23 22:00")))
    assert [(line.kind, line.quantity, line.amount_fen) for line in found.lines] == [
        (Kind.FREE, 1, 0),
        (Kind.UNITS, 6, 6_000),
        (Kind.BAND_CAP, 1, -2_000),
        (Kind.UNITS, 2, 200),
    ]
    assert [line.what.zh for line in found.lines] == [
        "前30分钟免费",
        "日间：2026-11-23 14:30 起6个计费单位，每1小时10.00元",
        "日间时段封顶40.00元",
        "夜间：2026-11-23 20:30 起2个计费单位，每1小时1.00元",
    ]
    assert found.lines[1].what.en == "Day: 6 × 1 h from 2026-11-23 14:30, 10.00 yuan each"
    assert found.to_json()["total_fen"] == 4_200
    assert json.loads(json.dumps(found.to_json())) == found.to_json()


def test_entries_of_one_day_share_a_cap_and_free_time_does_not_add_to_it() -> None:
    tariff = PUBLISHED["T1"].tariff
    morning = fee(tariff, Stay(SMALL, at("23 08:00"), at("23 11:00")))
    assert morning.charged == {date(2026, 11, 23): 700}
    evening = fee(tariff, Stay(SMALL, at("23 18:00"), at("23 20:00"), earlier=morning.charged))
    assert (evening.total_fen, evening.charged) == (300, {date(2026, 11, 23): 300})
    assert "7.00" in evening.lines[-1].what.zh and evening.lines[-1].kind is Kind.CAP
    night = fee(tariff, Stay(SMALL, at("23 22:00"), at("24 02:00"), earlier={date(2026, 11, 23): 1_000}))
    assert night.charged == {date(2026, 11, 23): 0, date(2026, 11, 24): 200}


def test_what_a_coupon_pays_counts_towards_the_shared_cap() -> None:
    stay = Stay(SMALL, at("23 08:00"), at("23 11:00"), coupons=(Coupon("c", NAME, fen=10_000),))
    found = fee(PUBLISHED["T1"].tariff, stay)
    assert (found.total_fen, found.charged) == (0, {date(2026, 11, 23): 700})


def test_coupons_take_off_minutes_then_amounts_then_comes_the_share_of_new_energy() -> None:
    tariff = replace(PLAIN, nev_discount_bp=5_000)
    amount, minutes = Coupon("a", Text("甲", "A"), fen=101), Coupon("b", Text("乙", "B"), minutes=120)
    found = fee(tariff, Stay(NEV, at("23 08:00"), at("23 13:30"), coupons=(amount, minutes)))
    assert [(line.kind, line.coupon, line.amount_fen) for line in found.lines] == [
        (Kind.UNITS, None, 600),
        (Kind.COUPON, "b", -200),
        (Kind.COUPON, "a", -101),
        (Kind.NEV, None, -150),
    ]
    assert found.total_fen == 149


def test_a_coupon_larger_than_the_fee_leaves_nothing_to_pay_and_says_so() -> None:
    found = fee(PLAIN, Stay(SMALL, at("23 08:00"), at("23 09:00"), coupons=(Coupon("a", NAME, fen=500),)))
    assert found.total_fen == 0
    assert found.lines[-1].amount_fen == -100
    assert "按应付金额" in found.lines[-1].what.zh


@pytest.mark.parametrize(("minutes", "fen"), [(0, 0), (5, 5), (-1, 0), (0, -5)])
def test_a_coupon_gives_one_thing_and_never_less_than_nothing(minutes: int, fen: int) -> None:
    with pytest.raises(ValueError, match="coupon"):
        Coupon("a", NAME, minutes=minutes, fen=fen)


def test_who_is_exempt_parks_free_where_the_tariff_says_so() -> None:
    stay = Stay(SMALL, at("23 08:00"), at("23 13:00"), exemption=Exemption.FIRE)
    found = fee(replace(PLAIN, exempt=frozenset({Exemption.FIRE})), stay)
    assert [(line.kind, line.amount_fen) for line in found.lines] == [(Kind.EXEMPT, 0)]
    assert fee(PLAIN, stay).total_fen == 500


def test_a_minute_that_has_begun_is_none_yet_and_an_exit_before_the_entry_costs_nothing() -> None:
    tariff = PUBLISHED["T1"].tariff
    entered = at("23 08:00") + timedelta(seconds=50)
    assert fee(tariff, Stay(SMALL, entered, at("23 08:31"))).total_fen == 0
    assert fee(tariff, Stay(SMALL, entered, entered + timedelta(minutes=31))).total_fen == 500
    for until in (entered, entered - MINUTE):
        found = fee(tariff, Stay(SMALL, entered, until, coupons=(Coupon("a", NAME, fen=5),)))
        assert found.total_fen == 0 and found.lines[0].kind is Kind.FREE


def test_without_an_entry_the_amount_laid_down_is_charged_or_the_cap_or_somebody_decides() -> None:
    found = lost_entry_fee(replace(PLAIN, rates=(replace(HOURLY, lost_entry_fen=3_000),)), SMALL)
    assert found is not None and found.total_fen == 3_000 and found.lines[0].kind is Kind.LOST_ENTRY
    capped = lost_entry_fee(PUBLISHED["T6"].tariff, LARGE)
    assert capped is not None and capped.total_fen == 3_000
    assert lost_entry_fee(PLAIN, SMALL) is None


def test_after_a_class_without_a_rate_comes_the_nearest_one() -> None:
    tariff = PUBLISHED["T3"].tariff
    assert tariff.rate_for(VehicleClass.NEV_LARGE).classes == {LARGE}
    assert tariff.rate_for(VehicleClass.MOTORCYCLE).classes == {SMALL}
    with pytest.raises(LookupError):
        replace(PLAIN, rates=()).rate_for(LARGE)


def test_a_version_holds_from_its_day_until_the_next_one() -> None:
    later = replace(PLAIN, number=2, effective_on=date(2026, 7, 1))
    assert in_force([later, PLAIN], date(2025, 12, 31)) is None
    assert in_force([later, PLAIN], date(2026, 6, 30)) == PLAIN
    assert in_force([later, PLAIN], date(2026, 7, 1)) == later


@pytest.mark.parametrize(
    ("number", "color", "motorcycle", "vehicle"),
    [
        ("苏A12345", PlateColor.BLUE, False, SMALL),
        ("苏A12345", PlateColor.YELLOW, False, LARGE),
        ("苏A1234挂", None, False, LARGE),
        ("苏A1234学", PlateColor.YELLOW, False, SMALL),
        ("苏AD12345", PlateColor.GRADIENT_GREEN, False, NEV),
        ("苏A12345D", PlateColor.YELLOW_GREEN, False, VehicleClass.NEV_LARGE),
        ("苏A12345", PlateColor.BLUE, True, VehicleClass.MOTORCYCLE),
    ],
)
def test_the_class_of_a_vehicle_is_told_by_its_plate(
    number: str, color: PlateColor | None, motorcycle: bool, vehicle: VehicleClass
) -> None:
    assert class_of(parse_plate(number), color, motorcycle=motorcycle) is vehicle
    assert class_of(None) is SMALL


def test_some_plates_alone_say_that_a_vehicle_goes_free() -> None:
    told = {number: exemption_of(parse_plate(number)) for number in ("京A0001警", "WJ京1234X", "苏A12345")}
    assert list(told.values()) == [Exemption.POLICE, Exemption.MILITARY, None]
    assert set(CLASS_NAMES) == set(VehicleClass) and set(EXEMPTION_NAMES) == set(Exemption)
    assert set(WINDOW_NAMES) == set(Window) and set(RESTART_NAMES) == set(Restart)


DAY_BAND = Band(NAME, time(8), time(20), Block(60, 100))


@pytest.mark.parametrize(
    ("tariff", "faults"),
    [
        (replace(PLAIN, rates=()), {"/rates": "required"}),
        (replace(PLAIN, name=Text("", "x")), {"/name": "required"}),
        (replace(PLAIN, nev_discount_bp=10_001), {"/nev_discount_bp": "share"}),
        (
            replace(PLAIN, merge_minutes=-1, grace_minutes=1_441),
            {"/merge_minutes": "time", "/grace_minutes": "time"},
        ),
        (replace(PLAIN, rates=(HOURLY, HOURLY)), {"/rates/1/classes": "twice"}),
        (
            replace(PLAIN, rates=(HOURLY, replace(HOURLY, classes=frozenset()))),
            {"/rates/1/classes": "required"},
        ),
        (
            replace(PLAIN, rates=(replace(HOURLY, unit=Block(0, -1), first=Block(1_441, 10**11)),)),
            {
                "/rates/0/unit/minutes": "length",
                "/rates/0/unit/fen": "amount",
                "/rates/0/first/minutes": "length",
                "/rates/0/first/fen": "amount",
            },
        ),
        (
            replace(PLAIN, rates=(replace(HOURLY, free_minutes=-5, lost_entry_fen=-1, monthly_fen=-1),)),
            {
                "/rates/0/free_minutes": "time",
                "/rates/0/lost_entry_fen": "amount",
                "/rates/0/monthly_fen": "amount",
            },
        ),
        (
            replace(
                PLAIN,
                rates=(replace(HOURLY, bands=(DAY_BAND, replace(DAY_BAND, since=time(19), until=time(9)))),),
            ),
            {"/rates/0/bands/1": "overlap"},
        ),
        (
            replace(
                PLAIN,
                rates=(
                    replace(
                        HOURLY,
                        bands=(
                            replace(DAY_BAND, weekdays=frozenset({0})),
                            replace(DAY_BAND, since=time(8, 0, 1), cap_fen=-1, name=Text("", "")),
                            replace(
                                DAY_BAND, since=time(0), until=time(0), cap_fen=5, weekdays=frozenset({7})
                            ),
                        ),
                    ),
                ),
            ),
            {
                "/rates/0/bands/0/weekdays": "weekdays",
                "/rates/0/bands/1/since": "minutes",
                "/rates/0/bands/1/cap_fen": "amount",
                "/rates/0/bands/1/name": "required",
                "/rates/0/bands/2/cap_fen": "whole_day",
                "/rates/0/bands/2": "overlap",
            },
        ),
        (
            replace(PLAIN, rates=(replace(HOURLY, period=Period(Window.ROLLING, (5, -1), shared=True)),)),
            {"/rates/0/period/caps_fen/1": "amount", "/rates/0/period/shared": "shared"},
        ),
        (replace(PLAIN, rates=(replace(HOURLY, bands=(DAY_BAND,) * 25),)), {"/rates/0/bands": "too_many"}),
        (
            replace(PLAIN, rates=(replace(HOURLY, period=Period(Window.ROLLING, (1,) * 32)),)),
            {"/rates/0/period/caps_fen": "too_many"},
        ),
    ],
)
def test_every_fault_of_a_tariff_is_named(tariff: Tariff, faults: dict[str, str]) -> None:
    wrong = wrong_tariff(tariff)
    assert {each.pointer: each.code for each in wrong} == faults
    assert all(each.message.zh and each.message.en for each in wrong)


def test_hours_that_meet_do_not_overlap_over_the_end_of_the_week_either() -> None:
    night = replace(DAY_BAND, since=time(20), until=time(8))
    assert wrong_tariff(replace(PLAIN, rates=(replace(HOURLY, bands=(DAY_BAND, night)),))) == []
    sunday = replace(night, weekdays=frozenset({7}))
    monday = replace(DAY_BAND, since=time(7), weekdays=frozenset({1}))
    wrong = wrong_tariff(replace(PLAIN, rates=(replace(HOURLY, bands=(sunday, monday)),)))
    assert [each.code for each in wrong] == ["overlap"]


def test_lengths_of_time_in_words() -> None:
    assert [say_minutes(each).en for each in (5, 60, 90)] == ["5 min", "1 h", "1 h 30 min"]


def test_a_car_that_is_forgotten_for_years_is_priced_at_once() -> None:
    minute = Rate(frozenset({SMALL}), Block(1, 1), bands=(replace(DAY_BAND, unit=Block(1, 2)),))
    found = fee(
        replace(PLAIN, rates=(minute,)), Stay(SMALL, at("23 00:00"), at("23 00:00") + timedelta(days=1_000))
    )
    assert found.total_fen == 1_000 * (720 * 2 + 720)


def test_a_calendar_day_ends_at_midnight_of_the_park_at_the_end_of_a_month_too() -> None:
    tariff = replace(PLAIN, rates=(replace(HOURLY, period=Period(Window.CALENDAR_DAY, (300,))),))
    entered = datetime(2027, 2, 28, 15, 30, tzinfo=UTC)  # 23:30
    found = accounts(tariff.rates[0], entered, entered + timedelta(days=1, hours=5))
    midnights = [each.span.start.astimezone(PARK_TZ).isoformat()[:16] for each in found]
    assert midnights == ["2027-02-28T23:30", "2027-03-01T00:00", "2027-03-02T00:00"]
    assert [each.fen for each in found] == [100, 300, 300]
