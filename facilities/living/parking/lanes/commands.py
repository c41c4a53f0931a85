"""What the operator does at a lane: opening it by hand, for a reason, and for a car or for nobody known."""

from collections.abc import Sequence

from facilities.living.parking.gates.commands import enter
from facilities.living.parking.gates.devices import Post
from facilities.living.parking.gates.facts import Car
from facilities.living.parking.gates.model import GateEvent, Opening
from facilities.living.parking.gates.queries import known_events, opening_event
from facilities.living.parking.gates.readings import DEFAULT_LIMITS, Reading
from facilities.living.parking.gates.tickets import is_ticket
from facilities.living.parking.stays.turns import take_turn
from facilities.living.parking.vehicles import VehicleClass, class_of
from shared.errors import FieldError, InvalidInput
from shared.identifiers.errors import PlateError
from shared.identifiers.plates import normalize_plate, parse_plate
from shared.ids import new_id
from shared.transaction import Transaction


def open_lane(
    tx: Transaction, post: Post, *, reason: str, plate: str | None
) -> tuple[Opening, GateEvent | None]:
    """Open a barrier by hand; a car that is named goes through, whatever the rules would have answered.

    InvalidInput for what is neither a plate nor a ticket.
    """
    car = None if plate is None else car_of(plate)
    opening = Opening(
        id=new_id(),
        lane_id=post.lane_id,
        device_id=None,
        device_event=None,
        at=tx.now,
        opened_by=tx.actor.id,
        opened_name=tx.actor.name,
        reason=reason,
        mark=None if car is None else car.mark,
        explained=True,
    )
    tx.session.add(opening)
    tx.audit("lane.opened", "parking_lane", post.lane_id, {"opening": str(opening.id)})
    if car is None:
        return opening, None
    take_turn(tx, post.lot_id, car.mark)
    return opening, let_through(tx, post, car, opening_event(opening.id))


def let_through(tx: Transaction, post: Post, car: Car, name: str) -> GateEvent:
    """Enter that a car has gone through a lane now, as a person says; its turn is taken by the caller."""
    event = GateEvent(
        id=new_id(),
        device_id=None,
        device_event=name,
        lot_id=post.lot_id,
        lane_id=post.lane_id,
        direction=post.direction,
        mark=car.mark,
        read="",
        color=None,
        vehicle=car.vehicle,
        confidence=None,
        image_ref="",
        seen_at=tx.now,
        received_at=tx.now,
        at=tx.now,
        doubt=None,
        waiting=False,
    )
    known: Sequence[GateEvent] = known_events(
        tx.session, post, name, car.mark, car.mark, tx.now, DEFAULT_LIMITS.repeat
    )
    reading = Reading(
        id=name,
        device="",
        lane=str(post.lane_id),
        direction=post.direction,
        plate=car.mark,
        seen_at=tx.now,
        received_at=tx.now,
        waiting=False,
    )
    return enter(tx, post, event, car, known, reading).event


def car_of(typed: str, pointer: str = "/plate") -> Car:
    """A car by a plate or a ticket as somebody has typed it; InvalidInput says what is wrong with it."""
    number = normalize_plate(typed)
    if is_ticket(number):
        return Car(number, None, VehicleClass.SMALL)
    try:
        plate = parse_plate(typed)
    except PlateError as error:
        raise InvalidInput(errors=[FieldError(pointer, error.code, error.message)]) from error
    return Car(plate.number, plate, class_of(plate))
