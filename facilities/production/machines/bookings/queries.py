"""Reading bookings of machines. Who may see which comes along as a condition."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import Party
from facilities.production.machines.model import BookingEntry, MachineBooking, Run
from shared.errors import NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

_NO_BOOKING = Text("没有这个预订，或您无权查看", "There is no such booking, or you may not see it")


class Step(NamedTuple):
    """A step of a booking's history as it is shown."""

    step: str
    party: Party
    at: datetime
    reason: str | None


def find_booking(
    session: Session,
    booking_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> tuple[Booking, MachineBooking]:
    """A booking of which the reader may know; NotFound otherwise, PreconditionFailed when it has changed."""
    query = (
        sa.select(Booking, MachineBooking)
        .join(MachineBooking, MachineBooking.id == Booking.id)
        .where(Booking.id == booking_id, visible)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_NO_BOOKING)
    booking, kept = found
    if expected_version is not None and booking.version != expected_version:
        raise PreconditionFailed
    return booking, kept


def list_bookings(
    session: Session, where: Sequence[sa.ColumnElement[bool]], cursor: str | None, limit: int
) -> tuple[list[tuple[Booking, MachineBooking]], str | None]:
    """A page of bookings, the one made last first, and the cursor of the next page."""
    query = (
        sa.select(Booking, MachineBooking).join(MachineBooking, MachineBooking.id == Booking.id).where(*where)
    )
    found, following = newest_first(session, query, MachineBooking.id, cursor, limit)
    return [(booking, kept) for booking, kept in found], following


def history_of(session: Session, booking_id: UUID) -> Sequence[Step]:
    """The history of a booking, from its beginning."""
    steps = sa.select(BookingEntry.step, BookingEntry.party, BookingEntry.at, BookingEntry.reason)
    of_it = steps.where(BookingEntry.booking_id == booking_id).order_by(BookingEntry.number)
    return [Step(*each) for each in session.execute(of_it)]


def runs_of(session: Session, booking_id: UUID) -> Sequence[Run]:
    """The runs of a booking."""
    query = sa.select(Run).where(Run.booking_id == booking_id)
    return session.scalars(query.order_by(Run.number)).all()
