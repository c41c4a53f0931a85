"""`…/parking/cars`: the plates that somebody has registered as their own."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.living.parking.lots.schemas import Nothing
from facilities.living.parking.rights.cars import commands, queries
from facilities.living.parking.rights.cars.model import ParkingCar
from facilities.living.parking.rights.cars.schemas import CarList, CarOut, NewCar
from facilities.living.parking.rights.limits import DEFAULT_LIMITS
from facilities.living.parking.rights.refusals import CAR_REGISTERED, TOO_MANY
from facilities.living.parking.rights.schemas import EXAMPLE_ID
from facilities.living.parking.vehicles import CLASS_NAMES, class_of
from shared.http.command import Reply, command, json_response
from shared.http.contract import refuses
from shared.http.description import Blueprint
from shared.http.state import current_actor, current_runtime
from shared.identifiers.plates import KIND_NAMES, parse_plate
from shared.transaction import Transaction

blueprint = Blueprint(
    "parking_cars",
    __name__,
    description="Own cars (我的车辆)",
    path_parameters={"car_id": ("The id of the car", EXAMPLE_ID)},
)


@blueprint.get("/parking/cars")
@blueprint.response(200, CarList)
def list_cars() -> Response:
    """The cars that you have registered.

    In the order in which you did; `shared` says whether somebody else has registered the plate, too.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        items = [_shown(car, also) for car, also in queries.cars_of(session, reader.id)]
    return json_response(Reply({"items": items, "most": DEFAULT_LIMITS.cars}))


@blueprint.post("/parking/cars")
@blueprint.arguments(NewCar)
@blueprint.response(201, CarOut)
@refuses(CAR_REGISTERED, TOO_MANY)
@command
def register_car(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Register a plate as yours.

    Nobody checks whose car it is: it shows you no more than anybody is told who knows the plate.
    """
    car = commands.register(tx, **data)
    also = {each.id: shared for each, shared in queries.cars_of(tx.session, tx.actor.id)}
    return Reply(_shown(car, also[car.id]), status=201)


@blueprint.post("/parking/cars/<uuid:car_id>/remove")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(204)
@command
def remove_car(tx: Transaction, _data: dict[str, Any], car_id: UUID) -> Reply:
    """Take a plate off your cars.

    Passes and reservations stay as they are. 404 for the cars of others.
    """
    commands.remove(tx, car_id)
    return Reply(None, status=204)


def _shown(car: ParkingCar, shared: bool) -> dict[str, Any]:
    plate = parse_plate(car.plate)
    vehicle = class_of(plate)
    return {
        "id": str(car.id),
        "plate": plate.display,
        "name": car.name,
        "kind": plate.kind.value,
        "kind_name": KIND_NAMES[plate.kind].to_dict(),
        "vehicle": vehicle.value,
        "vehicle_name": CLASS_NAMES[vehicle].to_dict(),
        "energy": plate.energy.value,
        "shared": shared,
        "registered_at": car.registered_at.isoformat(),
    }
