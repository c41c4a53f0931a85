"""Rolling forward: in each new slot every car that still stands in a zone is counted there too.

One statement a zone and not a car. Whoever first writes into the zone in a new slot does it, under the
ledger's lock; where nobody comes, the zone's own appointment. What was missed meanwhile is made up for.
Cars of which nothing is known are rolled with the others; a car that is doubted (`counting`) is not.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger.locking import Pool, exceptions_of, lock
from facilities.capacity.ledger.model import LedgerSlot, OverflowEntry
from facilities.capacity.ledger.overflow import add_overflow
from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.answers import Ground
from facilities.living.parking.gates.course import State
from facilities.living.parking.gates.model import AlarmKind
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.occupancy.queries import GRID
from facilities.living.parking.rights.passes.model import ParkingPass, PassState
from facilities.living.parking.rights.quotas.model import ParkingQuota, QuotaState
from facilities.living.parking.stays.model import ParkingStay
from shared.clock import PARK_TZ
from shared.database import dialect_of, insert, table_of
from shared.transaction import Transaction

ROLL_TIMER = "parking-roll"
CHECK_TIMER = "parking-check"
CHECKED_AT = time(4, 10)
"""When ledgers and stays are compared each night, in the park's time."""
_SLOT = table_of(LedgerSlot)
_ENTRY = table_of(OverflowEntry)
_ZONE = table_of(Zone)
_STAY = table_of(ParkingStay)
_ROLLED = sa.select(_ZONE.c.rolled_slot).where(_ZONE.c.id == sa.bindparam("zone"))
REASON = "parking"
"""Of the overflow entries of cars."""
CLAIMED = frozenset({Ground.PASS, Ground.RESERVATION, Ground.QUOTA})
"""Who stands on one of these has a claim of its own in the ledger."""


def present_in(tx: Transaction, rolled_slot: int) -> int:
    """The present slot of a zone whose cars are counted up to a slot; its ledger is taken by the caller.

    By our time it may lie ahead: who had the ledger before us may have begun after us, in the next slot, or
    by a clock that is ahead of ours. What we entered up to our own slot would be left out there.
    """
    return max(GRID.slot_of(tx.now), rolled_slot)


def roll(tx: Transaction, zone_id: UUID, lot_id: UUID, pool: Pool) -> int:
    """Count the cars of a zone in the present slot, unless it was done; its ledger is taken by the caller.

    Returns that slot, as `present_in` does.
    """
    rolled = rolled_slot_of(tx, zone_id)
    present = present_in(tx, rolled)
    if rolled == present:
        return present
    mine = sa.update(_ZONE).where(_ZONE.c.id == zone_id)
    tx.session.connection().execute(mine.values(rolled_slot=present))
    catch_up(tx, zone_id, lot_id, pool)
    wake_at_next_slot(tx, zone_id)
    check_at = _next_check(tx.now)
    # Under a key for each night: one that is due already is not moved away.
    tx.schedule(CHECK_TIMER, f"{lot_id}:{check_at:%Y-%m-%d}", check_at, {"lot_id": str(lot_id)})
    return present


def rolled_slot_of(tx: Transaction, zone_id: UUID) -> int:
    """Up to which slot the cars of a zone are counted, whatever was read before its ledger was taken."""
    return int(tx.session.connection().execute(_ROLLED, {"zone": zone_id}).scalar_one())


def catch_up(tx: Transaction, zone_id: UUID, lot_id: UUID, pool: Pool) -> None:
    """Count what stands in a zone up to the present slot, whoever has done it before; the ledger is taken."""
    present = GRID.slot_of(tx.now)
    _begin_to_count(tx, zone_id, pool, present)
    if _count(tx, zone_id, pool, present):
        look_at_room(tx, zone_id, lot_id, pool)


def count_overdue(tx: Transaction, zone_id: UUID, lot_id: UUID, pool: Pool) -> None:
    """Count at once who stands in a zone on a right that has just been taken away, whether there is room or
    not; its ledger is taken by the caller.
    """
    _begin_to_count(tx, zone_id, pool, roll(tx, zone_id, lot_id, pool))
    look_at_room(tx, zone_id, lot_id, pool)


def take_zones(tx: Transaction, zones: Iterable[Zone]) -> list[tuple[Zone, Pool]]:
    """Take the ledgers of these zones in their order, and count their cars up to now.

    Zones may have been read before: they are as they are once nobody else can change what stands there.
    """
    listed = sorted(zones, key=lambda each: each.ledger_id)
    pools = lock(tx.session, [zone.ledger_id for zone in listed])
    for zone in listed:
        tx.session.refresh(zone)
        roll(tx, zone.id, zone.lot_id, pools[zone.ledger_id])
    return [(zone, pools[zone.ledger_id]) for zone in listed]


def roll_zone(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The appointment of a zone at the beginning of a slot; none follows once nobody stands there."""
    zone = tx.session.get(Zone, UUID(str(payload["zone_id"])))
    if zone is None or not (zone.unknown or _anybody(tx, zone.id)):
        return
    pool = lock(tx.session, [zone.ledger_id])[zone.ledger_id]
    roll(tx, zone.id, zone.lot_id, pool)
    tx.audit("zone.counted", "parking_zone", zone.id)


def _begin_to_count(tx: Transaction, zone_id: UUID, pool: Pool, present: int) -> None:
    """Count the cars that still stand there after the end of their right, from this slot on."""
    begins = GRID.start_of(present)
    over = (
        sa.exists().where(Booking.id == ParkingStay.right_id, Booking.ends_at <= begins),
        sa.exists().where(ParkingPass.id == ParkingStay.right_id, ParkingPass.state == PassState.EXPIRED),
        sa.exists().where(
            ParkingQuota.id == ParkingStay.right_id, ParkingQuota.state == QuotaState.WITHDRAWN
        ),
    )
    overdue = tx.session.scalars(
        sa.select(ParkingStay.id).where(
            ParkingStay.zone_id == zone_id,
            ParkingStay.state == State.INSIDE,
            ParkingStay.doubted_at.is_(None),
            ParkingStay.ground.in_(CLAIMED),
            ParkingStay.overflow_id.is_(None),
            sa.or_(*over),
        )
    ).all()
    for stay_id in overdue:
        entry = add_overflow(tx, pool.id, GRID.span_of(range(present, present + 1)), 1, REASON)
        mine = sa.update(_STAY).where(_STAY.c.id == stay_id)
        tx.session.connection().execute(mine.values(overflow_id=entry.id))


def _anybody(tx: Transaction, zone_id: UUID) -> bool:
    """Whether anybody stands in a zone who is to be counted, or will be when a right ends."""
    counted = sa.or_(ParkingStay.overflow_id.is_not(None), ParkingStay.ground.in_(CLAIMED))
    there = sa.exists().where(
        ParkingStay.zone_id == zone_id,
        ParkingStay.state == State.INSIDE,
        ParkingStay.doubted_at.is_(None),
        counted,
    )
    return bool(tx.session.scalar(sa.select(there)))


def wake_at_next_slot(tx: Transaction, zone_id: UUID) -> None:
    """Make the appointment of a zone for the beginning of the next slot."""
    due = GRID.start_of(GRID.slot_of(tx.now) + 1)
    tx.schedule(ROLL_TIMER, str(zone_id), due, {"zone_id": str(zone_id)})


def _count(tx: Transaction, zone_id: UUID, pool: Pool, present: int) -> bool:
    """Count those that were counted in earlier slots only; False where there are none."""
    ends = {end: cars for end, cars in _ends(tx, zone_id).items() if end <= present}
    if not ends:
        return False
    slots = range(min(ends), present + 1)
    capacities = pool.capacities(slots, exceptions_of(tx.session, {pool.id: slots})[pool.id])
    rows = [
        {
            "ledger_id": pool.id,
            "slot": slot,
            "used": 0,
            "cap": cap,
            "overflow": sum(cars for end, cars in ends.items() if end <= slot),
        }
        for slot, cap in zip(slots, capacities, strict=True)
    ]
    new = insert(dialect_of(tx.session), LedgerSlot)
    statement = new.on_conflict_do_update(
        index_elements=["ledger_id", "slot"],
        set_={"overflow": _SLOT.c.overflow + new.excluded["overflow"]},
    )
    connection = tx.session.connection()
    connection.execute(statement, rows)
    behind = sa.update(_ENTRY).where(_ENTRY.c.id.in_(_standing(zone_id)), _ENTRY.c.slot_to <= present)
    connection.execute(behind.values(slot_to=present + 1))
    return True


def look_at_room(tx: Transaction, zone_id: UUID, lot_id: UUID, pool: Pool) -> None:
    """Raise the alarm where more stands in a zone now, or is promised, than it has bays."""
    present = GRID.slot_of(tx.now)
    mine = sa.select(_SLOT.c.used + _SLOT.c.overflow, _SLOT.c.cap)
    row = tx.session.connection().execute(mine.where(_SLOT.c.ledger_id == pool.id, _SLOT.c.slot == present))
    for taken, cap in row:
        if taken > cap:
            say_overfull(tx, lot_id, zone_id, present, taken, cap)


def say_overfull(tx: Transaction, lot_id: UUID, zone_id: UUID, slot: int, taken: int, cap: int) -> None:
    """Raise the alarm that more is there or promised than there are bays, once for each zone and slot."""
    details = {
        "zone_id": str(zone_id),
        "at": GRID.start_of(slot).isoformat(),
        "taken": taken,
        "capacity": cap,
    }
    raise_alarm(tx, lot_id, AlarmKind.OVERFULL, f"{zone_id}:{slot}", details=details)


def _standing(zone_id: UUID) -> sa.CompoundSelect[UUID | None]:
    """The entries of what stands in a zone: of its cars, but for those doubted, and of all unknown ones."""
    cars = sa.select(ParkingStay.overflow_id.label("id")).where(
        ParkingStay.zone_id == zone_id, ParkingStay.state == State.INSIDE, ParkingStay.doubted_at.is_(None)
    )
    return cars.union_all(sa.select(Zone.unknown_id).where(Zone.id == zone_id))


def _ends(tx: Transaction, zone_id: UUID) -> dict[int, int]:
    """Up to which slot what stands in a zone is counted: how many cars for each."""
    standing = _standing(zone_id).subquery()
    query = (
        sa.select(OverflowEntry.slot_to, sa.func.sum(OverflowEntry.units))
        .join(standing, standing.c.id == OverflowEntry.id)
        .group_by(OverflowEntry.slot_to)
    )
    return {end: int(cars) for end, cars in tx.session.execute(query)}


def _next_check(now: datetime) -> datetime:
    day = now.astimezone(PARK_TZ).date()
    due = datetime.combine(day, CHECKED_AT, PARK_TZ)
    return due if due > now else due + timedelta(days=1)
