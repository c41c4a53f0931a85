"""Which stays somebody sees as their own, and what they have paid for them."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.payments.model import PaidFor, ParkingPayment
from facilities.living.parking.rights.cars.queries import visible_stays
from facilities.living.parking.rights.passes.model import ParkingPass
from facilities.living.parking.rights.reservations.model import ParkingReservation
from facilities.living.parking.stays.model import ParkingStay
from shared.errors import NotFound
from shared.text import Text

_NONE = Text("没有这次停车记录，或您无权查看", "There is no such stay, or you may not see it")


def own_stays(account_id: UUID) -> sa.ColumnElement[bool]:
    """Cars of theirs that are inside, what they have paid for, and what came in on a right of theirs."""
    paid = sa.exists().where(
        ParkingPayment.subject == PaidFor.STAY,
        ParkingPayment.subject_id == ParkingStay.id,
        ParkingPayment.made_by == account_id,
        ParkingPayment.refunds.is_(None),
    )
    on_a_pass = sa.exists().where(ParkingPass.id == ParkingStay.right_id, ParkingPass.holder_id == account_id)
    reserved = sa.exists().where(
        ParkingReservation.id == ParkingStay.right_id, ParkingReservation.account_id == account_id
    )
    return visible_stays(account_id, (paid, on_a_pass, reserved))


def find(session: Session, stay_id: UUID, account_id: UUID) -> ParkingStay:
    """One of them; NotFound for those of others."""
    query = sa.select(ParkingStay).where(ParkingStay.id == stay_id, own_stays(account_id))
    found = session.scalar(query)
    if found is None:
        raise NotFound(_NONE)
    return found


def payments_by(session: Session, stay_id: UUID, account_id: UUID) -> Sequence[ParkingPayment]:
    """What they have paid for a stay, the earliest first."""
    query = sa.select(ParkingPayment).where(
        ParkingPayment.subject == PaidFor.STAY,
        ParkingPayment.subject_id == stay_id,
        ParkingPayment.made_by == account_id,
        ParkingPayment.refunds.is_(None),
    )
    return session.scalars(query.order_by(ParkingPayment.at, ParkingPayment.id)).all()
