"""Forgetting what nobody needs any more, a little at a time: big deletes hold locks and bloat tables."""

import time
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from shared.http.idempotency import IdempotencyRecord
from shared.messaging.inbox import InboxMessage
from shared.messaging.outbox import OutboxMessage
from shared.service import Runtime

log = structlog.get_logger(__name__)

KEEP_PUBLISHED = timedelta(days=7)
"""So long a broker that lost its data can be given everything again (`yuanban events republish`)."""
KEEP_DONE = timedelta(days=30)
"""Must exceed `KEEP_PUBLISHED`: what is sent again has to be recognised."""
KEEP_ANSWERS = timedelta(hours=48)
"""So long a repeated request gets the stored answer (`Idempotency-Key`)."""
BATCH = 1000
EVERY_S = 60.0


class Housekeeper:
    """Deletes old rows of one service, one small batch of each table a minute, more while there is more."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._next = 0.0

    def tidy(self) -> None:
        """Do a batch when it is time; otherwise nothing."""
        if time.monotonic() < self._next:
            return
        deleted = purge(self._runtime)
        self._next = time.monotonic() + (1.0 if deleted >= BATCH else EVERY_S)


def purge(runtime: Runtime, batch: int = BATCH) -> int:
    """Delete at most `batch` rows of each table that are past their time; returns how many went."""
    now = runtime.clock.now()
    deleted = 0
    for table, old in _past_their_time(now).items():
        with runtime.database.write() as session:
            deleted += _delete(session, table, old, batch)
    if deleted:
        log.info("old rows deleted", service=runtime.service.name, rows=deleted)
    return deleted


def _past_their_time(now: datetime) -> dict[type[Any], sa.ColumnElement[bool]]:
    return {
        OutboxMessage: OutboxMessage.published_at < now - KEEP_PUBLISHED,
        InboxMessage: sa.and_(InboxMessage.state == "done", InboxMessage.received_at < now - KEEP_DONE),
        IdempotencyRecord: IdempotencyRecord.created_at < now - KEEP_ANSWERS,
    }


def _delete(session: Session, table: type[Any], old: sa.ColumnElement[bool], batch: int) -> int:
    key = sa.inspect(table).primary_key
    some = sa.select(*key).where(old).limit(batch)
    matching = sa.tuple_(*key).in_(some) if len(key) > 1 else key[0].in_(some)
    result: sa.CursorResult[Any] = session.connection().execute(sa.delete(table).where(matching))
    return result.rowcount
