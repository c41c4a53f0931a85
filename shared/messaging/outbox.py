"""Events leave through a table: written in the command's transaction, published afterwards by the relay."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.database import Base, BigId, UtcDateTime
from shared.messaging.envelope import Event, encode

UNROUTABLE_PAUSE = timedelta(minutes=1)


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
    )


def add(session: Session, event: Event) -> None:
    """Put `event` into the outbox of the running transaction.

    The aggregate is flushed first: its row lock is then held before `position` is taken, so that within
    an aggregate the order of positions is the order of commits.
    """
    session.flush()
    session.add(
        OutboxMessage(
            event_id=event.id,
            type=event.type,
            aggregate_id=event.subject,
            sequence=event.sequence,
            body=encode(event),
            created_at=event.time,
        )
    )


def pending(session: Session, now: datetime, limit: int) -> Sequence[OutboxMessage]:
    """The oldest unpublished rows, by flag and not by cursor: a row that commits late is not skipped."""
    query = (
        sa.select(OutboxMessage)
        .where(
            OutboxMessage.published_at.is_(None),
            sa.or_(OutboxMessage.not_before.is_(None), OutboxMessage.not_before <= now),
        )
        .order_by(OutboxMessage.position)
        .limit(limit)
    )
    return session.scalars(query).all()


def mark_published(session: Session, positions: Sequence[int], at: datetime) -> None:
    """Remember that the broker has taken these rows."""
    session.execute(
        sa.update(OutboxMessage).where(OutboxMessage.position.in_(positions)).values(published_at=at)
    )


def mark_unroutable(session: Session, positions: Sequence[int], now: datetime) -> None:
    """Keep rows that reached no queue, say so, and try them again after a pause."""
    session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.position.in_(positions))
        .values(
            attempts=OutboxMessage.attempts + 1,
            not_before=now + UNROUTABLE_PAUSE,
            last_error="no queue is bound to this type",
        )
    )


def depth(session: Session) -> tuple[int, datetime | None]:
    """How many rows wait (counted up to 10 000) and since when the oldest does."""
    waiting = sa.select(OutboxMessage.created_at).where(OutboxMessage.published_at.is_(None)).limit(10_000)
    rows = waiting.subquery()
    count, oldest = session.execute(sa.select(sa.func.count(), sa.func.min(rows.c.created_at))).one()
    return int(count), oldest
