"""Reading series: one of them, its occurrences so far with their bookings, and the ledgers these take."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger.model import BookingClaim
from facilities.capacity.recurring.model import SeriesOccurrence


@dataclass(frozen=True, slots=True)
class Known:
    """An occurrence whose time to be booked has come: its booking, or why there is none."""

    series_id: UUID
    wall: datetime
    booking: Booking | None
    refused: list[dict[str, Any]]


def known(session: Session, series_ids: Collection[UUID]) -> Sequence[Known]:
    """The occurrences of these series whose time to be booked has come, in order."""
    query = (
        sa.select(SeriesOccurrence.series_id, SeriesOccurrence.wall, Booking, SeriesOccurrence.refused)
        .outerjoin(Booking, Booking.id == SeriesOccurrence.booking_id)
        .where(SeriesOccurrence.series_id.in_(series_ids))
        .order_by(SeriesOccurrence.series_id, SeriesOccurrence.wall)
    )
    return [
        Known(series_id, datetime.fromisoformat(wall), booking, refused)
        for series_id, wall, booking, refused in session.execute(query)
    ]


def ledgers_of_all(session: Session, booking_ids: Iterable[UUID]) -> set[int]:
    """The ledgers of which any of these bookings has taken something."""
    query = sa.select(BookingClaim.ledger_id).where(BookingClaim.booking_id.in_(list(booking_ids)))
    return set(session.scalars(query.distinct()))
