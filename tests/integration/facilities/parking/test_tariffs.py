"""What parking costs from when, and what a stay would cost before anybody has made it."""

from datetime import timedelta
from typing import Any

import pytest

from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.setting_up import (
    MANAGER,
    OPERATOR,
    RESIDENT,
    TARIFF,
    SettingUp,
    refusal,
)

# 09:00 in the park on a Monday.
STAY = {
    "vehicle": "small",
    "entered_at": "2026-11-23T09:00:00+08:00",
    "left_at": "2026-11-23T11:10:00+08:00",
}


@pytest.fixture
def desk(make_system: SystemFactory) -> SettingUp:
    return SettingUp(make_system([living]))


def test_a_car_park_opens_with_a_tariff_and_each_day_has_its_own(desk: SettingUp, clock: ManualClock) -> None:
    lot = f"/lots/{desk.ok(desk.create())['id']}"
    zone = desk.zone(lot)
    way_in = desk.lane(lot, "in")
    desk.lane(lot, "out")
    dearer = {**TARIFF, "rates": [{**TARIFF["rates"][0], "first": {"minutes": 60, "fen": 900}}]}

    assert refusal(desk.ask(OPERATOR, "POST", f"{lot}/tariffs/try", json=STAY))[:2] == (409, "no-tariff")
    first = desk.ok(desk.on(lot, "tariffs", TARIFF))
    desk.ok(desk.on(lot, "tariffs", {**dearer, "effective_on": "2026-12-01"}))
    assert refusal(desk.on(lot, "tariffs", {**dearer, "effective_on": "2026-12-01"}))[:2] == (
        409,
        "tariff-stands",
    )
    assert refusal(desk.on(lot, "open")) == (409, "lot-incomplete", {("/lanes", "leads_nowhere")})
    near = {"name": TARIFF["name"], "metres": [{"zone_id": zone, "metres": 10}]}
    desk.ok(desk.put(f"/lanes/{way_in}", near))
    opened = desk.ok(desk.on(lot, "open"))

    assert (first["number"], first["effective_on"], opened["state"]) == (1, "2026-11-23", "open")
    assert opened["tariff"]["name"] == TARIFF["name"] and "close" in opened["actions"]
    (seen,) = desk.get("/lots", RESIDENT)["items"]
    assert (seen["id"], seen["actions"]) == (opened["id"], [])
    versions = desk.get(f"{lot}/tariffs", RESIDENT)["items"]
    assert [(each["number"], each["rates"][0]["first"]["fen"]) for each in versions] == [(2, 900), (1, 500)]

    tried = desk.ok(desk.ask(RESIDENT, "POST", f"{lot}/tariffs/try", json=STAY))
    later = desk.ok(desk.ask(RESIDENT, "POST", f"{lot}/tariffs/try", json={**STAY, "day": "2026-12-24"}))
    assert (tried["tariff"], tried["total_fen"], tried["minutes"]) == (1, 700, 130)
    assert (later["tariff"], later["total_fen"]) == (2, 1000)  # the cap of the day
    assert sum(line["amount_fen"] for line in tried["lines"]) == 700
    assert all(line["what"]["zh"] and line["what"]["en"] for line in tried["lines"])

    closed = desk.ok(desk.on(lot, "close"))
    assert closed["state"] == "closed" and desk.get(lot, RESIDENT)["state_name"]["en"] == "Closed"
    clock.advance(timedelta(days=30))
    assert desk.ok(desk.on(lot, "open"))["tariff"]["number"] == 2


def test_a_draft_is_tried_with_coupons_and_nothing_is_kept_of_it(desk: SettingUp) -> None:
    lot = f"/lots/{desk.ok(desk.create())['id']}"
    before = desk.ask(OPERATOR, "GET", lot).headers["ETag"]
    name = {"zh": "商户减免", "en": "From a shop"}
    coupons = [{"name": name, "minutes": 60}, {"name": name, "fen": 10_000}]
    for published in desk.get("/published-tariffs", RESIDENT)["items"]:
        body = {**STAY, "tariff": published["tariff"]}
        whole = desk.ok(desk.ask(MANAGER, "POST", "/tariffs/try", json=body))
        reduced = desk.ok(desk.ask(OPERATOR, "POST", "/tariffs/try", json={**body, "coupons": coupons}))
        assert whole["total_fen"] == sum(line["amount_fen"] for line in whole["lines"]) > 0, published["key"]
        assert reduced["total_fen"] == 0
        assert {line["coupon"] for line in reduced["lines"]} == {None, 0, 1}
        desk.ok(
            desk.on(f"/lots/{desk.ok(desk.create(code=published['key']))['id']}", "tariffs", body["tariff"])
        )
    exempt = {**STAY, "tariff": {**TARIFF, "exempt": ["ambulance"]}, "exemption": "ambulance"}

    assert desk.ok(desk.ask(OPERATOR, "POST", "/tariffs/try", json=exempt))["total_fen"] == 0
    assert desk.ask(RESIDENT, "POST", "/tariffs/try", json=exempt).status_code == 403
    assert desk.ask(OPERATOR, "GET", lot).headers["ETag"] == before
    assert desk.get(f"{lot}/tariffs")["items"] == []


WRONG_RATE: dict[str, Any] = {
    "classes": ["large"],
    "unit": {"minutes": 60, "fen": 100},
    "bands": [
        {"name": TARIFF["name"], "since": since, "until": until, "unit": {"minutes": 30, "fen": 1}}
        for since, until in (("08:00", "20:00"), ("19:00", "09:00"))
    ],
    "period": {"window": "rolling", "caps_fen": [100, 200], "shared": True},
}


def test_what_makes_no_sense_in_a_tariff_or_a_stay_is_named_and_changes_nothing(desk: SettingUp) -> None:
    lot = f"/lots/{desk.ok(desk.create())['id']}"
    senseless = {**TARIFF, "rates": [WRONG_RATE]}
    places = {
        ("/rates", "required"),
        ("/rates/0/bands/1", "overlap"),
        ("/rates/0/period/shared", "shared"),
    }

    assert refusal(desk.on(lot, "tariffs", senseless))[2] == places
    assert refusal(desk.on(lot, "tariffs", {**senseless, "effective_on": "2026-11-22"}))[2] == {
        *places,
        ("/effective_on", "past"),
    }
    far = {**TARIFF, "effective_on": "2027-11-25"}
    assert refusal(desk.on(lot, "tariffs", far))[2] == {("/effective_on", "too_far")}
    shapeless = {"name": {"zh": "免费"}, "rates": [{"classes": ["tank"], "unit": {"minutes": 0, "fen": -1}}]}
    assert {pointer for pointer, _ in refusal(desk.on(lot, "tariffs", shapeless))[2]} == {
        "/name/en",
        "/rates/0/classes/0",
        "/rates/0/unit/fen",
        "/rates/0/unit/minutes",
    }
    assert desk.get(f"{lot}/tariffs")["items"] == []

    coupons = [{"name": TARIFF["name"]}, {"name": TARIFF["name"], "minutes": 5, "fen": 5}]
    tried = {**STAY, "tariff": senseless, "coupons": coupons, "left_at": "2026-11-23T08:00:00+08:00"}
    assert refusal(desk.ask(OPERATOR, "POST", "/tariffs/try", json=tried))[2] == {
        *((f"/tariff{pointer}", code) for pointer, code in places),
        ("/left_at", "backwards"),
        ("/coupons/0", "one_of_them"),
        ("/coupons/1", "one_of_them"),
    }
    never = {**STAY, "entered_at": "0001-01-01T00:00:00+14:00", "left_at": "9999-12-31T23:00:00-12:00"}
    assert refusal(desk.ask(OPERATOR, "POST", f"{lot}/tariffs/try", json=never))[2] == {
        ("/entered_at", "too_far"),
        ("/left_at", "too_far"),
        ("/left_at", "too_long"),
    }
