"""Reading an inbox. Every query is bound to the reader: no role reads another person's messages."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from notifications.messages.model import Manager, Message
from shared.actor import Actor
from shared.database import UtcDateTime
from shared.errors import BadRequest, NotFound
from shared.http.paging import Cursor
from shared.text import Text

UNREAD_CAP = 100


def inbox(
    session: Session, reader: Actor, cursor: str | None, limit: int
) -> tuple[Sequence[Message], str | None]:
    """A page of the reader's messages, newest first, and the cursor of the next page."""
    query = (
        sa.select(Message)
        .where(Message.recipient == reader.id)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        created_at, message_id = _position(cursor)
        position = sa.tuple_(sa.literal(created_at, UtcDateTime), sa.literal(message_id, sa.Uuid))
        query = query.where(sa.tuple_(Message.created_at, Message.id) < position)
    found = session.scalars(query).all()
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    last = page[-1]
    return page, Cursor(last.created_at.isoformat(), str(last.id)).encode()


def unread(session: Session, reader: Actor) -> int:
    """How many messages wait to be read, counted up to `UNREAD_CAP`."""
    waiting = (
        sa.select(Message.id)
        .where(Message.recipient == reader.id, Message.read_at.is_(None))
        .limit(UNREAD_CAP)
        .subquery()
    )
    return session.scalar(sa.select(sa.func.count()).select_from(waiting)) or 0


def managers(session: Session) -> list[UUID]:
    """Who manages the park, as far as this service has heard."""
    return list(session.scalars(sa.select(Manager.account_id).where(Manager.manages)))


def own_message(session: Session, reader: Actor, message_id: UUID) -> Message:
    """The reader's own message; NotFound for any other, so that ids tell nothing."""
    query = sa.select(Message).where(Message.id == message_id, Message.recipient == reader.id)
    found = session.scalar(query)
    if found is None:
        raise NotFound(Text("没有这条消息", "There is no such message"))
    return found


def _position(cursor: str) -> tuple[datetime, UUID]:
    read = Cursor.decode(cursor)
    try:
        created_at, message_id = datetime.fromisoformat(read.order), UUID(read.id)
        if created_at.tzinfo is not None:
            return created_at.astimezone(UTC), message_id
    except (ValueError, OverflowError):
        pass
    raise BadRequest(Text("翻页标记无效", "The cursor is not valid"))
