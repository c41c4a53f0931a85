"""Entries of what stands in a zone beside all claims: shortened and begun. The ledger is taken before.

Whatever is done here changes entries and slots alike, so that the slots stay the sum of the entries.
"""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import Pool
from facilities.capacity.ledger.model import LedgerSlot, OverflowEntry
from facilities.capacity.ledger.overflow import add_overflow
from facilities.living.parking.gates.course import State
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.occupancy.queries import GRID
from facilities.living.parking.occupancy.rolling import CLAIMED, REASON, present_in, roll
from facilities.living.parking.stays.model import ParkingStay
from shared.database import table_of
from shared.transaction import Transaction

_SLOT = table_of(LedgerSlot)
_STAY = table_of(ParkingStay)


def now_of(tx: Transaction) -> Span:
    """The present slot of every zone."""
    present = GRID.slot_of(tx.now)
    return GRID.span_of(range(present, present + 1))


def entries_of(tx: Transaction, ids: Iterable[UUID | None]) -> list[OverflowEntry]:
    """These entries as they are now, whatever was read before."""
    query = sa.select(OverflowEntry).where(OverflowEntry.id.in_([each for each in ids if each is not None]))
    return list(tx.session.scalars(query.execution_options(populate_existing=True)))


def shorten(tx: Transaction, ledger: int, ends: Iterable[tuple[OverflowEntry, int]]) -> set[UUID]:
    """Let entries of a ledger end before these slots; returns those of which nothing is left."""
    less: Counter[int] = Counter()
    gone = set()
    for entry, end in ends:
        for slot in range(max(entry.slot_from, end), entry.slot_to):
            less[slot] += entry.units
        if entry.slot_from < end:
            entry.slot_to = min(entry.slot_to, end)
        else:
            tx.session.delete(entry)
            gone.add(entry.id)
    tx.session.flush()
    for slot, units in less.items():
        mine = sa.update(_SLOT).where(_SLOT.c.ledger_id == ledger, _SLOT.c.slot == slot)
        tx.session.connection().execute(mine.values(overflow=_SLOT.c.overflow - units))
    return gone


def stop_counting(tx: Transaction, zone: Zone, pool: Pool, right_id: UUID, most: int) -> None:
    """Let cars that stand in a zone on a right that is given back have its bays again: so many at most.

    The ledger is taken by the caller, who claims the bays next. In a zone that is overfull none of them could
    be had: there its cars are counted on.
    """
    present = roll(tx, zone.id, zone.lot_id, pool)
    taken = sa.select(_SLOT.c.used + _SLOT.c.overflow <= _SLOT.c.cap)
    fits = taken.where(_SLOT.c.ledger_id == pool.id, _SLOT.c.slot == present)
    counted = (
        sa.select(_STAY.c.id, _STAY.c.overflow_id)
        .where(
            _STAY.c.zone_id == zone.id,
            _STAY.c.state == State.INSIDE,
            _STAY.c.doubted_at.is_(None),
            _STAY.c.right_id == right_id,
            _STAY.c.overflow_id.is_not(None),
        )
        .order_by(_STAY.c.entered_at, _STAY.c.id)
        .limit(most)
    )
    stays = dict(tx.session.execute(counted).all()) if tx.session.scalar(fits) else {}
    if stays:
        shorten(tx, pool.id, [(entry, present) for entry in entries_of(tx, stays.values())])
        theirs = sa.update(_STAY).where(_STAY.c.id.in_(stays))
        tx.session.connection().execute(theirs.values(overflow_id=None))


def set_unknown(tx: Transaction, zone: Zone, pool: Pool, cars: int) -> UUID | None:
    """Let so many cars of which nothing is known stand in a zone from now on; the entry of all of them."""
    if cars == zone.unknown:
        return zone.unknown_id
    present = present_in(tx, zone.rolled_slot)
    shorten(tx, pool.id, [(each, present) for each in entries_of(tx, [zone.unknown_id])])
    zone.unknown, zone.unknown_id = cars, None
    if cars:
        from_now = GRID.span_of(range(present, present + 1))
        zone.unknown_id = add_overflow(tx, pool.id, from_now, cars, REASON).id
    tx.session.flush()
    return zone.unknown_id


def count_bare(tx: Transaction, zone: Zone, pool: Pool) -> list[UUID]:
    """Count the cars in a zone that are on no right and that nothing counts, since they came; their stays."""
    there = sa.exists().where(OverflowEntry.id == ParkingStay.overflow_id)
    bare = sa.select(ParkingStay.id, ParkingStay.entered_at).where(
        ParkingStay.zone_id == zone.id,
        ParkingStay.state == State.INSIDE,
        ParkingStay.doubted_at.is_(None),
        ParkingStay.ground.not_in(CLAIMED),
        ~there,
    )
    present = present_in(tx, zone.rolled_slot)
    found = tx.session.execute(bare.order_by(ParkingStay.id)).all()
    for stay_id, entered_at in found:
        first = present if entered_at is None else min(GRID.slot_of(entered_at), present)
        entry = add_overflow(tx, pool.id, GRID.span_of(range(first, present + 1)), 1, REASON)
        mine = sa.update(_STAY).where(_STAY.c.id == stay_id)
        tx.session.connection().execute(mine.values(overflow_id=entry.id))
    return [stay_id for stay_id, _entered_at in found]
