"""Registering one's plates and taking them off again."""

from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.rights.cars.model import ParkingCar
from facilities.living.parking.rights.cars.queries import find_car
from facilities.living.parking.rights.limits import DEFAULT_LIMITS, Limits
from facilities.living.parking.rights.plates import read_plate
from facilities.living.parking.rights.policy import account_of
from shared.database import take_turns
from shared.errors import Conflict
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_KNOWN = Text("您已登记该车牌", "You have registered this plate already")
_TOO_MANY = Text("最多登记{most}个车牌", "You can register {most} plates at most")


def register(tx: Transaction, plate: str, name: str, limits: Limits = DEFAULT_LIMITS) -> ParkingCar:
    """Add a plate to one's own.

    Raises InvalidInput for what is no plate, Conflict where one has it already or has as many as one may.
    """
    read = read_plate(plate)
    account = account_of(tx.actor)
    take_turns(tx.session, f"parking-cars/{account}")  # else two at once would each count one too few
    mine = sa.select(ParkingCar.plate).where(ParkingCar.account_id == account)
    present = tx.session.scalars(mine).all()
    if read.number in present:
        raise Conflict(_KNOWN, slug="car-registered")
    if len(present) >= limits.cars:
        raise Conflict(_TOO_MANY.format(most=limits.cars), slug="too-many")
    car = ParkingCar(id=new_id(), account_id=account, plate=read.number, name=name, registered_at=tx.now)
    tx.session.add(car)
    tx.session.flush()
    tx.audit("parking-car.registered", "parking_car", car.id, begins=True)
    return car


def remove(tx: Transaction, car_id: UUID) -> None:
    """Take one of one's plates off; NotFound for any other."""
    car = find_car(tx.session, car_id, tx.actor)
    tx.session.delete(car)
    tx.session.flush()
    tx.audit("parking-car.removed", "parking_car", car_id)
