"""How often one client may ask, counted in this process's memory."""

from flask import Flask, g, request
from flask_limiter import Limiter

_UNCOUNTED = {"healthz", "readyz", "metrics", "jwks"}


def register(app: Flask, limit: str) -> None:
    """Limit each client (the account, else the address); every answer says what is left."""
    app.config.update(RATELIMIT_HEADERS_ENABLED=True)
    limiter = Limiter(_client, app=app, default_limits=[limit], storage_uri="memory://")
    limiter.request_filter(_is_uncounted)


def _client() -> str:
    actor = g.get("actor")
    return f"account:{actor.id}" if actor else f"address:{request.remote_addr}"


def _is_uncounted() -> bool:
    return (request.endpoint or "") in _UNCOUNTED
