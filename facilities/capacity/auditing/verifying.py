"""Whether the ledgers say what the bookings say. A ledger is derived data: it can be computed anew."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import Pool, exceptions_of
from facilities.capacity.ledger.model import BookingClaim, Ledger, LedgerSlot, OverflowEntry
from facilities.capacity.ledger.queries import pool_of
from facilities.capacity.lifecycle import CONSUMING, OPEN
from shared.database import Database


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, and where: slots of a ledger in a row, or a booking."""

    place: str
    what: str
    """`used`, `overflow`, `cap`, `claim of a booking that ended` or `booking without a claim`."""
    said: int | None = None
    should: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A slot as the ledger has it, or as it should."""

    used: int
    cap: int
    overflow: int


def audit(database: Database, now: datetime) -> Iterator[Finding]:
    """Everything that differs, ledger by ledger, each read at one moment; capacities from now on alone."""
    with database.read_at_once() as session:
        ledgers = list(session.scalars(sa.select(Ledger.id).order_by(Ledger.id)))
    for ledger in ledgers:
        with database.read_at_once() as session:
            yield from _of_ledger(session, pool_of(session, ledger), now)
    with database.read_at_once() as session:
        yield from _of_bookings(session)


def rows_as_they_should_be(
    session: Session, pool: Pool, now: datetime
) -> tuple[dict[int, Row], dict[int, Row]]:
    """A ledger's slots as they are and as they should be; of the past the capacity stays as it is."""
    columns = (LedgerSlot.slot, LedgerSlot.used, LedgerSlot.cap, LedgerSlot.overflow)
    found = session.execute(sa.select(*columns).where(LedgerSlot.ledger_id == pool.id))
    are = {slot: Row(used, cap, overflow) for slot, used, cap, overflow in found}
    used, overflow = _claimed(session, pool.id), _overflow(session, pool.id)
    slots = are.keys() | used.keys() | overflow.keys()
    if not slots:
        return are, {}
    window = range(min(slots), max(slots) + 1)
    by_rules = pool.capacities(window, exceptions_of(session, {pool.id: window})[pool.id])
    present = pool.grid.slot_of(now)

    def should_be(slot: int) -> Row:
        cap = by_rules[slot - window.start]
        if slot < present:
            cap = max(are[slot].cap if slot in are else cap, used[slot])
        return Row(used[slot], cap, overflow[slot])

    return are, {slot: should_be(slot) for slot in slots}


def _of_ledger(session: Session, pool: Pool, now: datetime) -> Iterator[Finding]:
    are, should = rows_as_they_should_be(session, pool, now)
    for what in ("used", "overflow", "cap"):
        wrong = []
        for slot in sorted(should):
            # Without a row a slot is as the rules say.
            said = getattr(are[slot], what) if slot in are else (should[slot].cap if what == "cap" else 0)
            if said != getattr(should[slot], what):
                wrong.append((slot, said, getattr(should[slot], what)))
        # In a row: the number of the slot less its place stays the same.
        for (_, said, right), row in groupby(
            enumerate(wrong), key=lambda each: (each[1][0] - each[0], each[1][1], each[1][2])
        ):
            slots = [slot for _place, (slot, _said, _right) in row]
            span = pool.grid.span_of(range(slots[0], slots[-1] + 1))
            yield Finding(f"ledger {pool.id}", what, said, right, span)


def _of_bookings(session: Session) -> Iterator[Finding]:
    ended = sa.select(BookingClaim.booking_id).join(Booking).where(Booking.state.not_in(CONSUMING)).distinct()
    for booking in session.scalars(ended):
        yield Finding(f"booking {booking}", "claim of a booking that ended")
    claims = sa.select(BookingClaim.booking_id).where(BookingClaim.booking_id == Booking.id)
    bare = sa.select(Booking.id).where(Booking.state.in_(OPEN), ~claims.exists())
    for booking in session.scalars(bare):
        yield Finding(f"booking {booking}", "booking without a claim")


def _claimed(session: Session, ledger: int) -> Counter[int]:
    claims = (
        sa.select(BookingClaim.slot_from, BookingClaim.slot_to, BookingClaim.units)
        .join(Booking)
        .where(BookingClaim.ledger_id == ledger, Booking.state.in_(CONSUMING))
    )
    return _summed(session, claims)


def _overflow(session: Session, ledger: int) -> Counter[int]:
    entries = sa.select(OverflowEntry.slot_from, OverflowEntry.slot_to, OverflowEntry.units)
    return _summed(session, entries.where(OverflowEntry.ledger_id == ledger))


def _summed(session: Session, spans: sa.Select[int, int, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for start, stop, units in session.execute(spans):
        for slot in range(start, stop):
            found[slot] += units
    return found
