"""Keeping appointments: each timer in a transaction of its own, so that a failing one holds up no other."""

from uuid import UUID

import structlog

from shared.actor import SYSTEM
from shared.messaging import timers
from shared.messaging.consumer import MAX_ATTEMPTS, backoff
from shared.service import Runtime

log = structlog.get_logger(__name__)

AT_ONCE = 50


class Timekeeper:
    """Wakes the timer handlers of one service; several may run, an appointment is kept once."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def wake_due(self) -> int:
        """Run what is due; returns how many appointments were."""
        with self._runtime.read() as session:
            due = [row.id for row in timers.due(session, self._runtime.clock.now(), AT_ONCE)]
        for timer_id in due:
            try:
                self._keep(timer_id)
            except Exception as error:
                log.exception("timer failed", service=self._runtime.service.name)
                self._postpone(timer_id, error)
        return len(due)

    def _keep(self, timer_id: UUID) -> None:
        with self._runtime.transaction(SYSTEM) as tx:
            row = tx.session.get(timers.Timer, timer_id, with_for_update={"skip_locked": True})
            if row is None or row.parked_at is not None or row.due_at > tx.now:
                return
            payload = dict(row.payload)
            name = row.name
            # Deleted first: the handler may make the next appointment under the same key.
            tx.session.delete(row)
            tx.session.flush()
            self._runtime.service.timers[name](tx, payload)

    def _postpone(self, timer_id: UUID, error: Exception) -> None:
        with self._runtime.database.write() as session:
            row = session.get(timers.Timer, timer_id, with_for_update=True)
            now = self._runtime.clock.now()
            if row is None or row.due_at > now:
                return  # kept by somebody else, or moved by a command meanwhile
            row.version += 1
            row.attempts += 1
            row.failing_since = row.failing_since or now
            row.last_error = repr(error)[:2000]
            row.due_at = now + backoff(row.attempts)
            if row.attempts >= MAX_ATTEMPTS:
                row.parked_at = now
