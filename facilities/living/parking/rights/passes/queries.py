"""Reading passes. Their holder sees them, and those who run or watch the park."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.living.parking.gates.course import State
from facilities.living.parking.rights.passes.model import ParkingPass, PassClaim, PassState
from facilities.living.parking.rights.places import in_lot
from facilities.living.parking.rights.policy import reads_all
from facilities.living.parking.stays.model import ParkingStay
from shared.actor import Actor
from shared.errors import NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

_NONE = Text("没有这张月卡，或您无权查看", "There is no such pass, or you may not see it")


def visible(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which somebody may know of a pass."""
    return sa.true() if reads_all(reader) else own(reader)


def own(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which they may change it: it is theirs."""
    return ParkingPass.holder_id == reader.id


def find(
    session: Session, pass_id: UUID, where: sa.ColumnElement[bool], version: int | None = None
) -> ParkingPass:
    """One pass; NotFound for those of others, PreconditionFailed when it has changed."""
    found = session.scalar(sa.select(ParkingPass).where(ParkingPass.id == pass_id, where))
    if found is None:
        raise NotFound(_NONE)
    if version is not None and found.version != version:
        raise PreconditionFailed
    return found


def page(
    session: Session,
    reader: Actor,
    lot: str | None,
    state: PassState | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[ParkingPass], str | None]:
    """A page of those that the reader may know of, the one ordered last first."""
    query = sa.select(ParkingPass).where(visible(reader))
    if lot is not None:
        query = query.where(in_lot(ParkingPass.lot_id, lot))
    if state is not None:
        query = query.where(ParkingPass.state == state)
    found, following = newest_first(session, query, ParkingPass.id, cursor, limit)
    return [each for (each,) in found], following


def inside(session: Session, rights: list[UUID]) -> dict[UUID, int]:
    """How many cars are inside on each of these rights."""
    query = (
        sa.select(ParkingStay.right_id, sa.func.count())
        .where(ParkingStay.right_id.in_(rights), ParkingStay.state == State.INSIDE)
        .group_by(ParkingStay.right_id)
    )
    return {right: count for right, count in session.execute(query) if right is not None}


def period_of(session: Session, booking_id: UUID) -> UUID | None:
    """The period whose bays a booking is; None of other bookings."""
    query = sa.select(PassClaim.period_id).join(Booking, Booking.id == PassClaim.booking_id)
    return session.scalar(query.where(Booking.id == booking_id))
