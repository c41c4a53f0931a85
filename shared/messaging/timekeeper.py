"""Keeping appointments: each timer in a transaction of its own, so that a failing one holds up no other."""

from datetime import datetime
from uuid import UUID

import structlog

from shared.actor import SYSTEM
from shared.messaging import timers
from shared.messaging.consumer import MAX_ATTEMPTS, backoff
from shared.service import Runtime
from shared.testing.crash import crash_point

log = structlog.get_logger(__name__)

AT_ONCE = 50


class Timekeeper:
    """Wakes the timer handlers of one service; several may run, an appointment is kept once."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def wake_due(self) -> int:
        """Run what is due; returns how many appointments were."""
        with self._runtime.read() as session:
            errands = self._runtime.service.errands
            now = self._runtime.clock.now()
            due = [row.id for row in timers.due(session, now, AT_ONCE, without=errands)]
        for timer_id in due:
            until = self._begin(timer_id)
            if until is None:
                continue
            try:
                self._keep(timer_id, until)
            except Exception as error:
                log.exception("timer failed", service=self._runtime.service.name)
                self._note(timer_id, until, error)
        return len(due)

    def _begin(self, timer_id: UUID) -> datetime | None:
        """Postpone it and count the attempt, then try; None when it is not to be tried.

        In this order, for a handler that kills the process would otherwise be tried at each start for ever.
        """
        with self._runtime.database.write() as session:
            row = session.get(timers.Timer, timer_id, with_for_update={"skip_locked": True})
            now = self._runtime.clock.now()
            if row is None or row.parked_at is not None or row.due_at > now:
                return None
            row.version += 1
            if row.attempts >= MAX_ATTEMPTS:
                row.failing_since = row.failing_since or now
                row.parked_at = now
                row.last_error = "the process, or its database, ended while it was tried"
                return None
            row.attempts += 1
            row.due_at = now + backoff(row.attempts)
            return row.due_at

    def _keep(self, timer_id: UUID, until: datetime) -> None:
        with self._runtime.transaction(SYSTEM) as tx:
            row = tx.session.get(timers.Timer, timer_id, with_for_update=True)
            if row is None or row.due_at != until:
                return  # forgotten, or moved by a command meanwhile
            payload = dict(row.payload)
            name = row.name
            # Deleted first: the handler may make the next appointment under the same key.
            tx.session.delete(row)
            tx.session.flush()
            self._runtime.service.timers[name](tx, payload)
            crash_point("timer.before_commit")
        crash_point("timer.after_commit")

    def _note(self, timer_id: UUID, until: datetime, error: Exception) -> None:
        with self._runtime.database.write() as session:
            row = session.get(timers.Timer, timer_id, with_for_update=True)
            if row is None or row.due_at != until:
                return  # kept by somebody else, or moved by a command meanwhile
            now = self._runtime.clock.now()
            row.version += 1
            row.failing_since = row.failing_since or now
            row.last_error = repr(error)[:2000]
            if row.attempts >= MAX_ATTEMPTS:
                row.parked_at = now
