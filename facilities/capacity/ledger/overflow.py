"""What is there although nobody has claimed it: a car simply stands on the lot, and physics needs no permit.

It is kept beside what is claimed and outside the CHECK. Occupancy is both, and so is what others find taken.
"""

import sqlalchemy as sa

from facilities.capacity.freeing import tell_freed
from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import Pool, exceptions_of, lock
from facilities.capacity.ledger.model import LedgerSlot, OverflowEntry
from shared.database import dialect_of, insert, table_of
from shared.ids import new_id
from shared.transaction import Transaction

_SLOT = table_of(LedgerSlot)


def add_overflow(tx: Transaction, ledger_id: int, span: Span, units: int, reason: str) -> OverflowEntry:
    """Note units that are there beyond what is claimed, whatever the capacity is."""
    pool = lock(tx.session, [ledger_id])[ledger_id]
    slots = pool.grid.slots(span)
    made = OverflowEntry(
        id=new_id(),
        ledger_id=ledger_id,
        slot_from=slots.start,
        slot_to=slots.stop,
        units=units,
        reason=reason,
        made_at=tx.now,
    )
    tx.session.add(made)
    tx.session.flush()
    _add(tx, pool, slots, units)
    tx.audit("ledger.overflow-added", "ledger", str(ledger_id), {"entry": str(made.id), "units": units})
    return made


def remove_overflow(tx: Transaction, entry: OverflowEntry) -> None:
    """It is not there any more, or never was."""
    pool = lock(tx.session, [entry.ledger_id])[entry.ledger_id]
    span = pool.grid.span_of(range(entry.slot_from, entry.slot_to))
    taken_back = (
        sa.update(_SLOT)
        .where(
            _SLOT.c.ledger_id == entry.ledger_id,
            _SLOT.c.slot >= entry.slot_from,
            _SLOT.c.slot < entry.slot_to,
        )
        .values(overflow=_SLOT.c.overflow - entry.units)
    )
    tx.session.delete(entry)
    tx.session.flush()
    tx.session.execute(taken_back)
    tx.audit("ledger.overflow-removed", "ledger", str(entry.ledger_id), {"entry": str(entry.id)})
    tell_freed(tx, [pool.id], [(pool.id, span)])


def _add(tx: Transaction, pool: Pool, slots: range, units: int) -> None:
    capacities = pool.capacities(slots, exceptions_of(tx.session, {pool.id: slots})[pool.id])
    new = insert(dialect_of(tx.session), LedgerSlot)
    statement = new.on_conflict_do_update(
        index_elements=["ledger_id", "slot"],
        set_={"overflow": _SLOT.c.overflow + new.excluded["overflow"]},
    )
    rows = [
        {"ledger_id": pool.id, "slot": slot, "used": 0, "cap": cap, "overflow": units}
        for slot, cap in zip(slots, capacities, strict=True)
    ]
    tx.session.connection().execute(statement, rows)
