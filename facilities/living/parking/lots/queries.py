"""Reading car parks with all that belongs to them. Who may see which comes along as a condition."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.gates.model import Listing, ListingKind
from facilities.living.parking.lots.model import Bay, Device, Lane, LaneZone, Lot, ParkingTariff, Zone
from shared.cipher import Cipher
from shared.errors import NotFound, PreconditionFailed
from shared.http.paging import Cursor
from shared.identifiers.plates import normalize_plate
from shared.text import Text

_NO_LOT = Text("没有这个停车场，或您无权查看", "There is no such car park, or you may not see it")
_NO_ZONE = Text("没有这个停车区，或您无权查看", "There is no such zone, or you may not see it")
_NO_LANE = Text("没有这条车道，或您无权查看", "There is no such lane, or you may not see it")
_NO_BAY = Text("没有这个车位，或您无权查看", "There is no such bay, or you may not see it")
_NO_DEVICE = Text("没有这台设备，或您无权查看", "There is no such device, or you may not see it")

_Part = TypeVar("_Part", Zone, Lane)
_Row = TypeVar("_Row", Lot, Bay, Listing)


def find_lot(
    session: Session,
    lot_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> Lot:
    """A car park of which the reader may know; NotFound otherwise, PreconditionFailed when it has changed."""
    found = session.scalar(sa.select(Lot).where(Lot.id == lot_id, visible))
    if found is None:
        raise NotFound(_NO_LOT)
    return _at_version(found, expected_version)


def find_zone(
    session: Session,
    zone_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> tuple[Lot, Zone]:
    """A zone with its car park, whose version is also the zone's; raises as `find_lot` does."""
    return _part(session, Zone, zone_id, visible, _NO_ZONE, expected_version)


def find_lane(
    session: Session,
    lane_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> tuple[Lot, Lane]:
    """A lane with its car park, whose version is also the lane's; raises as `find_lot` does."""
    return _part(session, Lane, lane_id, visible, _NO_LANE, expected_version)


def find_bay(
    session: Session,
    bay_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> tuple[Lot, Zone, Bay]:
    """A bay with its zone and its car park, whose version is also the bay's; raises as `find_lot` does."""
    query = sa.select(Lot, Zone, Bay).join(Zone, Zone.lot_id == Lot.id).join(Bay, Bay.zone_id == Zone.id)
    row = session.execute(query.where(Bay.id == bay_id, visible)).one_or_none()
    if row is None:
        raise NotFound(_NO_BAY)
    return _at_version(row[0], expected_version), row[1], row[2]


def find_device(
    session: Session,
    device_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> Device:
    """A device of which the reader may know; NotFound otherwise, PreconditionFailed when it has changed."""
    found = session.scalar(sa.select(Device).where(Device.id == device_id, visible))
    if found is None:
        raise NotFound(_NO_DEVICE)
    if expected_version is not None and found.version != expected_version:
        raise PreconditionFailed
    return found


def list_lots(
    session: Session, visible: sa.ColumnElement[bool], cursor: str | None, limit: int
) -> tuple[Sequence[Lot], str | None]:
    """A page of the car parks, the oldest first, and the cursor of the next page."""
    return _page(session, sa.select(Lot).where(visible), Lot, cursor, limit)


def zones_of(session: Session, lots: Collection[UUID]) -> Mapping[UUID, list[Zone]]:
    """The zones of each of these car parks, by their codes."""
    found: dict[UUID, list[Zone]] = defaultdict(list)
    for zone in session.scalars(sa.select(Zone).where(Zone.lot_id.in_(lots)).order_by(Zone.code)):
        found[zone.lot_id].append(zone)
    return found


def lanes_of(session: Session, lot_id: UUID) -> Sequence[Lane]:
    """The lanes of a car park, by their codes."""
    return session.scalars(sa.select(Lane).where(Lane.lot_id == lot_id).order_by(Lane.code)).all()


def metres_of(session: Session, lanes: Collection[UUID]) -> Mapping[UUID, dict[UUID, int]]:
    """How far the zones are from each of these lanes, the nearest first."""
    found: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    query = sa.select(LaneZone).where(LaneZone.lane_id.in_(lanes))
    for each in session.scalars(query.order_by(LaneZone.metres, LaneZone.zone_id)):
        found[each.lane_id][each.zone_id] = each.metres
    return found


def devices_of(session: Session, lanes: Collection[UUID]) -> Mapping[UUID, list[Device]]:
    """The devices at each of these lanes, by their codes."""
    found: dict[UUID, list[Device]] = defaultdict(list)
    for device in session.scalars(sa.select(Device).where(Device.lane_id.in_(lanes)).order_by(Device.code)):
        if device.lane_id is not None:
            found[device.lane_id].append(device)
    return found


def secrets_of(session: Session, cipher: Cipher, lot_id: UUID) -> dict[UUID, str]:
    """The secrets of the devices of a car park: for whoever plays the devices, never for an answer."""
    query = (
        sa.select(Device)
        .outerjoin(Lane, Lane.id == Device.lane_id)
        .outerjoin(Bay, Bay.id == Device.bay_id)
        .outerjoin(Zone, Zone.id == Bay.zone_id)
        .where(sa.or_(Lane.lot_id == lot_id, Zone.lot_id == lot_id))
    )
    return {each.id: cipher.open_bytes(each.secret).decode() for each in session.scalars(query)}


def numbered(session: Session, zones: Collection[UUID]) -> Mapping[UUID, tuple[int, int]]:
    """How many bays with numbers each of these zones has, and how many of them are for disabled people."""
    accessible = sa.func.sum(sa.case((Bay.accessible, 1), else_=0))
    query = sa.select(Bay.zone_id, sa.func.count(), accessible).where(Bay.zone_id.in_(zones))
    rows = session.execute(query.group_by(Bay.zone_id))
    return defaultdict(lambda: (0, 0), {zone: (int(count), int(kept)) for zone, count, kept in rows})


def bays_of(session: Session, zone: Zone, cursor: str | None, limit: int) -> tuple[Sequence[Bay], str | None]:
    """A page of the bays of a zone, in the order in which they were entered, and the cursor of the next."""
    return _page(session, sa.select(Bay).where(Bay.zone_id == zone.id), Bay, cursor, limit)


def tariffs_of(session: Session, lot: Lot) -> Sequence[ParkingTariff]:
    """Every version of what parking costs, the latest first."""
    query = sa.select(ParkingTariff).where(ParkingTariff.lot_id == lot.id)
    return session.scalars(query.order_by(ParkingTariff.effective_on.desc())).all()


def tariffs_on(session: Session, lots: Collection[UUID], day: date) -> Mapping[UUID, ParkingTariff]:
    """For each of these car parks the version for stays that begin on a local day; none before the first."""
    query = sa.select(ParkingTariff).where(ParkingTariff.lot_id.in_(lots), ParkingTariff.effective_on <= day)
    # The later ones come last, and stay.
    return {each.lot_id: each for each in session.scalars(query.order_by(ParkingTariff.effective_on))}


def listings_of(
    session: Session,
    lot: Lot,
    kind: ListingKind | None,
    plate: str | None,
    cursor: str | None,
    limit: int,
    *,
    parts: bool,
) -> tuple[Sequence[Listing], str | None]:
    """A page of the vehicles on the lists of a car park, in the order in which they were entered.

    `parts`: whether a part of a plate is enough to find it, or all of it is needed.
    """
    query = sa.select(Listing).where(Listing.lot_id == lot.id)
    if kind is not None:
        query = query.where(Listing.kind == kind)
    if plate is not None:
        mark = normalize_plate(plate)
        found = Listing.mark.contains(mark, autoescape=True) if parts else Listing.mark == mark
        query = query.where(found)
    return _page(session, query, Listing, cursor, limit)


def _part(
    session: Session,
    kind: type[_Part],
    part_id: UUID,
    visible: sa.ColumnElement[bool],
    missing: Text,
    expected_version: int | None,
) -> tuple[Lot, _Part]:
    query = sa.select(Lot, kind).join(kind, kind.lot_id == Lot.id).where(kind.id == part_id, visible)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(missing)
    return _at_version(row[0], expected_version), row[1]


def _at_version(lot: Lot, expected: int | None) -> Lot:
    if expected is not None and lot.version != expected:
        raise PreconditionFailed
    return lot


def _page(
    session: Session, query: sa.Select[_Row], row: type[_Row], cursor: str | None, limit: int
) -> tuple[Sequence[_Row], str | None]:
    if cursor is not None:
        query = query.where(row.id > Cursor.decode(cursor).row)
    found = session.scalars(query.order_by(row.id).limit(limit + 1)).all()
    page = found[:limit]
    return page, None if len(found) <= limit else Cursor("", str(page[-1].id)).encode()
