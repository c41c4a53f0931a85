"""Events leave through a table: written in the command's transaction, published afterwards by the relay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.database import Base, BigId, UtcDateTime, table_of
from shared.messaging.brokers.base import Message
from shared.messaging.envelope import Event, encode

UNROUTABLE_PAUSE = timedelta(minutes=1)
FIRST_REFUSED_PAUSE = timedelta(seconds=2)
LONGEST_REFUSED_PAUSE = timedelta(minutes=1)
REMEMBERED = timedelta(days=21)  # well within the time for which an inbox keeps what it has done


class OutboxMessage(Base):
    """One event waiting to be published, or published and kept for a while."""

    __tablename__ = "outbox_message"

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    event_id: Mapped[UUID] = mapped_column(sa.Uuid, unique=True)
    type: Mapped[str] = mapped_column(sa.String(120))
    aggregate_id: Mapped[str] = mapped_column(sa.String(64))
    sequence: Mapped[int]
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """Encoded once; a resent message is the same to the byte."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Set when the broker had no queue for it; until then it stands aside and others go first."""
    last_error: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (
        sa.UniqueConstraint("aggregate_id", "sequence", "type"),
        sa.Index(
            "ix_outbox_message_pending",
            "position",
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        ),
        sa.Index(
            "ix_outbox_message_published",
            "published_at",
            sqlite_where=sa.text("published_at IS NOT NULL"),
            postgresql_where=sa.text("published_at IS NOT NULL"),
        ),
    )


_TABLE = table_of(OutboxMessage)
# One statement for all rows; it asks for the positions, for only then do they follow the order of the rows.
_ADD = sa.insert(_TABLE).returning(_TABLE.c.position, sort_by_parameter_order=True)

COLUMNS = ("event_id", "type", "aggregate_id", "sequence", "body", "created_at", "attempts")
"""What `row` says."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What the relay needs of a row: no entity, for there are many."""

    position: int
    attempts: int
    message: Message


def row(event: Event) -> dict[str, Any]:
    """The outbox row of `event`; EnvelopeError when it is too large."""
    return {
        "attempts": 0,
        "event_id": event.id,
        "type": event.type,
        "aggregate_id": event.subject,
        "sequence": event.sequence,
        "body": encode(event),
        "created_at": event.time,
    }


def add_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows into the outbox as the last thing of the running transaction, its aggregates written."""
    if rows:
        session.execute(_ADD, rows)


def pending(session: Session, now: datetime, limit: int) -> list[Pending]:
    """The oldest unpublished rows, by flag and not by cursor: a row that commits late is not skipped."""
    query = (
        sa.select(
            OutboxMessage.position,
            OutboxMessage.attempts,
            OutboxMessage.event_id,
            OutboxMessage.type,
            OutboxMessage.body,
        )
        .where(
            OutboxMessage.published_at.is_(None),
            sa.or_(OutboxMessage.not_before.is_(None), OutboxMessage.not_before <= now),
        )
        .order_by(OutboxMessage.position)
        .limit(limit)
    )
    return [
        Pending(position, attempts, Message(event_id, event_type, body))
        for position, attempts, event_id, event_type, body in session.execute(query)
    ]


def mark_published(session: Session, positions: Sequence[int], at: datetime) -> None:
    """Remember that the broker has taken these rows."""
    session.execute(_unpublished(positions).values(published_at=at, last_error=None))


def mark_unroutable(session: Session, positions: Sequence[int], now: datetime) -> None:
    """Keep rows that reached no queue, say so, and try them again after a pause."""
    _stand_aside(session, positions, now + UNROUTABLE_PAUSE, "no queue is bound to this type")


def mark_refused(session: Session, rows: Sequence[Pending], now: datetime) -> None:
    """Keep rows that the broker refused (a full queue), say so, and try them later and later."""
    for attempts, group in groupby(sorted(rows, key=_attempts), key=_attempts):
        pause = min(FIRST_REFUSED_PAUSE * 2 ** min(attempts, 10), LONGEST_REFUSED_PAUSE)
        positions = [row.position for row in group]
        _stand_aside(
            session, positions, now + pause, "the broker refused it: the queue of a subscriber is full"
        )


def republish(session: Session, since: datetime, now: datetime) -> int:
    """Send everything again that was published since then, after a broker has lost it; returns how many.

    The inboxes drop what they have. What is so old that they may have forgotten it is left out: a row that is
    sent again and again would otherwise outlive its traces there.
    """
    again = (
        sa.update(OutboxMessage)
        .where(OutboxMessage.published_at >= since, OutboxMessage.created_at >= now - REMEMBERED)
        .values(published_at=None)
    )
    result: sa.CursorResult[Any] = session.connection().execute(again)
    return result.rowcount


def _stand_aside(session: Session, positions: Sequence[int], until: datetime, error: str) -> None:
    session.execute(
        _unpublished(positions).values(attempts=_TABLE.c.attempts + 1, not_before=until, last_error=error)
    )


def _unpublished(positions: Sequence[int]) -> sa.Update:
    # Written into the statement: hundreds of numbers as parameters would have to be converted one by one.
    listed: sa.BindParameter[Any] = sa.bindparam("positions", positions, expanding=True, literal_execute=True)
    return sa.update(_TABLE).where(_TABLE.c.position.in_(listed), _TABLE.c.published_at.is_(None))


def _attempts(row: Pending) -> int:
    return row.attempts


def depth(session: Session, up_to: int) -> tuple[int, datetime | None]:
    """How many rows wait, counted up to a limit, and since when the oldest does."""
    waiting = sa.select(OutboxMessage.created_at).where(OutboxMessage.published_at.is_(None))
    rows = waiting.order_by(OutboxMessage.position).limit(up_to).subquery()
    count, oldest = session.execute(sa.select(sa.func.count(), sa.func.min(rows.c.created_at))).one()
    return int(count), oldest
