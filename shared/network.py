"""How one service is reached from another: in the same process as a WSGI call, or over HTTP."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from wsgiref.types import WSGIApplication

import urllib3
from werkzeug.test import EnvironBuilder, run_wsgi_app

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class UpstreamResponse:
    """The answer of a service; `chunks` may be read once."""

    status: int
    headers: list[tuple[str, str]]
    chunks: Iterator[bytes]
    close: Callable[[], None] = field(default=lambda: None)

    def header(self, name: str) -> str | None:
        """The first header of that name, without regard to case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def read(self) -> bytes:
        """The whole body."""
        try:
            return b"".join(self.chunks)
        finally:
            self.close()


class UpstreamError(Exception):
    """The service did not answer."""


class Upstream(Protocol):
    """One service to call."""

    def call(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout_s: float | None = None,
    ) -> UpstreamResponse:
        """Send a request; raises UpstreamError when the service does not answer in time.

        `timeout_s` shortens the usual time limits; in the same process there are none.
        """
        ...


def _nothing() -> None:
    """An answer that holds nothing open."""


class WsgiUpstream:
    """A service in the same process. The caller must not hold a database session open across the call.

    `environ` says of the caller what headers do not say.
    """

    def __init__(
        self, app: Callable[[], WSGIApplication], environ: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        self._app = app
        self._environ = environ

    def call(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout_s: float | None = None,
    ) -> UpstreamResponse:
        """Run the WSGI application."""
        builder = EnvironBuilder(
            method=method,
            path=path,
            query_string=query,
            headers=list(headers.items()),
            data=body,
            environ_base=self._environ(),
        )
        try:
            chunks, status, answered = run_wsgi_app(self._app(), builder.get_environ())
        finally:
            builder.close()
        return UpstreamResponse(
            status=int(status.split(" ", 1)[0]),
            headers=list(answered),
            chunks=iter(chunks),
            close=getattr(chunks, "close", _nothing),
        )


class HttpUpstream:
    """A service in a process of its own, over a connection pool with time limits."""

    def __init__(self, base_url: str, connect_timeout_s: float = 2.0, read_timeout_s: float = 30.0) -> None:
        self.base_url = base_url.rstrip("/")
        self._connect_s = connect_timeout_s
        self._read_s = read_timeout_s
        self._pool = urllib3.PoolManager(maxsize=20, retries=False)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout_s: float | None = None,
    ) -> UpstreamResponse:
        """Send the request; redirects are the client's business."""
        url = f"{self.base_url}{path}" + (f"?{query}" if query else "")
        try:
            answer: Any = self._pool.request(
                method,
                url,
                body=body,
                headers=dict(headers),
                redirect=False,
                preload_content=False,
                timeout=self._limits(timeout_s),
            )
        except urllib3.exceptions.HTTPError as error:
            raise UpstreamError(str(error)) from error
        return UpstreamResponse(
            status=answer.status,
            headers=list(answer.headers.items()),
            chunks=_stream(answer),
            close=answer.close,  # a fully read answer has given its connection back by then
        )

    def _limits(self, at_most_s: float | None) -> urllib3.Timeout:
        if at_most_s is None:
            return urllib3.Timeout(connect=self._connect_s, read=self._read_s)
        return urllib3.Timeout(connect=min(self._connect_s, at_most_s), read=min(self._read_s, at_most_s))

    def close(self) -> None:
        """Give back every connection."""
        self._pool.clear()


def _stream(answer: Any) -> Iterator[bytes]:
    """The body as it came: the headers passed on still name its encoding and length."""
    try:
        yield from answer.stream(CHUNK, decode_content=False)
    except urllib3.exceptions.HTTPError as error:
        raise UpstreamError(str(error)) from error


class Network:
    """Every service that can be called, by name; filled while the process starts."""

    def __init__(self, upstreams: Mapping[str, Upstream], edge: str) -> None:
        self._upstreams = dict(upstreams)
        self.edge = edge

    def upstream(self, service: str) -> Upstream:
        """The service of that name; KeyError when there is none."""
        return self._upstreams[service]

    @property
    def names(self) -> list[str]:
        """Names of the services behind the edge."""
        return sorted(name for name in self._upstreams if name != self.edge)
