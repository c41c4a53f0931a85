"""Car parks with charging points, for the scenes."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from facilities.living.parking.lots.model import Lot
from shared.ids import new_id
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.charging import EVENTS, charging_bays, charging_zone
from tests.park.lanes import Cameras
from tests.park.park import Park
from tests.park.people import actor


@dataclass(frozen=True, slots=True)
class Charging:
    """Ids of a car park with a charging zone, and the point that stands there."""

    lot: str
    zone: str
    point: Cameras


def with_points(park: Park) -> Charging:
    """One of its own, by the usual verbs."""
    runtime = park.system.runtime("living")
    made = car_park(runtime, code=_fresh_code(park))
    zone, points = charging_zone(runtime, made.lot, 2)
    code, (_device, secret) = next(iter(points.items()))
    return Charging(str(made.lot), str(zone), Cameras(made.lot, made.way_in, code, secret))


def bay(park: Park) -> tuple[dict[str, str], str]:
    """A bay of a charging zone at which no point stands: its ids, and the version of its car park."""
    runtime = park.system.runtime("living")
    made = car_park(runtime, code=_fresh_code(park))
    with runtime.transaction(OPERATOR) as tx:
        _lot, zone, (bay,) = charging_bays(tx, made.lot, 1)
        ids = {"zone_id": str(zone.id), "bay_id": str(bay.id)}
    lot_path = f"/parking/lots/{made.lot}"
    return ids, park.client(actor("operator"), "living").get(lot_path).headers["ETag"]


def event(park: Park) -> dict[str, Any]:
    """That a car has begun to charge."""
    return {
        "charge": "1",
        "phase": "started",
        "plate": "苏AD12345",
        "at": park.system.clock.now().isoformat(),
    }


def charge(park: Park) -> tuple[dict[str, str], str]:
    """A car that charges: the ids, and the version of the charge."""
    made = with_points(park)
    made.point.tell(park, event(park), EVENTS)
    operator = park.client(actor("operator"), "living")
    (found,) = operator.get(f"/parking/lots/{made.lot}/charges").json["items"]
    return {"lot_id": made.lot, "charge_id": found["id"]}, f'"{found["version"]}"'


def point() -> dict[str, str]:
    """A charging point with a code that no other has."""
    return {"code": f"CP-{new_id().hex[-12:]}"}


def _fresh_code(park: Park) -> str:
    with park.system.runtime("living").read() as session:
        return f"C{session.scalar(sa.select(sa.func.count()).select_from(Lot))}"
