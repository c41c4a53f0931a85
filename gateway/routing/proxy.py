"""`/api/v1/<service>/…` of every service, behind one address."""

from collections.abc import Callable

from flask import Flask, Response, g, request

from gateway.routing import headers as passing
from gateway.routing.dispatch import Dispatcher, ensure_trace
from gateway.routing.routes import ALIASES, Alias, body_limit, is_open
from shared.errors import TooLarge, Unauthenticated
from shared.http.app import takes_files
from shared.text import Text

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def register(app: Flask, dispatcher: Dispatcher) -> None:
    """Add the proxy, the short public paths and the limits on bodies."""
    app.before_request(ensure_trace)
    app.before_request(_limit_body)

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


def _limit_body() -> None:
    """Refuse a body that says it is too large before reading it; one that does not say is cut off."""
    limit = body_limit(request.path)
    request.max_content_length = limit
    if (request.content_length or 0) > limit:
        raise TooLarge(
            Text("请求内容超过{n} MB", "The body is larger than {n} MB").format(n=limit // (1024 * 1024))
        )


def _pass_on(dispatcher: Dispatcher, service: str, path: str) -> Response:
    actor = g.get("actor")
    if actor is None and not is_open(request.method, path):
        raise Unauthenticated
    answer = dispatcher.send(
        service,
        request.method,
        path,
        actor=actor,
        query=request.query_string.decode("latin-1"),
        headers=passing.forwarded(request.headers.items()),
        body=request.get_data(cache=False),
    )
    response = Response(answer.chunks, status=answer.status)
    response.headers.clear()
    response.headers.extend(passing.returned(answer.headers))
    response.call_on_close(answer.close)
    return response
