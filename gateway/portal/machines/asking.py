"""Asking the production service about machines."""

from typing import Any
from uuid import UUID

from gateway.clients import ApiResponse
from gateway.portal.asking import Seen, seen_of, send_to
from gateway.portal.context import Json
from gateway.portal.services import load, path_of

PRODUCTION = "production"


def load_seen(path: str) -> Seen:
    """GET a document with its version; raises RefusedError."""
    return seen_of(PRODUCTION, path)


def machine_path(machine_id: UUID, *rest: str) -> str:
    """The path of a machine or of something of it."""
    return path_of("machines", str(machine_id), *rest)


def booking_path(booking_id: UUID, *rest: str) -> str:
    """The path of a booking or of something of it."""
    return path_of("machine-bookings", str(booking_id), *rest)


def load_codes() -> Json:
    """The lists of processes, materials and levels of confidentiality."""
    return load(PRODUCTION, path_of("machine-codes"))


def send(method: str, path: str, body: Any = None) -> ApiResponse:
    """POST, PUT or DELETE by a form that carries the version and the idempotency key of its page."""
    return send_to(PRODUCTION, method, path, body)
