"""Counting (清点): somebody says how many cars stand in a zone, and names none.

Every car with an open stay counts as known, on a right or not: whoever counts sees cars and no rights. What
stands there beyond them is unknown: it takes room like a car, until as many have left whose entry nobody has
seen, or until the next count. Where fewer are there, those that came first are doubted (存疑): they take no
room from then on, and stay open, for nobody knows which car it is that is gone. A car that is doubted leaves
like any other should it turn up. The bay of a car on a right is kept for it whether it is there or not, so
cars that take room without one are doubted before it; of these alone room becomes free.

Each count says all anew: who was doubted by the one before and is not by this one, was there all the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.freeing import tell_freed
from facilities.capacity.ledger.locking import Pool
from facilities.living.parking.gates.course import State
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.occupancy.entries import (
    count_bare,
    entries_of,
    now_of,
    set_unknown,
    shorten,
)
from facilities.living.parking.occupancy.queries import GRID
from facilities.living.parking.occupancy.rolling import CLAIMED, catch_up, look_at_room, take_zones
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.stays.turns import take_turn
from shared.errors import FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

MOST_TIMES = 10
"""No zone holds so many times the cars that it has bays for: a number beyond that was mistyped."""
_TOO_MANY = Text(
    "该停车区共{capacity}个车位，填报的车辆数过多", "The zone has {capacity} bays: that is too many cars"
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count has come to, in cars."""

    counted: int
    known: int
    """With an open stay, those that are doubted among them."""
    unknown: int
    doubted: Sequence[str]
    """Plates and tickets, the one that came first first."""


def count(tx: Transaction, zone: Zone, cars: int) -> Counted:
    """Let so many cars stand in a zone; InvalidInput for more than can be.

    It is about the moment at which it comes in. Whoever goes through a lane while it is carried out was there
    as known then: who has come since is not doubted, and who has left was not missing. The turns of all cars
    of the zone are taken in order before any of them is looked at again.
    """
    if cars > MOST_TIMES * zone.capacity:
        said = _TOO_MANY.format(capacity=zone.capacity)
        raise InvalidInput(errors=[FieldError("/cars", "too_many", said)])
    known = _known(tx, zone.id)
    for mark in sorted(known):
        take_turn(tx, zone.lot_id, mark)
    ((zone, pool),) = take_zones(tx, [zone])
    there = _still_there(tx, zone.id, list(known.values()))
    missing = max(len(known) - cars, 0)
    doubted = sorted(there[:missing], key=_since)
    _doubt(tx, pool, doubted)
    believe(tx, zone, pool, there[missing:])
    set_unknown(tx, zone, pool, max(cars - len(known), 0))
    zone.counted_at = tx.now
    found = Counted(cars, len(known), zone.unknown, [stay.mark for stay in doubted])
    details = {"counted": cars, "known": len(known), "unknown": zone.unknown, "doubted": len(doubted)}
    tx.audit("zone.cars-counted", "parking_zone", zone.id, details)
    look_at_room(tx, zone.id, zone.lot_id, pool)
    tell_freed(tx, [pool.id], [(pool.id, now_of(tx))])
    return found


def believe(tx: Transaction, zone: Zone, pool: Pool, stays: Sequence[ParkingStay]) -> None:
    """Of these cars of a zone none is doubted any more: they were there all the time, and are counted so.

    Their turns, and the ledger, are taken by the caller.
    """
    doubted = [stay for stay in stays if stay.doubted_at is not None]
    for stay in doubted:
        stay.doubted_at, stay.updated_at = None, tx.now
        tx.audit("stay.believed", "parking_stay", stay.id)
    if doubted:
        tx.session.flush()
        count_bare(tx, zone, pool)
        catch_up(tx, zone.id, zone.lot_id, pool)


def one_has_left(tx: Transaction, lot_id: UUID, at: datetime) -> None:
    """A car has left a lot at an instant whose entry nobody has seen: it was one of the unknown ones.

    It is taken from the zone with most of them; none where they were counted only after it had left.
    """
    some = sa.select(Zone).where(Zone.lot_id == lot_id, Zone.unknown > 0, Zone.counted_at <= at)
    taken = take_zones(tx, tx.session.scalars(some).all())
    left = [(zone, pool) for zone, pool in taken if zone.unknown and _was_counted(zone, at)]
    if not left:
        return
    zone, pool = min(left, key=lambda each: (-each[0].unknown, each[0].code))
    set_unknown(tx, zone, pool, zone.unknown - 1)
    tx.audit("zone.unknown-left", "parking_zone", zone.id, {"unknown": zone.unknown})
    tell_freed(tx, [each.id for _zone, each in taken], [(pool.id, now_of(tx))])


def _was_counted(zone: Zone, at: datetime) -> bool:
    return zone.counted_at is not None and zone.counted_at <= at


def _doubt(tx: Transaction, pool: Pool, stays: Sequence[ParkingStay]) -> None:
    """From the present slot on these cars take no room; those that are doubted already take none."""
    present = GRID.slot_of(tx.now)
    fresh = [stay for stay in stays if stay.doubted_at is None]
    entries = entries_of(tx, [stay.overflow_id for stay in fresh])
    gone = shorten(tx, pool.id, [(entry, present) for entry in entries])
    for stay in fresh:
        stay.doubted_at, stay.updated_at = tx.now, tx.now
        if stay.overflow_id in gone:
            stay.overflow_id = None
        tx.audit("stay.doubted", "parking_stay", stay.id)
    tx.session.flush()


def _known(tx: Transaction, zone_id: UUID) -> dict[str, UUID]:
    """The cars with an open stay in a zone, by their marks."""
    query = sa.select(ParkingStay.mark, ParkingStay.id).where(
        ParkingStay.zone_id == zone_id, ParkingStay.state == State.INSIDE
    )
    found: dict[str, UUID] = dict(tx.session.execute(query).all())
    return found


def _still_there(tx: Transaction, zone_id: UUID, stays: Sequence[UUID]) -> list[ParkingStay]:
    """Those of these that are inside as before, in the order in which they would be doubted."""
    query = sa.select(ParkingStay).where(
        ParkingStay.id.in_(stays), ParkingStay.zone_id == zone_id, ParkingStay.state == State.INSIDE
    )
    found = tx.session.scalars(query.execution_options(populate_existing=True)).all()
    return sorted(found, key=lambda stay: (_is_on_a_right(stay), *_since(stay)))


def _is_on_a_right(stay: ParkingStay) -> bool:
    """Whether its bay is kept for it: by a right that has not been found to be over."""
    return stay.ground in CLAIMED and stay.overflow_id is None


def _since(stay: ParkingStay) -> tuple[datetime, UUID]:
    return stay.entered_at or stay.created_at, stay.id
