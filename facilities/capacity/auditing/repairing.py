"""Computing ledgers anew from what the bookings have noted, under the ledger's own row like every change."""

from dataclasses import replace

import sqlalchemy as sa

from facilities.capacity.auditing.verifying import Row, rows_as_they_should_be
from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger.locking import lock
from facilities.capacity.ledger.model import BookingClaim, LedgerSlot
from facilities.capacity.lifecycle import CONSUMING
from shared.database import dialect_of, insert
from shared.transaction import Transaction


def rebuild(tx: Transaction, ledger_id: int) -> int:
    """Let a ledger say what the bookings say; returns how many slots were wrong.

    Where more is booked than the rules allow, the slot's capacity is what is booked, so that nothing more can
    be: `audit` goes on naming it until somebody has moved a booking.
    """
    pool = lock(tx.session, [ledger_id])[ledger_id]
    consuming = sa.select(Booking.id).where(Booking.state.in_(CONSUMING))
    tx.session.execute(
        sa.delete(BookingClaim).where(
            BookingClaim.ledger_id == ledger_id, BookingClaim.booking_id.not_in(consuming)
        )
    )
    are, should = rows_as_they_should_be(tx.session, pool, tx.now)
    kept = {slot: replace(row, cap=max(row.cap, row.used)) for slot, row in should.items()}
    wrong = {slot: row for slot, row in kept.items() if are.get(slot, Row(0, row.cap, 0)) != row}
    if wrong:
        _write(tx, ledger_id, wrong)
        tx.audit("ledger.rebuilt", "ledger", str(ledger_id), {"slots": len(wrong)})
    return len(wrong)


def _write(tx: Transaction, ledger_id: int, rows: dict[int, Row]) -> None:
    new = insert(dialect_of(tx.session), LedgerSlot)
    statement = new.on_conflict_do_update(
        index_elements=["ledger_id", "slot"],
        set_={column: new.excluded[column] for column in ("used", "cap", "overflow")},
    )
    values = [
        {"ledger_id": ledger_id, "slot": slot, "used": row.used, "cap": row.cap, "overflow": row.overflow}
        for slot, row in sorted(rows.items())
    ]
    tx.session.connection().execute(statement, values)
