"""The working loop of the embedded shape: relay, consumers, retries, timers of all services, one thread."""

import threading
from collections.abc import Sequence

import structlog

from shared.actor import SYSTEM
from shared.messaging import outbox, timers
from shared.messaging.brokers.base import Broker, Message, Queue
from shared.messaging.consumer import MAX_ATTEMPTS, Consumer, backoff
from shared.service import Runtime

log = structlog.get_logger(__name__)

BATCH = 200
BUSY_PAUSE_S = 0.02
IDLE_PAUSE_S = 0.5


def queues_of(runtimes: Sequence[Runtime]) -> dict[str, Queue]:
    """One queue for each service that handles anything, by service name."""
    return {
        runtime.service.name: Queue(runtime.service.name, tuple(sorted(runtime.service.handlers)))
        for runtime in runtimes
        if runtime.service.handlers
    }


class Worker:
    """Moves what waits: outbox → broker → inboxes, retries, timers.

    A batch is published, every subscriber's queue is drained, and only then are its rows marked as
    published; a crash in between sends the batch again and the inboxes drop what they have.
    """

    def __init__(self, runtimes: Sequence[Runtime], broker: Broker) -> None:
        self._runtimes = list(runtimes)
        self._broker = broker
        self._queues = queues_of(runtimes)
        self._consumers = {runtime.service.name: Consumer(runtime) for runtime in runtimes}
        self._stop = threading.Event()
        broker.declare(list(self._queues.values()))

    def run_once(self) -> int:
        """One round over everything; returns how many things moved.

        A service whose database does not answer holds up no other: what failed is raised at the end.
        """
        moved = 0
        failures: list[Exception] = []
        for runtime in self._runtimes:
            for step in (self._relay, self._wake, self._retry):
                try:
                    moved += step(runtime)
                except Exception as error:
                    failures.append(error)
        if failures:
            raise ExceptionGroup("a part of the worker's round failed", failures)
        return moved

    def run_until_idle(self, rounds: int = 100) -> None:
        """Run until nothing moves any more; for tests, seeding and clean shutdown."""
        for _ in range(rounds):
            if self.run_once() == 0:
                return
        raise RuntimeError("events still move after many rounds: a cycle?")

    def run_forever(self) -> None:
        """Run until `stop`; an unexpected error is logged and the next round tries again."""
        while not self._stop.is_set():
            try:
                moved = self.run_once()
            except Exception:
                log.exception("worker round failed")
                moved = 0
            self._stop.wait(BUSY_PAUSE_S if moved else IDLE_PAUSE_S)

    def stop(self) -> None:
        """Finish the running round and end the loop."""
        self._stop.set()

    def _relay(self, runtime: Runtime) -> int:
        now = runtime.clock.now()
        with runtime.read() as session:
            rows = [
                (row.position, Message(row.event_id, row.type, row.body))
                for row in outbox.pending(session, now, BATCH)
            ]
        if not rows:
            return 0
        published = self._broker.publish([message for _, message in rows])
        self._drain_all()
        done: list[int] = []
        unroutable: list[int] = []
        for position, message in rows:
            heard = message.event_id in published.confirmed or self._may_be_unheard(runtime, message.type)
            (done if heard else unroutable).append(position)
        with runtime.database.write() as session:
            if done:
                outbox.mark_published(session, done, runtime.clock.now())
            if unroutable:
                outbox.mark_unroutable(session, unroutable, now)
        if unroutable:
            log.error("events reached no queue", service=runtime.service.name, count=len(unroutable))
        return len(rows)

    def _drain_all(self) -> None:
        """Let every subscriber take what is in its queue; raises when one of them could not settle it."""
        failures: list[Exception] = []
        for name, queue in self._queues.items():
            try:
                self._broker.drain(queue, self._consumers[name].receive)
            except Exception as error:
                failures.append(error)
        if failures:
            raise ExceptionGroup("not every subscriber has settled the batch", failures)

    def _retry(self, runtime: Runtime) -> int:
        return self._consumers[runtime.service.name].retry_due()

    def _may_be_unheard(self, runtime: Runtime, event_type: str) -> bool:
        return event_type in runtime.contracts and runtime.contracts.get(event_type).subscribers_optional

    def _wake(self, runtime: Runtime) -> int:
        """Run each due timer in a transaction of its own, so that one that fails holds up no other."""
        now = runtime.clock.now()
        with runtime.read() as session:
            due = [row.id for row in timers.due(session, now, 50)]
        for timer_id in due:
            try:
                with runtime.transaction(SYSTEM) as tx:
                    row = tx.session.get(timers.Timer, timer_id, with_for_update={"skip_locked": True})
                    if row is None or row.parked_at is not None or row.due_at > tx.now:
                        continue
                    payload = dict(row.payload)
                    name = row.name
                    # Deleted first: the handler may make the next appointment under the same key.
                    tx.session.delete(row)
                    tx.session.flush()
                    runtime.service.timers[name](tx, payload)
            except Exception as error:
                log.exception("timer failed", service=runtime.service.name)
                self._postpone(runtime, timer_id, error)
        return len(due)

    def _postpone(self, runtime: Runtime, timer_id: object, error: Exception) -> None:
        with runtime.database.write() as session:
            row = session.get(timers.Timer, timer_id, with_for_update=True)
            now = runtime.clock.now()
            if row is None or row.due_at > now:
                return  # kept by somebody else, or moved by a command meanwhile
            row.attempts += 1
            row.last_error = repr(error)[:2000]
            row.due_at = now + backoff(row.attempts)
            if row.attempts >= MAX_ATTEMPTS:
                row.parked_at = now
