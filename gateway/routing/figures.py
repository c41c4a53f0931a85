"""Who may read `/metrics` at the edge: whoever asks from where operators are, no visitor."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import Flask, request

from shared.errors import NotFound

_FORWARDED = frozenset({"forwarded", "via", "x-real-ip"})
_FORWARDED_PREFIX = "x-forwarded-"


def register(app: Flask, allowed: Sequence[str]) -> None:
    """Answer `/metrics` only to direct neighbours in the `allowed` networks; for all others it is not there.

    A proxy in front is a neighbour too; what it passes on is known by the headers it adds.
    """
    networks = [ip_network(each) for each in allowed]

    @app.before_request
    def require_neighbour() -> None:
        if request.url_rule is None or request.url_rule.rule != "/metrics":
            return
        address = _peer()
        if address is None or _was_forwarded() or not any(address in each for each in networks):
            raise NotFound


def _was_forwarded() -> bool:
    names = [name.lower() for name in request.headers.keys()]
    return any(name in _FORWARDED or name.startswith(_FORWARDED_PREFIX) for name in names)


def _peer() -> IPv4Address | IPv6Address | None:
    """The other end of the connection; None when it has no address (a socket file)."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
