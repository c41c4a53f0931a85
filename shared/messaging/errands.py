"""Running errands: claim in a short transaction, act outside without one, settle in another.

claim    the attempt is counted and the appointment moved on by `LEASE_S`, then committed
act      the outside is asked; the process may die here, freeze, or never hear the answer
settle   only if the appointment is still the one that was claimed, so of two that acted one settles
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from shared.actor import SYSTEM
from shared.messaging import timers
from shared.messaging.consumer import MAX_ATTEMPTS, backoff
from shared.messaging.errand import Errand, Failure
from shared.service import Runtime
from shared.testing.crash import crash_point
from shared.transaction import Transaction

log = structlog.get_logger(__name__)

AT_ONCE = 20
LEASE_S = 180.0
"""For so long nobody else runs an errand that was claimed; longer than any `act` may take."""
CUT_SHORT = "the process ended, or froze, while it was tried"


class Runner:
    """Runs the errands of one service; several may run beside each other."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._errands = runtime.service.errands

    def run_due(self) -> int:
        """Run what is due; returns how many errands were tried."""
        if not self._errands:
            return 0
        with self._runtime.read() as session:
            now = self._runtime.clock.now()
            due = [row.id for row in timers.due(session, now, AT_ONCE, only=self._errands)]
        return sum(self._run(timer_id) for timer_id in due)

    def _run(self, timer_id: UUID) -> bool:
        until = self._claim(timer_id)
        if until is None:
            return False
        try:
            self._act(timer_id, until)
        except Exception as error:
            log.warning("errand failed", service=self._runtime.service.name, exc_info=True)
            self._note(timer_id, until, error)
        return True

    def _claim(self, timer_id: UUID) -> datetime | None:
        """Count the attempt and keep others away, before anything is done; None when it is not to be run."""
        with self._runtime.transaction(SYSTEM) as tx:
            row = tx.session.get(timers.Timer, timer_id, with_for_update={"skip_locked": True})
            now = self._runtime.clock.now()
            if row is None or row.parked_at is not None or row.due_at > now:
                return None
            row.version += 1
            if row.attempts >= MAX_ATTEMPTS:
                self._fail(tx, row, CUT_SHORT)
                return None
            row.attempts += 1
            row.due_at = now + timedelta(seconds=LEASE_S)
            return row.due_at

    def _act(self, timer_id: UUID, until: datetime) -> None:
        with self._runtime.transaction(SYSTEM) as tx:
            row = tx.session.get(timers.Timer, timer_id)
            if row is None or row.due_at != until:
                return
            errand = self._errand(row)
            request = errand.prepare(tx, dict(row.payload))
            if request is None:
                tx.session.delete(row)
                return
        crash_point("errand.claimed")
        outcome = errand.act(self._runtime.context, request)
        crash_point("errand.acted")
        with self._runtime.transaction(SYSTEM) as tx:
            row = tx.session.get(timers.Timer, timer_id, with_for_update=True)
            if row is None or row.due_at != until:
                return  # settled by somebody else, forgotten, or asked for anew by a command meanwhile
            tx.session.delete(row)
            tx.session.flush()
            errand.settle(tx, request, outcome)
            crash_point("errand.before_commit")
        crash_point("errand.after_commit")

    def _note(self, timer_id: UUID, until: datetime, error: Exception) -> None:
        with self._runtime.transaction(SYSTEM) as tx:
            row = tx.session.get(timers.Timer, timer_id, with_for_update=True)
            if row is None or row.due_at != until:
                return
            row.version += 1
            row.due_at = self._runtime.clock.now() + backoff(row.attempts)
            self._fail(tx, row, f"{type(error).__name__}: {error}")

    def _fail(self, tx: Transaction, row: timers.Timer, error: str) -> None:
        now = self._runtime.clock.now()
        given_up = row.attempts >= MAX_ATTEMPTS
        row.failing_since = row.failing_since or now
        row.last_error = error[:2000]
        if given_up:
            row.parked_at = now
        self._errand(row).failed(tx, dict(row.payload), Failure(row.last_error, row.attempts, given_up))

    def _errand(self, row: timers.Timer) -> Errand:
        return self._errands[row.name]
