"""`/api/v1/<service>/…` of every service, behind one address."""

from collections.abc import Callable

from flask import Flask, Response, g, request

from gateway.routing import headers as passing
from gateway.routing.dispatch import Dispatcher
from gateway.routing.routes import ALIASES, MIB, Alias, body_limit, is_open
from shared.errors import TooLarge, Unauthenticated
from shared.http.app import takes_files
from shared.text import Text

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def register(app: Flask, dispatcher: Dispatcher) -> None:
    """Add the proxy, the short public paths and the limits on bodies."""
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
    """Refuse a body that says it is too large before reading it; of any other, read little more."""
    limit = body_limit(request.path)
    request.max_content_length = limit + 1
    _require_size(request.content_length or 0, limit)


def _body() -> bytes:
    body = request.get_data(cache=False)
    # werkzeug cuts a chunked body off at its limit without a word; half a file must not pass for a whole.
    _require_size(len(body), body_limit(request.path))
    return body


def _require_size(size: int, limit: int) -> None:
    if size > limit:
        said = Text("请求内容超过{n} MB", "The body is larger than {n} MB")
        raise TooLarge(said.format(n=limit // MIB))


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
        body=_body(),
    )
    response = Response(answer.chunks, status=answer.status)
    response.headers.clear()
    response.headers.extend(passing.returned(answer.headers))
    response.call_on_close(answer.close)
    return response
