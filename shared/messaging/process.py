"""`yuanban worker SERVICE`: relay, consumers, retries, timers, errands and housekeeping of one service."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from wsgiref.simple_server import WSGIServer

import structlog

from shared.auditing.anchors import Anchorer
from shared.config import Settings, SettingsError
from shared.messaging import inbox
from shared.messaging.brokers.rabbitmq import Topology
from shared.messaging.brokers.rabbitmq_consumer import Delivery, Subscription
from shared.messaging.brokers.rabbitmq_publisher import RabbitPublisher
from shared.messaging.consumer import Consumer
from shared.messaging.errands import Runner
from shared.messaging.figures import Figures
from shared.messaging.relay import Relay
from shared.messaging.retention import Housekeeper
from shared.messaging.timekeeper import Timekeeper
from shared.operators import serve
from shared.readiness import Readiness
from shared.service import Runtime, Service, contracts_of

log = structlog.get_logger(__name__)

IDLE_PAUSE_S = 0.5
TROUBLE_PAUSE_S = 5.0
DRAIN_S = 60.0  # on SIGTERM what has arrived gets this long to be settled

Loop = Callable[[threading.Event], None]


class WorkerProcess:
    """The threads of one worker. Several may run beside each other; each thing is done by one of them."""

    def __init__(self, service: Service, services: Sequence[Service], settings: Settings) -> None:
        if settings.is_embedded:
            raise SettingsError("YUANBAN_BROKER_URL: a worker of its own needs amqp://…")
        self._settings = settings
        self._topology = Topology(settings.broker_prefix)
        self.runtime = Runtime(service, settings, contracts_of(services))
        if self.runtime.database.is_sqlite:
            raise SettingsError("YUANBAN_DATABASE_URL: a worker of its own needs PostgreSQL")
        self.figures = Figures(self.runtime)
        self.consumer = Consumer(self.runtime)
        self.relay = Relay(
            self.runtime, RabbitPublisher(settings.broker_url, self._topology.exchange), self.figures
        )
        self._timekeeper = Timekeeper(self.runtime)
        self._runner = Runner(self.runtime)
        self._housekeeper = Housekeeper(self.runtime)
        self._anchorer = Anchorer(self.runtime)
        self._ended = threading.Event()

    def run(self, stop: threading.Event) -> bool:
        """Work until `stop`; False when a part ended by itself, which is a fault: let the process end."""
        operators = self._serve_operators()
        threads = [self._thread(name, loop, stop) for name, loop in self._loops().items()]
        for thread in threads:
            thread.start()
        while not stop.wait(IDLE_PAUSE_S) and not self._ended.is_set():
            pass
        sound = not self._ended.is_set()
        stop.set()
        end = time.monotonic() + DRAIN_S
        for thread in threads:
            thread.join(max(end - time.monotonic(), 0.0))
        if operators is not None:
            operators.shutdown()
            operators.server_close()
        self.runtime.close()
        return sound

    def _serve_operators(self) -> WSGIServer | None:
        settings = self._settings
        if not settings.metrics_port:
            return None
        readiness = Readiness(self.runtime, settings.broker_url)
        return serve(settings.bind, settings.metrics_port, self.figures.text, readiness)

    def _loops(self) -> dict[str, Loop]:
        loops: dict[str, Loop] = {"relay": self.relay.run_forever, "chores": self._chores}
        if self.runtime.service.errands:
            loops["errands"] = self._run_errands
        queue = self.runtime.service.queue
        if queue is not None:
            events = self._topology.events(queue)
            dead = self._topology.dead(queue.service)
            url, ready = self._settings.broker_url, self._require_database

            def declare(channel: Any) -> None:
                self._topology.declare(channel, [queue])

            loops["events"] = Subscription(url, events, self._settle, ready, declare).run_forever
            loops["dead"] = Subscription(url, dead, self._park, ready, declare).run_forever
        return loops

    def _thread(self, name: str, loop: Loop, stop: threading.Event) -> threading.Thread:
        def run() -> None:
            try:
                loop(stop)
            except Exception:
                log.exception("a part of the worker broke", part=name)
            finally:
                if not stop.is_set():
                    self._ended.set()

        return threading.Thread(target=run, name=f"yuanban-{name}", daemon=True)

    def _require_database(self) -> None:
        """Before messages are taken: one that answers but cannot be written would wear them out."""
        with self.runtime.read() as session:
            inbox.require_writable(session, self.runtime.clock.now())

    def _settle(self, deliveries: Sequence[Delivery]) -> None:
        self.consumer.receive_all([delivery.body for delivery in deliveries])
        self.figures.consumed([delivery.body for delivery in deliveries])

    def _park(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            self.consumer.park_dead(delivery.body, cause_of_death(delivery.headers))

    def _run_errands(self, stop: threading.Event) -> None:
        """Errands alone: an outside system that is slow holds up nothing else."""
        while not stop.is_set():
            try:
                busy = self._runner.run_due()
            except Exception:
                log.exception("errands failed, pausing", service=self.runtime.service.name)
                stop.wait(TROUBLE_PAUSE_S)
                continue
            if not busy:
                stop.wait(IDLE_PAUSE_S)

    def _chores(self, stop: threading.Event) -> None:
        """Retries, timers, housekeeping, the day's anchor; after trouble, which is logged, again."""
        while not stop.is_set():
            try:
                moved = self.consumer.retry_due() + self._timekeeper.wake_due()
                self._housekeeper.tidy()
                self._anchorer.keep()
            except Exception as error:
                log.warning("chores wait", service=self.runtime.service.name, error=repr(error)[:300])
                stop.wait(TROUBLE_PAUSE_S)
                continue
            if not moved:
                stop.wait(IDLE_PAUSE_S)


def cause_of_death(headers: dict[str, Any]) -> str:
    """Why the broker gave a message up, in its own words (`x-death`)."""
    deaths = headers.get("x-death") or [{}]
    first = deaths[0]
    deliveries = headers.get("x-delivery-count")
    counted = f", delivered {deliveries} times before" if deliveries else ""
    return f"{first.get('reason', 'unknown reason')} in {first.get('queue', 'an unknown queue')}{counted}"
