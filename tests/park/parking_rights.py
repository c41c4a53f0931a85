"""Car parks of the park, and rights to park in them, for the scenes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings.model import Booking
from facilities.living.parking.lots.model import Lot, Zone
from facilities.living.parking.rights.passes.model import ParkingPass
from shared.actor import SYSTEM, Actor
from tests.integration.facilities.parking.car_park import car_park
from tests.park.park import Park
from tests.park.people import actor

HEAD, RESIDENT, OPERATOR = actor("head"), actor("resident"), actor("operator")
PLATE = "苏A12345"
LOT = "P1"


@dataclass(frozen=True)
class Places:
    """Ids of a car park and of its two zones."""

    lot: str
    near: str
    far: str


def lot(park: Park, code: str = LOT) -> Places:
    """The car park with this code, with room for everybody; made when it is first asked for."""
    runtime = park.system.runtime("living")
    with runtime.read() as session:
        zones = sa.select(Zone.lot_id, Zone.id).join(Lot, Lot.id == Zone.lot_id).where(Lot.code == code)
        found = session.execute(zones.order_by(Zone.code)).all()
    if not found:
        car_park(runtime, near=40, far=40, tariff="T5", code=code)
        return lot(park, code)
    (lot_id, near), (_same, far) = found
    return Places(str(lot_id), str(near), str(far))


def send(park: Park, who: Actor, path: str, body: Any, version: str = "") -> Any:
    """A request that goes through."""
    headers = {"If-Match": version} if version else {}
    answer = park.client(who, "living").post(f"/parking/{path}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer


def car(park: Park) -> str:
    """A plate that the resident has registered; its id."""
    return str(send(park, RESIDENT, "cars", {"plate": PLATE}).json["id"])


def times(park: Park, days: int = 1) -> dict[str, str]:
    """Some hours of a later day."""
    start = park.system.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat()}


def wish(park: Park, plate: str = "京B67890") -> dict[str, Any]:
    """A reservation that can be made."""
    return {"lot_id": lot(park).lot, "plate": plate, **times(park, 9)}


def reserved(park: Park) -> tuple[str, str]:
    """A reservation of the resident; its id and version."""
    made = send(park, RESIDENT, "reservations", {**wish(park, PLATE), **times(park, 20)})
    return made.json["id"], made.headers["ETag"]


def new_pass(park: Park) -> dict[str, Any]:
    """A pass that can be bought."""
    return {"lot_id": lot(park).lot, "plates": ["京B67890"]}


def bought(park: Park, code: str, *verbs: str) -> tuple[str, str]:
    """A pass of the resident for a car park, waiting for payment, or after these verbs of the operator."""
    wanted = {"lot_id": lot(park, code).lot, "plates": [PLATE], "since": _soon(park)}
    made = send(park, RESIDENT, "passes", wanted)
    for verb in verbs:
        path, version = f"passes/{made.json['id']}/{verb}", made.headers["ETag"]
        made = send(park, OPERATOR, path, {"reason": "转借他人"} if verb == "suspend" else {}, version)
    return made.json["id"], made.headers["ETag"]


def kept_waiting(park: Park) -> tuple[str, str]:
    """A pass of the resident that waits for payment, however long the other scenes take."""
    pass_id, _version = bought(park, "P3")
    with park.system.runtime("living").transaction(SYSTEM) as tx:
        it = tx.session.get_one(ParkingPass, UUID(pass_id))
        for claim in it.periods[0].claims:
            tx.session.get_one(Booking, claim.booking_id).expires_at = tx.now + timedelta(days=365)
        tx.session.flush()
    read = park.client(RESIDENT, "living").get(f"/parking/passes/{pass_id}")
    return pass_id, read.headers["ETag"]


def ending(park: Park) -> tuple[str, str]:
    """A pass of the resident that can be renewed on the day of the table."""
    pass_id, _version = bought(park, "P4", "paid-at-booth")
    with park.system.runtime("living").transaction(SYSTEM) as tx:
        it = tx.session.get_one(ParkingPass, UUID(pass_id))
        soon = tx.today + timedelta(days=14)
        it.since = it.periods[0].since = tx.today - timedelta(days=16)
        it.until = it.periods[0].until = soon
    read = park.client(RESIDENT, "living").get(f"/parking/passes/{pass_id}")
    return pass_id, read.headers["ETag"]


def rule(park: Park) -> tuple[str, str]:
    """A zone in which every firm has a bay; its id and the rule's version."""
    zone = lot(park).far
    made = send(park, OPERATOR, "quota-rules", {"zone_id": zone, "bays": 1})
    park.system.settle()
    return zone, made.headers["ETag"]


def quota(park: Park) -> tuple[str, str]:
    """The bays of the organisation in such a zone."""
    zone = lot(park).near
    send(park, OPERATOR, "quota-rules", {"zone_id": zone, "bays": 1})
    park.system.settle()
    client = park.client(HEAD, "living")
    (found,) = [each for each in client.get("/parking/quotas").json["items"] if each["zone_id"] == zone]
    return found["id"], client.get(f"/parking/quotas/{found['id']}").headers["ETag"]


def visit(park: Park) -> dict[str, Any]:
    """An invitation that the organisation can make."""
    body = {"lot_id": lot(park).lot, "plate": PLATE, "minutes": 60, **times(park, 20)}
    return {**body, "on_behalf_of": park.on_behalf_of}


def invited(park: Park) -> tuple[str, str, str]:
    """One that it has made: its id, its version, and the end of the visitor's address."""
    made = send(park, HEAD, "visits", visit(park))
    return made.json["id"], made.headers["ETag"], made.json["url"].rpartition("/")[2]


def _soon(park: Park) -> str:
    return str(park.system.clock.today() + timedelta(days=1))
