"""Which headers pass the edge in either direction."""

from collections.abc import Iterable, Iterator

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""RFC 9110 §7.6.1: they speak of one connection only."""

# The edge says itself who asks, from where, under which number; a client cannot.
_OURS_TO_SAY = frozenset(
    {"authorization", "cookie", "forwarded", "via", "x-real-ip", "x-request-id", "traceparent", "remote-user"}
)
# But for machines that prove to a service who they are: they have no account here.
_OF_DEVICES = "device "
_OURS_TO_SAY_PREFIXES = ("x-forwarded-", "x-yuanban-", "x-auth-", "x-remote-")
# Made anew for the connection to the service, which answers unpacked.
_MADE_ANEW = frozenset({"host", "content-length", "expect", "accept-encoding"})

_NOT_FROM_SERVICES = frozenset({"set-cookie", "server", "date"})


def forwarded(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The client's headers that a service gets to see."""
    given = list(headers)
    named = _named_by_connection(given)
    return {
        name: value
        for name, value in given
        if _is_end_to_end(name, named) and not _is_ours(name, value) and name.lower() not in _MADE_ANEW
    }


def returned(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The service's headers that the client gets to see."""
    given = list(headers)
    named = _named_by_connection(given)
    for name, value in given:
        if _is_end_to_end(name, named) and name.lower() not in _NOT_FROM_SERVICES:
            yield name, value


def _named_by_connection(headers: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Headers that `Connection` declares to be hop-by-hop too."""
    return frozenset(
        part.strip().lower()
        for name, value in headers
        if name.lower() == "connection"
        for part in value.split(",")
    )


def _is_end_to_end(name: str, named: frozenset[str]) -> bool:
    return name.lower() not in HOP_BY_HOP and name.lower() not in named


def _is_ours(name: str, value: str) -> bool:
    if name.lower() == "authorization" and value.lower().startswith(_OF_DEVICES):
        return False
    return name.lower() in _OURS_TO_SAY or name.lower().startswith(_OURS_TO_SAY_PREFIXES)
