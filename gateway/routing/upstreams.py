"""The ways to the services: watched by a circuit breaker, tried once more where that is safe, counted."""

import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from math import ceil

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.routing.breaker import Breaker, OpenError, State
from gateway.routing.routes import BREAKER, READING
from shared.errors import TimedOut, Unavailable
from shared.network import (
    Body,
    BodyStream,
    Network,
    TimeLimits,
    UpstreamError,
    UpstreamGone,
    UpstreamResponse,
    UpstreamTimeout,
)
from shared.text import Text

_STATES = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}
_FROM_THE_WAY = frozenset({502, 503, 504})
_PERHAPS_DONE = Text(
    "请求可能已经办理，请先查看结果再决定是否重试",
    "It may have been carried out all the same: look before you send it again",
)


class Upstreams:
    """All services behind the edge, as the edge calls them."""

    def __init__(
        self, network: Network, registry: CollectorRegistry, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._network = network
        self._now = now
        self._breakers = {name: Breaker(BREAKER.failures, BREAKER.pause_s, now) for name in network.names}
        labels = ["upstream"]
        self._refused = Counter(
            "yuanban_upstream_refused_total", "Calls not made: the service is down", labels, registry=registry
        )
        self._failures = Counter(
            "yuanban_upstream_failures_total",
            "Calls without an answer",
            ["upstream", "kind"],
            registry=registry,
        )
        self._repeats = Counter(
            "yuanban_upstream_repeats_total", "Calls made once more", labels, registry=registry
        )
        registry.register(_States(self._breakers))

    def state(self, service: str) -> State:
        """Whether calls of that service are let through."""
        return self._breakers[service].state

    def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        query: str,
        headers: Mapping[str, str],
        body: Body,
        limits: TimeLimits,
    ) -> UpstreamResponse:
        """Send a request, once more when that is safe and nothing came of it, all within the limits.

        Raises Unavailable (503) when there is nobody, at once when that is known; TimedOut (504) when the
        service took the request and did not answer; whatever the body's chunks raise.
        """
        ends_at = self._now() + limits.answer_s
        try:
            return self._attempt(service, method, path, query, headers, body, limits)
        except UpstreamGone as error:
            left_s = ends_at - self._now()
            if not is_repeatable(method, headers, body) or left_s <= 0:
                raise Unavailable from error
        except UpstreamError as error:
            raise _problem(error, method) from error
        self._repeats.labels(service).inc()
        try:
            return self._attempt(service, method, path, query, headers, body, limits.within(left_s))
        except UpstreamError as error:
            raise _problem(error, method) from error

    def _attempt(
        self,
        service: str,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        body: Body,
        limits: TimeLimits,
    ) -> UpstreamResponse:
        breaker = self._breakers[service]
        try:
            ticket = breaker.enter()
        except OpenError as error:
            self._refused.labels(service).inc()
            raise Unavailable(retry_after_s=ceil(error.retry_after_s)) from error
        try:
            answer = self._network.upstream(service).call(
                method, path, query=query, headers=headers, body=body, limits=limits
            )
        except UpstreamError as error:
            breaker.failed(ticket)
            self._failures.labels(service, _kind(error)).inc()
            raise
        except BaseException:
            breaker.abandoned(ticket)  # the client broke off, or sent too much
            raise
        if is_from_the_way(answer):
            breaker.failed(ticket)
            self._failures.labels(service, "refused").inc()
            answer.close()
            kind = UpstreamTimeout if answer.status == HTTPStatus.GATEWAY_TIMEOUT else UpstreamError
            raise kind(f"something on the way answered {answer.status}")
        breaker.succeeded(ticket)
        return answer


def is_repeatable(method: str, headers: Mapping[str, str], body: Body) -> bool:
    """Whether a request that perhaps arrived, and got no answer, may be sent a second time.

    Reading may, and a POST whose key makes the service answer a second one with the first one's answer. A
    body that is passed on while it comes in is gone by then.
    """
    if isinstance(body, BodyStream):
        return False
    if method in READING:
        return not body
    return method == "POST" and any(name.lower() == "idempotency-key" for name in headers)


def is_from_the_way(answer: UpstreamResponse) -> bool:
    """Whether something between here and the service answered that it is not there.

    A service's own 503 (too many files at the moment, say) is a problem document. It says that the service
    is alive, and perhaps of one thing only that one must ask again; so it is an answer, as a 500 is.
    """
    if answer.status not in _FROM_THE_WAY:
        return False
    return not (answer.header("Content-Type") or "").startswith("application/problem+json")


def _kind(error: UpstreamError) -> str:
    if isinstance(error, UpstreamGone):
        return "gone"
    return "timeout" if isinstance(error, UpstreamTimeout) else "broken"


def _problem(error: UpstreamError, method: str) -> Unavailable | TimedOut:
    if isinstance(error, UpstreamTimeout):
        return TimedOut(None if method in READING else _PERHAPS_DONE)
    return Unavailable()


class _States(Collector):
    """The states of the breakers, when somebody looks."""

    def __init__(self, breakers: Mapping[str, Breaker]) -> None:
        self._breakers = breakers

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One figure a service."""
        gauge = GaugeMetricFamily(
            "yuanban_upstream_breaker",
            "Whether a service is called: 0 closed (yes), 1 half-open (one tries), 2 open (no)",
            labels=["upstream"],
        )
        for name, breaker in self._breakers.items():
            gauge.add_metric([name], _STATES[breaker.state])
        yield gauge
