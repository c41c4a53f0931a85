"""What charging points tell, late, twice and in any order, and what operators see and do there."""

import random
from datetime import timedelta
from itertools import islice, permutations
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from facilities.living.parking.charging.simulating import points_of, with_charging
from facilities.living.parking.gates.simulating import cameras_of, feed
from facilities.living.parking.lots.model import Device, DeviceKind
from facilities.living.service import service as living
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.ids import new_id
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.charging import (
    EVENTS,
    PLATE,
    ChargingPoints,
    charging_bays,
    charging_points,
)
from tests.integration.facilities.parking.gates import M, ok, refusal, statements
from tests.integration.facilities.parking.people import person
from tests.integration.facilities.parking.setting_up import SettingUp
from tests.integration.facilities.parking.setting_up import refusal as wrong

OTHER = "苏AF54321"
PHASES = ("started", "ended", "freed")


@pytest.fixture
def at(make_system: SystemFactory, clock: ManualClock) -> ChargingPoints:
    return charging_points(make_system, clock)


def test_a_point_stands_at_a_bay_of_a_charging_zone_and_a_bay_has_one(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    desk = SettingUp(make_system([living]))
    lot = f"/lots/{desk.ok(desk.create())['id']}"
    ordinary, charging = desk.zone(lot, "A"), desk.zone(lot, "C", kind="charging")
    bays = {}
    for zone in (ordinary, charging):
        made = desk.ok(desk.on(f"/zones/{zone}", "bays", {"prefix": "N", "first": 1, "last": 2}))["items"]
        bays[zone] = [each["id"] for each in made]

    def add(bay: str, code: str, version: str | None = None, **how: Any) -> Any:
        now = version or desk.ask(OPERATOR, "GET", lot).headers["ETag"]
        path, headers = f"/bays/{bay}/charging-points", {"If-Match": now}
        return desk.ask(how.get("actor", OPERATOR), "POST", path, json={"code": code}, headers=headers)

    stale = desk.ask(OPERATOR, "GET", lot).headers["ETag"]
    answer = add(bays[charging][0], "P1-N1")
    point = desk.ok(answer)
    assert answer.status_code == 201 and point["secret"] and point["kind"] == "charger"
    assert (point["bay_id"], point["lane_id"]) == (bays[charging][0], None)
    device = f"/devices/{point['id']}"
    assert answer.headers["Location"].endswith(device)
    assert desk.ask(OPERATOR, "GET", device).headers["ETag"] == answer.headers["ETag"]
    assert add(bays[charging][1], "P1-N2", stale).status_code == 412
    assert wrong(add(bays[charging][0], "P1-N9")) == (409, "bay-taken", {("/bay_id", "taken")})
    assert wrong(add(bays[charging][1], "P1-N1")) == (409, "code-taken", {("/code", "taken")})
    assert wrong(add(bays[ordinary][0], "P1-N9"))[::2] == (422, {("/bay_id", "not_charging")})
    assert wrong(add(bays[charging][1], "a b"))[::2] == (422, {("/code", "invalid")})
    assert add(bays[charging][1], "P1-N2", actor=person("resident")).status_code == 404, "it is a draft"
    assert add(str(new_id()), "P1-N2").status_code == 404

    runtime = desk.system.runtime("living")
    with pytest.raises(IntegrityError), runtime.transaction(OPERATOR) as tx:
        bay_id = tx.session.get_one(Device, UUID(point["id"])).bay_id
        kind = DeviceKind.CHARGER
        twin = Device(id=new_id(), bay_id=bay_id, code="TWIN", kind=kind, secret=b"", enabled=True)
        twin.made_at = tx.now
        tx.session.add(twin)
        tx.session.flush()


def test_only_a_charging_point_is_heard_about_charges_and_it_about_nothing_else(at: ChargingPoints) -> None:
    body, point = at.body("1", "started"), at.device(1)
    assert at.post(1, body, secret="guess").status_code == 401
    assert at.post(1, body, secret=at.park.secrets[at.device(2)]).status_code == 401
    assert at.post(1, body, at=at.now + 6 * M).status_code == 401
    for camera in (at.park.camera_in, at.park.camera_out):
        assert at.send(camera, body, EVENTS).status_code == 401, "a camera is no charging point"
    gate = at.event(PLATE)
    assert at.send(point, gate).status_code == 401, "nor is a charging point a camera"
    opening = {"id": "o1", "opened_at": at.now.isoformat()}
    assert at.send(point, opening, "/api/v1/living/parking/barrier-openings").status_code == 401

    device = f"/parking/devices/{point}"
    version = at.ask(OPERATOR, "GET", device).headers["ETag"]
    at.operator("POST", f"{device}/disable", json={}, headers={"If-Match": version})
    assert at.post(1, body).status_code == 401
    version = at.ask(OPERATOR, "GET", device).headers["ETag"]
    at.operator("POST", f"{device}/enable", json={}, headers={"If-Match": version})
    assert at.post(1, body).status_code == 200
    version = at.ask(OPERATOR, "GET", device).headers["ETag"]
    renewed = at.operator("POST", f"{device}/renew-secret", json={}, headers={"If-Match": version})
    assert at.post(1, at.body("1", "ended")).status_code == 401
    assert at.post(1, at.body("1", "ended"), secret=renewed["secret"]).status_code == 200
    nothing = at.post(2, {"charge": "a b", "phase": "gone", "plate": "x" * 33, "at": "1969-01-01T00:00:00Z"})
    assert wrong(nothing)[2] == {
        ("/charge", "invalid"),
        ("/phase", "choice"),
        ("/plate", "too_long"),
        ("/at", "range"),
    }


def test_what_is_told_again_gets_the_same_answer_and_with_another_time_a_refusal(at: ChargingPoints) -> None:
    at.come(PLATE)
    first, body = at.tell(1, "1", "started"), at.body("1", "started")
    assert first == {
        "charge_id": first["charge_id"],
        "bay": "C1",
        "plate": "苏A****45",
        "started_at": at.now.isoformat(),
        "ended_at": None,
        "freed_at": None,
        "free_until": None,
        "overstay": True,
        "repeated": False,
    }
    at.later(minutes=40)
    ended = at.tell(1, "1", "ended")
    assert ended["charge_id"] == first["charge_id"]
    assert ended["free_until"] == (at.now + 30 * M).isoformat()
    kept = at.kept()
    at.later(minutes=1)
    assert ok(at.post(1, body)) == first | {"repeated": True}, "though it has ended since"
    assert ok(at.post(1, body | {"plate": OTHER})) == first | {"repeated": True}
    assert refusal(at.post(1, at.body("1", "started"))) == (409, "event-id-reused")
    assert at.kept() == kept
    assert at.tell(2, "1", "started", OTHER)["charge_id"] != first["charge_id"], "of another point"
    assert len(at.charges()) == 2


def test_a_clock_that_is_wrong_is_not_believed_and_somebody_is_told(at: ChargingPoints) -> None:
    ahead = at.body("1", "started", at=at.now + 10 * M)
    first = ok(at.post(1, ahead))
    assert first["started_at"] == at.now.isoformat() and at.alarms() == ["clock"]
    clock_says = at.body("1", "ended", at=at.now - timedelta(days=4))
    at.later(minutes=20)
    assert ok(at.post(1, clock_says))["ended_at"] == at.now.isoformat()
    assert at.alarms() == ["clock"], "once an hour"
    assert ok(at.post(1, ahead)) == first | {"repeated": True}, "the same, whatever the clock says"
    assert refusal(at.post(1, ahead | {"at": first["started_at"]})) == (409, "event-id-reused")
    late = at.body("2", "started", at=at.now - timedelta(days=2))
    assert ok(at.post(2, late))["started_at"] == (at.now - timedelta(days=2)).isoformat()
    slightly = at.body("2", "ended", at=at.now + M)
    assert ok(at.post(2, slightly))["ended_at"] == at.now.isoformat() and at.alarms() == ["clock"]
    (alarm,) = at.operator("GET", f"/parking/lots/{at.park.lot}/alarms")["items"]
    assert alarm["details"]["device"] == "P1-C1" and alarm["details"]["doubt"] == "clock_ahead"


def test_in_whatever_order_it_is_told_the_same_has_happened(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    """Five charges at each bay, told in many orders; some backwards, in part, or with two plates."""
    since = clock.now() - timedelta(hours=8)
    facts = {
        ("1", "started"): (0, PLATE),
        ("1", "ended"): (60, None),
        ("2", "started"): (90, None),
        ("2", "ended"): (80, OTHER),
        ("2", "freed"): (200, PLATE),
        ("3", "started"): (150, OTHER),
        ("3", "ended"): (180, PLATE),
        ("4", "ended"): (300, None),
        ("5", "started"): (290, PLATE),
    }
    luck = random.Random(7)
    orders = [luck.sample(list(facts), len(facts)) for _ in range(10)] + [list(facts), list(reversed(facts))]
    at = charging_points(make_system, clock, points=len(orders))
    for number, order in enumerate(orders, 1):
        for charge, phase in order:
            minutes, plate = facts[charge, phase]
            at.tell(number, f"{number:02}-{charge}", phase, plate, since + minutes * M)
    by_point: dict[str, set[Any]] = {}
    for name, *rest in at.kept():
        by_point.setdefault(name[:2], set()).add((name[3:], *rest))
    assert len({frozenset(each) for each in by_point.values()}) == 1

    def kept(mark: str | None, *minutes: int | None) -> tuple[Any, ...]:
        return (mark, *(None if each is None else since + each * M for each in minutes), "", "")

    assert next(iter(by_point.values())) == {
        ("1", *kept(PLATE, 0, 60, 90)),
        ("2", *kept(OTHER, 90, 90, 200)),
        ("3", *kept(OTHER, 150, 180, 290)),
        ("4", *kept(None, None, 300, None)),
        ("5", *kept(PLATE, 290, None, None)),
    }


@pytest.mark.parametrize("order", list(permutations(PHASES)), ids="-".join)
def test_what_is_told_backwards_is_kept_as_the_later_of_both(
    make_sqlite_system: SystemFactory, clock: ManualClock, order: tuple[str, ...]
) -> None:
    at = charging_points(make_sqlite_system, clock)
    minutes = {"started": 60, "ended": 30, "freed": 0}
    since = at.now - timedelta(hours=2)
    for phase in order:
        at.tell(1, "1", phase, None, since + minutes[phase] * M)
    assert at.kept() == [("1", None, *[since + 60 * M] * 3, "", "")]


def test_a_plate_may_be_named_later_and_one_that_cannot_be_counts_as_not_known(at: ChargingPoints) -> None:
    assert at.tell(1, "1", "started", "苏A·ÖÖÖÖÖ")["plate"] is None
    at.later(minutes=1)
    at.come(PLATE)
    at.later(minutes=20)
    ended = at.tell(1, "1", "ended", "苏a·d12345")
    assert ended["plate"] == "苏A****45" and ended["overstay"] is False, "it began before the car came"
    at.tell(2, "1", "started", PLATE)
    at.tell(2, "1", "ended", OTHER)
    charge = at.charges()[1]
    assert charge["plate"] == "苏A·D12345" and charge["stay_id"] == str(at.stays(PLATE)[0].id)
    with at.runtime.read() as session:
        query = sa.select(AuditEntry.details).where(AuditEntry.aggregate_id == charge["id"])
        noted = list(session.scalars(query.order_by(AuditEntry.number)))
    assert noted == [{"phase": "started"}, {"phase": "ended", "other_plate": "ignored"}]
    ticket = at.tell(3, "1", "started", "#0123abcd")
    assert ticket["plate"] == "#0*****CD"
    assert at.charges()[2]["plate"] == "#0123ABCD"


def test_the_next_charge_at_a_bay_shows_that_the_car_before_has_left(at: ChargingPoints) -> None:
    at.tell(1, "1", "started", None)
    at.later(minutes=30)
    at.tell(1, "1", "ended", None)
    at.later(minutes=30)
    at.tell(1, "2", "started", None)
    first, second = at.charges()
    assert first["freed_at"] == at.now.isoformat() and second["freed_at"] is None
    (point,) = (each for each in points(at) if each["charge"] is not None)
    assert point["bay"]["number"] == "C1" and point["charge"] == second
    at.tell(1, "1", "freed", None, at.now - 10 * M)
    assert at.charges()[0]["freed_at"] == (at.now - 10 * M).isoformat(), "the point itself knows better"
    at.tell(1, "2", "freed", None)
    assert [each["charge"] for each in points(at)] == [None] * 3


def points(at: ChargingPoints) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = at.operator("GET", f"/parking/zones/{at.zone}/charging-points")["items"]
    return found


def test_the_operator_says_whose_car_it_is_and_the_point_is_heard_no_more_of_that(at: ChargingPoints) -> None:
    at.come(PLATE), at.come(OTHER)
    at.tell(1, "1", "started", None)
    (charge,) = at.charges()
    assert charge["plate"] is None and charge["stay_id"] is None
    assert refusal(at.verb(charge, "plate", plate="苏A1")) == (422, "invalid-input")
    named = ok(at.verb(charge, "plate", plate="苏a·d12345"))
    assert named["plate"] == "苏A·D12345" and named["stay_id"] == str(at.stays(PLATE)[0].id)
    assert refusal(at.verb(charge, "plate", plate=OTHER)) == (412, "stale-version")
    at.tell(1, "1", "ended", OTHER)
    assert at.charge(charge["id"])["plate"] == "苏A·D12345"
    corrected = ok(at.verb(at.charge(charge["id"]), "plate", plate=OTHER))
    assert corrected["stay_id"] == str(at.stays(OTHER)[0].id)
    assert at.stay()["charging"] == [] and len(at.stay(OTHER)["charging"]) == 1
    ticket = ok(at.verb(at.charge(charge["id"]), "plate", plate="#0123ABCD"))
    assert ticket["plate"] == "#0123ABCD" and ticket["stay_id"] is None


def test_the_operator_sees_a_bay_free_once_and_what_the_point_knows_of_before_counts(
    at: ChargingPoints,
) -> None:
    at.tell(1, "1", "started", None)
    at.later(minutes=30)
    (charge,) = at.charges()
    seen = ok(at.verb(charge, "freed"))
    assert (seen["freed_at"], seen["freed_by"]) == (at.now.isoformat(), OPERATOR.name)
    assert refusal(at.verb(charge, "freed")) == (412, "stale-version")
    assert refusal(at.verb(seen, "freed")) == (409, "wrong-state")
    at.later(minutes=5)
    at.tell(1, "2", "started", None)
    at.tell(1, "1", "freed", None)
    assert at.charge(charge["id"])["freed_at"] == seen["freed_at"], "somebody has seen it free before"
    at.tell(2, "1", "started", None, at.now - 20 * M)
    other = at.charges()[2]
    ok(at.verb(other, "freed"))
    at.tell(2, "1", "freed", None, at.now - 10 * M)
    other = at.charge(other["id"])
    assert (other["freed_at"], other["freed_by"]) == ((at.now - 10 * M).isoformat(), "")


def test_made_up_points_charge_cars_that_were_let_in_and_are_free_once_these_have_left(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = charging_points(make_system, clock, near=20, points=4)
    at.tell(4, "1", "started", None)
    with at.runtime.read() as session:
        cipher = at.runtime.context.cipher
        cameras = cameras_of(session, cipher, at.park.lot)
        played = points_of(session, cipher, None)
        assert points_of(session, cipher, new_id()) == []
    own = set(at.park.secrets.values()) - {at.park.secrets[at.device(4)]}
    assert {each.secret for each in cameras} | {each.secret for each in played} == own, (
        "where a car stands nothing is made up"
    )
    devices = {at.codes[device]: device for device in at.park.secrets}
    let_in: set[str] = set()
    events = with_charging(feed(cameras, 7, 0.2, clock), played, 7, clock, let_in)
    for told in islice(events, 200):
        answer = ok(at.send(devices[told.device.code], told.body, told.path))
        if answer.get("verdict") == "open":
            let_in.add(str(told.body["plate"]))
        clock.advance(timedelta(seconds=1))
    charges = at.charges()[1:]
    assert len(charges) > 10 and {each["plate"].replace("·", "") for each in charges} <= let_in
    assert all(each["started_at"] for each in charges) and any(each["freed_at"] for each in charges)
    at_points = [each for each in charges if each["freed_at"] is None]
    assert len({each["bay"] for each in at_points}) == len(at_points) <= 3
    assert [each["stay_id"] is not None for each in at_points] == [True] * len(at_points)


def test_lists_come_in_pages_and_ask_as_much_for_many_as_for_few(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = charging_points(make_system, clock, points=6)
    charges = f"/parking/lots/{at.park.lot}/charges"

    def asked(path: str) -> int:
        with statements(at.runtime) as seen:
            at.operator("GET", path)
        return len(seen)

    counts = []
    for number in range(1, 7):
        plate = f"苏AD0000{number}"
        at.come(plate, waiting=False)
        at.tell(number, "1", "started", plate)
        at.tell(number, "1", "ended", plate)
        counts.append((asked(charges), asked(f"/parking/zones/{at.zone}/charging-points")))
    assert len(set(counts)) == 1, counts
    at.tell(6, "1", "freed", None)
    first = at.operator("GET", f"{charges}?limit=4")
    rest = at.operator("GET", f"{charges}?limit=4&cursor={first['next']}")
    bays = [each["bay"] for each in first["items"] + rest["items"]]
    assert bays == ["C6", "C5", "C4", "C3", "C2", "C1"] and rest["next"] is None
    opened = at.operator("GET", f"{charges}?state=open")["items"]
    assert [each["bay"] for each in opened] == bays[1:]
    page = at.operator("GET", f"/parking/zones/{at.zone}/charging-points?limit=4")
    more = at.operator("GET", f"/parking/zones/{at.zone}/charging-points?limit=4&cursor={page['next']}")
    assert [each["bay"]["number"] for each in page["items"] + more["items"]] == bays[::-1]
    assert refusal(at.ask(OPERATOR, "GET", f"/parking/charges/{new_id()}")) == (404, "not-found")
    with at.runtime.transaction(OPERATOR) as tx:
        _lot, empty, _bays = charging_bays(tx, at.park.lot, 1, code="D")
        no_points = empty.id
    assert at.operator("GET", f"/parking/zones/{no_points}/charging-points")["items"] == []
