"""Taking capacity and giving it back. Always: the ledgers first (`lock`), then what is derived from them.

These are the steps of a verb, within its transaction; the bookings' own verbs say what was done.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import Exceptions, Pool, exceptions_of
from facilities.capacity.ledger.model import BookingClaim, LedgerSlot
from facilities.capacity.ledger.queries import shortages
from facilities.capacity.refusals import Full
from shared.database import insert, table_of
from shared.errors import FieldError, InvalidInput
from shared.text import Text

_SLOT = table_of(LedgerSlot)
_CLAIM = table_of(BookingClaim)
_NOTE = sa.insert(_CLAIM)
_TOO_MANY_SLOTS = Text(
    "时段过长：一次最多占用{most}个时间格", "The time is too long: {most} slots can be taken at once at most"
)


Freed = list[tuple[int, Span]]
"""What was given back: ledgers and the times of the slots."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Units of a ledger over some of its slots."""

    pool: Pool
    slots: range
    units: int


def takings(pools: Mapping[int, Pool], units: Mapping[int, int], span: Span) -> list[Taking]:
    """What a span takes of each ledger, with `units` of it; InvalidInput when it would be too many slots."""
    found = [Taking(pools[ledger], pools[ledger].grid.slots(span), units[ledger]) for ledger in sorted(units)]
    for each in found:
        if len(each.slots) > each.pool.most_slots:
            said = _TOO_MANY_SLOTS.format(most=each.pool.most_slots)
            raise InvalidInput(errors=[FieldError("/ends_at", "too_long", said)])
    return found


def claim(session: Session, booking_id: UUID, takes: Sequence[Taking]) -> None:
    """Take capacity for a booking and note what was taken. The ledgers are locked by the caller.

    Raises Full when there is too little: nothing is taken then, and the transaction can go on.
    """
    take(session, takes)
    session.connection().execute(_NOTE, notes_of(booking_id, takes))


def notes_of(booking_id: UUID, takes: Iterable[Taking]) -> list[dict[str, Any]]:
    """Rows of `BookingClaim`: what a booking has taken, by which it is given back."""
    return [
        {
            "booking_id": booking_id,
            "ledger_id": each.pool.id,
            "slot_from": each.slots.start,
            "slot_to": each.slots.stop,
            "units": each.units,
        }
        for each in takes
    ]


def take(session: Session, wanted: Sequence[Taking], exceptions: Exceptions | None = None) -> None:
    """Take capacity as `claim` does, for whoever notes it (`notes_of`) in the same transaction.

    `exceptions` are those over that time, where they were read under the lock; else they are read here.
    """
    if exceptions is None:
        exceptions = exceptions_of(session, {each.pool.id: each.slots for each in wanted})
    rows = [
        (each.pool.id, slot, each.units, cap)
        for each in wanted
        for slot, cap in zip(
            each.slots, each.pool.capacities(each.slots, exceptions[each.pool.id]), strict=True
        )
    ]
    if not _add(session, rows):
        raise Full(_shortages(session, wanted), tz=wanted[0].pool.grid.tz)


def release(session: Session, pools: Mapping[int, Pool], booking_id: UUID) -> Freed:
    """Give back all that the booking has taken, by what was noted. Its ledgers are locked by the caller."""
    freed = []
    for ledger, start, stop, units in session.execute(_noted(booking_id)).all():
        _give_back(session, ledger, range(start, stop), units)
        freed.append((ledger, pools[ledger].grid.span_of(range(start, stop))))
    session.execute(sa.delete(_CLAIM).where(_CLAIM.c.booking_id == booking_id))
    return freed


def trim(session: Session, pools: Mapping[int, Pool], booking_id: UUID, end: datetime) -> Freed:
    """Give back what the booking has taken after `end`, in whole slots; what it has begun stays taken."""
    freed = []
    for ledger, start, stop, units in session.execute(_noted(booking_id)).all():
        grid = pools[ledger].grid
        cut = max(grid.slot_of(end - datetime.resolution) + 1, start)
        if cut >= stop:
            continue
        _give_back(session, ledger, range(cut, stop), units)
        freed.append((ledger, grid.span_of(range(cut, stop))))
        mine = sa.and_(_CLAIM.c.booking_id == booking_id, _CLAIM.c.ledger_id == ledger)
        if cut == start:
            session.execute(sa.delete(_CLAIM).where(mine))
        else:
            session.execute(sa.update(_CLAIM).where(mine).values(slot_to=cut))
    return freed


def _add(session: Session, rows: list[tuple[int, int, int, int]]) -> bool:
    """Add units to slots, each with its ledger and its capacity by the rules; False when any has no room.

    All of them or none, in one statement: as the ledgers are locked, what it finds free stays free until it
    is taken. Were they not, the CHECK would end the transaction.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        columns = zip(_TAKEN, zip(*rows, strict=True), strict=True)
        values = {name: f"{{{','.join(map(str, column))}}}" for name, column in columns}
    else:
        values = {"rows": json.dumps(rows)}
    return bool(connection.execute(_adding(connection.dialect.name), values).all())


_TAKEN = ("ledger", "slot", "units", "cap")


@cache
def _adding(dialect: str) -> sa.Insert:
    """Built once: putting it together would cost as much as carrying it out."""
    taken = _rows_given(dialect)
    room = sa.func.coalesce(_SLOT.c.cap - _SLOT.c.used - _SLOT.c.overflow, taken.c.cap)
    same = sa.and_(_SLOT.c.ledger_id == taken.c.ledger, _SLOT.c.slot == taken.c.slot)
    full = sa.exists(
        sa.select(sa.literal_column("1"))
        .select_from(taken.outerjoin(_SLOT, same))
        .where(room < taken.c.units)
    )
    new = insert(dialect, LedgerSlot)
    fresh = sa.select(taken.c.ledger, taken.c.slot, taken.c.units, taken.c.cap, sa.literal_column("0"))
    columns = ["ledger_id", "slot", "used", "cap", "overflow"]
    return (
        new.from_select(columns, fresh.where(~full), include_defaults=False)
        .on_conflict_do_update(
            index_elements=["ledger_id", "slot"], set_={"used": _SLOT.c.used + new.excluded["used"]}
        )
        .returning(_SLOT.c.slot)
    )


def _rows_given(dialect: str) -> sa.CTE:
    """The rows of a statement's parameters: one text a column on PostgreSQL, one in all on SQLite."""
    if dialect == "postgresql":
        arrays = [
            sa.cast(sa.bindparam(name, type_=sa.Text()), postgresql.ARRAY(sa.BigInteger())) for name in _TAKEN
        ]
        given = sa.func.unnest(*arrays).table_valued(*_TAKEN).render_derived(name="given")
        return sa.select(*given.c).cte("taken")
    each = sa.func.json_each(sa.bindparam("rows")).table_valued("value", name="each")
    parts = (
        sa.func.json_extract(each.c.value, sa.literal_column(f"'$[{number}]'"), type_=sa.Integer()).label(
            name
        )
        for number, name in enumerate(_TAKEN)
    )
    return sa.select(*parts).cte("taken")


def _give_back(session: Session, ledger: int, slots: range, units: int) -> None:
    session.execute(
        sa.update(_SLOT)
        .where(_SLOT.c.ledger_id == ledger, _SLOT.c.slot >= slots.start, _SLOT.c.slot < slots.stop)
        .values(used=_SLOT.c.used - units)
    )


def _noted(booking_id: UUID) -> sa.Select[int, int, int, int]:
    claims = sa.select(
        BookingClaim.ledger_id, BookingClaim.slot_from, BookingClaim.slot_to, BookingClaim.units
    )
    return claims.where(BookingClaim.booking_id == booking_id).order_by(BookingClaim.ledger_id)


def _shortages(session: Session, wanted: Iterable[Taking]) -> list[Any]:
    return [found for each in wanted for found in shortages(session, each.pool, each.slots, each.units)]
