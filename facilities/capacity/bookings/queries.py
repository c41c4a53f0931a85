"""Reading bookings. Who may see which is the trade's own: its condition comes along."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import CONSUMING, OPEN, State
from facilities.capacity.quotas import Standing
from shared.errors import NotFound, PreconditionFailed
from shared.text import Text

_NONE = Text("没有这个预订，或您无权查看", "There is no such booking, or you may not see it")


def find(
    session: Session,
    booking_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> Booking:
    """A booking of which the reader may know.

    Raises NotFound otherwise, PreconditionFailed when it is not of the version that was seen. It is not
    locked: a verb locks the ledgers first, and its update goes through for this version alone.
    """
    found = session.scalar(sa.select(Booking).where(Booking.id == booking_id, visible))
    if found is None:
        raise NotFound(_NONE)
    if expected_version is not None and found.version != expected_version:
        raise PreconditionFailed
    return found


def standing_of(
    session: Session,
    trade: str,
    customer: str,
    within: Span | None,
    now: datetime,
    *,
    among: Sequence[UUID] = (),
    but: UUID | None = None,
) -> Standing:
    """What a customer has already of these resources, or of the whole trade, for its quotas.

    `but` is left out (it is being moved).
    """
    mine = [Booking.trade == trade, Booking.customer == customer]
    if among:
        mine.append(Booking.resource_id.in_(among))
    if but is not None:
        mine.append(Booking.id != but)
    # What is over and was never begun is still open by its state, and nobody's plan any more.
    ahead = sa.or_(Booking.ends_at > now, Booking.state == State.IN_USE)
    count = sa.select(sa.func.count()).select_from(Booking).where(*mine, Booking.state.in_(OPEN), ahead)
    open_bookings = session.scalar(count) or 0
    if within is None:
        return Standing(open_bookings)
    near = sa.select(Booking.starts_at, Booking.ends_at, Booking.quantity).where(
        *mine,
        Booking.state.in_(CONSUMING),
        Booking.starts_at < within.end,
        Booking.ends_at > within.start,
    )
    taken = [(Span(start, end), quantity) for start, end, quantity in session.execute(near)]
    return Standing(open_bookings, taken)
