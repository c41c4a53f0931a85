"""What the gate is told of a plate, in two statements; and visitors, who have nothing but an address."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.gates.answers import Ground
from facilities.living.parking.gates.course import State
from facilities.living.parking.rights.cars.queries import visible_stays
from facilities.living.parking.rights.facts import Rights, rights_of
from facilities.living.parking.rights.reservations.commands import arrive
from facilities.living.parking.rights.visitors import commands
from facilities.living.parking.rights.visitors.queries import minutes_for
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.vehicles import VehicleClass
from facilities.living.service import service as living
from shared.actor import SYSTEM
from shared.clock import PARK_TZ, ManualClock
from shared.ids import new_id
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.parking.car_park import OPERATOR, CarPark, car_park
from tests.integration.facilities.parking.people import (
    FIRM,
    OTHER_FIRM,
    Caller,
    codes,
    ok,
    person,
    slug,
    span,
)
from tests.integration.facilities.parking.test_quotas import register
from tests.integration.facilities.parking.test_rights import OTHER, PLATE, THIRD, sound

MARK = "苏A12345"
NOTHING = Rights()


def facts(system: SystemUnderTest, lot: UUID, mark: str = MARK) -> Rights:
    """What the gate learns of a plate now, in no more than two statements."""
    runtime = system.runtime("living")
    with runtime.read() as session, counted(runtime.database.engine) as statements:
        found = rights_of(session, lot, mark, runtime.clock.now())
    assert len(statements) <= 2
    return found


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """The readings that are carried out meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


def comes_in(system: SystemUnderTest, park: CarPark, mark: str, ground: Ground, right: UUID | None) -> UUID:
    """A car that is inside on a right, as the gate writes it down."""
    with system.runtime("living").transaction(SYSTEM) as tx:
        stay = ParkingStay(
            id=new_id(),
            lot_id=park.lot,
            zone_id=park.near,
            mark=mark,
            vehicle=VehicleClass.SMALL,
            state=State.INSIDE,
            entered_at=tx.now,
            ground=ground,
            right_id=right,
            paid_fen=0,
            created_at=tx.now,
            updated_at=tx.now,
        )
        tx.session.add(stay)
        tx.session.flush()
        return stay.id


def test_the_gate_learns_all_that_a_plate_has_and_how_many_cars_are_inside_on_it(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = Assembly(make_system([publisher, living]), clock)
    park = car_park(system["living"], near=5, far=5, tariff="T5")
    elsewhere = car_park(system["living"], code="P2")
    anna, operator = Caller(system.system, person(of=(FIRM,))), Caller(system.system, OPERATOR)
    assert facts(system.system, park.lot) == NOTHING
    register(system, FIRM)
    ok(operator.ask("POST", "/quota-rules", {"zone_id": str(park.far), "bays": 2}))
    system.system.settle()
    (quota,) = anna.get("/quotas")["items"]
    ok(anna.act(f"/quotas/{quota['id']}/cars", {"plates": [PLATE, THIRD]}, "PUT"))
    bought = ok(anna.ask("POST", "/passes", {"lot_id": str(park.lot), "plates": [PLATE, OTHER]}))
    assert facts(system.system, park.lot).passes == (), "it is not paid"
    ok(operator.act(f"/passes/{bought['id']}/paid-at-booth"))
    start = clock.now() + timedelta(hours=3)
    wish = {"lot_id": str(park.lot), "plate": PLATE}
    late = ok(anna.ask("POST", "/reservations", {**wish, **span(start, start + timedelta(hours=1))}))
    soon = clock.now() + timedelta(minutes=15)
    now = ok(anna.ask("POST", "/reservations", {**wish, **span(soon, soon + timedelta(hours=1))}))
    visit = ok(
        anna.ask(
            "POST",
            "/visits",
            {**wish, **span(clock.now(), start), "minutes": 90, "on_behalf_of": FIRM},
        )
    )

    found = facts(system.system, park.lot)
    ((pass_id, zone_id, held),) = found.passes
    assert (str(pass_id), zone_id) == (bought["id"], park.near)
    assert (held.since, held.until) == (date(2026, 11, 23), date(2026, 12, 22))
    assert (held.grace_days, held.bays, held.inside, held.suspended) == (3, 1, 0, False)
    assert found.reservation is not None and str(found.reservation[0]) == now["id"]
    assert found.reservation[2].start == soon and found.early == timedelta(minutes=30)
    assert found.quota == (UUID(quota["id"]), park.far, 2)
    assert found.visit == (UUID(visit["id"]), 90)
    assert facts(system.system, elsewhere.lot) == NOTHING
    assert facts(system.system, park.lot, "苏AI2345") == NOTHING, "exact plates alone"

    comes_in(system.system, park, OTHER, Ground.PASS, pass_id)
    comes_in(system.system, park, THIRD, Ground.QUOTA, UUID(quota["id"]))
    stay = comes_in(system.system, park, MARK, Ground.RESERVATION, UUID(now["id"]))
    with system["living"].transaction(SYSTEM) as tx:
        assert arrive(tx, UUID(now["id"])) and commands.come(tx, UUID(visit["id"]), stay, tx.now)
        assert not commands.come(tx, UUID(visit["id"]), stay, tx.now)
        assert minutes_for(tx.session, stay) == 90
    ok(operator.act(f"/passes/{bought['id']}/suspend", {"reason": "转借他人"}))
    found = facts(system.system, park.lot)
    assert found.passes[0][2].inside == 1 and found.passes[0][2].suspended
    assert found.reservation is not None and str(found.reservation[0]) == late["id"]
    assert found.quota is not None and found.quota[2] == 1 and found.visit is None
    assert anna.get(f"/passes/{bought['id']}")["inside"] == 1

    register(system, FIRM, "closed", 2)
    assert facts(system.system, park.lot).quota is None
    clock.set(datetime(2026, 12, 27, 9, 0, tzinfo=PARK_TZ))
    system.system.settle()
    assert facts(system.system, park.lot).passes[0][2].until == date(2026, 12, 22), "to say that it is over"
    clock.set(datetime(2027, 2, 1, 9, 0, tzinfo=PARK_TZ))
    assert facts(system.system, park.lot) == NOTHING
    sound(system.system)


def test_a_visitor_is_invited_by_a_firm_or_by_the_holder_of_a_pass_and_sees_it_without_signing_in(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    assembly = Assembly(make_system([publisher, living]), clock)
    system = assembly.system
    park = car_park(assembly["living"], tariff="T5")
    anna, member, colleague = (
        Caller(system, who) for who in (person(), person(of=(FIRM,)), person(of=(FIRM,)))
    )
    start = clock.now() + timedelta(hours=1)
    wish = {"lot_id": str(park.lot), "plate": PLATE, "minutes": 60, **span(start, start + timedelta(hours=8))}
    assert slug(anna.ask("POST", "/visits", wish)) == "may-not-invite"
    of_firm = {**wish, "on_behalf_of": FIRM}
    assert anna.ask("POST", "/visits", of_firm).status_code == 403
    assert slug(member.ask("POST", "/visits", of_firm)) == "may-not-invite", "the register is silent of it"
    register(assembly, FIRM)
    made = ok(member.ask("POST", "/visits", of_firm))
    wrong = member.ask(
        "POST", "/visits", {**of_firm, **span(start, start + timedelta(days=4)), "plate": "京"}
    )
    assert wrong.status_code == 422
    late = member.ask("POST", "/visits", {**of_firm, **span(start, start + timedelta(days=4))})
    assert codes(late) == {("/ends_at", "too_long")}
    assert member.ask("POST", "/visits", {**of_firm, "minutes": 0}).status_code == 422
    assert member.ask("POST", "/visits", {**of_firm, "on_behalf_of": OTHER_FIRM}).status_code == 403

    token = made["url"].rpartition("/")[2]
    stranger = Caller(system, None)
    seen = stranger.get(f"/visits/{made['id']}/state/{token}")
    assert (seen["plate"], seen["minutes"], seen["state"], seen["over"]) == ("苏A***45", 60, "invited", False)
    assert "firm" not in seen and "host" not in str(seen)
    assert stranger.ask("GET", f"/visits/{made['id']}/state/{token[::-1]}").status_code == 404
    assert stranger.ask("GET", f"/visits/{park.lot}/state/{token}").status_code == 404
    assert Caller(system, OPERATOR).get(f"/visits/{made['id']}")["url"] is None

    assert anna.act(f"/visits/{made['id']}/take-back").status_code == 404
    assert ok(colleague.act(f"/visits/{made['id']}/take-back"))["state"] == "cancelled"
    assert slug(member.act(f"/visits/{made['id']}/take-back")) == "visit-over"
    assert stranger.get(f"/visits/{made['id']}/state/{token}")["over"]

    bought = ok(anna.ask("POST", "/passes", {"lot_id": str(park.lot), "plates": [THIRD]}))
    ok(Caller(system, OPERATOR).act(f"/passes/{bought['id']}/paid-at-booth"))
    mine = ok(anna.ask("POST", "/visits", wish))
    assert [each["id"] for each in anna.get("/visits?state=invited")["items"]] == [mine["id"]]
    clock.set(start + timedelta(hours=9))
    assert anna.get("/visits")["items"][0]["over"]
    assert facts(system, park.lot).visit is None


def test_whoever_registers_a_plate_sees_where_it_is_only_from_then_on_and_only_while_it_is_there(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    park = car_park(system.runtime("living"))
    anna, ben = Caller(system, person()), Caller(system, person())
    ok(anna.ask("POST", "/cars", {"plate": PLATE}))
    stay = comes_in(system, park, MARK, Ground.DRIVE_IN, None)
    clock.advance(timedelta(minutes=1))
    ok(ben.ask("POST", "/cars", {"plate": PLATE}))

    def sees(who: Caller, *own: sa.ColumnElement[bool]) -> bool:
        assert who.actor is not None and who.actor.id is not None
        with system.runtime("living").read() as session:
            wanted = sa.select(ParkingStay.id).where(visible_stays(who.actor.id, own))
            return session.scalar(wanted) == stay

    assert sees(anna) and not sees(ben), "it had come before it was his"
    with system.runtime("living").transaction(SYSTEM) as tx:
        left = tx.session.get_one(ParkingStay, stay)
        left.state, left.left_at = State.LEFT, tx.now
    assert not sees(anna), "what is over is nobody's who has not paid for it"
    assert sees(anna, ParkingStay.id == stay)


def test_nobody_is_invited_to_a_car_park_whose_gate_lets_no_visitor_in(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    assembly = Assembly(make_system([publisher, living]), clock)
    park = car_park(assembly["living"], tariff="T5", drive_in=False)
    member = Caller(assembly.system, person(of=(FIRM,)))
    register(assembly, FIRM)
    start = clock.now() + timedelta(hours=1)
    wish = {"lot_id": str(park.lot), "plate": PLATE, "minutes": 60, **span(start, start + timedelta(hours=8))}
    refused = member.ask("POST", "/visits", {**wish, "on_behalf_of": FIRM})
    assert refused.status_code == 422 and codes(refused) == {("/lot_id", "holders_only")}
    assert member.get("/visits")["items"] == []
