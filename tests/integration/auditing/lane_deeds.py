"""Everything that can be done at the lanes of a car park: what the trail has to know of."""

from datetime import timedelta

import sqlalchemy as sa

from shared.clock import ManualClock
from shared.messaging.timers import Timer
from shared.testing.systems import SystemUnderTest
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.charging import PLATE, ChargingPoints, charging_bays
from tests.integration.facilities.parking.gates import Gates, ok

OPENINGS = "/api/v1/living/parking/barrier-openings"


def drive_through_lanes(system: SystemUnderTest, clock: ManualClock) -> None:
    """Cars that come and go, tickets, openings by hand and by nobody, alarms, counting and taking stock."""
    at = Gates(system, clock, code="LANES")
    at.come("苏A10001")
    at.come(None)
    token = at.operator("GET", f"/parking/lanes/{at.park.way_in}/code")["token"]
    ok(at.ask(None, "POST", f"/parking/lanes/{at.park.way_in}/tickets", json={"token": token}))
    clock.advance(timedelta(minutes=1))
    opening = {"id": "o1", "opened_at": at.now.isoformat()}
    ok(at.send(at.park.camera_out, opening, OPENINGS))
    at.operator("POST", f"/parking/lanes/{at.park.way_in}/open", json={"reason": "试", "plate": "苏A10002"})
    (alarm,) = at.operator("GET", f"/parking/lots/{at.park.lot}/alarms")["items"]
    version = {"If-Match": f'"{alarm["version"]}"'}
    at.operator("POST", f"/parking/alarms/{alarm['id']}/see", json={"note": "已检查"}, headers=version)
    for cars in (3, 1):
        at.operator("POST", f"/parking/zones/{at.park.near}/count", json={"cars": cars})
    at.go("苏A10001")
    at.operator("POST", f"/parking/lots/{at.park.lot}/stock-take", json={"plates": ["苏A10003"]})


def charge_cars(system: SystemUnderTest, clock: ManualClock) -> set[str]:
    """A point that is set up, a car that charges and stands on, an operator who names it and sees it gone.

    Returns the names of the appointments that there were.
    """
    at = ChargingPoints(system, clock, code="CHARGE")
    with at.runtime.transaction(OPERATOR) as tx:
        _lot, _zone, (bay,) = charging_bays(tx, at.park.lot, 1, code="D")
        bay_id = bay.id
    version = at.ask(OPERATOR, "GET", f"/parking/lots/{at.park.lot}").headers["ETag"]
    path, headers = f"/parking/bays/{bay_id}/charging-points", {"If-Match": version}
    at.operator("POST", path, json={"code": "CHARGE-D1"}, headers=headers)
    at.come(PLATE)
    at.tell(1, "1", "started", None)
    (charge,) = at.charges()
    ok(at.verb(charge, "plate", plate=PLATE))
    clock.advance(timedelta(minutes=20))
    at.tell(1, "1", "ended")
    with at.runtime.read() as session:
        made = set(session.scalars(sa.select(Timer.name)))
    clock.advance(timedelta(minutes=40))
    system.worker.run_once()
    (charge,) = at.charges()
    ok(at.verb(charge, "freed"))
    return made
