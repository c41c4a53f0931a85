"""Figures of events and timers: what waits, what moves, what is stuck."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from shared.auditing.anchors import last_made
from shared.messaging import inbox, outbox, timers
from shared.messaging.brokers.base import Published
from shared.messaging.envelope import EnvelopeError, decode
from shared.service import Runtime

log = structlog.get_logger(__name__)

COUNT_CAP = 10_000


class Backlog(Collector):
    """Depths read from the database of one service whenever somebody asks.

    Each is counted up to `COUNT_CAP`, by an index, so that asking costs the same however much is stuck.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterable[Metric]:
        """Rows that wait, and since when; nothing when the database does not answer."""
        now = self._runtime.clock.now()
        try:
            with self._runtime.read() as session:
                unpublished, oldest = outbox.depth(session, COUNT_CAP)
                messages = inbox.unsettled(session, COUNT_CAP)
                due, due_since, given_up = timers.backlog(session, now, COUNT_CAP)
                anchored_at = last_made(session)
        except SQLAlchemyError:
            log.warning("no figures without a database", service=self._runtime.service.name)
            return
        yield self._gauge("yuanban_outbox_waiting", "Events not yet published", unpublished)
        yield self._gauge(
            "yuanban_outbox_oldest_seconds", "Age of the oldest waiting event", _seconds(oldest, now)
        )
        yield self._gauge("yuanban_inbox_waiting", "Messages that wait for a retry", messages["waiting"])
        yield self._gauge("yuanban_inbox_parked", "Messages that need an operator", messages["parked"])
        yield self._gauge("yuanban_timers_due", "Timers that are due and not yet kept", due)
        yield self._gauge(
            "yuanban_timers_late_seconds",
            "Time since the oldest due timer",
            _seconds(due_since, now),
        )
        yield self._gauge("yuanban_timers_parked", "Timers that need an operator", given_up)
        if anchored_at is not None:
            yield self._gauge(
                "yuanban_audit_anchor_age_seconds",
                "Time since the newest anchor of the audit trail",
                _seconds(anchored_at, now),
            )

    def _gauge(self, name: str, meaning: str, value: float) -> Metric:
        family = GaugeMetricFamily(name, meaning, labels=["service"])
        family.add_metric([self._runtime.service.name], value)
        return family


def _seconds(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0


class Together(Collector):
    """Several registries told as one: what one process holds of several services has the same names."""

    def __init__(self, parts: Iterable[Collector]) -> None:
        self._parts = list(parts)

    def collect(self) -> Iterable[Metric]:
        """Each metric once, with the samples of all parts."""
        found: dict[str, Metric] = {}
        for part in self._parts:
            for metric in part.collect():
                if metric.name in found:
                    found[metric.name].samples.extend(metric.samples)
                else:
                    found[metric.name] = metric
        return found.values()


class Figures:
    """What the worker of one service counts, in a registry of its own."""

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

    def text(self) -> bytes:
        """All of it and the backlog, as Prometheus reads it."""
        return generate_latest(Together([self.registry, Backlog(self._runtime)]))

    def relayed(self, rows: Sequence[outbox.Pending], published: Published) -> None:
        """A batch of the relay and what became of it."""
        self._batch.observe(len(rows))
        for outcome in ("confirmed", "unroutable", "refused"):
            self._relayed.labels(self._runtime.service.name, outcome).inc(len(getattr(published, outcome)))

    def relay_trouble(self) -> None:
        """A batch whose outcome is unknown, or no way to the broker."""
        self._trouble.inc()

    def consumed(self, bodies: Sequence[bytes]) -> None:
        """Messages that were settled; the age of the last one is the lag."""
        if not bodies:
            return
        self._consumed.inc(len(bodies))
        with suppress(EnvelopeError):
            self._lag.set(_seconds(decode(bodies[-1]).time, self._runtime.clock.now()))
