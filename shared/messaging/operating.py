"""What an operator does about messages that are stuck, and for subscribers that came late."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_OID, UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.actor import SYSTEM
from shared.messaging.brokers.base import Message
from shared.messaging.envelope import Event, encode
from shared.messaging.inbox import InboxMessage
from shared.messaging.timers import Timer
from shared.service import Fact, Runtime, Service

BACKFILL_BATCH = 500


class NotStuckError(LookupError):
    """There is no parked or waiting message, and no parked timer, of that id."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A message or a timer that was not handled, and why."""

    id: UUID
    kind: Literal["event", "timer"]
    name: str
    state: str
    attempts: int
    since: datetime
    next_attempt_at: datetime | None
    reason: str
    error: str
    body: bytes


def list_stuck(runtime: Runtime, limit: int = 100) -> list[Stuck]:
    """Parked and waiting messages and parked timers, parked ones first, the oldest first."""
    with runtime.read() as session:
        rows = session.scalars(
            sa.select(InboxMessage)
            .where(InboxMessage.state.in_(("waiting", "parked")))
            .order_by(InboxMessage.state, InboxMessage.received_at)
            .limit(limit)
        ).all()
        timers = session.scalars(
            sa.select(Timer).where(Timer.parked_at.is_not(None)).order_by(Timer.parked_at).limit(limit)
        ).all()
    return [*map(_of_message, rows), *map(_of_timer, timers)]


def find_stuck(runtime: Runtime, stuck_id: UUID) -> Stuck:
    """One of them; NotStuckError when it is none."""
    with runtime.read() as session:
        row = session.get(InboxMessage, stuck_id)
        if row is not None and row.state in ("waiting", "parked"):
            return _of_message(row)
        timer = session.get(Timer, stuck_id)
        if timer is not None and timer.parked_at is not None:
            return _of_timer(timer)
    raise NotStuckError(str(stuck_id))


def replay(runtime: Runtime, stuck_id: UUID) -> None:
    """Try it again at once, with all its attempts before it; the same id, so it cannot be applied twice."""
    with runtime.transaction(SYSTEM) as tx:
        found: InboxMessage | Timer = _lock(tx.session, stuck_id)
        found.attempts = 0
        if isinstance(found, InboxMessage):
            found.state = "waiting"
            found.next_attempt_at = tx.now
            tx.audit("event.replayed", "inbox_message", stuck_id, {"type": found.type})
        else:
            found.parked_at = None
            found.due_at = tx.now
            tx.audit("timer.replayed", "timer", stuck_id, {"name": found.name})


def discard(runtime: Runtime, stuck_id: UUID, reason: str) -> None:
    """Give it up for good: a message keeps its row and body, a timer an entry in the audit trail."""
    with runtime.transaction(SYSTEM) as tx:
        found = _lock(tx.session, stuck_id)
        if isinstance(found, InboxMessage):
            found.state = "discarded"
            found.next_attempt_at = None
            tx.audit("event.discarded", "inbox_message", stuck_id, {"type": found.type, "reason": reason})
        else:
            details = {"name": found.name, "key": found.key, "payload": found.payload, "reason": reason}
            tx.audit("timer.discarded", "timer", stuck_id, details)
            tx.session.delete(found)


def backfill(subscriber: Service, publisher: Runtime, send: Callable[[Sequence[Message]], None]) -> int:
    """Tell `subscriber` alone the current state of what `publisher` owns; returns how many facts.

    Each fact carries the number of the aggregate's last event, so a copy that is newer stays, and an id made
    of that number, so that telling twice is telling once.
    """
    told = 0
    for batch in _batches(publisher, subscriber):
        send(batch)
        told += len(batch)
    return told


def _batches(publisher: Runtime, subscriber: Service) -> Iterator[list[Message]]:
    if publisher.service.backfill is None:
        return
    batch: list[Message] = []
    with publisher.read() as session:
        for fact in publisher.service.backfill(session):
            if fact.contract.type not in subscriber.handlers:
                continue
            batch.append(_message(publisher, fact))
            if len(batch) == BACKFILL_BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _message(publisher: Runtime, fact: Fact) -> Message:
    event = Event(
        id=uuid5(NAMESPACE_OID, f"backfill/{fact.contract.type}/{fact.subject}/{fact.sequence}"),
        type=fact.contract.type,
        source=publisher.service.name,
        subject=fact.subject,
        sequence=fact.sequence,
        time=publisher.clock.now(),
        data=fact.contract.dump(fact.data),
    )
    return Message(event.id, event.type, encode(event))


def _lock(session: Session, stuck_id: UUID) -> InboxMessage | Timer:
    row = session.get(InboxMessage, stuck_id, with_for_update=True)
    if row is not None and row.state in ("waiting", "parked"):
        return row
    timer = session.get(Timer, stuck_id, with_for_update=True)
    if timer is not None and timer.parked_at is not None:
        return timer
    raise NotStuckError(str(stuck_id))


def _of_message(row: InboxMessage) -> Stuck:
    return Stuck(
        id=row.event_id,
        kind="event",
        name=row.type,
        state=row.state,
        attempts=row.attempts,
        since=row.received_at,
        next_attempt_at=row.next_attempt_at,
        reason=row.reason or "",
        error=row.error or "",
        body=row.body or b"",
    )


def _of_timer(row: Timer) -> Stuck:
    return Stuck(
        id=row.id,
        kind="timer",
        name=f"{row.name} ({row.key})",
        state="parked",
        attempts=row.attempts,
        since=row.parked_at or row.due_at,
        next_attempt_at=None,
        reason="handler",
        error=row.last_error or "",
        body=repr(row.payload).encode(),
    )
