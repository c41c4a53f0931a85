"""The nightly check (夜间核对): what a ledger says, its entries say, and the cars of its zone say, are one.

Where they are not, that is a fault of ours, or somebody has written past us. It is put right there and then:
the slots by the entries, the entries by the cars that are inside and by those that were counted as unknown.
An alarm says what it was, once for each zone and slot, and an act in the trail.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.freeing import tell_freed
from facilities.capacity.ledger.locking import Pool, exceptions_of
from facilities.capacity.ledger.model import LedgerSlot, OverflowEntry
from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.course import State
from facilities.living.parking.gates.model import AlarmKind
from facilities.living.parking.lots.commands import GRAIN_S
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.occupancy.entries import count_bare, now_of, set_unknown, shorten
from facilities.living.parking.occupancy.queries import GRID, standing_cars, zones_of
from facilities.living.parking.occupancy.rolling import REASON, catch_up, look_at_room, take_zones
from facilities.living.parking.stays.model import ParkingStay
from shared.database import dialect_of, insert, table_of
from shared.transaction import Transaction

_A_DAY = 86_400 // GRAIN_S
_SLOT = table_of(LedgerSlot)
_STAY = table_of(ParkingStay)


@dataclass(slots=True)
class PutRight:
    """What was wrong in a zone, and is not any more; ids of stays and of entries."""

    slots: int = 0
    """So many slots did not say what the entries say."""
    ended: list[UUID] = field(default_factory=list)
    """Entries of cars that are gone, or of none at all: they take nothing any more."""
    changed: list[UUID] = field(default_factory=list)
    """Entries that took more or less, or for longer or shorter, than their cars do."""
    begun: list[UUID] = field(default_factory=list)
    """Cars that were inside and that nothing counted: they have entries now."""

    def __bool__(self) -> bool:
        """Whether anything was wrong."""
        return bool(self.slots or self.ended or self.changed or self.begun)

    def to_json(self) -> dict[str, object]:
        """For the alarm and the trail."""
        ids = {name: [str(each) for each in getattr(self, name)] for name in ("ended", "changed", "begun")}
        return {"slots": self.slots, **ids}


def check(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The nightly appointment of a lot: let what is counted in each zone be what its open stays say."""
    lot_id = UUID(str(payload["lot_id"]))
    tx.audit("stock.checked", "parking_lot", lot_id)
    present = GRID.slot_of(tx.now)
    for zone, pool in take_zones(tx, zones_of(tx.session, lot_id)):
        counted = _said(tx, pool.id, present).get(present, 0)
        done = _put_right(tx, zone, pool)
        if not done:
            continue
        cars = standing_cars(tx.session, [zone.id])[zone.id]
        details = {
            "zone_id": str(zone.id),
            "counted": counted,
            "inside": cars.bare + zone.unknown,
            "put_right": done.to_json(),
        }
        raise_alarm(tx, lot_id, AlarmKind.DRIFT, f"{zone.id}:{present}", details=details)
        tx.audit("zone.put-right", "parking_zone", zone.id, done.to_json())
        look_at_room(tx, zone.id, lot_id, pool)
        tell_freed(tx, [pool.id], [(pool.id, now_of(tx))])


def _put_right(tx: Transaction, zone: Zone, pool: Pool) -> PutRight:
    """The slots first: what is taken back of them after that is there."""
    present = GRID.slot_of(tx.now)
    cars = _cars(tx, zone.id)
    entries = _entries(tx, zone, pool.id, [entry for _stay, entry in cars])
    done = PutRight()
    done.slots = _rebuild(tx, pool, min([present - _A_DAY, *(each.slot_from for each in entries.values())]))
    owned, lost = _owners(zone, cars, entries, present)
    mine = [each for each in entries.values() if each.id in owned]
    done.ended = _end(tx, pool.id, [each for each in entries.values() if each.id not in owned])
    done.changed = [each.id for each in mine if _fit(tx, each, owned[each.id])]
    if zone.unknown_id not in owned:
        done.changed += _unknown_anew(tx, zone, pool)
    _forget(tx, ParkingStay.id.in_(lost))
    done.begun = sorted({*lost, *count_bare(tx, zone, pool)})
    catch_up(tx, zone.id, zone.lot_id, pool)
    return done


def _cars(tx: Transaction, zone_id: UUID) -> list[tuple[UUID, UUID | None]]:
    """The cars that stand in a zone and are not doubted, with the entries by which they are counted."""
    query = sa.select(ParkingStay.id, ParkingStay.overflow_id).where(
        ParkingStay.zone_id == zone_id, ParkingStay.state == State.INSIDE, ParkingStay.doubted_at.is_(None)
    )
    rows = tx.session.execute(query.order_by(ParkingStay.entered_at, ParkingStay.id))
    return [(stay, entry) for stay, entry in rows]


def _entries(
    tx: Transaction, zone: Zone, ledger: int, of_cars: Sequence[UUID | None]
) -> dict[UUID, OverflowEntry]:
    """The entries that take something of a ledger now or later, and those by which cars are counted."""
    named = [each for each in (*of_cars, zone.unknown_id) if each is not None]
    query = sa.select(OverflowEntry).where(
        OverflowEntry.ledger_id == ledger,
        OverflowEntry.reason == REASON,
        sa.or_(OverflowEntry.slot_to > GRID.slot_of(tx.now), OverflowEntry.id.in_(named)),
    )
    found = tx.session.scalars(query.execution_options(populate_existing=True))
    return {each.id: each for each in found}


def _owners(
    zone: Zone, cars: Sequence[tuple[UUID, UUID | None]], entries: Mapping[UUID, OverflowEntry], present: int
) -> tuple[dict[UUID, int], list[UUID]]:
    """For how many cars each entry stands; and the stays of those that name one which cannot be theirs."""
    sound = {each.id for each in entries.values() if each.slot_from <= present}
    owned: dict[UUID, int] = {}
    lost = []
    if zone.unknown and zone.unknown_id in sound:
        owned[zone.unknown_id] = zone.unknown
    for stay, entry in cars:
        if entry in sound and entry not in owned:
            owned[entry] = 1
        elif entry is not None:
            lost.append(stay)
    return owned, lost


def _end(tx: Transaction, ledger: int, entries: Sequence[OverflowEntry]) -> list[UUID]:
    """Let entries end for which no car stands: when theirs has left, as far as there was one, else now."""
    present = GRID.slot_of(tx.now)
    ids = [each.id for each in entries if each.slot_to > present]
    if not ids:
        return []
    theirs = sa.select(ParkingStay.overflow_id, ParkingStay.left_at).where(ParkingStay.overflow_id.in_(ids))
    left = {entry: GRID.slot_of(at) for entry, at in tx.session.execute(theirs) if at is not None}
    ends = [(each, min(left.get(each.id, present), present)) for each in entries if each.id in ids]
    _forget(tx, ParkingStay.overflow_id.in_(shorten(tx, ledger, ends)))
    return sorted(ids)


def _unknown_anew(tx: Transaction, zone: Zone, pool: Pool) -> list[UUID]:
    """The unknown cars of a zone have lost their entry, if there are any: they get another one."""
    cars = zone.unknown
    zone.unknown, zone.unknown_id = 0, None
    entry = set_unknown(tx, zone, pool, cars)
    return [] if entry is None else [entry]


def _forget(tx: Transaction, these: sa.ColumnElement[bool]) -> None:
    """Let these stays name no entry any more."""
    tx.session.connection().execute(sa.update(_STAY).where(these).values(overflow_id=None))


def _fit(tx: Transaction, entry: OverflowEntry, cars: int) -> bool:
    """Let an entry take what so many cars take, up to now; False where it does. It may be behind still."""
    present = GRID.slot_of(tx.now)
    if (entry.units, entry.slot_to) == (cars, present + 1):
        return False
    shorten(tx, entry.ledger_id, [(entry, present + 1)])
    mine = sa.and_(
        _SLOT.c.ledger_id == entry.ledger_id,
        _SLOT.c.slot >= entry.slot_from,
        _SLOT.c.slot < entry.slot_to,
    )
    more = sa.update(_SLOT).where(mine).values(overflow=_SLOT.c.overflow + cars - entry.units)
    tx.session.connection().execute(more)
    entry.units = cars
    tx.session.flush()
    return True


def _rebuild(tx: Transaction, pool: Pool, since: int) -> int:
    """Let the slots from one on say what the entries say; how many did not."""
    entries = sa.select(OverflowEntry.slot_from, OverflowEntry.slot_to, OverflowEntry.units).where(
        OverflowEntry.ledger_id == pool.id, OverflowEntry.slot_to > since
    )
    should: Counter[int] = Counter()
    for start, stop, units in tx.session.execute(entries):
        for slot in range(max(start, since), stop):
            should[slot] += units
    said = _said(tx, pool.id, since)
    wrong = sorted(slot for slot in said.keys() | should.keys() if said.get(slot, 0) != should[slot])
    if not wrong:
        return 0
    window = range(wrong[0], wrong[-1] + 1)
    capacities = pool.capacities(window, exceptions_of(tx.session, {pool.id: window})[pool.id])
    rows = [
        {
            "ledger_id": pool.id,
            "slot": slot,
            "used": 0,
            "cap": capacities[slot - window.start],
            "overflow": should[slot],
        }
        for slot in wrong
    ]
    new = insert(dialect_of(tx.session), LedgerSlot)
    statement = new.on_conflict_do_update(
        index_elements=["ledger_id", "slot"], set_={"overflow": new.excluded["overflow"]}
    )
    tx.session.connection().execute(statement, rows)
    return len(wrong)


def _said(tx: Transaction, ledger: int, since: int) -> dict[int, int]:
    """What stands there beside all claims, as the slots from one on have it."""
    rows = sa.select(LedgerSlot.slot, LedgerSlot.overflow).where(
        LedgerSlot.ledger_id == ledger, LedgerSlot.slot >= since
    )
    found: dict[int, int] = dict(tx.session.execute(rows).all())
    return found
