"""Reading charges: those of a stay, of a car park, at a bay, and of each point the one that is not over."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.charging.times import AtPoint, during
from facilities.living.parking.lots.model import Bay, Device, DeviceKind
from facilities.living.parking.stays.model import ParkingStay
from shared.errors import NotFound, PreconditionFailed
from shared.http.paging import Cursor
from shared.pages import newest_first
from shared.text import Text

_NONE = Text("没有这条充电记录", "There is no such charge")
_SINCE = sa.func.coalesce(ParkingCharge.started_at, ParkingCharge.ended_at)


def times_of(session: Session, stay: ParkingStay, until: datetime | None) -> tuple[AtPoint, ...]:
    """Where the car of a stay has stood at charging points, the latest last; `until` it has left them all."""
    if stay.entered_at is None:
        return ()
    charges = charges_of_cars(session, stay.lot_id, [stay.mark], stay.entered_at)
    return during(charges.get(stay.mark, ()), stay.entered_at, until)


def charges_of_cars(
    session: Session, lot_id: UUID, marks: Collection[str], since: datetime
) -> Mapping[str, list[AtPoint]]:
    """The charges of cars in a lot from a moment on, by their marks."""
    query = (
        sa.select(
            ParkingCharge.mark,
            ParkingCharge.id,
            Bay.number,
            ParkingCharge.started_at,
            ParkingCharge.ended_at,
            ParkingCharge.freed_at,
        )
        .join(Bay, Bay.id == ParkingCharge.bay_id)
        .where(ParkingCharge.lot_id == lot_id, ParkingCharge.mark.in_(marks))
        .where(sa.or_(ParkingCharge.started_at >= since, ParkingCharge.ended_at >= since))
    )
    found: dict[str, list[AtPoint]] = defaultdict(list)
    for mark, charge_id, bay, started, ended, freed in session.execute(query):
        found[str(mark)].append(AtPoint(charge_id, bay, started, ended, freed))
    return found


def find_charge(session: Session, charge_id: UUID, *, expected_version: int | None = None) -> ParkingCharge:
    """A charge; NotFound when there is none, PreconditionFailed when it has changed."""
    query = sa.select(ParkingCharge).where(ParkingCharge.id == charge_id)
    charge = session.scalar(query.execution_options(populate_existing=True))
    if charge is None:
        raise NotFound(_NONE)
    if expected_version is not None and charge.version != expected_version:
        raise PreconditionFailed
    return charge


def charge_told(session: Session, device_id: UUID, number: str) -> ParkingCharge | None:
    """The charge to which a point has given a number."""
    query = sa.select(ParkingCharge).where(
        ParkingCharge.device_id == device_id, ParkingCharge.number == number
    )
    return session.scalar(query)


def next_start(session: Session, charge: ParkingCharge) -> datetime | None:
    """When the next charge at the bay of one began, as far as is known."""
    if charge.since is None:
        return None
    query = sa.select(sa.func.min(ParkingCharge.started_at)).where(
        ParkingCharge.bay_id == charge.bay_id,
        ParkingCharge.id != charge.id,
        ParkingCharge.started_at > charge.since,
    )
    return session.scalar(query)


def left_by(session: Session, charge: ParkingCharge) -> Sequence[ParkingCharge]:
    """The charges at a bay that must have been over when one began, of which that is not known otherwise."""
    query = sa.select(ParkingCharge).where(
        ParkingCharge.bay_id == charge.bay_id,
        ParkingCharge.id != charge.id,
        ParkingCharge.freed_by == "",
        _SINCE < charge.started_at,
        sa.or_(ParkingCharge.freed_at.is_(None), ParkingCharge.freed_at > charge.started_at),
    )
    return session.scalars(query.order_by(ParkingCharge.id)).all()


def charges_page(
    session: Session, lot_id: UUID, cursor: str | None, limit: int, *, open_only: bool
) -> tuple[list[ParkingCharge], str | None]:
    """A page of the charges of a lot, the one that was heard of last first, and the cursor of the next."""
    query = sa.select(ParkingCharge).where(ParkingCharge.lot_id == lot_id)
    if open_only:
        query = query.where(ParkingCharge.freed_at.is_(None))
    found, following = newest_first(session, query, ParkingCharge.id, cursor, limit)
    return [charge for (charge,) in found], following


def points_page(
    session: Session, zone_id: UUID, cursor: str | None, limit: int
) -> tuple[list[tuple[Device, Bay]], str | None]:
    """A page of the charging points of a zone with their bays, in the order in which they were entered."""
    query = (
        sa.select(Device, Bay)
        .join(Bay, Bay.id == Device.bay_id)
        .where(Bay.zone_id == zone_id, Device.kind == DeviceKind.CHARGER)
    )
    if cursor is not None:
        query = query.where(Device.id > Cursor.decode(cursor).row)
    found = [(device, bay) for device, bay in session.execute(query.order_by(Device.id).limit(limit + 1))]
    page = found[:limit]
    more = len(found) > limit
    return page, Cursor("", str(page[-1][0].id)).encode() if more else None


def open_at(session: Session, bays: Collection[UUID]) -> Mapping[UUID, ParkingCharge]:
    """Of each bay the charge that is not over; the one that began last, should there be several."""
    query = sa.select(ParkingCharge).where(ParkingCharge.bay_id.in_(bays), ParkingCharge.freed_at.is_(None))
    # The later ones come last, and stay.
    return {each.bay_id: each for each in session.scalars(query.order_by(_SINCE, ParkingCharge.id))}


def places_of(session: Session, charges: Sequence[ParkingCharge]) -> Mapping[UUID, sa.Row[*tuple[Any, ...]]]:
    """Of each of these charges where it is: `zone_id`, `bay` and `device_code`."""
    query = (
        sa.select(Device.id, Bay.zone_id, Bay.number.label("bay"), Device.code.label("device_code"))
        .join(Bay, Bay.id == Device.bay_id)
        .where(Device.id.in_({each.device_id for each in charges}))
    )
    found = {row.id: row for row in session.execute(query)}
    return {each.id: found[each.device_id] for each in charges}
