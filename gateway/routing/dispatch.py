"""Passing a request to the service that owns it, in the name of one actor or of nobody."""

from collections.abc import Mapping
from urllib.parse import quote, unquote

from flask import g

from gateway.routing.tokens import Tokens
from shared.actor import Actor
from shared.errors import NotFound, Unavailable
from shared.network import Network, UpstreamError, UpstreamResponse

# What RFC 3986 allows in a path beside letters and digits; everything else is sent percent-encoded.
_PATH_SAFE = "/:@!$&'()*+,;=~-._"


class Dispatcher:
    """Sends requests to services. No database session may be open while it does."""

    def __init__(self, network: Network, tokens: Tokens) -> None:
        self._network = network
        self._tokens = tokens

    @property
    def services(self) -> list[str]:
        """Names of the services behind the edge."""
        return self._network.names

    def send(
        self,
        service: str,
        method: str,
        path: str,
        *,
        actor: Actor | None,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> UpstreamResponse:
        """Send a request to `/api/v1/<service>/<path>` (`path` decoded, without a leading slash).

        Raises NotFound for an unknown service or a path that is not plain, Unavailable (503) when the
        service does not answer.
        """
        if service not in self._network.names or not is_plain(path):
            raise NotFound
        sent = {**(headers or {}), "X-Request-Id": request_id(), "traceparent": g.traceparent}
        if actor is not None:
            sent["Authorization"] = f"Bearer {self._tokens.for_service(service, actor)}"
        target = quote(f"/api/v1/{service}/{path}", safe=_PATH_SAFE)
        try:
            return self._network.upstream(service).call(method, target, query=query, headers=sent, body=body)
        except UpstreamError as error:
            raise Unavailable from error


def is_plain(path: str) -> bool:
    """Whether every part of a decoded path is an ordinary name: nothing empty, no dots, no control signs.

    Two programs that read `..`, `//` or a backslash differently would disagree on what is asked for.
    """
    return all(
        part not in {"", ".", ".."} and "\\" not in part and part.isprintable() for part in path.split("/")
    )


def decoded(path: str) -> str:
    """A percent-encoded path without its leading slash, decoded once."""
    return unquote(path.removeprefix("/"))


def request_id() -> str:
    """The id of the request being answered."""
    return str(g.request_id)
