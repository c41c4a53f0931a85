"""What an operator asks a running service: alive, ready, and its figures."""

import time
from collections.abc import Iterable, Sequence
from http import HTTPStatus

import structlog
from flask import Flask, Response, current_app, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.registry import Collector

from shared.config import Settings
from shared.messaging.figures import Backlog, Together
from shared.operators import serve
from shared.readiness import Readiness, is_ready
from shared.service import Runtime

log = structlog.get_logger(__name__)

METRICS = "yuanban-metrics"
READINESS = "yuanban-readiness"


class HttpMetrics:
    """The figures of one application, in a registry of its own: a process may hold several services."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "yuanban_http_requests_total",
            "Requests answered",
            ["service", "method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "yuanban_http_request_seconds",
            "Time to answer",
            ["service", "route"],
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        self.service = service
        self.beside: list[Collector] = []
        """What else this process holds and this application tells (the embedded shape: everything)."""

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(Together([self.registry, *self.beside]))


def registry_of(app: Flask) -> CollectorRegistry:
    """Where this application's figures are registered, for what else it wants to tell."""
    metrics: HttpMetrics = app.extensions[METRICS]
    return metrics.registry


def tick() -> float:
    """A monotonic instant, to measure how long an answer takes."""
    return time.monotonic()


def observe(response: Response) -> None:
    """Count the answer and write the access line (no query string, no body: they may hold personal data).

    `g.noted` may hold more for the line.
    """
    metrics: HttpMetrics = current_app.extensions[METRICS]
    route = request.url_rule.rule if request.url_rule else "unmatched"
    seconds = time.monotonic() - g.get("started", time.monotonic())
    metrics.requests.labels(metrics.service, request.method, route, str(response.status_code)).inc()
    metrics.seconds.labels(metrics.service, route).observe(seconds)
    actor = g.get("actor")
    log.info(
        "request",
        service=metrics.service,
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        account=str(actor.id) if actor else None,
        **g.get("noted", {}),
    )


def register(app: Flask, runtime: Runtime) -> None:
    """Add `/healthz`, `/readyz` and, unless operators have a port of their own for it, `/metrics`."""
    metrics = HttpMetrics(runtime.service.name)
    metrics.registry.register(Backlog(runtime))
    readiness = Readiness(runtime)
    app.extensions[METRICS] = metrics
    app.extensions[READINESS] = readiness

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="alive")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int] | Response:
        found = readiness.findings()
        if is_ready(found):
            return jsonify(status="ready", **found)
        return jsonify(status="unready", **found), HTTPStatus.SERVICE_UNAVAILABLE

    if runtime.settings.metrics_port:
        return  # the public has no business with it

    @app.get("/metrics")
    def figures() -> Response:
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)


def serve_operators(app: Flask, settings: Settings) -> None:
    """Open the operators' port of this application, if the settings name one. Once a process."""
    if settings.metrics_port:
        metrics: HttpMetrics = app.extensions[METRICS]
        serve(settings.bind, settings.metrics_port, metrics.text, app.extensions[READINESS])


def tell_of(app: Flask, others: Sequence[Flask], more: Iterable[Collector]) -> None:
    """Have `/metrics` of `app` tell of other applications of this process and of its workers, too."""
    own: HttpMetrics = app.extensions[METRICS]
    own.beside = [*(other.extensions[METRICS].registry for other in others), *more]
