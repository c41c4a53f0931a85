"""Rights to park as people use them over the API: own cars, reservations, and what the ledger says."""

from datetime import timedelta
from uuid import UUID

from facilities.capacity.auditing.verifying import audit
from facilities.capacity.rules import Policy
from facilities.living.parking.lots.model import Lot
from facilities.living.parking.rights.reservations import commands
from facilities.living.service import service as living
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.people import Caller, codes, ok, person, slug, span

PLATE, OTHER, THIRD = "苏A12345", "苏AD12345", "京B67890"


def sound(system: SystemUnderTest) -> None:
    """Ledgers and bookings agree."""
    runtime = system.runtime("living")
    assert list(audit(runtime.database, runtime.clock.now())) == []


def test_a_resident_registers_a_handful_of_plates_and_takes_them_off_again(
    make_system: SystemFactory,
) -> None:
    system = make_system([living])
    anna, ben = Caller(system, person()), Caller(system, person())
    first = ok(anna.ask("POST", "/cars", {"plate": "苏a·12345", "name": "家用车"}))
    assert (first["plate"], first["kind"], first["shared"]) == ("苏A·12345", "ordinary", False)
    nev = ok(anna.ask("POST", "/cars", {"plate": OTHER}))
    assert (nev["vehicle"], nev["energy"]) == ("nev_small", "electric")
    assert slug(anna.ask("POST", "/cars", {"plate": PLATE})) == "car-registered"
    assert codes(anna.ask("POST", "/cars", {"plate": "苏AO2345"})) == {("/plate", "plate-letter")}

    assert ok(ben.ask("POST", "/cars", {"plate": PLATE}))["shared"], "a family may share a car"
    for number in range(3):
        ok(anna.ask("POST", "/cars", {"plate": f"京B6789{number}"}))
    assert slug(anna.ask("POST", "/cars", {"plate": THIRD[:-1] + "9"})) == "too-many"

    assert ben.ask("POST", f"/cars/{first['id']}/remove").status_code == 404
    assert anna.ask("POST", f"/cars/{first['id']}/remove").status_code == 204
    assert anna.get("/cars")["items"][0]["plate"] == nev["plate"]
    assert Caller(system, None).ask("GET", "/cars").status_code == 401


def test_a_bay_is_reserved_moved_used_and_given_up_and_nobody_gets_more_than_there_is(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    park = car_park(system.runtime("living"), near=1, far=1)
    anna, ben, operator = (Caller(system, who) for who in (person(), person(), OPERATOR))
    start = clock.now() + timedelta(hours=2)
    wish = {"lot_id": str(park.lot), "plate": PLATE, **span(start, start + timedelta(hours=2))}

    first = ok(anna.ask("POST", "/reservations", wish))
    assert (first["state"], first["zone_id"]) == ("confirmed", str(park.near)), "the nearest one"
    assert first["may_come_at"] == (start - timedelta(minutes=30)).isoformat()
    assert slug(ben.ask("POST", "/reservations", wish)) == "reserved-already"
    second = ok(ben.ask("POST", "/reservations", {**wish, "plate": OTHER}))
    assert second["zone_id"] == str(park.far), "the next one with room"
    full = ben.ask("POST", "/reservations", {**wish, "plate": THIRD})
    assert slug(full) == "capacity-full" and full.get_json()["alternatives"]
    early = {**wish, "plate": THIRD, **span(start - timedelta(hours=1), start)}
    assert slug(ben.ask("POST", "/reservations", early)) == "capacity-full", "the time to come early is kept"

    assert ben.ask("GET", f"/reservations/{first['id']}").status_code == 404
    assert ben.act(f"/reservations/{first['id']}/cancel").status_code == 404
    assert len(operator.get("/reservations")["items"]) == 2
    assert [each["id"] for each in anna.get("/reservations?state=confirmed")["items"]] == [first["id"]]

    later = span(start + timedelta(hours=4), start + timedelta(hours=6))
    moved = ok(anna.act(f"/reservations/{first['id']}/move", later))
    assert moved["starts_at"] == later["starts_at"] and moved["zone_id"] == str(park.near)
    third = ok(ben.ask("POST", "/reservations", {**wish, "plate": THIRD}))
    assert ok(ben.act(f"/reservations/{third['id']}/cancel", {"reason": "改乘公交"}))["state"] == "cancelled"
    sound(system)

    clock.set(start - timedelta(minutes=31))
    assert not came(system, second["id"]), "too early"
    clock.set(start - timedelta(minutes=20))
    assert came(system, second["id"]) and not came(system, second["id"])
    assert ben.get(f"/reservations/{second['id']}")["state"] == "in_use"
    assert slug(ben.act(f"/reservations/{second['id']}/cancel")) == "wrong-state"
    clock.set(start + timedelta(minutes=20))
    assert left(system, second["id"]) and not left(system, second["id"])
    half = {**wish, "plate": THIRD, **span(start + timedelta(hours=1), start + timedelta(hours=2))}
    ok(ben.ask("POST", "/reservations", {**half, "zone_id": str(park.far)}))
    sound(system)


def test_a_reservation_for_which_nobody_comes_is_let_go_of(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    park = car_park(system.runtime("living"), near=1, far=1)
    rules = Policy(no_show_after=timedelta(minutes=30), longest=timedelta(days=1))
    with system.runtime("living").transaction(OPERATOR) as tx:
        tx.session.get_one(Lot, park.lot).rules = rules.to_json()
    anna = Caller(system, person())
    start = clock.now() + timedelta(hours=1)
    wish = {"lot_id": str(park.lot), "plate": PLATE, **span(start, start + timedelta(hours=3))}
    made = ok(anna.ask("POST", "/reservations", wish))
    assert made["no_show_at"] == (start + timedelta(minutes=30)).isoformat()
    clock.set(start + timedelta(minutes=31))
    system.settle()
    assert anna.get(f"/reservations/{made['id']}")["state"] == "no_show"
    assert not came(system, made["id"])
    sound(system)


def test_what_is_wrong_with_a_wish_is_named_and_nothing_is_kept(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    park = car_park(system.runtime("living"))
    anna = Caller(system, person())
    start = clock.now() + timedelta(hours=1)
    wish = {"lot_id": str(park.lot), "plate": PLATE, **span(start, start + timedelta(hours=1))}
    for wrong, code in (
        ({"plate": "ABC"}, ("/plate", "plate-province")),
        (span(start - timedelta(hours=2), start), ("/starts_at", "past")),
        (span(start, start - timedelta(minutes=5)), ("/ends_at", "backwards")),
        (span(start, start + timedelta(days=5)), ("/ends_at", "too_long")),
        ({"zone_id": str(park.lot)}, ("/zone_id", "unknown")),
    ):
        assert code in codes(anna.ask("POST", "/reservations", {**wish, **wrong})), wrong
    assert anna.ask("POST", "/reservations", {**wish, "lot_id": str(park.near)}).status_code == 404
    for hour in range(3):
        times = span(start + timedelta(hours=2 * hour), start + timedelta(hours=2 * hour + 1))
        ok(anna.ask("POST", "/reservations", {**wish, **times}))
    assert slug(anna.ask("POST", "/reservations", {**wish, "plate": OTHER})) == "too-many"
    sound(system)


def came(system: SystemUnderTest, reservation_id: str) -> bool:
    """What the gate does when the car comes in."""
    with system.runtime("living").transaction(SYSTEM) as tx:
        return commands.arrive(tx, UUID(reservation_id))


def left(system: SystemUnderTest, reservation_id: str) -> bool:
    """What the gate does when it leaves."""
    with system.runtime("living").transaction(SYSTEM) as tx:
        return commands.leave(tx, UUID(reservation_id))
