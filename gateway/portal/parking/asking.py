"""Asking the living service about parking."""

from typing import Any
from uuid import UUID

from gateway.clients import ApiResponse
from gateway.portal.asking import Seen, seen_of, send_to
from gateway.portal.context import Json
from gateway.portal.services import load, path_of

LIVING = "living"


def parking_path(*parts: object) -> str:
    """A path below `/parking`."""
    return path_of("parking", *(str(part) for part in parts))


def lot_path(lot_id: UUID | str, *rest: object) -> str:
    """The path of a car park or of something of it."""
    return parking_path("lots", lot_id, *rest)


def load_parking(*parts: object, **params: str | None) -> Json:
    """GET a document below `/parking`; raises RefusedError."""
    return load(LIVING, parking_path(*parts), **params)


def load_seen(*parts: object) -> Seen:
    """GET a document below `/parking` with its version; raises RefusedError."""
    return seen_of(LIVING, parking_path(*parts))


def send(method: str, path: str, body: Any = None) -> ApiResponse:
    """POST, PUT or DELETE by a form that carries the version and the idempotency key of its page."""
    return send_to(LIVING, method, path, body)
