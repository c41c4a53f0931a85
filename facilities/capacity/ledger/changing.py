"""Closures, other capacities, other opening hours: what bookings contradict is refused with their list.

Each takes its ledgers first, so that no claim that is under way can have read what was before; then the rows
that there are get the capacity that the rules now give. The past stays as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from facilities.capacity.freeing import from_now_on, tell_freed
from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import Pool, exceptions_of, lock, opening_calendars
from facilities.capacity.ledger.model import CapacityException, Ledger, LedgerSlot, OpeningCalendar
from facilities.capacity.ledger.queries import claims_over
from facilities.capacity.opening import Opening
from facilities.capacity.refusals import InTheWay, Standing
from facilities.capacity.rules import say_span
from shared.database import table_of
from shared.errors import Conflict
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_SLOT = table_of(LedgerSlot)
_RECAP = (
    sa.update(_SLOT)
    .where(_SLOT.c.ledger_id == sa.bindparam("ledger"), _SLOT.c.slot == sa.bindparam("at"))
    .values(cap=sa.bindparam("new"))
)
_OVERLAPS = Text(
    "{span}已设有停用或容量调整，请先撤销",
    "A closure or another capacity stands for {span}; take that away first",
)


def set_exception(
    tx: Transaction, ledger_id: int, span: Span, capacity: int, reason: str
) -> CapacityException:
    """Let a ledger hold another capacity for a time, in whole slots that reach outwards; 0 closes it.

    Raises Conflict where another exception stands for a part of that time, InTheWay where bookings do.
    """
    pool = lock(tx.session, [ledger_id])[ledger_id]
    slots = pool.grid.slots(span)
    for other in exceptions_of(tx.session, {ledger_id: slots})[ledger_id]:
        said = _OVERLAPS.format(span=say_span(pool.grid.span_of(other.slots), pool.grid.tz))
        raise Conflict(said, slug="exception-overlaps")
    made = CapacityException(
        id=new_id(),
        ledger_id=ledger_id,
        slot_from=slots.start,
        slot_to=slots.stop,
        capacity=capacity,
        reason=reason,
        made_at=tx.now,
        made_by=tx.actor.id,
    )
    with tx.session.begin_nested():
        tx.session.add(made)
        tx.session.flush()
        _recap(tx, [pool], slots)
    details = {"exception": str(made.id), "capacity": capacity}
    tx.audit("ledger.exception-set", "ledger", str(ledger_id), details)
    tell_freed(tx, [pool.id], [(pool.id, pool.grid.span_of(slots))])
    return made


def close(tx: Transaction, ledger_id: int, span: Span, reason: str) -> CapacityException:
    """Close a ledger for a time; refused as `set_exception` is."""
    return set_exception(tx, ledger_id, span, 0, reason)


def remove_exception(tx: Transaction, exception: CapacityException) -> None:
    """Take an exception back. Raises InTheWay where more is booked than the ledger usually holds."""
    pool = lock(tx.session, [exception.ledger_id])[exception.ledger_id]
    slots = range(exception.slot_from, exception.slot_to)
    with tx.session.begin_nested():
        tx.session.delete(exception)
        tx.session.flush()
        _recap(tx, [pool], slots)
    details = {"exception": str(exception.id)}
    tx.audit("ledger.exception-removed", "ledger", str(exception.ledger_id), details)
    tell_freed(tx, [pool.id], [(pool.id, pool.grid.span_of(slots))])


def change_capacity(tx: Transaction, ledger_id: int, capacity: int, *, exceptions_too: bool = False) -> None:
    """Let a ledger hold more or less from now on. Raises InTheWay where bookings contradict.

    With `exceptions_too` no exception holds more from then on either: they are parts of what there is.
    """
    pool = lock(tx.session, [ledger_id])[ledger_id]
    with tx.session.begin_nested():
        if exceptions_too:
            tx.session.execute(
                sa.update(CapacityException)
                .where(
                    CapacityException.ledger_id == ledger_id,
                    CapacityException.slot_to > pool.grid.slot_of(tx.now),
                    CapacityException.capacity > capacity,
                )
                .values(capacity=capacity)
            )
        tx.session.execute(sa.update(Ledger).where(Ledger.id == ledger_id).values(default_cap=capacity))
        _recap(tx, [replace(pool, default_cap=capacity)])
    tx.audit("ledger.capacity-changed", "ledger", str(ledger_id), {"capacity": capacity})
    tell_freed(tx, [ledger_id], [(ledger_id, from_now_on(tx.now))])


def open_by(tx: Transaction, ledger_id: int, calendar: OpeningCalendar | None) -> None:
    """Give a ledger other opening hours from now on, None for always. Raises InTheWay as the others do."""
    pool = lock(tx.session, [ledger_id])[ledger_id]
    chosen = calendar.id if calendar else None
    with tx.session.begin_nested():
        tx.session.execute(sa.update(Ledger).where(Ledger.id == ledger_id).values(calendar_id=chosen))
        # Read only now: by its reference to the calendar the ledger has waited for a change of the hours.
        opening = opening_calendars(tx.session, [chosen])[chosen] if chosen else None
        _recap(tx, [replace(pool, opening=opening)])
    tx.audit("ledger.opened-by", "ledger", str(ledger_id), {"calendar": str(chosen) if chosen else None})
    tell_freed(tx, [ledger_id], [(ledger_id, from_now_on(tx.now))])


def change_hours(tx: Transaction, calendar: OpeningCalendar, opening: Opening) -> None:
    """Change opening hours, from now on and for every ledger that shares them. Raises InTheWay."""
    # The calendar's own row first: a ledger that is to open by it meanwhile refers to it, and has to wait.
    tx.session.refresh(calendar, with_for_update=True)
    shared = sa.select(Ledger.id).where(Ledger.calendar_id == calendar.id)
    ledgers = list(tx.session.scalars(shared))
    pools = lock(tx.session, ledgers)
    with tx.session.begin_nested():
        calendar.hours = opening.to_json()
        tx.session.flush()
        _recap(tx, [replace(pool, opening=opening) for pool in pools.values()])
    tx.audit("calendar.hours-changed", "opening_calendar", calendar.id, {"ledgers": len(ledgers)})
    tell_freed(tx, ledgers, [(each, from_now_on(tx.now)) for each in ledgers])


def offer_again(tx: Transaction, ledger_id: int) -> None:
    """Look at who waits: what is free had to be left to lie while the trade offered nothing."""
    lock(tx.session, [ledger_id])
    tell_freed(tx, [ledger_id], [(ledger_id, from_now_on(tx.now))])


def _recap(tx: Transaction, pools: Iterable[Pool], slots: range | None = None) -> None:
    """Give the rows that there are, from now on, the capacity of the rules as they are; InTheWay if less."""
    changes: list[Mapping[str, Any]] = []
    contradicting: list[Standing] = []
    tz = None
    for pool in pools:
        rows = _rows(tx, pool, slots)
        if not rows:
            continue
        tz = pool.grid.tz
        window = range(rows[0].slot, rows[-1].slot + 1)
        capacities = pool.capacities(window, exceptions_of(tx.session, {pool.id: window})[pool.id])
        wanted = [(row, capacities[row.slot - window.start]) for row in rows]
        changes += [{"ledger": pool.id, "at": row.slot, "new": cap} for row, cap in wanted if row.cap != cap]
        over = [row.slot for row, cap in wanted if row.used > cap]
        contradicting += _standing_on(tx, pool, over)
    if contradicting:
        raise InTheWay(contradicting, tz) if tz else InTheWay(contradicting)
    if changes:
        tx.session.execute(_RECAP, changes)


def _rows(tx: Transaction, pool: Pool, slots: range | None) -> Sequence[sa.Row[int, int, int]]:
    first = pool.grid.slot_of(tx.now)
    query = sa.select(_SLOT.c.slot, _SLOT.c.used, _SLOT.c.cap).where(
        _SLOT.c.ledger_id == pool.id, _SLOT.c.slot >= (max(first, slots.start) if slots else first)
    )
    if slots:
        query = query.where(_SLOT.c.slot < slots.stop)
    return tx.session.execute(query.order_by(_SLOT.c.slot)).all()


def _standing_on(tx: Transaction, pool: Pool, slots: Sequence[int]) -> list[Standing]:
    """The bookings on these slots, each once."""
    if not slots:
        return []
    found = claims_over(tx.session, pool, range(slots[0], slots[-1] + 1))
    on = set(slots)
    return [each for each in found if not on.isdisjoint(pool.grid.slots(each.span))]
