"""Events arrive through a table: one row an event says whether it is done, waiting for a retry, or parked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.database import Base, UtcDateTime, insert_all_absent, insert_if_absent, table_of
from shared.ids import new_id
from shared.messaging.envelope import Event

InboxState = Literal["done", "waiting", "parked", "discarded"]

UNSETTLED = sa.text("state IN ('waiting','parked')")
"""To the letter the condition of the index that finds them: SQLite infers it from no other."""


class InboxMessage(Base):
    """An event this service has received."""

    __tablename__ = "inbox_message"

    event_id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    type: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[str] = mapped_column(sa.String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(sa.String(64))
    error: Mapped[str | None] = mapped_column(sa.Text)
    body: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    """Kept while the message is not done, so that it can be read, replayed or discarded."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Goes up with every change to a row that was kept; whoever acts on it says which one they saw."""

    __table_args__ = (
        sa.CheckConstraint("state IN ('done','waiting','parked','discarded')", name="state"),
        sa.Index(
            "ix_inbox_message_due",
            "next_attempt_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index(
            "ix_inbox_message_done",
            "received_at",
            sqlite_where=sa.text("state = 'done'"),
            postgresql_where=sa.text("state = 'done'"),
        ),
        sa.Index(
            "ix_inbox_message_unsettled",
            "state",
            "received_at",
            sqlite_where=UNSETTLED,
            postgresql_where=UNSETTLED,
        ),
    )


def require_writable(session: Session, now: datetime) -> None:
    """Raise when no message could be settled: no table, a full disk, a server that is a read-only copy.

    Writes a row that is never committed; the caller's session only reads.
    """
    probe = {"event_id": new_id(), "type": "probe", "state": "done", "attempts": 1, "received_at": now}
    session.execute(sa.insert(table_of(InboxMessage)), probe)


def claim(session: Session, event_id: UUID, event_type: str, now: datetime) -> bool:
    """Enter the event as done, in the transaction of its effect; False when it was here before.

    Two consumers given the same message: the second waits for the first and then sees the row.
    """
    return insert_if_absent(
        session,
        InboxMessage,
        {
            "event_id": event_id,
            "type": event_type,
            "state": "done",
            "attempts": 1,
            "received_at": now,
        },
    )


def claim_all(session: Session, events: Sequence[Event], now: datetime) -> set[UUID]:
    """Enter many events in one statement; returns the ids that were not here before.

    In the order of their ids, so that two consumers with the same messages do not wait for each other in a
    circle.
    """
    rows = {
        event.id: {
            "event_id": event.id,
            "type": event.type,
            "state": "done",
            "attempts": 1,
            "received_at": now,
        }
        for event in sorted(events, key=lambda event: event.id)
    }
    return insert_all_absent(session, InboxMessage, list(rows.values()), InboxMessage.event_id)


def keep(
    session: Session,
    *,
    event_id: UUID,
    event_type: str,
    body: bytes,
    state: InboxState,
    reason: str,
    error: str,
    attempts: int,
    seen: int | None,
    now: datetime,
    next_attempt_at: datetime | None,
) -> None:
    """Store a message that could not be handled: `waiting` for a retry or `parked` with the reason.

    Only a new or a waiting row is written. One that is done meanwhile (a twin of the message was applied
    while this one failed) must not come back to life, and what is parked or discarded is the operator's.
    `seen` is the version of the row that was tried again: has an operator asked for a replay since, then that
    replay is still to come, and this failure does not count.
    """
    settled = {
        "state": state,
        "reason": reason,
        "error": error[:4000],
        "attempts": attempts,
        "next_attempt_at": next_attempt_at,
        "body": body,
    }
    new = {"event_id": event_id, "type": event_type, "received_at": now, **settled}
    if not insert_if_absent(session, InboxMessage, new):
        waiting = sa.update(InboxMessage).where(
            InboxMessage.event_id == event_id, InboxMessage.state == "waiting"
        )
        if seen is not None:
            waiting = waiting.where(InboxMessage.version == seen)
        session.execute(waiting.values(**settled, version=InboxMessage.version + 1))


def keep_dead(
    session: Session, *, event_id: UUID, event_type: str, body: bytes, reason: str, error: str, now: datetime
) -> None:
    """Park a message that came out of the dead queue, unless it has a row: then it was settled before."""
    parked = {"state": "parked", "reason": reason, "error": error[:4000], "attempts": 0, "body": body}
    new = {"event_id": event_id, "type": event_type, "received_at": now, **parked}
    insert_if_absent(session, InboxMessage, new)


def unsettled(session: Session, up_to: int) -> dict[str, int]:
    """How many messages are `waiting` and `parked`, each counted up to a limit."""
    return {state: _counted(session, state, up_to) for state in ("waiting", "parked")}


def _counted(session: Session, state: str, up_to: int) -> int:
    some = sa.select(InboxMessage.event_id).where(InboxMessage.state == state, UNSETTLED).limit(up_to)
    return session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def is_due(row: InboxMessage, now: datetime) -> bool:
    """Whether the message waits for a retry whose time has come."""
    return row.state == "waiting" and row.next_attempt_at is not None and row.next_attempt_at <= now


def due_retries(session: Session, now: datetime, limit: int) -> Sequence[InboxMessage]:
    """Waiting messages whose time has come; each is taken again, locked, before it is run."""
    query = (
        sa.select(InboxMessage)
        .where(InboxMessage.state == "waiting", InboxMessage.next_attempt_at <= now)
        .order_by(InboxMessage.next_attempt_at)
        .limit(limit)
    )
    return session.scalars(query).all()
