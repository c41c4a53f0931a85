"""Reading the accounts of days and what is to be cleared up."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.payments.model import ParkingDay, ParkingDifference, ParkingPayment
from facilities.living.parking.payments.provider import Entry
from facilities.living.parking.payments.queries import bounds
from shared.errors import NotFound
from shared.text import Text

_NONE = Text("没有这项差异，或您无权查看", "There is no such difference, or you may not see it")


def our_entries(session: Session, lot_id: UUID, provider: str, day: date) -> list[Entry]:
    """Our account of a day with a provider, by reference."""
    since, until = bounds(day)
    query = sa.select(ParkingPayment.reference, ParkingPayment.fen).where(
        ParkingPayment.lot_id == lot_id,
        ParkingPayment.provider == provider,
        ParkingPayment.at >= since,
        ParkingPayment.at < until,
    )
    return [Entry(*row) for row in session.execute(query.order_by(ParkingPayment.reference))]


def days_of(session: Session, lot_id: UUID, day: date) -> Sequence[ParkingDay]:
    """The accounts of a day, by provider."""
    query = sa.select(ParkingDay).where(ParkingDay.lot_id == lot_id, ParkingDay.day == day)
    return session.scalars(query.order_by(ParkingDay.provider)).all()


def differences_of(session: Session, lot_id: UUID, day: date) -> Sequence[ParkingDifference]:
    """What was found on a day, settled or not."""
    query = sa.select(ParkingDifference).where(
        ParkingDifference.lot_id == lot_id, ParkingDifference.day == day
    )
    return session.scalars(query.order_by(ParkingDifference.id)).all()


def open_differences(session: Session, lot_id: UUID) -> int:
    """How many of all days are not settled."""
    query = sa.select(sa.func.count()).where(
        ParkingDifference.lot_id == lot_id, ParkingDifference.settled_at.is_(None)
    )
    return session.scalars(query.select_from(ParkingDifference)).one()


def find_difference(session: Session, difference_id: UUID) -> ParkingDifference:
    """A difference, to be settled by whoever locks it first; NotFound without it."""
    found = session.get(ParkingDifference, difference_id, with_for_update=True)
    if found is None:
        raise NotFound(_NONE)
    return found
