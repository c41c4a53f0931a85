"""What is stuck: events that were not handled and appointments that were not kept, as operators read them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from shared.database import UtcDateTime
from shared.errors import BadRequest, NotFound
from shared.http.paging import MAX_PAGE, Cursor
from shared.messaging import inbox
from shared.messaging.inbox import UNSETTLED, InboxMessage
from shared.messaging.timers import Timer
from shared.text import Text

Kind = Literal["event", "timer"]
KINDS: tuple[Kind, ...] = ("event", "timer")
STATES = ("parked", "waiting")
"""In the order of every list: what needs an operator comes first."""
COUNT_CAP = 100
"""Counts beside a list stop here: an exact one over everything grows with the table."""

NO_SUCH = Text("没有这个滞留事件", "Nothing parked or waiting has this id")
REASONS = {
    "undecodable": Text("内容无法读取", "The content cannot be read"),
    "no-handler": Text("本服务没有相应的处理程序", "This service has no handler for it"),
    "contract": Text("内容不符合事件约定", "The content breaks the contract of its type"),
    "database": Text("写入数据库失败", "The database refused what its handler did"),
    "handler": Text("处理程序出错", "Its handler failed"),
    "dead-lettered": Text("消息代理多次投递后放弃", "The broker gave up delivering it"),
}
"""Why something is stuck, by the code that is kept with it."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """An event or an appointment (timer) that failed, and why."""

    id: UUID
    kind: Kind
    name: str
    """Type of the event, name of the timer."""
    key: str | None
    """What the timer is about; events say it in their content."""
    state: str
    attempts: int
    since: datetime
    """When the event was received, or the timer failed for the first time."""
    next_attempt_at: datetime | None
    reason: str
    error: str
    body: bytes
    """What came, or the timer's payload as JSON; empty in lists."""
    version: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What the operator asked for; None means everything."""

    state: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class _Position:
    """Where the previous page ended."""

    state: str
    since: datetime
    id: UUID


def list_stuck(
    session: Session, filters: Filters, *, cursor: str | None, limit: int
) -> tuple[list[Stuck], str | None]:
    """A page, parked before waiting, then the oldest first, and the cursor of the next page."""
    after = _position(cursor) if cursor is not None else None
    found: list[Stuck] = []
    for state in STATES:
        if filters.state in (None, state) and (after is None or state >= after.state):
            here = after if after is not None and after.state == state else None
            found += _in_state(session, state, filters.kind, here, limit + 1 - len(found))
        if len(found) > limit:
            return found[:limit], cursor_at(
                found[limit - 1].state, found[limit - 1].since, found[limit - 1].id
            )
    return found, None


def cursor_at(state: str, since: datetime, stuck_id: UUID) -> str:
    """The cursor of a page that ends with this row; it is good for the lists of all services."""
    return Cursor(f"{state} {since.isoformat()}", str(stuck_id)).encode()


def every_stuck(session: Session) -> Iterator[Stuck]:
    """All of them, page by page."""
    cursor: str | None = None
    while True:
        page, cursor = list_stuck(session, Filters(), cursor=cursor, limit=MAX_PAGE)
        yield from page
        if cursor is None:
            return


def find_stuck(session: Session, stuck_id: UUID) -> Stuck:
    """One of them with its content; NotFound when it is none."""
    row = session.get(InboxMessage, stuck_id)
    if row is not None and is_stuck(row):
        return of_message(row, row.body or b"")
    timer = session.get(Timer, stuck_id)
    if timer is not None and is_stuck(timer):
        return of_timer(timer)
    raise NotFound(NO_SUCH)


def is_stuck(row: InboxMessage | Timer) -> bool:
    """Whether operators may act on the row."""
    if isinstance(row, Timer):
        return row.failing_since is not None
    return row.state in STATES


def counts(session: Session) -> dict[str, int]:
    """How many are parked and waiting, each table counted up to `COUNT_CAP`."""
    found = inbox.unsettled(session, COUNT_CAP)
    for state in STATES:
        some = sa.select(Timer.id).where(*_timer_in(state)).limit(COUNT_CAP).subquery()
        found[state] += session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
    return {state: min(found[state], COUNT_CAP) for state in STATES}


def of_message(row: InboxMessage, body: bytes = b"") -> Stuck:
    """An event as operators see it."""
    return Stuck(
        id=row.event_id,
        kind="event",
        name=row.type,
        key=None,
        state=row.state,
        attempts=row.attempts,
        since=row.received_at,
        next_attempt_at=row.next_attempt_at,
        reason=row.reason or "",
        error=row.error or "",
        body=body,
        version=row.version,
    )


def of_timer(row: Timer) -> Stuck:
    """An appointment as operators see it."""
    parked = row.parked_at is not None
    return Stuck(
        id=row.id,
        kind="timer",
        name=row.name,
        key=row.key,
        state="parked" if parked else "waiting",
        attempts=row.attempts,
        since=row.failing_since or row.due_at,
        next_attempt_at=None if parked else row.due_at,
        reason="handler",
        error=row.last_error or "",
        body=json.dumps(row.payload, ensure_ascii=False).encode(),
        version=row.version,
    )


def _in_state(
    session: Session, state: str, kind: str | None, after: _Position | None, limit: int
) -> list[Stuck]:
    found: list[Stuck] = []
    if kind != "timer":
        found += map(of_message, _messages(session, state, after, limit))
    if kind != "event":
        found += map(of_timer, _timers(session, state, after, limit))
    return sorted(found, key=lambda each: (each.since, each.id))[:limit]


def _messages(session: Session, state: str, after: _Position | None, limit: int) -> Sequence[InboxMessage]:
    query = (
        sa.select(InboxMessage)
        .where(InboxMessage.state == state, UNSETTLED)
        .options(defer(InboxMessage.body, raiseload=True))
        .order_by(InboxMessage.received_at, InboxMessage.event_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(sa.tuple_(InboxMessage.received_at, InboxMessage.event_id) > _bound(after))
    return session.scalars(query).all()


def _timers(session: Session, state: str, after: _Position | None, limit: int) -> Sequence[Timer]:
    query = sa.select(Timer).where(*_timer_in(state)).order_by(Timer.failing_since, Timer.id).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(Timer.failing_since, Timer.id) > _bound(after))
    return session.scalars(query).all()


def _timer_in(state: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    parked = Timer.parked_at.is_not(None) if state == "parked" else Timer.parked_at.is_(None)
    return Timer.failing_since.is_not(None), parked


def _bound(after: _Position) -> sa.Tuple:
    return sa.tuple_(sa.literal(after.since, UtcDateTime), sa.literal(after.id, sa.Uuid))


def _position(cursor: str) -> _Position:
    read = Cursor.decode(cursor)
    state, _, since = read.order.partition(" ")
    try:
        instant, row_id = datetime.fromisoformat(since), UUID(read.id)
        if state in STATES and instant.tzinfo is not None:
            return _Position(state, instant.astimezone(UTC), row_id)
    except (ValueError, OverflowError):
        pass
    raise BadRequest(Text("翻页标记无效", "The cursor is not valid"))
