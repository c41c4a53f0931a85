"""The working loop of the embedded shape: relay, consumers, retries, timers of all services, one thread.

Errands have a thread of their own: an outside system that is slow holds up nothing else.
"""

import threading
from collections.abc import Callable, Sequence

import structlog

from shared.auditing.anchors import Anchorer
from shared.messaging import outbox
from shared.messaging.brokers.base import Broker, Queue
from shared.messaging.consumer import Consumer
from shared.messaging.errands import Runner
from shared.messaging.figures import Figures
from shared.messaging.relay import mark
from shared.messaging.retention import Housekeeper
from shared.messaging.timekeeper import Timekeeper
from shared.service import Runtime

log = structlog.get_logger(__name__)

BATCH = 200
BUSY_PAUSE_S = 0.02
IDLE_PAUSE_S = 0.5


def queues_of(runtimes: Sequence[Runtime]) -> dict[str, Queue]:
    """One queue for each service that handles anything, by service name."""
    queues = (runtime.service.queue for runtime in runtimes)
    return {queue.service: queue for queue in queues if queue is not None}


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
        self._timekeepers = {runtime.service.name: Timekeeper(runtime) for runtime in runtimes}
        self.figures = {runtime.service.name: Figures(runtime) for runtime in runtimes}
        """What moves, by service."""
        self._runners = {runtime.service.name: Runner(runtime) for runtime in runtimes}
        self._housekeepers = [Housekeeper(runtime) for runtime in runtimes]
        self._anchorers = [Anchorer(runtime) for runtime in runtimes]
        self._stop = threading.Event()
        broker.declare(list(self._queues.values()))

    def run_once(self) -> int:
        """One round over everything, errands too; returns how many things moved.

        A service whose database does not answer holds up no other: what failed is raised at the end.
        """
        return self._round((self._relay, self._wake, self._retry, self._run_errands))

    def _round(self, steps: Sequence[Callable[[Runtime], int]]) -> int:
        moved = 0
        failures: list[Exception] = []
        for runtime in self._runtimes:
            for step in steps:
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
        errands = threading.Thread(target=self._errands_forever, name="yuanban-errands", daemon=True)
        errands.start()
        while not self._stop.is_set():
            try:
                moved = self._round((self._relay, self._wake, self._retry))
                for housekeeper in self._housekeepers:
                    housekeeper.tidy()
                for anchorer in self._anchorers:
                    anchorer.keep()
            except Exception:
                log.exception("worker round failed")
                moved = 0
            self._stop.wait(BUSY_PAUSE_S if moved else IDLE_PAUSE_S)

    def stop(self) -> None:
        """Finish the running round and end the loop."""
        self._stop.set()

    def _errands_forever(self) -> None:
        while not self._stop.is_set():
            try:
                moved = self._round((self._run_errands,))
            except Exception:
                log.exception("errands failed")
                moved = 0
            self._stop.wait(BUSY_PAUSE_S if moved else IDLE_PAUSE_S)

    def _relay(self, runtime: Runtime) -> int:
        with runtime.read() as session:
            rows = outbox.pending(session, runtime.clock.now(), BATCH)
        if not rows:
            return 0
        published = self._broker.publish([row.message for row in rows])
        self._drain_all()
        with runtime.database.write() as session:
            mark(session, runtime, rows, published)
        self.figures[runtime.service.name].relayed(rows, published)
        return len(rows)

    def _drain_all(self) -> None:
        """Let every subscriber take what is in its queue; raises when one of them could not settle it."""
        failures: list[Exception] = []
        for name, queue in self._queues.items():
            try:
                self._drain(name, queue)
            except Exception as error:
                failures.append(error)
        if failures:
            raise ExceptionGroup("not every subscriber has settled the batch", failures)

    def _drain(self, name: str, queue: Queue) -> None:
        settled: list[bytes] = []

        def settle(body: bytes) -> None:
            self._consumers[name].receive(body)
            settled.append(body)

        try:
            self._broker.drain(queue, settle)
        finally:
            self.figures[name].consumed(settled)

    def _wake(self, runtime: Runtime) -> int:
        return self._timekeepers[runtime.service.name].wake_due()

    def _run_errands(self, runtime: Runtime) -> int:
        return self._runners[runtime.service.name].run_due()

    def _retry(self, runtime: Runtime) -> int:
        return self._consumers[runtime.service.name].retry_due()
