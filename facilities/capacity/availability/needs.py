"""What resources take of ledgers over a time, and what is left there: one statement, however many they are.

Whoever looks for a free machine waits for this, so each row comes ready: the resource by its place in what
was asked, its ledger, the least that the slots' rows leave, and whether an exception touches them. Nothing
becomes an object that most rows do not need.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import grid_of
from facilities.capacity.ledger.model import CapacityException, ClaimRule, Ledger, LedgerSlot, OpeningCalendar
from facilities.capacity.opening import Opening
from shared.database import table_of

_RULE, _LEDGER, _SLOT = table_of(ClaimRule), table_of(Ledger), table_of(LedgerSlot)
_CALENDAR, _EXCEPTION = table_of(OpeningCalendar), table_of(CapacityException)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000


Need = tuple[int, int, int, int, int, str, str | None, int | None, bool]
"""A ledger that a resource takes, over the resource's window.

The place of the resource in what was asked, and the units that one of it takes; the ledger's number, usual
capacity, grain in seconds, zone, and opening hours as text (None: open always); what the rows of its slots
leave at least (None: there are no rows), and whether an exception touches them.
"""


class Window:
    """A span, with all that belongs to a booking in it, on whatever grids the ledgers have."""

    def __init__(self, span: Span) -> None:
        self.span = span
        # Slots of less than a day begin at whole seconds; no ledger is older than 1970.
        start, end = ((each - _EPOCH) // datetime.resolution for each in (span.start, span.end))
        self.start = max(start // _SECOND, 0)
        self.stop = max(-(-end // _SECOND), 0)
        self._open: dict[tuple[str, int, str], bool] = {}

    def slots(self, grain_s: int, tz: str) -> range:
        """Every slot of which the span takes a part."""
        return grid_of(grain_s, tz).slots(self.span)

    def is_open(self, hours: str, grain_s: int, tz: str) -> bool:
        """Whether all of the slots are; ledgers that open alike are judged once."""
        key = (hours, grain_s, tz)
        found = self._open.get(key)
        if found is None:
            found = all(Opening.from_text(hours).open_slots(grid_of(grain_s, tz), self.slots(grain_s, tz)))
            self._open[key] = found
        return found


def needs_of(session: Session, asked: Sequence[tuple[UUID, Window]]) -> Sequence[Need]:
    """A row for each ledger that each of these resources takes; none for what takes no ledger.

    Of a ledger of days what its rows leave, and whether an exception touches it, is for the caller to find
    out: its slots are dates of its own zone.
    """
    # As text: hundreds of parameters, or of items of an array, would each be converted on its own.
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        columns = {
            "ids": ",".join([resource.hex for resource, _window in asked]),
            "starts": ",".join([str(window.start) for _resource, window in asked]),
            "stops": ",".join([str(window.stop) for _resource, window in asked]),
        }
        values = {name: f"{{{text}}}" for name, text in columns.items()}
        return connection.execute(_on_postgres(), values).all()
    texts = [f"{resource.hex}{window.start:012}{window.stop:012}" for resource, window in asked]
    return connection.execute(_on_sqlite(), {"asked": json.dumps(texts)}).all()


@cache
def _on_postgres() -> sa.Select[Any]:
    def array(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Cast[Any]:
        return sa.cast(sa.bindparam(name, type_=sa.Text()), postgresql.ARRAY(kind))

    ids = array("ids", sa.Uuid())
    starts, stops = (array(name, sa.BigInteger()) for name in ("starts", "stops"))
    asked = (
        sa.func.unnest(ids, starts, stops)
        .table_valued(
            sa.column("id", sa.Uuid()),
            sa.column("start", sa.BigInteger),
            sa.column("stop", sa.BigInteger),
            with_ordinality="number",
        )
        .render_derived(name="asked")
    )
    return _statement(asked, asked.c.number - 1, asked.c.id, asked.c.start, asked.c.stop)


@cache
def _on_sqlite() -> sa.Select[Any]:
    asked = sa.func.json_each(sa.bindparam("asked")).table_valued(
        sa.column("key", sa.Integer), sa.column("value", sa.String), name="asked"
    )

    def part(since: int, length: int) -> sa.ColumnElement[Any]:
        place, size = (sa.literal_column(str(number), sa.Integer()) for number in (since, length))
        return sa.func.substr(asked.c.value, place, size, type_=sa.String())

    resource = sa.type_coerce(part(1, 32), sa.Uuid)
    start, stop = (sa.cast(part(since, 12), sa.Integer) for since in (33, 45))
    return _statement(asked, asked.c.key, resource, start, stop)


def _statement(
    asked: sa.FromClause,
    place: sa.ColumnElement[int],
    resource: sa.ColumnElement[UUID],
    start: sa.ColumnElement[int],
    stop: sa.ColumnElement[int],
) -> sa.Select[Any]:
    grain = _LEDGER.c.grain_s
    first, end = start // grain, (stop + grain - 1) // grain
    least = (
        sa.select(sa.func.min(_SLOT.c.cap - _SLOT.c.used - _SLOT.c.overflow))
        .where(_SLOT.c.ledger_id == _LEDGER.c.id, _SLOT.c.slot >= first, _SLOT.c.slot < end)
        .scalar_subquery()
    )
    excepted = sa.exists().where(
        _EXCEPTION.c.ledger_id == _LEDGER.c.id, _EXCEPTION.c.slot_from < end, _EXCEPTION.c.slot_to > first
    )
    return (
        sa.select(
            place.label("place"),
            _RULE.c.units,
            _LEDGER.c.id,
            _LEDGER.c.default_cap,
            grain,
            _LEDGER.c.tz,
            sa.cast(_CALENDAR.c.hours, sa.Text).label("hours"),
            least.label("least"),
            excepted.label("excepted"),
        )
        .select_from(asked)
        .join(_RULE, _RULE.c.resource_id == resource)
        .join(_LEDGER, _LEDGER.c.id == _RULE.c.ledger_id)
        .outerjoin(_CALENDAR, _CALENDAR.c.id == _LEDGER.c.calendar_id)
    )
