"""Operators set up a car park over HTTP; whatever is wrong is refused with every reason named."""

from datetime import timedelta
from uuid import UUID

import pytest

from facilities.capacity.bookings.commands import Order, hold
from facilities.capacity.rules import Wish
from facilities.living.parking.lots.model import TRADE, Lot
from facilities.living.parking.lots.queries import secrets_of
from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.ids import new_id
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.setting_up import (
    LOT,
    MANAGER,
    OPERATOR,
    RESIDENT,
    TARIFF,
    SettingUp,
    refusal,
)

NAME = {"zh": "东区", "en": "East"}


@pytest.fixture
def desk(make_system: SystemFactory) -> SettingUp:
    return SettingUp(make_system([living]))


def test_a_car_park_is_set_up_from_a_draft_to_its_devices(desk: SettingUp) -> None:
    made = desk.create()
    lot = f"/lots/{desk.ok(made)['id']}"
    assert made.headers["Location"] == f"/api/v1/living/parking{lot}"
    near, far = desk.zone(lot, "A", 4), desk.zone(lot, "B", 2, kind="charging")
    way_in = desk.lane(lot, "in", **{near: 40, far: 90})
    device = desk.ok(desk.on(f"/lanes/{way_in}", "devices", {"code": "P1-IN-1", "kind": "camera"}))
    bays = {"prefix": "A-", "first": 1, "last": 3, "digits": 3, "accessible": True}
    numbered = desk.ok(desk.on(f"/zones/{near}", "bays", bays))["items"]

    shown = desk.get(lot)

    assert [each["number"] for each in numbered] == ["A-001", "A-002", "A-003"]
    first = f"/bays/{numbered[0]['id']}"
    assert desk.get(first) == {**numbered[0], "lot_id": shown["id"], "zone_id": near}
    assert desk.ask(RESIDENT, "GET", first).status_code == 404
    assert shown["capacity"] == 6 and shown["state"] == "draft" and "open" in shown["actions"]
    assert [(each["code"], each["bays"], each["accessible"]) for each in shown["zones"]] == [
        ("A", 3, 3),
        ("B", 0, 0),
    ]
    (lane,) = shown["lanes"]
    assert [each["zone_id"] for each in lane["metres"]] == [near, far]
    assert [each["code"] for each in lane["devices"]] == ["P1-IN-1"] and "secret" not in lane["devices"][0]
    runtime = desk.system.runtime("living")
    with runtime.read() as session:
        secrets = secrets_of(session, runtime.context.cipher, UUID(shown["id"]))
    assert secrets == {UUID(device["id"]): device["secret"]}

    # Drafts are for those who run or watch car parks, devices for those who run them.
    assert desk.get("/lots", RESIDENT)["items"] == []
    assert desk.ask(RESIDENT, "GET", lot).status_code == 404
    assert desk.get(lot, MANAGER)["lanes"][0]["devices"] is None
    assert desk.ask(MANAGER, "GET", f"/devices/{device['id']}").status_code == 404
    assert desk.on(lot, "zones", {"code": "C"}, actor=MANAGER).status_code == 422
    body = {"code": "C", "name": NAME, "kind": "general", "capacity": 1}
    assert desk.on(lot, "zones", body, actor=MANAGER).status_code == 403
    assert desk.ask(RESIDENT, "POST", "/lots", json=LOT | {"code": "P9"}).status_code == 403


def test_what_is_wrong_is_named_all_at_once_and_changes_nothing(desk: SettingUp) -> None:
    lot = f"/lots/{desk.ok(desk.create())['id']}"
    other = f"/lots/{desk.ok(desk.create(code='P2'))['id']}"
    zone, strange = desk.zone(lot, capacity=4), desk.zone(other)
    desk.ok(desk.on(f"/zones/{zone}", "bays", {"first": 1, "last": 2}))
    lane = {"code": "in", "name": NAME, "direction": "in"}
    before = desk.get(lot)

    rules = {"shortest_min": 90, "longest_min": 100, "start_grid_min": 60, "no_show_min": 120}
    assert refusal(desk.create(rules=rules)) == (
        422,
        "invalid-input",
        {
            ("/rules/shortest_min", "multiple"),
            ("/rules/longest_min", "multiple"),
            ("/rules/no_show_min", "too_long"),
        },
    )
    wrong = {"code": "P 3", "complaint_phone": "call us", "hours": [{"weekday": 8}], "early_min": -1}
    assert {pointer for pointer, _ in refusal(desk.create(**wrong))[2]} == {
        "/code",
        "/complaint_phone",
        "/early_min",
        "/hours/0/since",
        "/hours/0/until",
        "/hours/0/weekday",
    }
    for line_break in ("P3\n", "P3\r\n"):
        assert desk.create(code=line_break).status_code == 422
    assert refusal(desk.create())[:2] == (409, "code-taken")
    assert refusal(desk.on(lot, "zones", {"code": "A", "name": NAME, "kind": "general", "capacity": 9}))[
        :2
    ] == (409, "code-taken")

    bays = f"/zones/{zone}"
    assert refusal(desk.on(bays, "bays", {"first": 3, "last": 5}))[2] == {("/last", "too_many")}
    assert refusal(desk.on(bays, "bays", {"first": 5, "last": 3}))[2] == {("/last", "backwards")}
    assert refusal(desk.on(bays, "bays", {"first": 0, "last": 1000}))[2] == {("/last", "at_once")}
    assert refusal(desk.on(bays, "bays", {"first": 2, "last": 3})) == (
        409,
        "bay-stands",
        {("/first", "stands")},
    )
    assert refusal(desk.put(bays, {"name": NAME, "capacity": 1}))[2] == {("/capacity", "bays")}
    metres = [{"zone_id": zone, "metres": 1}, {"zone_id": strange, "metres": 2}]
    assert refusal(desk.on(lot, "lanes", {**lane, "metres": metres}))[2] == {("/metres/1/zone_id", "unknown")}
    assert refusal(desk.on(lot, "lanes", {**lane, "metres": [metres[0], metres[0]]}))[2] == {
        ("/metres/1/zone_id", "twice")
    }
    assert refusal(desk.on(lot, "open")) == (
        409,
        "lot-incomplete",
        {("/lanes", "no_way_in"), ("/lanes", "no_way_out"), ("/tariffs", "missing")},
    )
    assert refusal(desk.on(lot, "close"))[:2] == (409, "wrong-state")
    assert desk.get(lot) == before


@pytest.mark.parametrize("blank", ["   ", "\u3000", "\n", "\t\u00a0 "])
def test_white_space_is_no_text_where_one_is_required(desk: SettingUp, blank: str) -> None:
    lot = f"/lots/{desk.ok(desk.create())['id']}"
    lane = f"/lanes/{desk.lane(lot, 'in')}"

    named = desk.create(code="P2", name={"zh": blank, "en": "East"}, place=blank, operator_name=blank)
    assert refusal(named)[2] == {(each, "required") for each in ("/name/zh", "/place", "/operator_name")}
    ban = {"plate": "苏A12345", "kind": "banned", "why": blank}
    for path, body, member in (
        (f"{lot}/listings", ban, "/why"),
        (f"{lane}/open", {"reason": blank}, "/reason"),
        (f"/payments/{new_id()}/refund", {"amount_fen": 1, "reason": blank}, "/reason"),
        (f"/passes/{new_id()}/suspend", {"reason": blank}, "/reason"),
        (f"/alarms/{new_id()}/see", {"note": blank}, "/note"),
    ):
        status, _kind, wrong = refusal(desk.ask(OPERATOR, "POST", path, json=body))
        assert (status, wrong) == (422, {(member, "required")}), path

    kept = desk.ok(desk.create(code="P3", place=" 东门\n", operator_name="\u3000物业"))
    assert (kept["place"], kept["operator_name"]) == (" 东门\n", "\u3000物业"), "as it was written"


def test_a_zone_keeps_room_for_what_is_booked_and_the_hours_leave_it_open(
    desk: SettingUp, clock: ManualClock
) -> None:
    made = desk.ok(desk.create())
    lot = f"/lots/{made['id']}"
    zone, lane = desk.zone(lot, capacity=3), desk.lane(lot, "in")
    runtime = desk.system.runtime("living")
    start = clock.now() + timedelta(days=1)  # a Tuesday, 09:00
    with runtime.transaction(OPERATOR) as tx:
        policy = tx.session.get_one(Lot, UUID(made["id"])).policy
        wishes = (Wish(start, start + timedelta(hours=hours)) for hours in (2, 1))
        booked = [hold(tx, Order(TRADE, UUID(zone), wish, policy)).id for wish in wishes]

    refused = desk.put(f"/zones/{zone}", {"name": NAME, "capacity": 1})
    assert refusal(refused) == (409, "bookings-in-the-way", {("/", "in_the_way")})
    assert all(str(each) in refused.get_data(as_text=True) for each in booked)
    assert desk.ok(desk.put(f"/zones/{zone}", {"name": NAME, "capacity": 2}))["capacity"] == 2

    described = {name: value for name, value in LOT.items() if name != "code"}
    closed_then = [{"weekday": day, "since": "10:00", "until": "20:00"} for day in range(1, 8)]
    open_then = [{"weekday": day, "since": "08:00", "until": "20:00"} for day in range(1, 8)]
    assert refusal(desk.put(lot, {**described, "hours": closed_then}))[1] == "bookings-in-the-way"
    assert desk.ok(desk.put(lot, {**described, "hours": open_then}))["hours"] == open_then
    assert refusal(desk.put(lot, {**described, "hours": closed_then}))[1] == "bookings-in-the-way"
    longer = [each | {"until": "22:00"} for each in open_then]
    assert desk.ok(desk.put(lot, {**described, "hours": longer}))["hours"] == longer
    assert desk.ok(desk.put(lot, {**described, "place": "西门", "drive_in": False}))["place"] == "西门"

    # Hours that nothing contradicts come and go, with zones and without any.
    empty = f"/lots/{desk.ok(desk.create(code='P2', hours=open_then))['id']}"
    for hours in (longer, [], open_then, []):
        assert desk.ok(desk.put(empty, {**described, "hours": hours}))["hours"] == hours
    desk.zone(empty)
    for hours in (longer, open_then, []):
        assert desk.ok(desk.put(empty, {**described, "hours": hours}))["hours"] == hours

    changed = {"name": NAME, "metres": [{"zone_id": zone, "metres": 70}]}
    assert desk.ok(desk.put(f"/lanes/{lane}", changed))["metres"] == changed["metres"]
    stale = desk.ask(OPERATOR, "PUT", f"/zones/{zone}", json={"name": NAME, "capacity": 2})
    assert stale.status_code == 428


def test_no_way_in_of_an_open_car_park_leads_nowhere(desk: SettingUp) -> None:
    lot = f"/lots/{desk.ok(desk.create())['id']}"
    zone = desk.zone(lot)
    way_in = f"/lanes/{desk.lane(lot, 'in', **{zone: 40})}"
    way_out = f"/lanes/{desk.lane(lot, 'out')}"
    desk.ok(desk.on(lot, "tariffs", TARIFF))
    desk.ok(desk.on(lot, "open"))
    before = desk.get(lot)
    nowhere = (422, "invalid-input", {("/metres", "leads_nowhere")})
    lane = {"code": "N2", "name": NAME, "direction": "in", "metres": []}

    assert refusal(desk.on(lot, "lanes", lane)) == nowhere
    assert refusal(desk.put(way_in, {"name": NAME, "metres": []})) == nowhere
    assert desk.get(lot) == before, "cars are sent where they were"

    far = [{"zone_id": zone, "metres": 90}]
    assert desk.ok(desk.on(lot, "lanes", {**lane, "metres": far}))["metres"] == far
    assert desk.ok(desk.put(way_in, {"name": NAME, "metres": far}))["metres"] == far
    assert desk.ok(desk.put(way_out, {"name": NAME, "metres": []}))["metres"] == []
    desk.ok(desk.on(lot, "close"))
    assert desk.ok(desk.put(way_in, {"name": NAME, "metres": []}))["metres"] == []
    assert refusal(desk.on(lot, "open"))[2] == {("/lanes", "leads_nowhere")}


def test_a_device_is_disabled_enabled_and_given_another_secret(desk: SettingUp) -> None:
    lot = f"/lots/{desk.ok(desk.create())['id']}"
    lane = f"/lanes/{desk.lane(lot, 'in')}"
    made = desk.ok(desk.on(lane, "devices", {"code": "CAM-1", "kind": "camera"}))
    device = f"/devices/{made['id']}"

    assert refusal(desk.on(lane, "devices", {"code": "CAM-1", "kind": "barrier"}))[:2] == (409, "code-taken")
    assert refusal(desk.on(device, "enable"))[:2] == (409, "wrong-state")
    assert desk.ok(desk.on(device, "disable"))["enabled"] is False
    assert desk.ok(desk.on(device, "enable"))["enabled"] is True
    renewed = desk.ok(desk.on(device, "renew-secret"))
    assert renewed["secret"] != made["secret"]
    assert "secret" not in desk.get(device)
    stale = desk.ask(OPERATOR, "POST", f"{device}/disable", json={}, headers={"If-Match": '"1"'})
    assert refusal(stale)[:2] == (412, "stale-version")
