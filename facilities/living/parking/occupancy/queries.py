"""How full a car park is: what each zone holds, and what claims and cars without any take of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.grid import Grid, Span
from facilities.capacity.ledger.model import Ledger, LedgerSlot
from facilities.living.parking.gates.course import State
from facilities.living.parking.lots.commands import GRAIN_S
from facilities.living.parking.lots.model import LaneZone, Zone
from facilities.living.parking.stays.model import ParkingStay
from shared.clock import PARK_TZ

GRID = Grid(GRAIN_S, PARK_TZ)
"""That of every zone."""
_AN_HOUR = 3600 // GRAIN_S


@dataclass(frozen=True, slots=True)
class Room:
    """A zone as a lane sees it at a moment, not locked: a guess, to be looked at again under the lock."""

    zone_id: UUID
    lot_id: UUID
    ledger_id: int
    rolled_slot: int
    name: dict[str, Any]
    free: int


@dataclass(frozen=True, slots=True)
class Cars:
    """The cars of a zone with an open stay."""

    known: int = 0
    doubted: int = 0
    """Of these, by all appearance gone."""
    bare: int = 0
    """Of the others, without a claim that keeps a bay for them."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A zone as it is shown: what it holds, what is taken of it, how many cars are inside."""

    zone: Zone
    capacity: int
    used: int
    cars: Cars

    @property
    def taken(self) -> int:
        """By claims and by cars without any, whether they are known or not."""
        return self.used + self.cars.bare + self.zone.unknown

    @property
    def inside(self) -> int:
        """Cars, as far as anybody knows: a count has found some that are not known, others to be gone."""
        return self.cars.known - self.cars.doubted + self.zone.unknown

    @property
    def free(self) -> int:
        """Never less than nothing, however many stand there."""
        return max(self.capacity - self.taken, 0)


def rooms(session: Session, lane_id: UUID, now: datetime) -> list[Room]:
    """The zones that a lane leads to with what is free there now, the nearest first."""
    asked = {"lane": lane_id, "slot": GRID.slot_of(now)}
    return [Room(*row) for row in session.connection().execute(_ROOMS, asked)]


def rooms_of_lane() -> sa.Select[*tuple[Any, ...]]:
    """The columns of a `Room`, in its order, of each zone to which a lane leads (`lane`, `slot`), and by what
    the zones are ordered.
    """
    free = sa.func.coalesce(LedgerSlot.cap - LedgerSlot.used - LedgerSlot.overflow, Ledger.default_cap)
    return (
        sa.select(Zone.id, Zone.lot_id, Zone.ledger_id, Zone.rolled_slot, Zone.name, free.label("free"))
        .add_columns(LaneZone.metres, Zone.code)
        .join(LaneZone, LaneZone.zone_id == Zone.id)
        .join(Ledger, Ledger.id == Zone.ledger_id)
        .outerjoin(
            LedgerSlot,
            sa.and_(LedgerSlot.ledger_id == Zone.ledger_id, LedgerSlot.slot == sa.bindparam("slot")),
        )
        .where(LaneZone.lane_id == sa.bindparam("lane", type_=sa.Uuid()))
    )


_OF_LANE = rooms_of_lane().subquery()
_ROOMS = sa.select(*list(_OF_LANE.c)[: len(fields(Room))]).order_by(_OF_LANE.c.metres, _OF_LANE.c.code)
"""Put together once, as what every event asks is."""


def zones_of(session: Session, lot_id: UUID) -> Sequence[Zone]:
    """The zones of a lot in the order of their codes."""
    return session.scalars(sa.select(Zone).where(Zone.lot_id == lot_id).order_by(Zone.code)).all()


def standing_cars(session: Session, zones: Sequence[UUID]) -> dict[UUID, Cars]:
    """Of each zone the cars that are inside; one query for all."""
    bare = sa.func.count(sa.case((ParkingStay.doubted_at.is_(None), ParkingStay.overflow_id)))
    query = (
        sa.select(ParkingStay.zone_id, sa.func.count(), sa.func.count(ParkingStay.doubted_at), bare)
        .where(ParkingStay.state == State.INSIDE, ParkingStay.zone_id.in_(zones))
        .group_by(ParkingStay.zone_id)
    )
    found = {zone: Cars(*numbers) for zone, *numbers in session.execute(query) if zone is not None}
    return {zone: found.get(zone, Cars()) for zone in zones}


def taken_now(session: Session, lot_id: UUID, now: datetime) -> list[Taken]:
    """How full each zone of a lot is, the cars among it that the present slot does not count yet."""
    slot = GRID.slot_of(now)
    used = sa.func.coalesce(LedgerSlot.used, 0)
    query = (
        sa.select(Zone, sa.func.coalesce(LedgerSlot.cap, Ledger.default_cap), used)
        .join(Ledger, Ledger.id == Zone.ledger_id)
        .outerjoin(LedgerSlot, sa.and_(LedgerSlot.ledger_id == Zone.ledger_id, LedgerSlot.slot == slot))
        .where(Zone.lot_id == lot_id)
        .order_by(Zone.code)
    )
    rows = session.execute(query).all()
    cars = standing_cars(session, [zone.id for zone, _cap, _used in rows])
    return [Taken(zone=zone, capacity=cap, used=used, cars=cars[zone.id]) for zone, cap, used in rows]


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of a zone: at most so many bays were taken, of so many; None while it lies ahead."""

    starts_at: datetime
    taken: int | None
    capacity: int


def hours_of(session: Session, lot_id: UUID, day: date, now: datetime) -> list[tuple[Zone, list[Hour]]]:
    """The hours of a local day, zone by zone, in two queries."""
    start = datetime.combine(day, time(), PARK_TZ).astimezone(UTC)
    slots = GRID.slots(Span(start, start + timedelta(days=1)))
    zones = zones_of(session, lot_id)
    query = sa.select(
        LedgerSlot.ledger_id, LedgerSlot.slot, LedgerSlot.used + LedgerSlot.overflow, LedgerSlot.cap
    ).where(
        LedgerSlot.ledger_id.in_([zone.ledger_id for zone in zones]),
        LedgerSlot.slot >= slots.start,
        LedgerSlot.slot < slots.stop,
    )
    rows = {(ledger, slot): (taken, cap) for ledger, slot, taken, cap in session.execute(query)}
    present = GRID.slot_of(now)

    def hour(zone: Zone, first: int) -> Hour:
        both = [
            rows.get((zone.ledger_id, slot), (0, zone.capacity)) for slot in range(first, first + _AN_HOUR)
        ]
        taken = None if first > present else max(taken for taken, _cap in both)
        return Hour(GRID.start_of(first), taken, min(cap for _taken, cap in both))

    return [(zone, [hour(zone, first) for first in slots[::_AN_HOUR]]) for zone in zones]
