"""Taking capacity and giving it back. Always: the ledgers first (`lock`), then what is derived from them.

These are the steps of a verb, within its transaction; the bookings' own verbs say what was done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import Pool, exceptions_of
from facilities.capacity.ledger.model import BookingClaim, LedgerSlot
from facilities.capacity.ledger.queries import shortages
from facilities.capacity.refusals import Full
from shared.database import dialect_of, insert, table_of
from shared.errors import FieldError, InvalidInput
from shared.text import Text

_SLOT = table_of(LedgerSlot)
_CLAIM = table_of(BookingClaim)
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


def claim(session: Session, booking_id: UUID, takes: Iterable[Taking]) -> None:
    """Take capacity for a booking and note what was taken. The ledgers are locked by the caller.

    Raises Full when there is too little: nothing is taken then, and the transaction can go on.
    """
    wanted = list(takes)
    exceptions = exceptions_of(session, {each.pool.id: each.slots for each in wanted})
    rows = [
        {"ledger_id": each.pool.id, "slot": slot, "used": each.units, "cap": cap}
        for each in wanted
        for slot, cap in zip(
            each.slots, each.pool.capacities(each.slots, exceptions[each.pool.id]), strict=True
        )
    ]
    try:
        with session.begin_nested():
            if _add(session, rows) < len(rows):
                raise Full([])
    except IntegrityError as error:
        if "within_capacity" not in str(error.orig):
            raise
        raise Full(_shortages(session, wanted), tz=wanted[0].pool.grid.tz) from error
    except Full as error:
        raise Full(_shortages(session, wanted), tz=wanted[0].pool.grid.tz) from error
    notes = [
        {
            "booking_id": booking_id,
            "ledger_id": each.pool.id,
            "slot_from": each.slots.start,
            "slot_to": each.slots.stop,
            "units": each.units,
        }
        for each in wanted
    ]
    session.execute(sa.insert(_CLAIM), notes)


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


def _add(session: Session, rows: list[dict[str, Any]]) -> int:
    """Add to each slot in ascending order; returns how many took it.

    Too much is stopped by the CHECK. What stands there unclaimed is outside of it, so where there is any the
    statement itself leaves the slot as it is.
    """
    new = insert(dialect_of(session), LedgerSlot)
    total = _SLOT.c.used + new.excluded["used"]
    statement = new.on_conflict_do_update(
        index_elements=["ledger_id", "slot"],
        set_={"used": total},
        where=sa.or_(_SLOT.c.overflow == 0, total + _SLOT.c.overflow <= _SLOT.c.cap),
    )
    added = session.connection().execute(
        statement.returning(_SLOT.c.slot), [{**row, "overflow": 0} for row in rows]
    )
    return len(added.all())


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
