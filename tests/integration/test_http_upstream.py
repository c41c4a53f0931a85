"""Calling a service over HTTP: streamed as it comes, errors told apart from answers."""

import queue
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from shared.network import (
    BodyStream,
    HttpUpstream,
    TimeLimits,
    UpstreamError,
    UpstreamGone,
    UpstreamTimeout,
)


class _Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    broken_off: ClassVar["queue.SimpleQueue[int]"] = queue.SimpleQueue()

    def do_POST(self) -> None:
        length = self.headers["Content-Length"]
        size, is_whole = self._chunked() if length is None else self._counted(int(length))
        if not is_whole:
            self.broken_off.put(size)
            self.close_connection = True
            return
        self._answer(201, f"{self.path} {size} {self.headers['X-Custom']}".encode())

    def _counted(self, length: int) -> tuple[int, bool]:
        size = len(self.rfile.read(length))
        return size, size == length

    def _chunked(self) -> tuple[int, bool]:
        size = 0
        while line := self.rfile.readline().strip():
            chunk = self.rfile.read(int(line, 16))
            size += len(chunk)
            self.rfile.readline()
            if not chunk:
                return size, True
        return size, False

    callers: ClassVar[set[object]] = set()

    def do_HEAD(self) -> None:
        self.callers.add(self.client_address)
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()

    def do_GET(self) -> None:
        if self.path == "/broken":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True
        elif self.path == "/redirect":
            self.send_response(303)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/empty":
            self.callers.add(self.client_address)
            self.send_response(204)
            self.end_headers()
        elif self.path == "/hangs-up":
            self.close_connection = True
        elif self.path == "/slow":
            threading.Event().wait(1.0)
            self.close_connection = True
        else:
            self._answer(200, b"\x1f\x8b not really gzip", ("Content-Encoding", "gzip"))

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


@pytest.fixture
def upstream() -> Iterator[HttpUpstream]:
    """A service of its own on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    upstream = HttpUpstream(f"http://127.0.0.1:{server.server_port}/")
    yield upstream
    upstream.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_request_arrives_whole(upstream: HttpUpstream) -> None:
    answer = upstream.call("POST", "/a%2Fb", query="q=%E5%85%AC", headers={"X-Custom": "1"}, body=b"12345")

    assert (answer.status, answer.read()) == (201, b"/a%2Fb?q=%E5%85%AC 5 1")


def test_an_encoded_answer_stays_as_it_came(upstream: HttpUpstream) -> None:
    answer = upstream.call("GET", "/", headers={})

    assert answer.header("content-encoding") == "gzip"
    assert answer.read() == b"\x1f\x8b not really gzip"


@pytest.mark.parametrize("path", ["/", "/empty"])
def test_a_connection_whose_answer_has_no_body_is_used_again(upstream: HttpUpstream, path: str) -> None:
    for _ in range(3):
        upstream.call("HEAD" if path == "/" else "GET", path, headers={}).close()

    assert len(_Service.callers) == 1
    _Service.callers.clear()


def test_redirects_are_the_clients_business(upstream: HttpUpstream) -> None:
    answer = upstream.call("GET", "/redirect", headers={})

    assert (answer.status, answer.header("Location")) == (303, "/elsewhere")
    answer.close()


def test_an_answer_that_breaks_off_is_an_error(upstream: HttpUpstream) -> None:
    answer = upstream.call("GET", "/broken", headers={})

    with pytest.raises(UpstreamError):
        answer.read()


def test_an_answer_that_comes_too_late_is_an_error(upstream: HttpUpstream) -> None:
    started = time.monotonic()

    with pytest.raises(UpstreamTimeout):
        upstream.call("GET", "/slow", headers={}, limits=TimeLimits(answer_s=0.1))

    assert time.monotonic() - started < 0.8  # the service takes a second
    assert upstream.call("GET", "/", headers={}).read()


def test_a_connection_closed_without_a_word_is_told_from_a_slow_service(
    upstream: HttpUpstream,
) -> None:
    with pytest.raises(UpstreamGone):
        upstream.call("GET", "/hangs-up", headers={})


def test_a_service_that_is_not_there_is_an_error() -> None:
    upstream = HttpUpstream("http://127.0.0.1:9")

    with pytest.raises(UpstreamGone):
        upstream.call("GET", "/", headers={})
    upstream.close()


@pytest.mark.parametrize("length", [300_000, None])
def test_a_body_is_sent_while_it_comes_in(upstream: HttpUpstream, length: int | None) -> None:
    chunks = (b"x" * 100_000 for _ in range(3))

    answer = upstream.call("POST", "/", headers={"X-Custom": "1"}, body=BodyStream(chunks, length))

    assert answer.read() == b"/ 300000 1"


class CutOffError(Exception):
    """The body cannot go on."""


@pytest.mark.parametrize("length", [300_000, None])
def test_a_body_that_breaks_off_ends_the_connection_and_is_no_whole_one(
    upstream: HttpUpstream, length: int | None
) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise CutOffError

    with pytest.raises(CutOffError):
        upstream.call("POST", "/", headers={"X-Custom": "1"}, body=BodyStream(chunks(), length))

    assert _Service.broken_off.get(timeout=5) == 100_000
