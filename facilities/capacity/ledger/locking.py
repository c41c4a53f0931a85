"""Taking ledgers: whoever claims, gives back or changes anything takes their rows first, and only then reads.

For the CHECK alone the lock would not be needed while capacities stay as they are. It is needed where they
change: a claim that had read its capacity before the change could else commit under the old one. And as all
take ledgers first and in the order of their numbers, no two can wait for one another.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.grid import DAY_S, Grid, Span
from facilities.capacity.ledger.model import CapacityException, Ledger, OpeningCalendar
from facilities.capacity.opening import Exceptional, Opening, capacities
from shared.database import dialect_of, table_of

_LEDGER = table_of(Ledger)
_TAKE = (
    sa.update(_LEDGER)
    .where(_LEDGER.c.id == sa.bindparam("ledger"))
    .values(version=_LEDGER.c.version + 1)
    .returning(
        _LEDGER.c.id,
        _LEDGER.c.grain_s,
        _LEDGER.c.tz,
        _LEDGER.c.default_cap,
        _LEDGER.c.most_slots,
        _LEDGER.c.calendar_id,
        _LEDGER.c.version,
    )
)

# Put together once: with every claim that would cost as much as carrying them out.
_CALENDAR = table_of(OpeningCalendar)
_HOURS = sa.select(_CALENDAR.c.id, sa.cast(_CALENDAR.c.hours, sa.Text)).where(
    _CALENDAR.c.id.in_(sa.bindparam("calendars", expanding=True))
)
_EXCEPTION = table_of(CapacityException)
_EXCEPTIONS = sa.select(
    _EXCEPTION.c.ledger_id, _EXCEPTION.c.slot_from, _EXCEPTION.c.slot_to, _EXCEPTION.c.capacity
).where(
    _EXCEPTION.c.ledger_id.in_(sa.bindparam("ledgers", expanding=True)),
    _EXCEPTION.c.slot_from < sa.bindparam("last"),
    _EXCEPTION.c.slot_to > sa.bindparam("first"),
)

_RULES = (
    sa.select(
        _LEDGER.c.id,
        sa.cast(_CALENDAR.c.hours, sa.Text),
        _EXCEPTION.c.slot_from,
        _EXCEPTION.c.slot_to,
        _EXCEPTION.c.capacity,
    )
    .select_from(_LEDGER)
    .outerjoin(_CALENDAR, _CALENDAR.c.id == _LEDGER.c.calendar_id)
    .outerjoin(
        _EXCEPTION,
        sa.and_(
            _EXCEPTION.c.ledger_id == _LEDGER.c.id,
            _EXCEPTION.c.slot_from < sa.bindparam("last"),
            _EXCEPTION.c.slot_to > sa.bindparam("first"),
        ),
    )
    .where(_LEDGER.c.id.in_(sa.bindparam("ledgers", expanding=True)))
)


def _taking_with_rules() -> sa.Select[*tuple[Any, ...]]:
    """Take one ledger, with what it opens by and what excepts from that, as it was when the statement began.

    `seen` is the version of then. Of a ledger whose slots are days a few exceptions more are found than touch
    the time: which date an instant has is not known here.
    """
    taken, seen = _TAKE.cte("taken"), _LEDGER.alias("seen")
    by_day = sa.and_(
        taken.c.grain_s == DAY_S,
        _EXCEPTION.c.slot_from <= sa.bindparam("last_day"),
        _EXCEPTION.c.slot_to > sa.bindparam("first_day"),
    )
    by_grain = sa.and_(
        taken.c.grain_s < DAY_S,
        _EXCEPTION.c.slot_from * taken.c.grain_s < sa.bindparam("until_s", type_=sa.BigInteger()),
        _EXCEPTION.c.slot_to * taken.c.grain_s > sa.bindparam("since_s", type_=sa.BigInteger()),
    )
    return (
        sa.select(
            *taken.c,
            seen.c.version.label("seen"),
            sa.cast(_CALENDAR.c.hours, sa.Text).label("hours"),
            _EXCEPTION.c.slot_from,
            _EXCEPTION.c.slot_to,
            _EXCEPTION.c.capacity,
        )
        .select_from(taken)
        .join(seen, seen.c.id == taken.c.id)
        .outerjoin(_CALENDAR, _CALENDAR.c.id == taken.c.calendar_id)
        .outerjoin(_EXCEPTION, sa.and_(_EXCEPTION.c.ledger_id == taken.c.id, sa.or_(by_day, by_grain)))
    )


_TAKE_WITH_RULES = _taking_with_rules()

LedgerRow = sa.Row[*tuple[Any, ...]]
"""A ledger as it was when it was taken: `id`, `grain_s`, `tz`, `default_cap`, `most_slots`, `calendar_id`,
`version`.
"""
Exceptions = Mapping[int, Sequence[Exceptional]]
"""Of each ledger the exceptions that touch a time."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A ledger as it is read, and when it is open."""

    id: int
    grid: Grid
    default_cap: int
    most_slots: int
    calendar_id: UUID | None
    opening: Opening | None

    def capacities(self, slots: range, exceptions: Iterable[Exceptional]) -> list[int]:
        """What the rules give each slot."""
        return capacities(self.grid, slots, self.default_cap, self.opening, tuple(exceptions))


def lock(session: Session, ledger_ids: Iterable[int]) -> dict[int, Pool]:
    """Take these ledgers until the transaction ends; LookupError when one does not exist.

    A transaction that needs several calls takes all that it will need with the first one.
    """
    return {pool.id: pool for pool in pools_of(session, hold(session, ledger_ids))}


def lock_over(session: Session, ledger_ids: Iterable[int], span: Span) -> tuple[dict[int, Pool], Exceptions]:
    """Take them as `lock` does, and read with the opening hours also what excepts from them over a span."""
    ledgers = sorted(set(ledger_ids))
    if len(ledgers) == 1 and dialect_of(session) == "postgresql":
        return _lock_one_over(session, ledgers[0], span)
    return pools_over(session, hold(session, ledgers), span)


def _lock_one_over(session: Session, ledger: int, span: Span) -> tuple[dict[int, Pool], Exceptions]:
    """In one statement. It reads what was there before it waited for the ledger; so where somebody has had it
    meanwhile, and may have changed the rules, they are read again.
    """
    asked = {
        "ledger": ledger,
        "since_s": math.floor(span.start.timestamp()),
        "until_s": math.ceil(span.end.timestamp()),
        "first_day": span.start.toordinal() - 1,
        "last_day": span.end.toordinal() + 1,
    }
    rows = session.connection().execute(_TAKE_WITH_RULES, asked).all()
    if not rows:
        raise LookupError("a ledger that does not exist")
    if rows[0].version != rows[0].seen + 1:
        return pools_over(session, rows[:1], span)
    excepted = [row for row in rows if row.slot_from is not None]
    found = [Exceptional(range(row.slot_from, row.slot_to), row.capacity) for row in excepted]
    opening = None if rows[0].hours is None else Opening.from_text(rows[0].hours)
    return {ledger: _pool(rows[0], opening)}, {ledger: found}


def pools_over(session: Session, rows: Sequence[LedgerRow], span: Span) -> tuple[dict[int, Pool], Exceptions]:
    """Of ledgers that are held: how they open, and what excepts from that over a span; in one query."""
    windows = [grid_of(row.grain_s, row.tz).slots(span) for row in rows]
    asked = {
        "ledgers": [row.id for row in rows],
        "first": min(each.start for each in windows),
        "last": max(each.stop for each in windows),
    }
    hours: dict[int, Opening | None] = {}
    exceptions: dict[int, list[Exceptional]] = {row.id: [] for row in rows}
    for ledger, text, start, stop, capacity in session.connection().execute(_RULES, asked):
        hours[ledger] = None if text is None else Opening.from_text(text)
        if start is not None:
            exceptions[ledger].append(Exceptional(range(start, stop), capacity))
    return {row.id: _pool(row, hours[row.id]) for row in rows}, exceptions


def hold(session: Session, ledger_ids: Iterable[int]) -> list[LedgerRow]:
    """Take them as `lock` does and read no more than their rows: for whoever may not need their hours."""
    # One by one: a single statement would take the rows in whatever order it finds them.
    connection = session.connection()
    found = [connection.execute(_TAKE, {"ledger": each}).one_or_none() for each in sorted(set(ledger_ids))]
    rows = [row for row in found if row is not None]
    if len(rows) < len(found):
        raise LookupError("a ledger that does not exist")
    return rows


def lock_if_free(session: Session, ledger_ids: Iterable[int]) -> set[int]:
    """Take those of these ledgers that nobody else holds, without waiting: for what can be left undone."""
    free = sa.select(_LEDGER.c.id).where(_LEDGER.c.id.in_(list(ledger_ids)))
    found = set(session.scalars(free.with_for_update(skip_locked=True)))
    for each in found:
        session.execute(_TAKE, {"ledger": each})
    return found


def pools_of(session: Session, rows: Iterable[LedgerRow]) -> list[Pool]:
    """Ledgers from their rows; each calendar is read once."""
    listed = list(rows)
    calendars = opening_calendars(session, {row.calendar_id for row in listed if row.calendar_id})
    return [_pool(row, calendars[row.calendar_id] if row.calendar_id else None) for row in listed]


def _pool(row: LedgerRow, opening: Opening | None) -> Pool:
    grid = grid_of(row.grain_s, row.tz)
    return Pool(row.id, grid, row.default_cap, row.most_slots, row.calendar_id, opening)


@cache
def grid_of(grain_s: int, tz: str) -> Grid:
    """The grid of a ledger; those that are alike share it."""
    return Grid(grain_s, ZoneInfo(tz))


def listed(ledgers: Iterable[int]) -> sa.BindParameter[Any]:
    """Numbers of ledgers as the right side of an IN."""
    # Written into the statement: hundreds of numbers as parameters would have to be converted one by one.
    return sa.bindparam("ledgers", list(ledgers), expanding=True, literal_execute=True)


def opening_calendars(session: Session, ids: Iterable[UUID]) -> dict[UUID, Opening]:
    """These opening calendars; no query where there are none."""
    wanted = list(ids)
    if not wanted:
        return {}
    found = session.connection().execute(_HOURS, {"calendars": wanted})
    return {calendar: Opening.from_text(hours) for calendar, hours in found}


def exceptions_of(session: Session, windows: Mapping[int, range]) -> dict[int, list[Exceptional]]:
    """The exceptions of each ledger that touch its window; one query for all."""
    found: dict[int, list[Exceptional]] = {ledger: [] for ledger in windows}
    first, last = min(each.start for each in windows.values()), max(each.stop for each in windows.values())
    asked = {"ledgers": list(windows), "first": first, "last": last}
    for ledger, start, stop, capacity in session.connection().execute(_EXCEPTIONS, asked):
        found[ledger].append(Exceptional(range(start, stop), capacity))
    return found
