"""What residents look at: where there is room at a time, and the stays that are theirs to see."""

from datetime import datetime, timedelta

from facilities.living.parking.gates.course import State
from facilities.living.parking.lots.commands import close_lot
from facilities.living.parking.lots.model import Lot
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.cars import put_inside
from tests.integration.facilities.parking.people import Caller, codes, ok, person, slug, span
from tests.integration.facilities.parking.test_rights import OTHER, PLATE, sound


def test_whoever_looks_for_room_sees_every_zone_every_broken_rule_and_other_times(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    park = car_park(system.runtime("living"), near=1, far=1)
    anna, nobody = Caller(system, person()), Caller(system, None)
    start = clock.now() + timedelta(hours=24)
    wish = span(start, start + timedelta(hours=2))
    at = f"starts_at={wish['starts_at']}&ends_at={wish['ends_at']}".replace("+", "%2B")
    path = f"/lots/{park.lot}/room?{at}"
    assert nobody.ask("GET", path).status_code == 401

    def free(query: str = "") -> list[tuple[str, int]]:
        found = anna.get(path + query)
        assert found["bookable"] == any(each["free"] for each in found["zones"]) and not found["broken"]
        return [(each["zone_id"], each["free"]) for each in found["zones"]]

    near, far = str(park.near), str(park.far)
    assert free() == [(near, 1), (far, 1)], "the nearest one first"
    ok(anna.ask("POST", "/reservations", {"lot_id": str(park.lot), "plate": PLATE, **wish}))
    assert free() == [(near, 0), (far, 1)] and free(f"&zone_id={near}") == [(near, 0)]
    ok(anna.ask("POST", "/reservations", {"lot_id": str(park.lot), "plate": OTHER, **wish}))
    full = anna.get(path)
    assert not full["bookable"] and full["alternatives"]
    other = full["alternatives"][0]
    instead = {"lot_id": str(park.lot), "plate": "苏A54321"} | {
        name: other[name] for name in ("starts_at", "ends_at")
    }
    ok(anna.ask("POST", "/reservations", instead))

    backwards = span(start, start - timedelta(hours=1))
    asked = f"starts_at={backwards['starts_at']}&ends_at={backwards['ends_at']}".replace("+", "%2B")
    broken = anna.get(f"/lots/{park.lot}/room?{asked}")
    assert [each["pointer"] for each in broken["broken"]] == ["/ends_at"] and broken["zones"] == []
    whenever = anna.get(f"/lots/{park.lot}/room")
    assert datetime.fromisoformat(whenever["starts_at"]) == clock.now() and whenever["bookable"]
    elsewhere = anna.ask("GET", f"{path}&zone_id={park.lot}")
    assert codes(elsewhere) == {("/zone_id", "unknown")}
    with system.runtime("living").transaction(OPERATOR) as tx:
        close_lot(tx, tx.session.get_one(Lot, park.lot))
    assert slug(anna.ask("GET", path)) == "lot-closed"
    sound(system)


def test_a_stay_is_for_those_who_had_registered_the_car_while_it_is_inside_and_for_who_paid_for_good(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living], parking_provider="sandbox")
    runtime = system.runtime("living")
    lot = car_park(runtime).lot
    anna, ben, carl, nobody = (Caller(system, who) for who in (person(), person(), person(), None))
    ok(anna.ask("POST", "/cars", {"plate": PLATE, "name": ""}))
    clock.advance(timedelta(minutes=1))
    stay = put_inside(runtime, lot, PLATE, 0)
    clock.advance(timedelta(hours=2))
    ok(ben.ask("POST", "/cars", {"plate": PLATE, "name": ""}))
    assert nobody.ask("GET", "/own-stays").status_code == 401

    shown = anna.get(f"/own-stays/{stay}")
    assert (shown["state"], shown["cost"]["due_fen"], shown["payments"]) == ("inside", 600, [])
    for other in (ben, carl):
        assert other.get("/own-stays")["items"] == [], "registered too late, or not at all"
        assert other.ask("GET", f"/own-stays/{stay}").status_code == 404
    order = ok(carl.ask("POST", "/orders", {"lot_id": str(lot), "plate": PLATE}))
    ok(nobody.ask("POST", "/sandbox/pay", {"code": order["pay_code"]}))
    assert [each["fen"] for each in carl.get(f"/own-stays/{stay}")["payments"]] == [600]
    assert anna.get(f"/own-stays/{stay}")["payments"] == [], "what others have paid is theirs"

    with runtime.transaction(OPERATOR) as tx:
        it = tx.session.get_one(ParkingStay, stay)
        it.state, it.left_at = State.LEFT, tx.now
        tx.audit("stay.ended-by-a-test", "parking_stay", it.id)
    assert [each["id"] for each in carl.get("/own-stays")["items"]] == [str(stay)]
    assert anna.get("/own-stays")["items"] == [], "where a car of that plate was is not told for good"
