"""Reading ledgers: what is free, what a resource takes of them, whose claims stand where."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from facilities.capacity.ledger.locking import Pool, exceptions_of, pools_of
from facilities.capacity.ledger.model import BookingClaim, ClaimRule, Ledger, LedgerSlot
from facilities.capacity.refusals import Shortage, Standing
from shared.database import table_of

_COLUMNS = (
    Ledger.id,
    Ledger.grain_s,
    Ledger.tz,
    Ledger.default_cap,
    Ledger.most_slots,
    Ledger.calendar_id,
)

_RULE = table_of(ClaimRule)
_UNITS = sa.select(_RULE.c.ledger_id, _RULE.c.units).where(_RULE.c.resource_id == sa.bindparam("resource"))


def units_of(session: Session, resource_id: UUID) -> dict[int, int]:
    """How much of which ledgers one unit of the resource takes; LookupError for what cannot be booked."""
    rows = session.connection().execute(_UNITS, {"resource": resource_id})
    found: dict[int, int] = dict(rows.all())
    if not found:
        raise LookupError(f"resource {resource_id} takes no ledger")
    return found


def units_said(resource: sa.ColumnElement[UUID] | InstrumentedAttribute[UUID]) -> sa.ScalarSelect[str]:
    """The same as a column of a trade's own query, to be read by `units_from`: one round trip less."""
    each = sa.cast(_RULE.c.ledger_id, sa.String) + ":" + sa.cast(_RULE.c.units, sa.String)
    said = sa.select(sa.func.aggregate_strings(each, ",")).where(_RULE.c.resource_id == resource)
    return said.scalar_subquery()


def units_from(said: str | None) -> dict[int, int]:
    """How much of which ledgers, as `units_said` has read it; empty for what cannot be booked."""
    pairs = (each.partition(":") for each in said.split(",")) if said else ()
    return {int(ledger): int(units) for ledger, _, units in pairs}


def rules_of(session: Session, resource_ids: Iterable[UUID]) -> list[tuple[UUID, Pool, int]]:
    """Each ledger of each of these resources, and how much of it one unit takes; two queries for all."""
    query = sa.select(ClaimRule.resource_id, ClaimRule.units, *_COLUMNS).join(
        Ledger, Ledger.id == ClaimRule.ledger_id
    )
    rows = session.execute(query.where(ClaimRule.resource_id.in_(list(resource_ids)))).all()
    pools = {pool.id: pool for pool in pools_of(session, {row.id: row for row in rows}.values())}
    return [(row.resource_id, pools[row.id], row.units) for row in rows]


def pool_of(session: Session, ledger_id: int) -> Pool:
    """One ledger as it is, not locked; LookupError when there is none."""
    row = session.execute(sa.select(*_COLUMNS).where(Ledger.id == ledger_id)).one_or_none()
    if row is None:
        raise LookupError(f"no ledger {ledger_id}")
    return pools_of(session, [row])[0]


def ledgers_of(session: Session, booking_id: UUID) -> list[int]:
    """The ledgers of which a booking has taken something."""
    query = sa.select(BookingClaim.ledger_id).where(BookingClaim.booking_id == booking_id)
    return list(session.scalars(query))


def free_by_slot(session: Session, windows: Mapping[int, tuple[Pool, range]]) -> dict[int, list[int]]:
    """What is free in each slot of each ledger's window; negative where more is there than it holds.

    Two queries for all: the rows that there are, and the exceptions for those that there are not.
    """
    ranges = {ledger: slots for ledger, (_pool, slots) in windows.items()}
    exceptions = exceptions_of(session, ranges)
    found = {ledger: pool.capacities(slots, exceptions[ledger]) for ledger, (pool, slots) in windows.items()}
    mine = sa.or_(
        *(
            sa.and_(
                LedgerSlot.ledger_id == ledger, LedgerSlot.slot >= slots.start, LedgerSlot.slot < slots.stop
            )
            for ledger, slots in ranges.items()
        )
    )
    free = LedgerSlot.cap - LedgerSlot.used - LedgerSlot.overflow
    for ledger, slot, left in session.execute(
        sa.select(LedgerSlot.ledger_id, LedgerSlot.slot, free).where(mine)
    ):
        found[ledger][slot - ranges[ledger].start] = left
    return found


def shortages(session: Session, pool: Pool, slots: range, units: int) -> list[Shortage]:
    """Where less than `units` is free, slots in a row as one."""
    free = free_by_slot(session, {pool.id: (pool, slots)})[pool.id]
    open_ = pool.opening.open_slots(pool.grid, slots) if pool.opening else [True] * len(slots)
    found = []
    place = 0
    for (left, is_open), row in groupby(zip(free, open_, strict=True)):
        length = len(list(row))
        if left < units:
            span = pool.grid.span_of(slots[place : place + length])
            found.append(Shortage(pool.id, span, max(left, 0), units - max(left, 0), closed=not is_open))
        place += length
    return found


def claims_over(session: Session, pool: Pool, slots: range) -> Sequence[Standing]:
    """The bookings that have taken any of these slots, the earliest first."""
    query = (
        sa.select(BookingClaim)
        .where(
            BookingClaim.ledger_id == pool.id,
            BookingClaim.slot_to > slots.start,
            BookingClaim.slot_from < slots.stop,
        )
        .order_by(BookingClaim.slot_from, BookingClaim.booking_id)
    )
    return [
        Standing(each.booking_id, pool.grid.span_of(range(each.slot_from, each.slot_to)), each.units)
        for each in session.scalars(query)
    ]
