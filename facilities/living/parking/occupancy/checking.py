"""The nightly check (夜间核对): what is counted in each zone is compared with its open stays.

A difference there is a fault of ours and raises an alarm.
"""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.ledger.model import LedgerSlot, OverflowEntry
from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.model import AlarmKind
from facilities.living.parking.lots.commands import GRAIN_S
from facilities.living.parking.occupancy.queries import GRID, standing_cars, zones_of
from facilities.living.parking.occupancy.rolling import take_zones
from shared.transaction import Transaction

_A_DAY = 86_400 // GRAIN_S


def check(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The nightly appointment of a lot: what is counted in each zone is what its open stays say."""
    lot_id = UUID(str(payload["lot_id"]))
    zones = [zone for zone, _pool in take_zones(tx, zones_of(tx.session, lot_id))]
    tx.session.flush()
    tx.audit("stock.checked", "parking_lot", lot_id)
    cars = standing_cars(tx.session, [zone.id for zone in zones])
    for zone in zones:
        present = GRID.slot_of(tx.now)
        wrong = _wrong_slots(tx.session, zone.ledger_id, range(present - _A_DAY, present + 1))
        counted = _counted(tx.session, zone.ledger_id, range(present, present + 1)).get(present, 0)
        inside = cars[zone.id].bare + zone.unknown
        if wrong or counted != inside:
            details = {"zone_id": str(zone.id), "counted": counted, "inside": inside, "slots": len(wrong)}
            raise_alarm(tx, lot_id, AlarmKind.DRIFT, f"{zone.id}:{present}", details=details)


def _wrong_slots(session: Session, ledger: int, slots: range) -> list[int]:
    """The slots in which a zone does not count what the entries of its cars say."""
    entries = sa.select(OverflowEntry.slot_from, OverflowEntry.slot_to, OverflowEntry.units).where(
        OverflowEntry.ledger_id == ledger,
        OverflowEntry.slot_to > slots.start,
        OverflowEntry.slot_from < slots.stop,
    )
    should: Counter[int] = Counter()
    for start, stop, units in session.execute(entries):
        for slot in range(max(start, slots.start), min(stop, slots.stop)):
            should[slot] += units
    said = _counted(session, ledger, slots)
    return [slot for slot in slots if said.get(slot, 0) != should[slot]]


def _counted(session: Session, ledger: int, slots: range) -> dict[int, int]:
    rows = sa.select(LedgerSlot.slot, LedgerSlot.overflow).where(
        LedgerSlot.ledger_id == ledger, LedgerSlot.slot >= slots.start, LedgerSlot.slot < slots.stop
    )
    found: dict[int, int] = dict(session.execute(rows).all())
    return found
