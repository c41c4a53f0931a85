"""Bays of firms: granted with the registration, claimed by the month, owed without room, withdrawn."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger.changing import open_by
from facilities.capacity.ledger.setup import create_calendar
from facilities.capacity.opening import Opening
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.rights.quotas.commands import settle
from facilities.living.service import service as living
from shared.actor import SYSTEM
from shared.clock import PARK_TZ, ManualClock
from shared.testing.systems import SystemFactory
from shared.text import Text
from tests.integration.assembly import REGISTERED, Assembly, publisher
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.people import FIRM, OTHER_FIRM, Caller, ok, person, slug, span
from tests.integration.facilities.parking.test_passes import said, used
from tests.integration.facilities.parking.test_rights import OTHER, PLATE, THIRD, sound


def register(
    park: Assembly, uscc: str, status: str = "active", sequence: int = 1, *, then: bool = True
) -> None:
    """Let the service hear how a firm stands in the register."""
    park.hear("living", park.event(REGISTERED, uscc=uscc, status=status, sequence=sequence))
    if then:
        park.system.settle()


def months(caller: Caller, firm: str = FIRM) -> list[tuple[int, int]]:
    """What a firm has of the months ahead, and what is short."""
    (found,) = [each for each in caller.get("/quotas")["items"] if each["firm"] == firm]
    return [(each["claimed"], each["short"]) for each in found["months"]]


def test_a_firm_has_its_bays_while_it_is_active_and_what_is_short_is_tried_again_every_day(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    park = Assembly(make_system([publisher, living]), clock)
    system = park.system
    lot = car_park(system.runtime("living"), near=3, far=1, tariff="T5")
    member, rival = Caller(system, person(of=(FIRM,))), Caller(system, person(of=(OTHER_FIRM,)))
    operator, anna = Caller(system, OPERATOR), Caller(system, person())
    register(park, FIRM)
    rule = {"zone_id": str(lot.near), "bays": 2}
    assert member.ask("POST", "/quota-rules", rule).status_code == 403
    too_many = operator.ask("POST", "/quota-rules", {**rule, "bays": 4})
    assert too_many.status_code == 422
    made = operator.ask("POST", "/quota-rules", rule)
    assert slug(operator.ask("POST", "/quota-rules", rule)) == "rule-stands"
    system.settle()
    assert months(member) == [(2, 0), (2, 0)], "this month and the next"
    assert said(system, "parking-quota") == ["granted"]
    assert rival.get("/quotas")["items"] == [] and anna.get("/quotas")["items"] == []

    (quota,) = member.get("/quotas")["items"]
    path = f"/quotas/{quota['id']}"
    assert rival.ask("GET", path).status_code == 404
    assert ok(member.act(f"{path}/cars", {"plates": [PLATE, OTHER]}, "PUT"))["plates"][0] == "苏A·12345"
    assert operator.act(f"{path}/cars", {"plates": []}, "PUT").status_code == 403

    bay = ok(
        anna.ask("POST", "/passes", {"lot_id": str(lot.lot), "zone_id": str(lot.near), "plates": [THIRD]})
    )
    register(park, OTHER_FIRM)
    assert months(rival, OTHER_FIRM) == [(0, 2), (0, 2)], "granted, and shown to be owed"
    ok(anna.act(f"/passes/{bay['id']}/give-up"))
    assert months(rival, OTHER_FIRM) == [(0, 2), (0, 2)]
    clock.advance(timedelta(days=1))
    system.settle()
    assert months(rival, OTHER_FIRM) == [(1, 1), (1, 1)], "as much as there is room for"
    assert used(system, lot.near, date(2026, 12, 31), 23) == 3
    sound(system)

    register(park, FIRM, "suspended", 2)
    assert months(operator) == [(0, 0), (0, 0)]
    assert said(system, "parking-quota") == ["granted", "granted", "withdrawn"]
    stale = member.act(f"{path}/cars", {"plates": []}, "PUT")
    assert slug(stale) == "quota-withdrawn"
    clock.advance(timedelta(days=1))
    system.settle()
    assert months(rival, OTHER_FIRM) == [(2, 0), (2, 0)], "what was freed"
    register(park, FIRM, "active", 3)
    assert months(member) == [(1, 1), (1, 1)]

    clock.set(datetime(2026, 12, 1, 8, 0, tzinfo=PARK_TZ))
    system.settle()
    assert used(system, lot.near, date(2027, 1, 31), 23) == 3, "the next month is claimed on the first"
    etag = operator.ask("GET", "/quota-rules").get_json()["items"][0]["version"]
    assert made.status_code == 201 and etag == 1
    ok(operator.ask("PUT", f"/quota-rules/{lot.near}", {"bays": 1}, '"1"'))
    assert operator.ask("PUT", f"/quota-rules/{lot.near}", {"bays": 1}, '"1"').status_code == 412
    system.settle()
    assert months(member) == [(1, 0), (1, 0)] and months(rival, OTHER_FIRM) == [(1, 0), (1, 0)]
    free = {"lot_id": str(lot.lot), "zone_id": str(lot.near), "plate": THIRD}
    start = clock.now() + timedelta(hours=1)
    ok(anna.ask("POST", "/reservations", {**free, **span(start, start + timedelta(hours=1))}))
    ok(operator.ask("PUT", f"/quota-rules/{lot.near}", {"bays": 0}, '"2"'))
    system.settle()
    assert used(system, lot.near, date(2027, 1, 31), 23) == 0
    sound(system)


def test_events_out_of_order_and_appointments_kept_twice_change_nothing(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    park = Assembly(make_system([publisher, living]), clock)
    system = park.system
    lot = car_park(system.runtime("living"), near=3)
    ok(Caller(system, OPERATOR).ask("POST", "/quota-rules", {"zone_id": str(lot.near), "bays": 2}))
    member = Caller(system, person(of=(FIRM,)))
    register(park, FIRM, "suspended", 2, then=False)
    register(park, FIRM, "active", 1)
    assert member.get("/quotas")["items"] == [], "the older event came later"
    register(park, FIRM, "active", 3, then=False)
    again: dict[str, Any] = {"firm": FIRM, "zone": str(lot.near)}
    for _time in range(2):
        with system.runtime("living").transaction(SYSTEM) as tx:
            settle(tx, again)
    system.settle()
    assert months(member) == [(2, 0), (2, 0)]
    assert said(system, "parking-quota") == ["granted"]
    with system.runtime("living").read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Booking)) == 2, "one a month"
    register(park, FIRM, "closed", 5, then=False)
    register(park, FIRM, "active", 4)
    assert months(member) == [(0, 0), (0, 0)]
    sound(system)


def test_what_is_claimed_for_weeks_leaves_out_the_hours_in_which_the_zone_is_closed(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    park = Assembly(make_system([publisher, living]), clock)
    system, runtime = park.system, park["living"]
    lot = car_park(runtime, near=2, tariff="T5")
    daily = [{"weekday": day, "since": "07:00", "until": "22:00"} for day in range(1, 8)]
    with runtime.transaction(OPERATOR) as tx:
        calendar = create_calendar(tx, Text("日间", "By day"), Opening.from_json(daily))
        open_by(tx, tx.session.get_one(Zone, lot.near).ledger_id, calendar)
    anna, operator = Caller(system, person()), Caller(system, OPERATOR)
    register(park, FIRM)
    ok(operator.ask("POST", "/quota-rules", {"zone_id": str(lot.near), "bays": 1}))
    system.settle()
    assert months(operator) == [(1, 0), (1, 0)]
    wish = {"lot_id": str(lot.lot), "zone_id": str(lot.near), "plates": [PLATE]}
    bought = ok(anna.ask("POST", "/passes", wish))
    ok(operator.act(f"/passes/{bought['id']}/paid-at-booth"))
    taken = [used(system, lot.near, date(2026, 12, 20), hour) for hour in (3, 7, 12, 21, 22)]
    assert taken == [0, 2, 2, 2, 0]
    assert slug(anna.ask("POST", "/passes", {**wish, "plates": [OTHER]})) == "capacity-full"
    clock.advance(timedelta(days=1))
    system.settle()
    with runtime.read() as session:
        of_firm = sa.select(sa.func.count()).select_from(Booking).where(Booking.customer == FIRM)
        assert session.scalar(of_firm) == 8 + 31, "one a day, and none anew"
    register(park, FIRM, "closed", 2)
    assert used(system, lot.near, date(2026, 12, 20)) == 1
    sound(system)
