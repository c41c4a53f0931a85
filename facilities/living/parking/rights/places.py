"""Lots and zones as rights need them: which may be chosen, which is nearest, what they are called."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots.model import Lane, LaneZone, Lot, LotState, Zone, ZoneKind
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.text import Text

_NO_LOT = Text("没有这个停车场", "There is no such car park")
_CLOSED = Text("停车场当前关闭", "The car park is closed now")
_NO_ZONE = Text("该停车场没有这个区域", "The car park has no such zone")


@dataclass(frozen=True, slots=True)
class Names:
    """What lots and zones are called, in both languages."""

    lots: dict[UUID, dict[str, str]]
    zones: dict[UUID, dict[str, str]]


def open_lot(session: Session, lot_id: UUID) -> Lot:
    """A car park that is in use: NotFound where there is none, Conflict where it is closed."""
    lot = session.get(Lot, lot_id)
    if lot is None or lot.state is LotState.DRAFT:
        raise NotFound(_NO_LOT)
    if lot.state is LotState.CLOSED:
        raise Conflict(_CLOSED, slug="lot-closed")
    return lot


def zones_to_try(session: Session, lot: Lot, zone_id: UUID | None) -> list[Zone]:
    """The zone that was named, or all for ordinary cars, the nearest to a way in first.

    Raises InvalidInput where the lot has none such.
    """
    nearest = (
        sa.select(LaneZone.zone_id, sa.func.min(LaneZone.metres).label("metres"))
        .join(Lane, Lane.id == LaneZone.lane_id)
        .where(Lane.lot_id == lot.id, Lane.direction == Direction.IN)
        .group_by(LaneZone.zone_id)
        .subquery()
    )
    query = (
        sa.select(Zone)
        .outerjoin(nearest, nearest.c.zone_id == Zone.id)
        .where(Zone.lot_id == lot.id)
        .order_by(nearest.c.metres.is_(None), nearest.c.metres, Zone.code)
    )
    chosen = Zone.kind == ZoneKind.GENERAL if zone_id is None else Zone.id == zone_id
    found = list(session.scalars(query.where(chosen)))
    if not found:
        raise InvalidInput(errors=[FieldError("/zone_id", "unknown", _NO_ZONE)])
    return found


def in_lot(column: InstrumentedAttribute[UUID], code: str) -> sa.ColumnElement[bool]:
    """The condition that something is in the car park with this code."""
    return column.in_(sa.select(Lot.id).where(Lot.code == code))


def names_of(session: Session, zone_ids: Iterable[UUID], lot_ids: Iterable[UUID] = ()) -> Names:
    """What these zones and their lots, and further lots, are called; one query."""
    zones, lots = set(zone_ids), set(lot_ids)
    query = sa.select(Lot.id, Lot.name, Zone.id, Zone.name).outerjoin(
        Zone, sa.and_(Zone.lot_id == Lot.id, Zone.id.in_(zones))
    )
    mine = Lot.id.in_(lots) | Zone.id.is_not(None)
    found = Names({}, {})
    for lot, lot_name, zone, zone_name in session.execute(query.where(mine)):
        found.lots[lot] = lot_name
        if zone is not None:
            found.zones[zone] = zone_name
    return found
