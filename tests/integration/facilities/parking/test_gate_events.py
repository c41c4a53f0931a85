"""What cameras tell and are answered, and the stays that follow, on each database."""

from datetime import timedelta

import sqlalchemy as sa

from facilities.living.parking.gates.model import Alarm, AlarmKind, GateEvent, Listing, ListingKind
from facilities.living.parking.lots.model import Device
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.vehicles import Exemption
from shared.clock import ManualClock
from shared.ids import new_id
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.gates import Gates, gates, ok, refusal, statements, verdicts

FIRST, ENTRY, EXIT = ("first", "entry", "exit")
MOST_STATEMENTS = {"sqlite": {FIRST: 16, ENTRY: 9, EXIT: 12}, "postgresql": {FIRST: 13, ENTRY: 6, EXIT: 11}}
"""Of one event at the gate, with the one that says who has signed it. The first entry of a slot counts all
cars anew; a warm one reads no opening hours. PostgreSQL writes in one statement what SQLite does in several.
"""


def list_car(at: Gates, mark: str, kind: ListingKind, exemption: Exemption | None = None) -> None:
    with at.runtime.transaction(OPERATOR) as tx:
        listing = Listing(
            id=new_id(),
            lot_id=at.park.lot,
            mark=mark,
            kind=kind,
            exemption=exemption,
            why="逃费",
            made_at=tx.now,
        )
        tx.session.add(listing)
        tx.audit("listing.added", "parking_listing", listing.id)


def test_a_car_comes_and_leaves_and_the_gate_stays_lean(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock, near=1, far=1)
    most = MOST_STATEMENTS[at.runtime.database.engine.dialect.name]
    with statements(at.runtime) as asked:
        came = at.come("苏A·D12345", color="green")
    assert len(asked) == most[FIRST], "\n".join(asked)
    assert (came["verdict"], came["reason"], came["zone"]["name"]["en"]) == ("open", "drive_in", "A")
    assert came["words"]["zh"] == "苏A·D12345 欢迎光临" and came["repeated"] is False
    (stay,) = at.stays()
    assert (stay.mark, stay.state, stay.vehicle, stay.tariff) == ("苏AD12345", "inside", "nev_small", 1)
    at.sound()
    with statements(at.runtime) as asked:
        assert at.come("京A12345")["zone"]["name"]["en"] == "B", "the nearest one is full"
    assert at.come("京A12346")["reason"] == "full"
    at.later(minutes=20)
    with statements(at.runtime) as asked:
        gone = at.go("苏ad12345")
    assert len(asked) == most[EXIT], "\n".join(asked)
    assert (gone["verdict"], gone["reason"], gone["stay_id"]) == ("open", "free", str(stay.id))
    (stay,) = at.stays("苏AD12345")
    assert (stay.state, stay.fee_fen, stay.left_at, stay.overflow_id) == ("left", 0, at.now, None)
    with statements(at.runtime) as asked:
        assert at.come("京A12346")["zone"]["name"]["en"] == "A"
    assert len(asked) == most[ENTRY], "\n".join(asked)
    assert at.told() == ["stay.entered", "stay.entered", "stay.left", "stay.entered"]
    at.sound()


def test_the_same_event_again_is_answered_as_before_and_another_one_of_its_id_refused(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock)
    event = at.event("苏A12345")
    first = ok(at.send(at.park.camera_in, event))
    clock.advance(timedelta(minutes=2))
    with statements(at.runtime) as asked:
        again = ok(at.send(at.park.camera_in, event))
    assert again == first | {"repeated": True}
    assert len(asked) == 2, "who tells it and what was answered: nothing is taken or written"
    assert refusal(at.send(at.park.camera_in, event | {"plate": "苏A12346"})) == (409, "event-id-reused")
    assert refusal(at.send(at.park.camera_in, event | {"plate": None})) == (409, "event-id-reused")
    assert ok(at.send(at.park.camera_out, event))["verdict"] == "open", "of another device it is another one"
    nothing = at.event(None)
    assert ok(at.send(at.park.camera_in, nothing))["reason"] == "no_plate"
    assert ok(at.send(at.park.camera_in, nothing))["repeated"] is True
    with at.runtime.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(GateEvent)) == 3
    assert len(at.stays()) == 1

    # The camera triggers twice while the car rolls through; then a third time when it is too long ago.
    came = at.come("京B11111")
    clock.advance(timedelta(seconds=8))
    twice = at.come("京B11111")
    assert twice["verdict"] == "open" and twice["stay_id"] == came["stay_id"]
    clock.advance(timedelta(seconds=8))
    at.come("京B11111")
    assert [each.state for each in at.stays("京B11111")] == ["inside"]
    assert at.alarms() == []


def test_only_a_device_that_proves_itself_is_heard(make_system: SystemFactory, clock: ManualClock) -> None:
    at = gates(make_system, clock)
    event = at.event("苏A12345")
    client = at.system.client("living")
    for authorization in (None, "", "Device", 'Device code="P1-in",time="x",signature="00"'):
        headers = {} if authorization is None else {"Authorization": authorization}
        assert client.post("/parking/gate-events", json=event, headers=headers).status_code == 401
    assert at.send(at.park.camera_in, event, secret="guess").status_code == 401
    assert at.send(at.park.camera_in, event, secret=at.park.secrets[at.park.camera_out]).status_code == 401
    for minutes in (-6, 6):
        assert at.send(at.park.camera_in, event, at=at.now + timedelta(minutes=minutes)).status_code == 401
    at.codes[new := new_id()] = "P1-none"
    unknown = at.send(new, event, secret="any")
    at.codes[at.park.camera_in] = "P1-none"
    assert unknown.get_json()["detail"] == at.send(at.park.camera_in, event).get_json()["detail"]
    at.codes[at.park.camera_in] = "P1-in"
    with at.runtime.transaction(OPERATOR) as tx:
        tx.session.get_one(Device, at.park.camera_in).enabled = False
        tx.audit("device.disabled", "parking_device", at.park.camera_in)
    assert at.send(at.park.camera_in, event).status_code == 401
    assert at.stays() == []
    wrong = at.event("苏A12345", id="a b", color="pink", confidence=101, seen_at="2026-11-23", waiting="no")
    answer = at.send(at.park.camera_out, wrong)
    pointers = {each["pointer"] for each in answer.get_json()["errors"]}
    assert pointers == {"/id", "/color", "/confidence", "/seen_at", "/waiting"}


def test_impossible_plates_and_wrong_clocks_are_absorbed_with_the_reason(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock)
    for plate in (None, "", "苏AO1234", "HELLO", "苏A123456789"):
        assert at.come(plate)["reason"] == "no_plate"
    assert at.alarms() == []
    ahead = at.come("苏A12345", seen_at=(at.now + timedelta(hours=1)).isoformat())
    assert ahead["verdict"] == "open" and ahead["at"] == at.now.isoformat()
    assert at.come("苏A12346", seen_at="1970-01-01T00:00:00+00:00")["verdict"] == "open"
    assert at.alarms() == ["clock"], "once an hour"
    clock.advance(timedelta(hours=1))
    at.come("苏A12347", seen_at="1970-01-01T00:00:00+00:00")
    assert at.alarms() == ["clock", "clock"]
    late = at.event("苏A12348", seen_at=(at.now - timedelta(days=30)).isoformat(), waiting=False)
    assert ok(at.send(at.park.camera_in, late))["at"] == at.now.isoformat()
    with at.runtime.read() as session:
        reads = set(session.scalars(sa.select(GateEvent.read)))
        doubts = set(session.scalars(sa.select(GateEvent.doubt)))
    assert {"苏AO1234", "HELLO", ""} <= reads and doubts == {None, "clock_ahead", "clock_behind", "too_old"}
    # Told later: the car has gone through, whoever it was.
    at.come(None, waiting=False)
    assert at.alarms()[-1] == "entry_missed"
    at.sound()


def test_who_is_banned_or_exempt_and_who_was_not_seen_coming(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock, near=1, far=1, exempt=["police", "ambulance"])
    list_car(at, "苏A00001", ListingKind.BANNED)
    list_car(at, "苏A00002", ListingKind.EXEMPT, Exemption.AMBULANCE)
    banned = at.come("苏A00001")
    assert (banned["verdict"], banned["reason"]) == ("refuse", "banned") and "逃费" in banned["words"]["zh"]
    for plate in ("苏A00003", "苏A00004"):
        at.come(plate)
    assert at.come("苏A00005")["reason"] == "full"
    assert at.come("苏A0006警")["reason"] == "exempt" and at.come("苏A00002")["reason"] == "exempt"
    assert at.alarms() == ["overfull"], "once for a zone and slot"
    at.later(hours=30)
    assert at.go("苏A00002")["reason"] == "exempt" and at.go("苏A0006警")["verdict"] == "open"
    assert {each.fee_fen for each in at.stays() if each.exemption} == {0}

    # T1 lays down no amount for a lost entry: it is the cap of a day.
    lost = at.go("苏A00007")
    assert (lost["verdict"], lost["reason"], lost["due_fen"]) == ("pay", "lost_entry", 1000)
    assert at.go("苏A00007")["stay_id"] == lost["stay_id"], "it is claimed once"
    with at.runtime.read() as session:
        stay = session.get_one(ParkingStay, at.stays("苏A00007")[0].id)
        assert (stay.state, stay.fee_fen, stay.entered_at) == ("entry_missed", 1000, None)
    assert at.alarms().count("entry_missed") == 1
    due = at.go("苏A00003")
    assert (due["verdict"], due["due_fen"], due["words"]["en"]) == ("pay", 2000, "Please pay 20.00 yuan")
    assert [each.state for each in at.stays("苏A00003")] == ["inside"]
    at.sound()


def test_a_misread_plate_finds_its_car_and_a_missed_exit_ends_the_old_stay(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock, near=5, far=5)
    for plate in ("苏A88000", "苏AB1234"):
        at.come(plate)
    clock.advance(timedelta(minutes=5))
    near = at.go("苏A8B000")
    assert (near["verdict"], near["reason"]) == ("open", "free"), near
    assert [each["code"] for each in near["notes"]] == ["misread"]
    assert [each.state for each in at.stays("苏A88000")] == ["left"] and at.alarms() == ["misread"]
    assert at.go("苏A8B000")["stay_id"] == near["stay_id"], "seen again while it rolls through"
    at.come("苏A8B001"), at.come("苏AB8001")
    clock.advance(timedelta(minutes=5))
    several = at.go("苏ABB001")
    assert (several["verdict"], several["reason"]) == ("refuse", "ambiguous")
    back = at.come("苏AB1234")
    assert back["verdict"] == "open" and [each["code"] for each in back["notes"]] == ["exit_missed"]
    old, new = at.stays("苏AB1234")
    assert (old.state, old.left_at, old.fee_fen, new.state) == ("exit_missed", at.now, None, "inside")
    assert at.alarms() == ["misread", "exit_missed"]
    with at.runtime.read() as session:
        alarm = session.scalars(sa.select(Alarm).where(Alarm.kind == AlarmKind.EXIT_MISSED)).one()
        assert alarm.subject == str(old.id)
    assert verdicts([back]) == ["open drive_in"]
    at.sound()


def test_an_event_id_is_one_line(make_system: SystemFactory, clock: ManualClock) -> None:
    at = gates(make_system, clock)
    answer = at.send(at.park.camera_in, at.event("苏A12345", id="e1\n"))
    assert answer.status_code == 422 and [each["pointer"] for each in answer.get_json()["errors"]] == ["/id"]
    assert at.stays() == []
