"""Reading the trail: the history of one aggregate, and the anchors."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.audit import AuditEntry
from shared.auditing.anchors import BATCH, AuditAnchor
from shared.errors import BadRequest
from shared.http.paging import Cursor
from shared.text import Text


def every_entry_of(session: Session, aggregate_type: str, aggregate_id: str) -> Iterator[AuditEntry]:
    """What was done to one aggregate, from the beginning."""
    query = _of(aggregate_type, aggregate_id).order_by(AuditEntry.number)
    return iter(session.scalars(query.execution_options(yield_per=BATCH)))


def history(
    session: Session, aggregate_type: str, aggregate_id: str, *, cursor: str | None, limit: int
) -> tuple[Sequence[AuditEntry], str | None]:
    """A page of what was done to one aggregate, newest first, and the cursor of the next one."""
    query = _of(aggregate_type, aggregate_id).order_by(AuditEntry.number.desc())
    if cursor is not None:
        query = query.where(AuditEntry.number < _number(cursor))
    rows = session.scalars(query.limit(limit + 1)).all()
    return rows[:limit], _cursor(rows[limit - 1].number) if len(rows) > limit else None


def anchors(session: Session, *, cursor: str | None, limit: int) -> tuple[Sequence[AuditAnchor], str | None]:
    """A page of the daily anchors, newest first, and the cursor of the next one."""
    query = sa.select(AuditAnchor).order_by(AuditAnchor.number.desc())
    if cursor is not None:
        query = query.where(AuditAnchor.number < _number(cursor))
    rows = session.scalars(query.limit(limit + 1)).all()
    return rows[:limit], _cursor(rows[limit - 1].number) if len(rows) > limit else None


def _of(aggregate_type: str, aggregate_id: str) -> sa.Select[AuditEntry]:
    return sa.select(AuditEntry).where(
        AuditEntry.aggregate_type == aggregate_type, AuditEntry.aggregate_id == aggregate_id
    )


def _cursor(number: int) -> str:
    return Cursor(str(number), "").encode()


def _number(cursor: str) -> int:
    order = Cursor.decode(cursor).order
    if not (order.isascii() and order.isdecimal() and len(order) < len("2147483648")):
        raise BadRequest(Text("翻页标记无效", "The cursor is not valid"))
    return int(order)
