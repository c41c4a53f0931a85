"""What an operator asks a running service: alive, ready, and its figures."""

import time

import structlog
from flask import Flask, Response, current_app, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from sqlalchemy.exc import SQLAlchemyError

from shared.messaging import outbox
from shared.service import Runtime

log = structlog.get_logger(__name__)

METRICS = "yuanban-metrics"


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
        self.outbox_depth = Gauge(
            "yuanban_outbox_waiting", "Events not yet published", ["service"], registry=self.registry
        )
        self.outbox_age = Gauge(
            "yuanban_outbox_oldest_seconds",
            "Age of the oldest waiting event",
            ["service"],
            registry=self.registry,
        )
        self.service = service


def tick() -> float:
    """A monotonic instant, to measure how long an answer takes."""
    return time.monotonic()


def observe(response: Response) -> None:
    """Count the answer and write the access line (no query string, no body: they may hold personal data)."""
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
    )


def register(app: Flask, runtime: Runtime) -> None:
    """Add `/healthz`, `/readyz` and `/metrics`."""
    metrics = HttpMetrics(runtime.service.name)
    app.extensions[METRICS] = metrics

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="alive")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int] | Response:
        try:
            runtime.database.ping()
        except SQLAlchemyError as error:
            log.warning("not ready", error=str(error))
            return jsonify(status="unready", database="unreachable"), 503
        return jsonify(status="ready", database="ok")

    @app.get("/metrics")
    def figures() -> Response:
        with runtime.read() as session:
            waiting, oldest = outbox.depth(session)
        age = (runtime.clock.now() - oldest).total_seconds() if oldest else 0.0
        metrics.outbox_depth.labels(metrics.service).set(waiting)
        metrics.outbox_age.labels(metrics.service).set(max(age, 0.0))
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)
