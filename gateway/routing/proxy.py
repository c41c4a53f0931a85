"""`/api/v1/<service>/…` of every service, behind one address."""

from collections.abc import Callable

from flask import Flask, Response, g, request

from gateway.routing import bodies
from gateway.routing import headers as passing
from gateway.routing.dispatch import Dispatcher
from gateway.routing.routes import ALIASES, Alias, is_open, route_of
from shared.errors import Unauthenticated
from shared.http.app import takes_files
from shared.http.tracing import is_traceparent

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def register(app: Flask, dispatcher: Dispatcher) -> None:
    """Add the proxy, the short public paths and the limits on bodies."""
    app.before_request(bodies.limit_body)

    @takes_files
    def proxy(service: str, path: str) -> Response:
        return _pass_on(dispatcher, service, path)

    # `//` and `/./` reach the proxy as they are and are refused there; a redirect would hide them.
    app.add_url_rule(
        "/api/v1/<service>/<path:path>",
        endpoint="proxy",
        view_func=proxy,
        methods=_METHODS,
        merge_slashes=False,
    )
    for alias in ALIASES:
        app.add_url_rule(
            f"/api/v1/{alias.path}",
            endpoint=f"alias.{alias.path.partition('/')[0]}",
            view_func=_follow(dispatcher, alias),
        )


def _follow(dispatcher: Dispatcher, alias: Alias) -> Callable[..., Response]:
    def follow(**parts: str) -> Response:
        return _pass_on(dispatcher, alias.service, alias.target.format(**parts))

    return follow


def _pass_on(dispatcher: Dispatcher, service: str, path: str) -> Response:
    actor = g.get("actor")
    if actor is None and not is_open(request.method, path):
        raise Unauthenticated
    sent = passing.forwarded(request.headers.items())
    if not is_traceparent(request.headers.get("traceparent")):
        sent = {name: value for name, value in sent.items() if name.lower() != "tracestate"}
    answer = dispatcher.send(
        service,
        request.method,
        path,
        actor=actor,
        query=request.query_string.decode("latin-1"),
        headers=sent,
        body=bodies.body_for(route_of(request.method, path)),
    )
    response = Response(answer.chunks, status=answer.status)
    response.headers.clear()
    response.headers.extend(passing.returned(answer.headers))
    response.call_on_close(answer.close)
    return response
