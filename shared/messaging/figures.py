"""The figures of a worker: what waits, what moves, what is stuck."""

from collections.abc import Iterable, Sequence

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from shared.messaging import inbox, outbox
from shared.messaging.brokers.base import Published
from shared.service import Runtime

log = structlog.get_logger(__name__)


class Backlog(Collector):
    """Depths read from the database whenever somebody asks."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterable[Metric]:
        """Rows that wait, and since when; nothing when the database does not answer."""
        try:
            with self._runtime.read() as session:
                depth, oldest = outbox.depth(session)
                counts = inbox.unsettled(session)
        except SQLAlchemyError:
            log.warning("no figures without a database", service=self._runtime.service.name)
            return
        age = max((self._runtime.clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
        yield self._gauge("yuanban_outbox_waiting", "Events not yet published (up to 10 000)", depth)
        yield self._gauge("yuanban_outbox_oldest_seconds", "Age of the oldest waiting event", age)
        yield self._gauge("yuanban_inbox_waiting", "Messages that wait for a retry", counts["waiting"])
        yield self._gauge("yuanban_inbox_parked", "Messages that need an operator", counts["parked"])

    def _gauge(self, name: str, meaning: str, value: float) -> Metric:
        family = GaugeMetricFamily(name, meaning, labels=["service"])
        family.add_metric([self._runtime.service.name], value)
        return family


class Figures:
    """What one worker counts, in a registry of its own."""

    def __init__(self, runtime: Runtime) -> None:
        self.registry = CollectorRegistry()
        self._runtime = runtime
        service = runtime.service.name
        self._relayed = Counter(
            "yuanban_relay_events_total", "Events handed over", ["service", "outcome"], registry=self.registry
        )
        self._batch = Histogram(
            "yuanban_relay_batch_events",
            "Events in a batch of the relay",
            ["service"],
            registry=self.registry,
            buckets=(1, 5, 20, 50, 100, 200, 500),
        ).labels(service)
        self._trouble = Counter(
            "yuanban_relay_trouble_total",
            "Batches without a known outcome",
            ["service"],
            registry=self.registry,
        ).labels(service)
        self._consumed = Counter(
            "yuanban_consumed_total", "Messages settled", ["service"], registry=self.registry
        ).labels(service)
        self._lag = Gauge(
            "yuanban_consumer_lag_seconds",
            "From the event to its settlement, newest message",
            ["service"],
            registry=self.registry,
        ).labels(service)
        self.registry.register(Backlog(runtime))

    def relayed(self, rows: Sequence[outbox.Pending], published: Published) -> None:
        """A batch of the relay and what became of it."""
        self._batch.observe(len(rows))
        for outcome in ("confirmed", "unroutable", "refused"):
            self._relayed.labels(self._runtime.service.name, outcome).inc(len(getattr(published, outcome)))

    def relay_trouble(self) -> None:
        """A batch whose outcome is unknown, or no way to the broker."""
        self._trouble.inc()

    def consumed(self, count: int, lag_s: float | None) -> None:
        """Messages that were settled, and how old the newest of them was."""
        self._consumed.inc(count)
        if lag_s is not None:
            self._lag.set(max(lag_s, 0.0))
