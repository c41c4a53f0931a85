"""The WSGI application of a service: its API and the manners every service has."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import Flask, Request, Response, current_app, g, request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SessionInterface, SessionMixin
from flask_smorest import Api

from shared.actor import Actor
from shared.auditing import api as auditing
from shared.config import Settings
from shared.errors import FieldError, InvalidInput, TooLarge, UnsupportedMedia
from shared.http import health, problems
from shared.http.contract import query_parameters
from shared.http.description import ServiceApi
from shared.http.incoming import guard_body
from shared.http.readable import pointer_to, require_readable_address, require_readable_json
from shared.http.routing import LateRule
from shared.http.state import EXTENSION
from shared.http.tokens import KeySource, TokenVerifier
from shared.http.tracing import request_id_from, trace_id_of, traceparent_from
from shared.messaging import api as stuck_events
from shared.network import Network
from shared.service import Runtime
from shared.text import Text

JSON_LIMIT = 1024 * 1024  # bytes; a route that takes files sets its own
View = TypeVar("View", bound=Callable[..., Any])

_JSON_METHODS = {"POST", "PUT", "PATCH"}


class _Json(DefaultJSONProvider):
    """Documents keep their order, for the order of a form's questions has a meaning, and read as written."""

    sort_keys = False
    ensure_ascii = False


class _NoSessions(SessionInterface):
    """Only the portal has sessions of Flask's, for its forms: whoever asks a service has a token."""

    def open_session(self, app: Flask, request: Request) -> None:
        """None, of which Flask makes one that refuses to be written to."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing: Flask asks only for sessions that were opened."""


class _App(Flask):
    """Flask for views that are no coroutines, as none of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: Flask would look at each one that a request passes."""
        return func


def create_app(runtime: Runtime, network: Network, keys: KeySource | None = None) -> Flask:
    """Build the application. `keys` overrides where the token keys come from (tests)."""
    service = runtime.service
    app = _App(service.name, static_folder=None)
    app.url_rule_class = LateRule
    app.json = _Json(app)
    if not service.is_edge:
        app.session_interface = _NoSessions()
    app.config.update(_config(runtime.settings, service.name, service.title))
    app.extensions[EXTENSION] = runtime
    actor_of = _token_reader(runtime, network, keys)
    app.before_request(_identify_request)
    app.before_request(lambda: _authenticate(actor_of))
    app.before_request(_require_readable)
    app.before_request(_require_known_parameters)
    health.register(app, runtime)
    api = ServiceApi(app)
    _describe_security(api)
    for blueprint in service.blueprints():
        api.register_blueprint(blueprint, url_prefix=blueprint.url_prefix or f"/api/v1/{service.name}")
    api.register_blueprint(stuck_events.blueprint(service.name))
    api.register_blueprint(auditing.blueprint(service.name))
    problems.register(app)  # after the Api object, whose own handlers these replace
    if service.extend_app is not None:
        service.extend_app(app, runtime, network)
    app.after_request(_finish)
    return app


def _config(settings: Settings, name: str, title: Text) -> dict[str, Any]:
    return {
        "API_TITLE": f"Yuanban {title.en}",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": f"/api/v1/{name}",
        "OPENAPI_JSON_PATH": "openapi.json",
        "MAX_CONTENT_LENGTH": JSON_LIMIT,
        "SECRET_KEY": settings.secret_key,
        "PROPAGATE_EXCEPTIONS": False,
    }


def _describe_security(api: Api) -> None:
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})


def _token_reader(runtime: Runtime, network: Network, keys: KeySource | None) -> Callable[[str], Actor]:
    if runtime.service.authenticator is not None:
        return runtime.service.authenticator(runtime)
    return TokenVerifier(runtime.service.name, keys or _edge_keys(network), runtime.clock.now).verify


def _edge_keys(network: Network) -> KeySource:
    def fetch() -> Any:
        answer = network.upstream(network.edge).call(
            "GET", "/.well-known/jwks.json", headers={"Accept": "application/json"}
        )
        body = answer.read()
        if answer.status != 200:
            raise ValueError(f"the edge's key set answered {answer.status}")
        return json.loads(body)

    return fetch


def _identify_request() -> None:
    g.request_id = request_id_from(request.headers.get("X-Request-Id"))
    g.traceparent = traceparent_from(request.headers.get("traceparent"))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id, trace_id=trace_id_of(g.traceparent))
    g.started = health.tick()
    guard_body(request)


def _authenticate(actor_of: Callable[[str], Actor]) -> None:
    header = request.headers.get("Authorization")
    if header is None or "actor" in g:
        return
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer":
        g.actor = actor_of(token.strip())


def _require_readable() -> None:
    """Bodies are JSON unless the route says that it takes files; nothing that cannot be stored gets in."""
    require_readable_address(request)
    if request.url_rule is None or request.method not in _JSON_METHODS or _takes_files():
        return  # no such route: the answer is 404 or 405, whatever was sent
    if not request.path.startswith("/api/"):
        return
    if not ((request.content_length or 0) > 0 or "Transfer-Encoding" in request.headers):
        return
    if not request.is_json:
        raise UnsupportedMedia(Text("请求内容应为 application/json", "The body must be application/json"))
    data = request.get_data(cache=True)
    if request.content_length is None and len(data) >= JSON_LIMIT:
        # A body of unknown length is cut at the limit without a word.
        raise TooLarge
    require_readable_json(data)


def _require_known_parameters() -> None:
    """A filter that is misspelt would be ignored, and everything answered in its place: 422 instead."""
    if not request.args or request.endpoint is None:
        return
    known = query_parameters(current_app.view_functions[request.endpoint])
    if known is not None and (unknown := sorted(set(request.args) - known)):
        said = Text("没有这个参数", "There is no such parameter")
        raise InvalidInput(errors=[FieldError(pointer_to("", name), "unknown", said) for name in unknown])


def takes_files(view: View) -> View:
    """Mark a view whose body need not be JSON (an upload, a proxied request)."""
    view.takes_files = True  # type: ignore[attr-defined] # a mark on a function
    return view


def _takes_files() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "takes_files", False))


def _finish(response: Response) -> Response:
    response.headers.setdefault("X-Request-Id", g.get("request_id", ""))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.content_type == "application/json" or response.content_type == problems.PROBLEM_JSON:
        response.headers.setdefault("Cache-Control", "no-store")
    health.observe(response)
    return response
