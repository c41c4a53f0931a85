"""How one service is reached from another: in the same process as a WSGI call, or over HTTP."""

import contextvars
import io
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit
from wsgiref.types import WSGIApplication, WSGIEnvironment

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError
from werkzeug.test import run_wsgi_app

CHUNK = 64 * 1024
TAKE_S = 30.0
"""Longest time a service may need to take one piece of a body."""


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


@dataclass(frozen=True, slots=True)
class BodyStream:
    """A body that is sent while it is still coming in; `chunks` may be read once.

    What they raise reaches the caller, and the request ends unfinished: the service never takes a part for
    the whole. They must not raise an OSError, which would be taken for a failure of the line to the service.
    """

    chunks: Iterator[bytes]
    length: int | None
    """In bytes; None when it is not known beforehand."""


Body = bytes | BodyStream


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """How long a service may keep its caller waiting, in seconds. In the same process there are no limits."""

    answer_s: float = 30.0
    """From when the request has been sent until the answer begins, and between two pieces of it."""
    connect_s: float = 2.0

    def within(self, seconds: float) -> "TimeLimits":
        """The same, but at most so long."""
        return TimeLimits(min(self.answer_s, seconds), min(self.connect_s, seconds))


USUAL = TimeLimits()


class UpstreamError(Exception):
    """The service did not answer, or its answer cannot be read."""


class UpstreamGone(UpstreamError):  # noqa: N818 - the kind of error is in the base's name
    """There was no connection, or it was closed before anything of an answer came."""


class UpstreamTimeout(UpstreamError):  # noqa: N818
    """The service did not answer in time; it may still do what it was asked."""


class Upstream(Protocol):
    """One service to call."""

    def call(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Mapping[str, str],
        body: Body = b"",
        limits: TimeLimits = USUAL,
    ) -> UpstreamResponse:
        """Send a request; raises UpstreamError when the service does not answer within the limits."""
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
        body: Body = b"",
        limits: TimeLimits = USUAL,
    ) -> UpstreamResponse:
        """Run the WSGI application, as far from the caller's context as another process would."""
        environ = {**_environ_of(method, path, query, headers, body), **self._environ()}
        chunks, status, answered = contextvars.Context().run(run_wsgi_app, self._app(), environ)
        return UpstreamResponse(
            status=int(status.split(" ", 1)[0]),
            headers=list(answered),
            chunks=iter(chunks),
            close=getattr(chunks, "close", _nothing),
        )


def _environ_of(
    method: str, path: str, query: str, headers: Mapping[str, str], body: Body
) -> WSGIEnvironment:
    """The request as PEP 3333 words it."""
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    if isinstance(body, bytes):
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return environ
    environ["wsgi.input"] = io.BufferedReader(_Chunks(body.chunks), CHUNK)
    if body.length is None:
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
        environ["wsgi.input_terminated"] = True
    else:
        environ["CONTENT_LENGTH"] = str(body.length)
    return environ


class _Chunks(io.RawIOBase):
    """Chunks as a file; what they raise comes through."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


class _Patient:
    """A connection that is made quickly or not at all, but gives the service time to take a long body.

    urllib3 knows one time limit until the answer is waited for, that of making the connection.
    """

    sock: Any

    def send(self, data: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(TAKE_S)
        super().send(data)  # type: ignore[misc] # of the connection that this is mixed into


class _HttpConnection(_Patient, HTTPConnection):
    pass


class _HttpsConnection(_Patient, HTTPSConnection):
    pass


class HttpUpstream:
    """A service in a process of its own, over a pool of connections that are kept open.

    The pool never makes a caller wait; of the connections used at once, `kept` stay.
    """

    def __init__(self, base_url: str, kept: int = 20) -> None:
        self.base_url = base_url.rstrip("/")
        self._prefix = urlsplit(self.base_url).path
        self._pool = urllib3.connection_from_url(self.base_url, maxsize=kept, block=False, retries=False)
        is_https = self._pool.scheme == "https"
        self._pool.ConnectionCls = _HttpsConnection if is_https else _HttpConnection

    def call(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Mapping[str, str],
        body: Body = b"",
        limits: TimeLimits = USUAL,
    ) -> UpstreamResponse:
        """Send the request; redirects are the client's business."""
        sent = dict(headers)
        content: bytes | Iterable[bytes] | None
        if isinstance(body, bytes):
            content, chunked = body or None, False
        else:
            content, chunked = body.chunks, body.length is None
            if body.length is not None:
                sent["Content-Length"] = str(body.length)
        try:
            answer = self._pool.urlopen(
                method,
                f"{self._prefix}{path}?{query}" if query else f"{self._prefix}{path}",
                body=content,
                headers=sent,
                redirect=False,
                preload_content=False,
                chunked=chunked,
                timeout=urllib3.Timeout(connect=limits.connect_s, read=limits.answer_s),
            )
        except urllib3.exceptions.HTTPError as error:
            raise _told(error) from error
        return UpstreamResponse(
            status=answer.status,
            headers=list(answer.headers.items()),
            chunks=_begun(answer),
            close=lambda: _close(answer),
        )

    def close(self) -> None:
        """Give back every connection."""
        self._pool.close()


def _begun(answer: Any) -> Iterator[bytes]:
    """The body, of which the first piece has come: a head alone is no answer that could be passed on.

    Raises UpstreamError where the whole could not be told from a part: the head was cut, or says nothing
    of where the body ends.
    """
    if answer.status < HTTPStatus.OK or not (answer.chunked or answer.length_remaining is not None):
        answer.close()
        raise UpstreamError(f"an answer of status {answer.status} that has no end")
    chunks = _stream(answer)
    try:
        return itertools.chain([next(chunks, b"")], chunks)
    except UpstreamError:
        answer.close()
        raise


def _stream(answer: Any) -> Iterator[bytes]:
    """The body as it came: the headers passed on still name its encoding and length."""
    try:
        yield from answer.stream(CHUNK, decode_content=False)
    except urllib3.exceptions.HTTPError as error:
        raise _told(error) from error


def _close(answer: Any) -> None:
    """Give the connection back where the answer is at its end, else end it."""
    if answer.length_remaining == 0:
        answer.drain_conn()  # reads nothing, but without a body (HEAD, 204) nobody else has tried to
    else:
        answer.close()
        answer.release_conn()


def _told(error: urllib3.exceptions.HTTPError) -> UpstreamError:
    """What a failure of the line means to whoever called."""
    cause = error.args[1] if isinstance(error, ProtocolError) and len(error.args) > 1 else error
    if isinstance(cause, NewConnectionError | ConnectTimeoutError | ConnectionError):
        return UpstreamGone(str(error))
    if isinstance(cause, TimeoutError | urllib3.exceptions.TimeoutError):
        return UpstreamTimeout(str(error))
    return UpstreamError(str(error))


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
