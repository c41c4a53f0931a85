"""The peer: intervals in an indexed table, looked at with `starts_at < ? AND ends_at > ?`, as most do.

Through SQLAlchemy Core on the engine of the suite, with the suite's column types, and correct: whoever books
locks the resource's row, looks, sweeps over what overlaps, and inserts. A search only adds up the units of all
bookings that overlap, so it may find less free than there is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.grid import Span
from shared.audit import AuditEntry
from shared.database import UtcDateTime, table_of
from shared.ids import new_id
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timers import Timer

METADATA = sa.MetaData()
RESOURCE = sa.Table(
    "scan_resource",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("capacity", sa.Integer, nullable=False),
)
BOOKING = sa.Table(
    "scan_booking",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("resource_id", sa.Uuid, nullable=False),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Index("ix_scan_booking", "resource_id", "starts_at"),
)

_UNITS = sa.func.coalesce(sa.func.sum(BOOKING.c.quantity), 0)
_START, _END = sa.bindparam("start", type_=UtcDateTime()), sa.bindparam("end", type_=UtcDateTime())
_OVERLAPS = (BOOKING.c.starts_at < _END, BOOKING.c.ends_at > _START)
_FREE_OF_MANY = (
    sa.select(RESOURCE.c.id, RESOURCE.c.capacity - _UNITS)
    .select_from(RESOURCE.outerjoin(BOOKING, sa.and_(BOOKING.c.resource_id == RESOURCE.c.id, *_OVERLAPS)))
    .where(RESOURCE.c.id.in_(sa.bindparam("resources", expanding=True)))
    .group_by(RESOURCE.c.id, RESOURCE.c.capacity)
)
_OF_ONE = sa.bindparam("resource", type_=sa.Uuid())
_LOCK = sa.select(RESOURCE.c.capacity).where(RESOURCE.c.id == _OF_ONE).with_for_update()
_TAKEN = sa.select(BOOKING.c.starts_at, BOOKING.c.ends_at, BOOKING.c.quantity).where(
    BOOKING.c.resource_id == _OF_ONE, *_OVERLAPS
)
_EVENT = b'{"specversion":"1.0","type":"yuanban.production.booking.held.v1","data":{}}' + b" " * 700


def free_units(connection: sa.Connection, resources: Sequence[UUID], span: Span) -> dict[UUID, int]:
    """How many units of each resource are free over the span; one statement."""
    asked = {"resources": resources, "start": span.start, "end": span.end}
    return dict(connection.execute(_FREE_OF_MANY, asked).all())


def book(connection: sa.Connection, resource: UUID, span: Span, quantity: int, now: datetime) -> None:
    """Lock, look and insert, with the outbox, audit and timer rows that the engine's hold writes, too."""
    capacity = connection.execute(_LOCK, {"resource": resource}).scalar_one()
    asked = {"resource": resource, "start": span.start, "end": span.end}
    if _most(connection.execute(_TAKEN, asked).all(), span) + quantity > capacity:
        raise AssertionError("it does not fit")
    made = new_id()
    connection.execute(
        sa.insert(BOOKING),
        {
            "id": made,
            "resource_id": resource,
            "starts_at": span.start,
            "ends_at": span.end,
            "quantity": quantity,
        },
    )
    write_traces(connection, made, now)


def _most(taken: Sequence[sa.Row[Any]], span: Span) -> int:
    """The units taken at the worst instant of a span: when it begins, or when one of these does."""
    instants = [span.start, *(start for start, _, _ in taken if start > span.start)]
    return max(sum(units for start, end, units in taken if start <= at < end) for at in instants)


def write_traces(connection: sa.Connection, made: UUID, now: datetime) -> None:
    """The rows that any command writes beside its own: what was done, what is told, when to look again."""
    timer = {
        "id": new_id(),
        "name": "scan",
        "key": str(made),
        "due_at": now,
        "payload": {"booking": str(made)},
    }
    connection.execute(sa.insert(table_of(Timer)), timer)
    connection.execute(
        sa.insert(table_of(AuditEntry)),
        {
            "aggregate_type": "booking",
            "aggregate_id": str(made),
            "number": 1,
            "at": now,
            "action": "booking.held",
            "actor_kind": "account",
            "actor_name": "",
            "details": {},
            "previous_hash": "",
            "hash": "0" * 64,
        },
    )
    connection.execute(
        sa.insert(table_of(OutboxMessage)),
        {
            "event_id": new_id(),
            "type": "yuanban.production.booking.held.v1",
            "aggregate_id": str(made),
            "sequence": 1,
            "body": _EVENT,
            "created_at": now,
        },
    )
