"""Versions on the wire: `ETag: "7"` out, `If-Match: "7"` in."""

import re

from flask import request

from shared.errors import PreconditionFailed, PreconditionRequired

_ETAG = re.compile(r'^"(\d{1,9})"$')


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def expected_version() -> int:
    """The version the client has seen; 428 when it does not say, 412 when it cannot be ours."""
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired
    found = _ETAG.match(header.strip())
    if not found:
        raise PreconditionFailed
    return int(found.group(1))


def require_version(actual: int) -> None:
    """Refuse with 428 or 412 unless `If-Match` names `actual`."""
    if expected_version() != actual:
        raise PreconditionFailed
