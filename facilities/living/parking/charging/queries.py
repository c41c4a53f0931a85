"""Reading charges: the times of a stay at charging points."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.lots.model import Bay
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.tariffs.overstaying import Charging

Row = sa.Row[*tuple[Any, ...]]


def times_of(session: Session, stays: Sequence[ParkingStay]) -> tuple[Charging, ...]:
    """Where charging ended while the car of these stays was inside, in that order.

    A car is at one point at a time: the next one that it is charged at shows that it has left the one before.
    """
    windows = [
        ParkingCharge.ended_at >= stay.entered_at
        if stay.left_at is None
        else ParkingCharge.ended_at.between(stay.entered_at, stay.left_at)
        for stay in stays
        if stay.entered_at is not None
    ]
    if not windows:
        return ()
    query = (
        sa.select(ParkingCharge.started_at, ParkingCharge.ended_at, ParkingCharge.freed_at, Bay.number)
        .join(Bay, Bay.id == ParkingCharge.bay_id)
        .where(ParkingCharge.lot_id == stays[0].lot_id, ParkingCharge.mark == stays[0].mark)
        .where(sa.or_(*windows))
        .order_by(ParkingCharge.ended_at, ParkingCharge.id)
    )
    rows = [row for row in session.execute(query) if row.ended_at is not None]
    return tuple(
        Charging(row.number, row.ended_at, _left(row.freed_at, row.ended_at, rows[number : number + 1]))
        for number, row in enumerate(rows, 1)
    )


def _left(freed: datetime | None, ended: datetime, following: Sequence[Row]) -> datetime | None:
    """When the bay was left, as far as the point itself or the next one says."""
    said = [] if freed is None else [freed]
    said += [max(each.started_at or each.ended_at, ended) for each in following]
    return min(said, default=None)
