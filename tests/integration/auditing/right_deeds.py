"""Everything that can be done with rights to park: what the trail has to know of."""

from datetime import timedelta

import sqlalchemy as sa

from facilities.enterprises.model import EnterpriseCopy
from facilities.living.parking.lots.model import Lot
from shared.clock import ManualClock
from shared.messaging.timers import Timer
from shared.testing.systems import SystemUnderTest
from tests.integration.facilities.parking.car_park import OPERATOR, CarPark, car_park
from tests.integration.facilities.parking.people import Caller, ok, person, span

PLATE = "苏A12345"


def park_cars(system: SystemUnderTest, clock: ManualClock) -> set[str]:
    """From the first plate to the end of a pass, two months later. Returns what appointments were made."""
    lot = car_park(system.runtime("living"), near=400, far=400, tariff="T5", code="R1")
    with system.runtime("living").transaction(OPERATOR) as tx:
        it = tx.session.get_one(Lot, lot.lot)
        it.rules = {**it.rules, "no_show_after": 1800}
        tx.audit("lot.changed", "parking_lot", it.id)
    anna, operator = Caller(system, person()), Caller(system, OPERATOR)
    car = ok(anna.ask("POST", "/cars", {"plate": PLATE}))
    anna.ask("POST", f"/cars/{car['id']}/remove")
    _reserve(anna, lot, clock)
    _grant(system, operator, lot, clock)
    wish = {"lot_id": str(lot.lot), "plates": [PLATE]}
    given_up = ok(anna.ask("POST", "/passes", wish))
    ok(anna.act(f"/passes/{given_up['id']}/give-up"))
    ok(anna.ask("POST", "/passes", wish))  # nobody pays for it
    path = f"/passes/{ok(anna.ask('POST', '/passes', wish))['id']}"
    ok(operator.act(f"{path}/paid-at-booth"))
    made = _appointments(system)
    system.settle()
    clock.advance(timedelta(days=25))
    system.settle()
    ok(anna.act(f"{path}/renew"))
    ok(operator.act(f"{path}/paid-at-booth"))
    ok(anna.act(f"{path}/cars", {"plates": ["京B67890"]}, "PUT"))
    ok(operator.act(f"{path}/suspend", {"reason": "转借他人"}))
    ok(operator.act(f"{path}/resume"))
    made |= _appointments(system)
    clock.advance(timedelta(days=45))
    system.settle()
    return made


def _reserve(anna: Caller, lot: CarPark, clock: ManualClock) -> None:
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    wish = {"lot_id": str(lot.lot), "plate": PLATE, **span(start, start + timedelta(hours=1))}
    ok(anna.ask("POST", "/reservations", wish))  # nobody comes
    later = span(start + timedelta(hours=5), start + timedelta(hours=6))
    path = f"/reservations/{ok(anna.ask('POST', '/reservations', {**wish, **later}))['id']}"
    ok(anna.act(f"{path}/move", span(start + timedelta(hours=8), start + timedelta(hours=9))))
    ok(anna.act(f"{path}/cancel"))


def _grant(system: SystemUnderTest, operator: Caller, lot: CarPark, clock: ManualClock) -> None:
    with system.runtime("living").read() as session:
        active = sa.select(EnterpriseCopy.uscc).where(EnterpriseCopy.status == "active").limit(1)
        firm = session.scalars(active).one()
    member = Caller(system, person(of=(firm,)))
    ok(operator.ask("POST", "/quota-rules", {"zone_id": str(lot.near), "bays": 1}))
    ok(operator.ask("PUT", f"/quota-rules/{lot.near}", {"bays": 2}, '"1"'))
    system.settle()
    (quota,) = member.get("/quotas")["items"]
    ok(member.act(f"/quotas/{quota['id']}/cars", {"plates": [PLATE]}, "PUT"))
    times = span(clock.now(), clock.now() + timedelta(hours=8))
    wish = {"lot_id": str(lot.lot), "plate": PLATE, "minutes": 60, "on_behalf_of": firm, **times}
    visit = ok(member.ask("POST", "/visits", wish))
    ok(member.act(f"/visits/{visit['id']}/take-back"))


def _appointments(system: SystemUnderTest) -> set[str]:
    with system.runtime("living").read() as session:
        return set(session.scalars(sa.select(Timer.name)))
