"""Occupancy, taking stock, barriers that open, what operators do and see, cars without a plate."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.ledger.model import LedgerSlot
from facilities.living.parking.gates.model import Alarm
from facilities.living.parking.occupancy.queries import GRID
from facilities.living.parking.occupancy.rolling import ROLL_TIMER
from shared.actor import Actor
from shared.clock import ManualClock
from shared.ids import new_id
from shared.messaging.timers import Timer
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.gates import gates, ok, refusal, statements

OPENINGS = "/api/v1/living/parking/barrier-openings"
RESIDENT = Actor(kind="account", id=new_id(), name="居民")


def test_cars_that_stay_are_counted_slot_by_slot_and_stock_is_put_right(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock, near=2, far=3)
    lot = f"/parking/lots/{at.park.lot}"
    for plate in ("苏A00001", "苏A00002", "苏A00003"):
        at.come(plate)
    assert at.free() == [0, 2]
    shown = ok(at.ask(None, "GET", f"{lot}/occupancy"))
    assert (shown["capacity"], shown["taken"], shown["inside"], shown["free"]) == (5, 3, 3, 2)
    at.later(hours=2)  # the appointments of the zones are kept late, and what they missed is made up for
    at.sound()
    at.later(minutes=31)
    at.sound()
    at.go("苏A00001", waiting=False)
    at.come("苏A00004")
    assert at.free() == [0, 2]
    with statements(at.runtime) as asked:
        history = ok(at.ask(None, "GET", f"{lot}/occupancy/history"))
    assert len(asked) <= 3
    near, far = ([hour["taken"] for hour in zone["hours"]] for zone in history["zones"])
    assert near[8:13] == [0, 2, 2, 2, None] and far[9:12] == [1, 1, 1], "from 09:00, until 11:31"
    assert len(near) == 24 and set(near[12:]) == {None}
    yesterday = ok(at.ask(None, "GET", f"{lot}/occupancy/history?on=2026-11-22"))
    assert {hour["taken"] for zone in yesterday["zones"] for hour in zone["hours"]} == {0}
    assert at.ask(None, "GET", f"{lot}/occupancy/history?on=1999-01-01").status_code == 422
    assert at.ask(None, "GET", f"/parking/lots/{new_id()}/occupancy").status_code == 404

    wrong = at.ask(OPERATOR, "POST", f"{lot}/stock-take", json={"plates": ["苏A00002", "HELLO"]})
    assert wrong.status_code == 422 and [each["pointer"] for each in wrong.get_json()["errors"]] == [
        "/plates/1"
    ]
    assert at.ask(RESIDENT, "POST", f"{lot}/stock-take", json={"plates": []}).status_code == 403
    there = ["苏A00002", "苏A·00004", "京B12345"]
    taken = at.operator("POST", f"{lot}/stock-take", json={"plates": there})
    assert taken == {"gone": ["苏A·00003"], "found": ["京B·12345"], "right": 2}
    assert [each.state for each in at.stays("苏A00003")] == ["exit_missed"]
    again = at.operator("POST", f"{lot}/stock-take", json={"plates": there})
    assert again == {"gone": [], "found": [], "right": 3}
    at.sound()
    clock.advance(timedelta(minutes=3))
    assert at.go("苏A00003")["reason"] == "lost_entry", "it was not there, they said"
    at.go("京B12345")
    at.come("苏A00003", waiting=False, seen_at=(at.now - timedelta(minutes=2)).isoformat())
    assert [each.state for each in at.stays("苏A00003")] == ["exit_missed", "inside"], (
        "a late word undoes nothing"
    )
    at.sound()

    # Something was written past us: whoever compares at night finds it.
    with at.runtime.transaction(OPERATOR) as tx:
        tx.session.execute(sa.update(LedgerSlot).values(overflow=LedgerSlot.overflow + 1))
        tx.audit("ledger.spoilt", "ledger", "1")
    at.later(hours=17)
    assert at.alarms().count("drift") == 2, "once for each zone"


def test_an_empty_zone_is_looked_at_no_more_and_a_full_one_says_so(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock, near=1, far=1)
    at.come("苏A00001")
    at.come("苏A00002", waiting=False), at.come("苏A00003", waiting=False)
    assert at.alarms() == ["overfull"]
    assert at.free() == [0, 0]
    at.later(minutes=30)
    assert at.alarms() == ["overfull", "overfull"], "it is as full in the next half hour"
    for plate in ("苏A00001", "苏A00002", "苏A00003"):
        at.go(plate, waiting=False)
    assert at.free() == [1, 1]
    at.later(minutes=30)
    with at.runtime.read() as session:
        left = session.scalar(sa.select(sa.func.count()).where(Timer.name == ROLL_TIMER))
        now = sa.select(LedgerSlot.overflow).where(LedgerSlot.slot == GRID.slot_of(at.now))
        assert left == 0 and set(session.scalars(now)) <= {0}
    at.sound()


def test_the_latest_event_of_each_lane_is_the_one_that_happened_last_not_the_one_told_last(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock)
    events = f"/parking/lots/{at.park.lot}/events"
    assert at.operator("GET", f"{events}?latest=true")["items"] == []
    for plate in ("苏A10001", "苏A10002"):
        at.come(plate)
        clock.advance(timedelta(minutes=1))
    at.go("苏A10001")
    clock.advance(timedelta(minutes=1))
    at.come("苏A10003", seen_at=(at.now - timedelta(hours=19)).isoformat(), waiting=False)

    told = [each["plate"] for each in at.operator("GET", events)["items"]]
    assert told == ["苏A·10003", "苏A·10001", "苏A·10002", "苏A·10001"]
    latest = at.operator("GET", f"{events}?latest=true")["items"]
    assert [(each["direction"], each["plate"]) for each in latest] == [
        ("out", "苏A·10001"),
        ("in", "苏A·10002"),
    ]


def test_openings_are_explained_by_an_answer_or_a_hand_or_raise_an_alarm(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock)

    def opened(name: str, device: str = "camera_in") -> bool:
        body = {"id": name, "opened_at": at.now.isoformat()}
        found: bool = ok(at.send(getattr(at.park, device), body, OPENINGS))["explained"]
        return found

    at.come("苏A12345")
    clock.advance(timedelta(seconds=5))
    assert opened("o1") and not opened("o2", "camera_out")
    at.come(None)
    clock.advance(timedelta(minutes=1))
    assert not opened("o3") and not opened("o3"), "told twice it is the same"
    lane = f"/parking/lanes/{at.park.way_in}/open"
    for actor, status in ((RESIDENT, 403), (None, 401)):
        assert at.ask(actor, "POST", lane, json={"reason": "试"}).status_code == status
    assert at.ask(OPERATOR, "POST", lane, json={"reason": ""}).status_code == 422
    assert at.ask(OPERATOR, "POST", lane, json={"reason": "试", "plate": "X"}).status_code == 422
    assert (
        at.ask(OPERATOR, "POST", f"/parking/lanes/{new_id()}/open", json={"reason": "试"}).status_code == 404
    )
    at.operator("POST", lane, json={"reason": "消防通道"})
    clock.advance(timedelta(seconds=5))
    assert opened("o4")
    assert at.alarms() == ["unexplained_opening", "unexplained_opening"]

    # By hand and for a car: its stay begins, and ends although it has not paid.
    at.operator("POST", lane, json={"reason": "车牌污损", "plate": "京B·12345"})
    clock.advance(timedelta(hours=3))
    due = at.go("京B12345")
    assert due["verdict"] == "pay"
    by_hand = at.operator(
        "POST", f"/parking/lanes/{at.park.way_out}/open", json={"reason": "缴费机故障", "plate": "京B12345"}
    )
    assert (by_hand["answer"]["reason"], by_hand["opened_name"]) == ("due", OPERATOR.name)
    (stay,) = at.stays("京B12345")
    assert (stay.state, stay.fee_fen, stay.paid_fen) == ("left", due["due_fen"], 0)
    shown = at.operator("GET", f"/parking/stays/{stay.id}")
    assert shown["cost"]["final"] and shown["cost"]["due_fen"] == sum(
        line["amount_fen"] for line in shown["cost"]["lines"]
    )

    events = f"/parking/lots/{at.park.lot}/events"
    first = at.operator("GET", f"{events}?limit=2")
    second = at.operator("GET", f"{events}?limit=100&cursor={first['next']}")
    whole = at.operator("GET", f"{events}?limit=100")["items"]
    assert first["items"] + second["items"] == whole and len(whole) == 5 and second["next"] is None
    assert [each["passed"] for each in whole] == [True, False, True, False, True]
    mine = at.operator("GET", f"{events}?plate=京B·12345&lane_id={at.park.way_out}")["items"]
    assert [each["reason"] for each in mine] == ["due", "due"]
    assert at.ask(OPERATOR, "GET", f"{events}?cursor=x").status_code == 400
    for path in (
        events,
        f"/parking/lots/{at.park.lot}/alarms",
        "/parking/stays",
        f"/parking/stays/{stay.id}",
    ):
        assert at.ask(RESIDENT, "GET", path).status_code == 403
    inside = at.operator("GET", "/parking/stays?state=inside&lot=P1")["items"]
    assert [each["plate"] for each in inside] == ["苏A·12345"]
    assert at.operator("GET", f"/parking/stays/{inside[0]['id']}")["cost"]["final"] is False

    alarms = f"/parking/lots/{at.park.lot}/alarms"
    (alarm,) = at.operator("GET", f"{alarms}?open=true&limit=1")["items"]
    see = f"/parking/alarms/{alarm['id']}/see"
    headers = {"If-Match": f'"{alarm["version"]}"'}
    seen = at.operator("POST", see, json={"note": "已检查道闸"}, headers=headers)
    assert (seen["seen_by"], seen["note"]) == (OPERATOR.name, "已检查道闸")
    again = {"json": {"note": "再看"}}
    assert refusal(at.ask(OPERATOR, "POST", see, headers=headers, **again)) == (412, "stale-version")
    headers = {"If-Match": f'"{seen["version"]}"'}
    assert refusal(at.ask(OPERATOR, "POST", see, headers=headers, **again)) == (409, "alarm-seen")
    assert len(at.operator("GET", f"{alarms}?open=true")["items"]) == 1
    with at.runtime.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Alarm)) == 2
    at.sound()


def test_a_car_without_a_plate_comes_and_goes_by_its_ticket(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock, near=1, far=0 + 1)
    codes = {}
    for lane in (at.park.way_in, at.park.way_out):
        codes[lane] = at.operator("GET", f"/parking/lanes/{lane}/code")["token"]
        assert at.ask(RESIDENT, "GET", f"/parking/lanes/{lane}/code").status_code == 403

    def scan(lane: UUID, **body: str) -> Any:
        return at.ask(None, "POST", f"/parking/lanes/{lane}/tickets", json={"token": codes[lane]} | body)

    assert refusal(scan(at.park.way_in)) == (409, "nobody-waits")
    at.come(None)
    assert refusal(scan(at.park.way_in, token=codes[at.park.way_out])) == (403, "forbidden")
    given = ok(scan(at.park.way_in))
    assert re.fullmatch(r"#[0-9A-HJKMNP-TV-Z]{8}", given["ticket"]) and given["verdict"] == "open"
    assert ok(scan(at.park.way_in)) == given | {"repeated": True}
    clock.advance(timedelta(minutes=6))
    assert refusal(scan(at.park.way_in)) == (409, "nobody-waits"), "the car has gone through long ago"

    clock.advance(timedelta(hours=3))
    at.go(None)
    assert scan(at.park.way_out).status_code == 422
    assert refusal(scan(at.park.way_out, ticket="#00000000")) == (409, "ticket-unknown")
    assert scan(at.park.way_out, ticket="#OOOOOOOO").status_code == 422
    due = ok(scan(at.park.way_out, ticket=given["ticket"]))
    assert (due["verdict"], due["ticket"]) == ("pay", given["ticket"])
    by_hand = {"reason": "已收现金", "plate": given["ticket"]}
    at.operator("POST", f"/parking/lanes/{at.park.way_out}/open", json=by_hand)
    assert [each.state for each in at.stays(given["ticket"])] == ["left"]

    at.come("苏A00001"), at.come("苏A00002"), at.come(None)
    full = ok(scan(at.park.way_in))
    assert (full["verdict"], full["reason"], full["ticket"]) == ("refuse", "full", None)
    at.go("苏A00001")
    assert ok(scan(at.park.way_in))["verdict"] == "open", "asked again it is looked at again"
    at.come("苏A00003")
    assert refusal(scan(at.park.way_in)) == (409, "nobody-waits"), "another car stands there"
    at.sound()
