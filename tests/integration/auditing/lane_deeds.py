"""Everything that can be done at the lanes of a car park: what the trail has to know of."""

from datetime import timedelta

from shared.clock import ManualClock
from shared.testing.systems import SystemUnderTest
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
