"""Time as an input: a row written with the command wakes a handler when due; nothing waits in a broker."""

import functools
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.database import Base, JsonDoc, UtcDateTime, dialect_of, insert
from shared.ids import new_id


class Timer(Base):
    """One appointment; `(name, key)` is unique, so that scheduling again moves it."""

    __tablename__ = "timer"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    key: Mapped[str] = mapped_column(sa.String(120))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.Text)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its handler failed for the first time; empty while all is well."""
    parked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Goes up with every change; whoever acts on a stuck timer says which one they saw."""

    __table_args__ = (
        sa.UniqueConstraint("name", "key"),
        sa.Index(
            "ix_timer_due",
            "due_at",
            sqlite_where=sa.text("parked_at IS NULL"),
            postgresql_where=sa.text("parked_at IS NULL"),
        ),
        sa.Index(
            "ix_timer_failing",
            "failing_since",
            "id",
            sqlite_where=sa.text("failing_since IS NOT NULL"),
            postgresql_where=sa.text("failing_since IS NOT NULL"),
        ),
    )


COLUMNS = ("id", "name", "key", "due_at", "payload", "attempts", "last_error", "failing_since", "parked_at")
"""What `row` says."""
_OF_THE_APPOINTMENT = ("due_at", "payload", "attempts", "last_error", "failing_since", "parked_at")


def schedule(session: Session, name: str, key: str, due_at: datetime, payload: Mapping[str, Any]) -> None:
    """Wake the handler `name` at `due_at`; an earlier appointment with the same key is moved.

    An appointment that is being kept at this moment is waited for: it is gone then, and this is a new one.
    """
    write(session, row(name, key, due_at, payload))


def row(name: str, key: str, due_at: datetime, payload: Mapping[str, Any]) -> dict[str, Any]:
    """An appointment as a row that nobody has tried to keep yet."""
    return {
        "id": new_id(),
        "name": name,
        "key": key,
        "due_at": due_at,
        "payload": dict(payload),
        "attempts": 0,
        "last_error": None,
        "failing_since": None,
        "parked_at": None,
    }


def write(session: Session, appointment: Mapping[str, Any]) -> None:
    """Make or move it."""
    # Past the session, which would first write out all that is pending.
    session.connection().execute(make_or_move(dialect_of(session)), appointment)


@functools.cache
def make_or_move(dialect: str) -> sa.Insert:
    """The statement for a `row`. Built once: putting it together would cost as much as carrying it out."""
    new = insert(dialect, Timer)
    fresh = {column: new.excluded[column] for column in _OF_THE_APPOINTMENT}
    return new.on_conflict_do_update(
        index_elements=["name", "key"], set_={**fresh, "version": Timer.version + 1}
    )


def cancel(session: Session, name: str, key: str) -> None:
    """Forget the appointment, if there is one."""
    session.execute(sa.delete(Timer).where(Timer.name == name, Timer.key == key))


def due(
    session: Session,
    now: datetime,
    limit: int,
    *,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
) -> Sequence[Timer]:
    """Appointments whose time has come, by name; each is taken again, locked, before it is run."""
    query = sa.select(Timer).where(Timer.due_at <= now, Timer.parked_at.is_(None))
    if only is not None:
        query = query.where(Timer.name.in_(sorted(only)))
    if without:
        query = query.where(Timer.name.not_in(sorted(without)))
    return session.scalars(query.order_by(Timer.due_at).limit(limit)).all()


def backlog(session: Session, now: datetime, up_to: int) -> tuple[int, datetime | None, int]:
    """How many appointments are due and not kept, since when the oldest is, and how many are parked.

    Each is counted up to a limit.
    """
    overdue = (
        sa.select(Timer.due_at)
        .where(Timer.due_at <= now, Timer.parked_at.is_(None))
        .order_by(Timer.due_at)
        .limit(up_to)
        .subquery()
    )
    given_up = (
        sa.select(Timer.id)
        .where(Timer.failing_since.is_not(None), Timer.parked_at.is_not(None))
        .limit(up_to)
        .subquery()
    )
    due_now, oldest = session.execute(sa.select(sa.func.count(), sa.func.min(overdue.c.due_at))).one()
    parked = session.scalar(sa.select(sa.func.count()).select_from(given_up))
    return int(due_now), oldest, int(parked or 0)
