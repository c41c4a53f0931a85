"""Reading reservations. Whoever has made one sees it, and those who run or watch the park."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import State
from facilities.living.parking.rights.places import in_lot
from facilities.living.parking.rights.policy import reads_all
from facilities.living.parking.rights.reservations.commands import Reserved
from facilities.living.parking.rights.reservations.model import ParkingReservation
from shared.actor import Actor
from shared.errors import NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

_NONE = Text("没有这个预约，或您无权查看", "There is no such reservation, or you may not see it")
_BOTH = sa.select(Booking, ParkingReservation).join(ParkingReservation, ParkingReservation.id == Booking.id)


def visible(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which somebody may know of a reservation."""
    return sa.true() if reads_all(reader) else own(reader)


def own(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which they may change it: they have made it."""
    return ParkingReservation.account_id == reader.id


def find(
    session: Session, reservation_id: UUID, where: sa.ColumnElement[bool], version: int | None = None
) -> Reserved:
    """One reservation; NotFound for those of others, PreconditionFailed when it has changed."""
    found = session.execute(_BOTH.where(Booking.id == reservation_id, where)).one_or_none()
    if found is None:
        raise NotFound(_NONE)
    if version is not None and found[0].version != version:
        raise PreconditionFailed
    return Reserved(*found)


def page(
    session: Session,
    reader: Actor,
    lot: str | None,
    state: State | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Reserved], str | None]:
    """A page of those that the reader may know of, the one made last first."""
    query = _BOTH.where(visible(reader))
    if lot is not None:
        query = query.where(in_lot(ParkingReservation.lot_id, lot))
    if state is not None:
        query = query.where(Booking.state == state)
    found, following = newest_first(session, query, ParkingReservation.id, cursor, limit)
    return [Reserved(*each) for each in found], following
