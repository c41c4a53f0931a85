"""What an operator does about what is stuck, and for subscribers that came late."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace as changed
from uuid import NAMESPACE_OID, UUID, uuid5

import sqlalchemy as sa

from shared.audit import AuditEntry
from shared.errors import Conflict, FieldError, InvalidInput, NotFound, PreconditionFailed
from shared.messaging.brokers.base import Message
from shared.messaging.envelope import Event, encode
from shared.messaging.inbox import InboxMessage
from shared.messaging.stuck import NO_SUCH, Stuck, is_stuck, of_message, of_timer
from shared.messaging.timers import Timer
from shared.service import Fact, Runtime, Service
from shared.text import Text
from shared.transaction import Transaction

BACKFILL_BATCH = 500

_HANDLED = Text("它已处理完成，不再滞留", "It has been handled meanwhile and is no longer stuck")
_DISCARDED = Text("它已被放弃处理", "It has been discarded meanwhile")
_MADE_ANEW = Text("该定时任务已重新安排，不再滞留", "The timer has been set anew and is no longer stuck")


def replay(tx: Transaction, stuck_id: UUID, seen: int | None = None) -> Stuck:
    """Try it again at once, with all its attempts before it; the same id, so it cannot be applied twice.

    `seen` is the version the operator decided on. Raises NotFound, Conflict (no longer stuck),
    PreconditionFailed (changed meanwhile).
    """
    found = _take(tx, stuck_id, seen)
    found.attempts = 0
    found.version += 1
    if isinstance(found, InboxMessage):
        found.state = "waiting"
        found.next_attempt_at = tx.now
        tx.audit("event.replayed", "inbox_message", stuck_id, {"type": found.type})
        return of_message(found, found.body or b"")
    found.parked_at = None
    found.due_at = tx.now
    tx.audit("timer.replayed", "timer", stuck_id, {"name": found.name})
    return of_timer(found)


def discard(tx: Transaction, stuck_id: UUID, reason: str, seen: int | None = None) -> Stuck:
    """Give it up for good: an event keeps its row and content, a timer an entry in the audit trail.

    Raises what `replay` does, and InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("/reason", "required", Text("请填写原因", "Give a reason"))])
    found = _take(tx, stuck_id, seen)
    found.version += 1
    if isinstance(found, InboxMessage):
        found.state = "discarded"
        found.next_attempt_at = None
        tx.audit("event.discarded", "inbox_message", stuck_id, {"type": found.type, "reason": reason})
        return of_message(found, found.body or b"")
    details = {"name": found.name, "key": found.key, "payload": found.payload, "reason": reason}
    tx.audit("timer.discarded", "timer", stuck_id, details)
    tx.session.delete(found)
    return changed(of_timer(found), state="discarded", next_attempt_at=None)


def _take(tx: Transaction, stuck_id: UUID, seen: int | None) -> InboxMessage | Timer:
    """The row, locked: of two operators at once the second finds what the first has left."""
    row: InboxMessage | Timer | None = tx.session.get(InboxMessage, stuck_id, with_for_update=True)
    if row is None:
        row = tx.session.get(Timer, stuck_id, with_for_update=True)
    if row is None:
        raise Conflict(_DISCARDED, slug="not-stuck") if _was_discarded(tx, stuck_id) else NotFound(NO_SUCH)
    if not is_stuck(row):
        raise Conflict(_what_became_of(row), slug="not-stuck")
    if seen is not None and row.version != seen:
        raise PreconditionFailed
    return row


def _what_became_of(row: InboxMessage | Timer) -> Text:
    if isinstance(row, Timer):
        return _MADE_ANEW
    return _DISCARDED if row.state == "discarded" else _HANDLED


def _was_discarded(tx: Transaction, timer_id: UUID) -> bool:
    """A discarded timer leaves no row but an entry in the audit trail."""
    entry = sa.select(AuditEntry.number).where(
        AuditEntry.aggregate_type == "timer",
        AuditEntry.aggregate_id == str(timer_id),
        AuditEntry.action == "timer.discarded",
    )
    return tx.session.scalar(entry) is not None


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
    with publisher.database.read_slowly() as session:
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
