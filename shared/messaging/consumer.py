"""Handling an event exactly once: inbox row and effect in one transaction, failures kept in one table."""

import hashlib
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from shared.actor import SYSTEM
from shared.messaging import inbox
from shared.messaging.contracts import ContractError
from shared.messaging.envelope import EnvelopeError, Event, decode
from shared.service import Runtime
from shared.testing.crash import crash_point

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 12
FIRST_DELAY_S = 5.0
LONGEST_DELAY_S = 3600.0


def backoff(attempt: int, jitter: Callable[[], float] = random.random) -> timedelta:
    """Wait before attempt `attempt + 1`: 5 s tripled each time, at most an hour, ±20 %."""
    seconds = min(FIRST_DELAY_S * 3 ** (attempt - 1), LONGEST_DELAY_S)
    return timedelta(seconds=seconds * (0.8 + 0.4 * jitter()))


class Consumer:
    """The subscriber side of one service."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def receive(self, body: bytes) -> None:
        """Settle one message: applied, known already, kept for a retry, or parked.

        Raises only when our own database does not answer; the message then stays with the broker.
        """
        event = self._read(_id_of(body), body, attempt=1)
        if event is not None:
            self._attempt(event, body, attempt=1)

    def receive_all(self, bodies: Sequence[bytes]) -> None:
        """Settle many messages: all in one transaction when all goes well, else one by one.

        Raises only when our own database does not answer; none of them may be acknowledged then.
        """
        if len(bodies) > 1 and self._applied_together(bodies):
            return
        for body in bodies:
            self.receive(body)

    def _applied_together(self, bodies: Sequence[bytes]) -> bool:
        """Optimistic: any doubt about any message undoes it all, and says False."""
        handlers = self._runtime.service.handlers
        contracts = self._runtime.contracts
        try:
            events = [decode(body) for body in bodies]
            checked = [replace(event, data=contracts.get(event.type).load(event.data)) for event in events]
            with self._runtime.transaction(SYSTEM) as tx:
                new = inbox.claim_all(tx.session, checked, tx.now)
                for event in checked:
                    if event.id in new:
                        new.remove(event.id)  # the same message may be in the batch twice
                        handlers[event.type](tx.caused_by(event), event)
                tx.session.flush()
                crash_point("consumer.before_commit")
        except Exception as error:
            # Whatever it was, each message alone shows whose fault it is.
            log.info("batch taken apart", service=self._runtime.service.name, error=repr(error)[:300])
            return False
        crash_point("consumer.after_commit")
        return True

    def park_dead(self, body: bytes, reason: str) -> None:
        """Keep a message that the broker gave up as `parked`; raises when our database does not answer."""
        event_id, event_type = _id_of(body), "unreadable"
        with suppress(EnvelopeError):
            event = decode(body)
            event_id, event_type = event.id, event.type
        log.error(
            "message came back dead", service=self._runtime.service.name, type=event_type, reason=reason
        )
        with self._runtime.database.write() as session:
            inbox.keep_dead(
                session,
                event_id=event_id,
                event_type=event_type,
                body=body,
                reason="dead-lettered",
                error=reason,
                now=self._runtime.clock.now(),
            )

    def retry_due(self, limit: int = 50) -> int:
        """Try again what waits and is due; returns how many were tried."""
        now = self._runtime.clock.now()
        with self._runtime.read() as session:
            due = [row.event_id for row in inbox.due_retries(session, now, limit)]
        for event_id in due:
            begun = self._begin(event_id)
            if begun is None:
                continue
            event = self._read(event_id, begun.body, begun.attempt, seen=begun.version)
            if event is not None:
                self._attempt(event, begun.body, begun.attempt, seen=begun.version)
        return len(due)

    def _begin(self, event_id: UUID) -> "_Begun | None":
        """Count the attempt and set the next one, then try; None when it is not to be tried.

        In this order, for a message that kills the process would otherwise be tried at each start for ever.
        """
        with self._runtime.database.write() as session:
            row = session.get(inbox.InboxMessage, event_id, with_for_update={"skip_locked": True})
            now = self._runtime.clock.now()
            if (
                row is None
                or row.state != "waiting"
                or row.next_attempt_at is None
                or row.next_attempt_at > now
            ):
                return None
            row.version += 1
            if row.attempts >= MAX_ATTEMPTS:
                row.state = "parked"
                row.next_attempt_at = None
                row.error = "the process, or its database, ended while it was tried"
                return None
            row.attempts += 1
            row.next_attempt_at = now + backoff(row.attempts)
            return _Begun(row.body or b"", row.attempts, row.version)

    def _read(self, event_id: UUID, body: bytes, attempt: int, seen: int | None = None) -> Event | None:
        """The event in `body`; when there is none, the row `event_id` is parked and None returned."""
        try:
            return decode(body)
        except EnvelopeError as error:
            self._keep(event_id, "unreadable", body, "undecodable", error, attempt, seen, final=True)
            return None

    def _attempt(self, event: Event, body: bytes, attempt: int, seen: int | None = None) -> None:
        """Run the handler; `seen` is the version of the row that is tried again, None for a new message."""
        handler = self._runtime.service.handlers.get(event.type)
        if handler is None:
            self._keep(event.id, event.type, body, "no-handler", None, attempt, seen, final=True)
            return
        try:
            contract = self._runtime.contracts.get(event.type)
            checked = replace(event, data=contract.load(event.data))
            with self._runtime.transaction(SYSTEM, cause=event) as tx:
                if seen is not None:
                    # Waits for whoever looks at the row: skipping it would lose the attempt that was counted.
                    row = tx.session.get(inbox.InboxMessage, event.id, with_for_update=True)
                    if not _take_waiting(row, seen, tx.now):
                        return
                elif not inbox.claim(tx.session, event.id, event.type, tx.now):
                    return  # seen before: done, or kept here with its own schedule
                handler(tx, checked)
                crash_point("consumer.before_commit")
            crash_point("consumer.after_commit")
        except ContractError as error:
            self._keep(event.id, event.type, body, "contract", error, attempt, seen, final=True)
        except (OperationalError, InterfaceError) as error:
            if error.connection_invalidated or _is_unreachable(error):
                raise
            self._keep(event.id, event.type, body, "database", error, attempt, seen)
        except Exception as error:
            self._keep(event.id, event.type, body, "handler", error, attempt, seen)

    def _keep(
        self,
        event_id: UUID,
        event_type: str,
        body: bytes,
        reason: str,
        error: Exception | None,
        attempts: int,
        seen: int | None,
        final: bool = False,
    ) -> None:
        parked = final or attempts >= MAX_ATTEMPTS
        log.warning(
            "event not applied",
            service=self._runtime.service.name,
            type=event_type,
            reason=reason,
            error=repr(error),
            attempts=attempts,
            parked=parked,
        )
        now = self._runtime.clock.now()
        with self._runtime.database.write() as session:
            inbox.keep(
                session,
                event_id=event_id,
                event_type=event_type,
                body=body,
                state="parked" if parked else "waiting",
                reason=reason,
                error=repr(error) if error else "",
                attempts=attempts,
                seen=seen,
                now=now,
                next_attempt_at=None if parked else now + backoff(attempts),
            )


@dataclass(frozen=True, slots=True)
class _Begun:
    """A row that is being tried again: its content, which attempt this is, and the version it has now."""

    body: bytes
    attempt: int
    version: int


def _id_of(body: bytes) -> UUID:
    """The row of a message that tells us no id: the same bytes have the same row, however often they come."""
    return uuid5(NAMESPACE_OID, hashlib.sha256(body).hexdigest())


def _take_waiting(row: inbox.InboxMessage | None, seen: int, now: datetime) -> bool:
    """Mark a waiting row as done within the transaction of its effect; False when somebody was faster."""
    if row is None or row.state != "waiting" or row.version != seen:
        return False
    row.state = "done"
    row.received_at = now  # from now on it is remembered for its time, however long it has waited
    row.version += 1
    row.next_attempt_at = None
    row.body = None
    row.reason = None
    row.error = None
    return True


def _is_unreachable(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state is None and "locked" not in str(error.orig)
