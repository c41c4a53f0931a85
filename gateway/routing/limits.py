"""How often one client may ask, counted in this process's memory."""

from http import HTTPStatus

from flask import Flask, Response, g, request
from flask_limiter import Limiter

# The limiter writes Retry-After on every answer, over what a refused sign-in says itself.
_LIMITERS_RETRY_AFTER = "X-RateLimit-Retry-After"
_UNCOUNTED = {"healthz", "readyz", "metrics", "jwks"}


def register(app: Flask, limit: str) -> None:
    """Limit each client (the account, else the address); every answer says what is left."""
    app.config.update(RATELIMIT_HEADERS_ENABLED=True, RATELIMIT_HEADER_RETRY_AFTER=_LIMITERS_RETRY_AFTER)
    app.after_request(_retry_after_only_when_refused)  # before the limiter's, so that it runs after it
    limiter = Limiter(_client, app=app, default_limits=[limit], storage_uri="memory://")
    limiter.request_filter(_is_uncounted)


def _retry_after_only_when_refused(response: Response) -> Response:
    seconds = response.headers.pop(_LIMITERS_RETRY_AFTER, None)
    if seconds is not None and response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers.setdefault("Retry-After", seconds)
    return response


def _client() -> str:
    actor = g.get("actor")
    return f"account:{actor.id}" if actor else f"address:{request.remote_addr}"


def _is_uncounted() -> bool:
    return (request.endpoint or "") in _UNCOUNTED
