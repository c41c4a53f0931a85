"""Passing a request to the service that owns it, in the name of one actor or of nobody."""

import time
from collections.abc import Mapping
from urllib.parse import quote, unquote

from flask import g

from gateway.routing.routes import route_of
from gateway.routing.tokens import Tokens
from gateway.routing.upstreams import Upstreams
from shared.actor import Actor
from shared.errors import NotFound
from shared.http.tracing import next_hop
from shared.network import Body, Network, Upstream, UpstreamResponse

VIA = "1.1 yuanban"
"""RFC 9110 §7.6.3 asks a gateway to say that the request came through it."""

# What RFC 3986 allows in a path beside letters and digits; everything else is sent percent-encoded.
_PATH_SAFE = "/:@!$&'()*+,;=~-._"


class Dispatcher:
    """Sends requests to services. No database session may be open while it does.

    `edge` leads to the edge's own API, as if it were one of the services.
    """

    def __init__(self, network: Network, tokens: Tokens, upstreams: Upstreams, edge: Upstream) -> None:
        self._network = network
        self._names = frozenset(network.names)
        self._tokens = tokens
        self._upstreams = upstreams
        self._edge = edge

    @property
    def services(self) -> list[str]:
        """Names of the services behind the edge."""
        return self._network.names

    @property
    def everybody(self) -> list[str]:
        """Names of all services, the edge among them."""
        return sorted([*self._network.names, self._network.edge])

    def send(
        self,
        service: str,
        method: str,
        path: str,
        *,
        actor: Actor | None,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: Body = b"",
        timeout_s: float | None = None,
        or_edge: bool = False,
    ) -> UpstreamResponse:
        """Send a request to `/api/v1/<service>/<path>` (`path` decoded, without a leading slash).

        With `or_edge` the service may be the edge itself. Never for a client's path: one that the edge does
        not serve leads to its proxy, which would ask itself for ever. `timeout_s` shortens the route's
        limits.

        Raises NotFound for an unknown service or a path that is not plain, Unavailable (503) when nobody is
        there, TimedOut (504) when the service does not answer in time.
        """
        to_edge = or_edge and service == self._network.edge
        if not (to_edge or service in self._names) or not is_plain(path):
            raise NotFound
        sent = {
            **(headers or {}),
            "Via": VIA,
            "X-Request-Id": request_id(),
            "traceparent": next_hop(g.traceparent),
        }
        if actor is not None:
            token = self._tokens.for_client(actor) if to_edge else self._tokens.for_service(service, actor)
            sent["Authorization"] = f"Bearer {token}"
        target = quote(f"/api/v1/{service}/{path}", safe=_PATH_SAFE)
        if to_edge:
            return self._edge.call(method, target, query=query, headers=sent, body=body)
        limits = route_of(method, path).times
        if timeout_s is not None:
            limits = limits.within(timeout_s)
        started = time.monotonic()
        try:
            return self._upstreams.call(
                service, method, target, query=query, headers=sent, body=body, limits=limits
            )
        finally:
            self._note(service, time.monotonic() - started)

    def _note(self, service: str, seconds: float) -> None:
        """For the access line of the request being answered, which may ask several services."""
        noted = g.setdefault("noted", {"upstream_ms": {}, "breaker": {}})
        ms = noted["upstream_ms"].get(service, 0.0) + seconds * 1000
        noted["upstream_ms"][service] = round(ms, 1)
        noted["breaker"][service] = str(self._upstreams.state(service))


def is_plain(path: str) -> bool:
    """Whether every part of a decoded path is an ordinary name: nothing empty, no dots, no control signs.

    Two programs that read `..`, `//` or a backslash differently would disagree on what is asked for.
    """
    return all(
        part not in {"", ".", ".."} and "\\" not in part and part.isprintable() for part in path.split("/")
    )


def decoded(path: str) -> str:
    """A percent-encoded path without its leading slash, decoded once."""
    return unquote(path.removeprefix("/"))


def request_id() -> str:
    """The id of the request being answered."""
    return str(g.request_id)
