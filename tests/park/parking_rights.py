"""Car parks of the park, and rights to park in them, for the scenes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings.ending import cancel
from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import Party, State
from facilities.living.parking.lots.model import Lot, Zone
from facilities.living.parking.rights.cars.model import ParkingCar
from facilities.living.parking.rights.passes.model import ParkingPass
from facilities.living.parking.rights.reservations.model import ParkingReservation
from facilities.living.parking.rights.visitors.model import ParkingVisit, VisitState
from shared.actor import SYSTEM, Actor
from shared.ids import new_id
from tests.integration.facilities.parking.car_park import car_park
from tests.integration.facilities.parking.cars import put_inside
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


def another_lot(park: Park, code: str) -> Places:
    """A car park that nobody has used; under this code if it is the first one."""
    with park.system.runtime("living").read() as session:
        known = session.scalar(sa.select(Lot.id).where(Lot.code == code))
    return lot(park, code if known is None else f"{code}-{new_id().hex[-12:]}")


def plate() -> str:
    """A plate that no other car here has."""
    return f"京B{new_id().int % 100_000:05d}"


def clear_cars(park: Park, name: str) -> None:
    """Take off what earlier scenes have registered for somebody: nobody may have many cars."""
    with park.system.runtime("living").transaction(SYSTEM) as tx:
        tx.session.execute(sa.delete(ParkingCar).where(ParkingCar.account_id == actor(name).id))


def clear_reservations(park: Park, name: str) -> None:
    """Give up what earlier scenes have reserved for somebody: nobody may have many reservations."""
    with park.system.runtime("living").transaction(SYSTEM) as tx:
        mine = sa.select(Booking).join(ParkingReservation, ParkingReservation.id == Booking.id)
        own = ParkingReservation.account_id == actor(name).id
        for booking in tx.session.scalars(mine.where(own, Booking.state == State.CONFIRMED)).all():
            cancel(tx, booking, Party.SYSTEM)


def clear_visits(park: Park, name: str) -> None:
    """Take back what earlier scenes have let somebody invite: nobody may have many invitations."""
    with park.system.runtime("living").transaction(SYSTEM) as tx:
        tx.session.execute(
            sa.update(ParkingVisit)
            .where(ParkingVisit.host_id == actor(name).id, ParkingVisit.state == VisitState.INVITED)
            .values(state=VisitState.CANCELLED)
        )


def send(park: Park, who: Actor, path: str, body: Any, version: str = "") -> Any:
    """A request that goes through."""
    headers = {"If-Match": version} if version else {}
    answer = park.client(who, "living").post(f"/parking/{path}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer


def new_car(park: Park) -> dict[str, Any]:
    """A plate that anybody can register."""
    clear_cars(park, "applicant")
    return {"plate": plate()}


def car(park: Park) -> str:
    """A plate that the resident has registered; its id."""
    clear_cars(park, "resident")
    return str(send(park, RESIDENT, "cars", {"plate": plate()}).json["id"])


def own_stay(park: Park) -> str:
    """The stay of a car that the head had registered before it came; its id."""
    number = plate()
    send(park, HEAD, "cars", {"plate": number})
    return str(put_inside(park.system.runtime("living"), UUID(lot(park).lot), number, 0))


def times(park: Park, days: int = 1) -> dict[str, str]:
    """Some hours of a later day."""
    start = park.system.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat()}


def wish(park: Park) -> dict[str, Any]:
    """A reservation that anybody can make."""
    clear_reservations(park, "applicant")
    return {"lot_id": another_lot(park, "P7").lot, "plate": plate(), **times(park, 9)}


def reserved(park: Park) -> tuple[str, str]:
    """A reservation of the resident; its id and version."""
    clear_reservations(park, "resident")
    wanted = {"lot_id": another_lot(park, LOT).lot, "plate": plate(), **times(park, 20)}
    made = send(park, RESIDENT, "reservations", wanted)
    return made.json["id"], made.headers["ETag"]


def new_pass(park: Park) -> dict[str, Any]:
    """A pass that anybody can buy."""
    return {"lot_id": another_lot(park, "P2").lot, "plates": [plate()]}


def bought(park: Park, code: str, *verbs: str) -> tuple[str, str]:
    """A pass of the resident for a car park, waiting for payment, or after these verbs of the operator."""
    wanted = {"lot_id": another_lot(park, code).lot, "plates": [PLATE], "since": _soon(park)}
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
        soon = tx.today + timedelta(days=9)
        it.since = it.periods[0].since = tx.today - timedelta(days=21)
        it.until = it.periods[0].until = soon
    read = park.client(RESIDENT, "living").get(f"/parking/passes/{pass_id}")
    return pass_id, read.headers["ETag"]


def rule(park: Park) -> tuple[str, str]:
    """A zone in which every firm has a bay; its id and the rule's version."""
    zone = another_lot(park, "Q2").far
    made = send(park, OPERATOR, "quota-rules", {"zone_id": zone, "bays": 1})
    park.system.settle()
    return zone, made.headers["ETag"]


def quota(park: Park) -> tuple[str, str]:
    """The bays of the organisation in such a zone."""
    zone = another_lot(park, "Q1").near
    send(park, OPERATOR, "quota-rules", {"zone_id": zone, "bays": 1})
    park.system.settle()
    client = park.client(HEAD, "living")
    items = client.get("/parking/quotas?limit=100").json["items"]
    found = next(each for each in items if each["zone_id"] == zone)
    return found["id"], client.get(f"/parking/quotas/{found['id']}").headers["ETag"]


def visit(park: Park) -> dict[str, Any]:
    """An invitation that the organisation can make."""
    clear_visits(park, "applicant")
    body = {"lot_id": lot(park).lot, "plate": PLATE, "minutes": 60, **times(park, 20)}
    return {**body, "on_behalf_of": park.on_behalf_of}


def invited(park: Park) -> tuple[str, str, str]:
    """One that it has made: its id, its version, and the end of the visitor's address."""
    clear_visits(park, "head")
    made = send(park, HEAD, "visits", visit(park))
    return made.json["id"], made.headers["ETag"], made.json["url"].rpartition("/")[2]


def _soon(park: Park) -> str:
    return str(park.system.clock.today() + timedelta(days=1))
