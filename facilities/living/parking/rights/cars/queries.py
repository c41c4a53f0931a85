"""Reading cars, and the condition under which their people may see what happened to them."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from facilities.living.parking.gates.course import State
from facilities.living.parking.rights.cars.model import ParkingCar
from facilities.living.parking.stays.model import ParkingStay
from shared.actor import Actor
from shared.errors import NotFound
from shared.text import Text

_NONE = Text("没有登记这个车辆", "You have registered no such car")


def find_car(session: Session, car_id: UUID, reader: Actor) -> ParkingCar:
    """One of the reader's cars; NotFound for any other."""
    query = sa.select(ParkingCar).where(ParkingCar.id == car_id, ParkingCar.account_id == reader.id)
    found = session.scalar(query)
    if found is None:
        raise NotFound(_NONE)
    return found


def cars_of(session: Session, account_id: UUID | None) -> list[tuple[ParkingCar, bool]]:
    """The cars of an account in the order of their registration, each with whether others have it too."""
    other = aliased(ParkingCar)
    shared = sa.exists().where(other.plate == ParkingCar.plate, other.account_id != ParkingCar.account_id)
    query = sa.select(ParkingCar, shared).where(ParkingCar.account_id == account_id)
    return [(car, bool(also)) for car, also in session.execute(query.order_by(ParkingCar.id))]


def visible_stays(account_id: UUID, own: Sequence[sa.ColumnElement[bool]] = ()) -> sa.ColumnElement[bool]:
    """The condition under which an account may see a stay (`docs/decisions/0011`).

    While a car is inside, everybody who had registered its plate before; what is over only where a condition
    of `own` says that it was this account's doing: it has paid, or the car came in on a right of the account.
    """
    registered = sa.exists().where(
        ParkingCar.account_id == account_id,
        ParkingCar.plate == ParkingStay.mark,
        ParkingCar.registered_at <= ParkingStay.entered_at,
    )
    return sa.or_(sa.and_(ParkingStay.state == State.INSIDE, registered), *own)
