"""The peer: intervals in an indexed table, looked at with `starts_at < ? AND ends_at > ?`, as most do.

Through SQLAlchemy Core on the engine of the suite, with the suite's column types, and correct: whoever books
locks the resource's row, looks, sweeps over what overlaps, and inserts. A search only adds up the units of
all bookings that overlap, so it may find less free than there is.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.grid import Span
from shared.database import UtcDateTime
from shared.ids import new_id

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
_ADD = sa.insert(BOOKING)


def free_units(connection: sa.Connection, resources: Sequence[UUID], span: Span) -> dict[UUID, int]:
    """How many units of each resource are free over the span; one statement."""
    asked = {"resources": resources, "start": span.start, "end": span.end}
    return dict(connection.execute(_FREE_OF_MANY, asked).all())


def book(connection: sa.Connection, resource: UUID, span: Span, quantity: int) -> UUID:
    """Lock, look, sweep and insert; returns the id of the booking."""
    capacity = connection.execute(_LOCK, {"resource": resource}).scalar_one()
    asked = {"resource": resource, "start": span.start, "end": span.end}
    if _most(connection.execute(_TAKEN, asked).all(), span) + quantity > capacity:
        raise AssertionError("it does not fit")
    made = new_id()
    row = {
        "id": made,
        "resource_id": resource,
        "starts_at": span.start,
        "ends_at": span.end,
        "quantity": quantity,
    }
    connection.execute(_ADD, row)
    return made


def _most(taken: Sequence[Any], span: Span) -> int:
    """The units taken at the worst instant of a span: when it begins, or when one of these does."""
    instants = [span.start, *(start for start, _, _ in taken if start > span.start)]
    return max(sum(int(units) for start, end, units in taken if start <= at < end) for at in instants)
