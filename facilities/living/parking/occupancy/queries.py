"""How full a car park is: what each zone holds, and what claims and cars without any take of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.grid import Grid
from facilities.capacity.ledger.model import Ledger, LedgerSlot
from facilities.living.parking.gates.course import State
from facilities.living.parking.lots.commands import GRAIN_S
from facilities.living.parking.lots.model import LaneZone, Zone
from facilities.living.parking.stays.model import ParkingStay
from shared.clock import PARK_TZ

GRID = Grid(GRAIN_S, PARK_TZ)
"""That of every zone."""


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
class Taken:
    """A zone as it is shown: what it holds, what is taken of it, how many cars are inside."""

    zone: Zone
    capacity: int
    used: int
    standing: int
    inside: int

    @property
    def taken(self) -> int:
        """By claims and by cars without any."""
        return self.used + self.standing

    @property
    def free(self) -> int:
        """Never less than nothing, however many stand there."""
        return max(self.capacity - self.taken, 0)


def rooms(session: Session, lane_id: UUID, now: datetime) -> list[Room]:
    """The zones that a lane leads to with what is free there now, the nearest first."""
    slot = GRID.slot_of(now)
    free = sa.func.coalesce(LedgerSlot.cap - LedgerSlot.used - LedgerSlot.overflow, Ledger.default_cap)
    query = (
        sa.select(Zone.id, Zone.lot_id, Zone.ledger_id, Zone.rolled_slot, Zone.name, free)
        .join(LaneZone, LaneZone.zone_id == Zone.id)
        .join(Ledger, Ledger.id == Zone.ledger_id)
        .outerjoin(LedgerSlot, sa.and_(LedgerSlot.ledger_id == Zone.ledger_id, LedgerSlot.slot == slot))
        .where(LaneZone.lane_id == lane_id)
        .order_by(LaneZone.metres, Zone.code)
    )
    return [Room(*row) for row in session.execute(query)]


def zones_of(session: Session, lot_id: UUID) -> Sequence[Zone]:
    """The zones of a lot in the order of their codes."""
    return session.scalars(sa.select(Zone).where(Zone.lot_id == lot_id).order_by(Zone.code)).all()


def standing_cars(session: Session, zones: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Of each zone how many cars are inside, and how many of these stand there without a claim."""
    bare = sa.func.count(ParkingStay.overflow_id)
    query = (
        sa.select(ParkingStay.zone_id, sa.func.count(), bare)
        .where(ParkingStay.state == State.INSIDE, ParkingStay.zone_id.in_(zones))
        .group_by(ParkingStay.zone_id)
    )
    found = {zone: (inside, without) for zone, inside, without in session.execute(query) if zone is not None}
    return {zone: found.get(zone, (0, 0)) for zone in zones}
