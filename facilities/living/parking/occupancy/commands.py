"""Where a car stands: what it takes of its zone's ledger where it has no claim of its own.

It is an overflow entry from the slot in which it came to the present one. The first who writes into a zone in
a new slot, or else the timer of the lot, rolls all of its cars forward (`rolling`). Whether there is room is
decided under the ledger's lock; who comes in all the same (an ambulance, a car that is told of later) is
counted and, where it is too much, an alarm is raised.
"""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from facilities.capacity.freeing import tell_freed
from facilities.capacity.ledger.locking import (
    Exceptions,
    LedgerRow,
    Pool,
    exceptions_of,
    hold,
    lock_if_free,
    pools_over,
)
from facilities.capacity.ledger.model import LedgerSlot, OverflowEntry
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.occupancy.queries import GRID, Room
from facilities.living.parking.occupancy.rolling import (
    CLAIMED,
    REASON,
    present_in,
    roll,
    rolled_slot_of,
    say_overfull,
    wake_at_next_slot,
)
from facilities.living.parking.stays.model import ParkingStay
from shared.database import dialect_of, insert, table_of
from shared.errors import Unavailable
from shared.ids import new_id
from shared.transaction import Transaction

_SLOT = table_of(LedgerSlot)
_ZONE = table_of(Zone)


class BeganAnew(Unavailable):
    """Ledgers that are to be looked at are held by others: the transaction has to begin anew."""

    def __init__(self) -> None:
        super().__init__(retry_after_s=1)


def take_room(tx: Transaction, rooms: Sequence[Room]) -> tuple[Room, OverflowEntry] | None:
    """A bay in the nearest zone with room, from now on; None when there is none.

    The first ledger is waited for. Any further one is taken if it is free, so that no two wait for one
    another; raises BeganAnew when one with room is held by somebody else.
    """
    for number, room in enumerate(room for room in rooms if room.free > 0):
        if number and not lock_if_free(tx.session, [room.ledger_id]):
            raise BeganAnew
        slot = _taken(tx, room, hold(tx.session, [room.ledger_id]))
        if slot is not None:
            return room, _entry(tx, room.ledger_id, range(slot, slot + 1))
    return None


def _taken(tx: Transaction, room: Room, held: Sequence[LedgerRow]) -> int | None:
    """The present slot, if there was a bay left in it; its ledger is held by the caller."""
    present = GRID.slot_of(tx.now)
    asked = {"at_ledger": room.ledger_id, "at_slot": present, "at_zone": room.zone_id}
    if room.rolled_slot == present and tx.session.connection().execute(_ONE_MORE, asked).rowcount:
        return present  # as mostly: others have come in this slot, so its row has its capacity
    pools, exceptions = pools_over(tx.session, held, GRID.span_of(range(present, present + 1)))
    pool = pools[room.ledger_id]
    slot = roll(tx, room.zone_id, room.lot_id, pool)
    if slot > present:
        exceptions = exceptions_of(tx.session, {pool.id: range(slot, slot + 1)})
    slots = range(slot, slot + 1)
    return slot if _add(tx, room.lot_id, room.zone_id, pool, exceptions, slots=slots) else None


_ONE_MORE = (
    sa.update(_SLOT)
    .where(_SLOT.c.ledger_id == sa.bindparam("at_ledger"), _SLOT.c.slot == sa.bindparam("at_slot"))
    .where(_SLOT.c.used + _SLOT.c.overflow < _SLOT.c.cap)
    .where(sa.exists().where(_ZONE.c.id == sa.bindparam("at_zone"), _ZONE.c.rolled_slot == _SLOT.c.slot))
    .values(overflow=_SLOT.c.overflow + 1)
)
"""Put together once, as every entry asks. Not where its zone is in the next slot already (`present_in`)."""


def stand(tx: Transaction, stay: ParkingStay, ledger_id: int | None = None) -> None:
    """Let the ledger of its zone say what a stay says, whether there is room or not.

    Of the slot in which a car leaves it takes nothing any more, nor of any since it is doubted (`counting`).
    `ledger_id` is that of its zone, where known.
    """
    if stay.zone_id is None or (stay.overflow_id is None and not _takes(stay) and not _had_claim(stay)):
        return
    if stay.overflow_id is None and _had_claim(stay) and stay.left_at is None:
        wake_at_next_slot(tx, stay.zone_id)  # its claim may end before it leaves
        return
    zone = None if ledger_id is not None else tx.session.get_one(Zone, stay.zone_id)
    ledger = ledger_id if zone is None else zone.ledger_id
    assert ledger is not None  # noqa: S101 - for the type checker
    held_rows = hold(tx.session, [ledger])
    rolled = rolled_slot_of(tx, stay.zone_id) if stay.left_at is None else 0
    inside = _slots(stay, present_in(tx, rolled))
    entry = _counted_by(tx, stay)
    if _had_claim(stay) and stay.overflow_id is None:
        return
    held = range(0) if entry is None else range(entry.slot_from, entry.slot_to)
    wanted = _from(held.start, inside) if _had_claim(stay) else inside
    if stay.doubted_at is not None:
        wanted = _from(held.start, range(wanted.start, min(wanted.stop, held.stop)))
    more = [slot for slot in wanted if slot not in held]
    less = [slot for slot in held if slot not in wanted]
    if more:
        _add_all(tx, stay, zone, held_rows, more)
    for slots in _stretches(less):
        _take_back(tx, ledger, slots)
    _note(tx, stay, entry, ledger, wanted)
    if less:
        tell_freed(tx, [ledger], [(ledger, GRID.span_of(slots)) for slots in _stretches(less)])


def _add_all(
    tx: Transaction, stay: ParkingStay, zone: Zone | None, held: Sequence[LedgerRow], more: Sequence[int]
) -> None:
    """Count a car in these slots, whether there is room or not; its ledger is held by the caller."""
    assert stay.zone_id is not None  # noqa: S101 - for the type checker
    pools, exceptions = pools_over(tx.session, held, GRID.span_of(range(more[0], more[-1] + 1)))
    (pool,) = pools.values()
    if zone is not None:
        roll(tx, zone.id, zone.lot_id, pool)
    for slots in _stretches(more):
        _add(tx, stay.lot_id, stay.zone_id, pool, exceptions, slots=slots, forced=True)


def _counted_by(tx: Transaction, stay: ParkingStay) -> OverflowEntry | None:
    """What a stay takes, as it is now that its ledger is held: its zone may have begun to count it, or count
    it no more, since it was read.
    """
    if stay in tx.session.new:
        return None
    found = tx.session.execute(_COUNTED, {"stay": stay.id}).one()
    set_committed_value(stay, "overflow_id", found.overflow_id)
    set_committed_value(stay, "doubted_at", found.doubted_at)
    entry: OverflowEntry | None = found.OverflowEntry
    return entry


_COUNTED = (
    sa.select(ParkingStay.overflow_id, ParkingStay.doubted_at, OverflowEntry)
    .outerjoin(OverflowEntry, OverflowEntry.id == ParkingStay.overflow_id)
    .where(ParkingStay.id == sa.bindparam("stay", type_=sa.Uuid()))
    .execution_options(populate_existing=True)
)
"""Put together once, as every exit asks it."""


def _takes(stay: ParkingStay) -> bool:
    return stay.ground not in CLAIMED and stay.entered_at is not None


def _had_claim(stay: ParkingStay) -> bool:
    """Whether it has a claim, or had one that is over while the car still stands there (`rolling`)."""
    return stay.ground in CLAIMED


def _slots(stay: ParkingStay, present: int) -> range:
    if stay.entered_at is None:
        return range(0)
    start = GRID.slot_of(stay.entered_at)
    return range(start, present + 1 if stay.left_at is None else max(GRID.slot_of(stay.left_at), start))


def _from(start: int, slots: range) -> range:
    """What of these slots is not before a slot."""
    return range(max(slots.start, start), max(slots.stop, start))


def _entry(tx: Transaction, ledger: int, slots: range) -> OverflowEntry:
    made = OverflowEntry(
        id=new_id(),
        ledger_id=ledger,
        slot_from=slots.start,
        slot_to=slots.stop,
        units=1,
        reason=REASON,
        made_at=tx.now,
    )
    tx.session.add(made)
    return made


def _note(tx: Transaction, stay: ParkingStay, entry: OverflowEntry | None, ledger: int, slots: range) -> None:
    if entry is None:
        if slots:
            stay.overflow_id = _entry(tx, ledger, slots).id
        return
    if slots:
        entry.slot_from, entry.slot_to = slots.start, slots.stop
        return
    tx.session.delete(entry)
    stay.overflow_id = None


def _add(
    tx: Transaction,
    lot_id: UUID,
    zone_id: UUID,
    pool: Pool,
    exceptions: Exceptions,
    *,
    slots: range,
    forced: bool = False,
) -> bool:
    """Count one more car in these slots; unless `forced` only where there is room, and False if not."""
    capacities = pool.capacities(slots, exceptions[pool.id])
    statement = _adding(dialect_of(tx.session), forced)
    connection = tx.session.connection()
    over = []
    for slot, cap in zip(slots, capacities, strict=True):
        if not forced and cap < 1:
            return False
        row = connection.execute(statement, {"ledger": pool.id, "slot": slot, "cap": cap}).one_or_none()
        if row is None:
            return False
        if row.used + row.overflow > row.cap:
            over.append((slot, row.used + row.overflow, row.cap))
    for slot, taken, cap in over:
        say_overfull(tx, lot_id, zone_id, slot, taken, cap)
    return True


@cache
def _adding(dialect: str, forced: bool) -> sa.Insert:
    """Built once: putting it together would cost as much as carrying it out."""
    new = insert(dialect, LedgerSlot).values(
        ledger_id=sa.bindparam("ledger"),
        slot=sa.bindparam("slot"),
        used=0,
        cap=sa.bindparam("cap"),
        overflow=1,
    )
    return new.on_conflict_do_update(
        index_elements=["ledger_id", "slot"],
        set_={"overflow": _SLOT.c.overflow + 1},
        where=None if forced else _SLOT.c.used + _SLOT.c.overflow < _SLOT.c.cap,
    ).returning(_SLOT.c.used, _SLOT.c.overflow, _SLOT.c.cap)


def _take_back(tx: Transaction, ledger: int, slots: range) -> None:
    asked = {"at_ledger": ledger, "first": slots.start, "beyond": slots.stop}
    tx.session.connection().execute(_ONE_LESS, asked)


_ONE_LESS = (
    sa.update(_SLOT)
    .where(_SLOT.c.ledger_id == sa.bindparam("at_ledger"))
    .where(_SLOT.c.slot >= sa.bindparam("first"), _SLOT.c.slot < sa.bindparam("beyond"))
    .values(overflow=_SLOT.c.overflow - 1)
)


def _stretches(slots: Sequence[int]) -> list[range]:
    """Slots in a row as one range each."""
    found: list[range] = []
    for slot in slots:
        if found and found[-1].stop == slot:
            found[-1] = range(found[-1].start, slot + 1)
        else:
            found.append(range(slot, slot + 1))
    return found
