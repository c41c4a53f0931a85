"""Putting right an exit that was matched with a plate that looks alike, once the true car stands there."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.gates.course import State
from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.stays.settling import Arrival, work_out
from facilities.living.parking.stays.turns import take_turn
from facilities.living.parking.vehicles import class_of
from shared.identifiers.plates import parse_plate
from shared.transaction import Transaction


def was_another(tx: Transaction, lot_id: UUID, mark: str) -> bool:
    """Whether a car that stands at an exit was taken for one that has left: another one went out on its stay.

    Then its stay goes on, with what was paid for it, and the other car is one whose entry was missed. The
    caller has the turn of the car.
    """
    stay = tx.session.scalars(
        sa.select(ParkingStay)
        .where(ParkingStay.lot_id == lot_id, ParkingStay.mark == mark)
        .order_by(ParkingStay.left_at.desc())
        .limit(1)
    ).one_or_none()
    if stay is None or stay.state is not State.LEFT:
        return False
    outs = _passages(tx.session, stay, Direction.OUT)
    ins = _passages(tx.session, stay, Direction.IN)
    # Those that a person has let through have read nothing, and are not doubted.
    plates = {parse_plate(each.read).number if each.read else mark for each in outs}
    if not ins or len(plates) != 1 or mark in plates:
        return False
    (other,) = plates
    take_turn(tx, lot_id, other)
    for each in outs:
        each.mark, each.stay_id = other, None
    work_out(tx, ins[0], Arrival(stay.vehicle))
    work_out(tx, outs[0], Arrival(class_of(parse_plate(other))))
    return True


def _passages(session: Session, stay: ParkingStay, direction: Direction) -> list[GateEvent]:
    query = sa.select(GateEvent).where(
        GateEvent.stay_id == stay.id, GateEvent.passed, GateEvent.direction == direction
    )
    return list(session.scalars(query.order_by(GateEvent.at, GateEvent.id)))
