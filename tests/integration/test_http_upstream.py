"""Calling a service over HTTP: streamed as it comes, errors told apart from answers."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.network import HttpUpstream, UpstreamError


class _Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(201, f"{self.path} {len(body)} {self.headers['X-Custom']}".encode())

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
    upstream = HttpUpstream(f"http://127.0.0.1:{server.server_port}/", read_timeout_s=0.5)
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


def test_redirects_are_the_clients_business(upstream: HttpUpstream) -> None:
    answer = upstream.call("GET", "/redirect", headers={})

    assert (answer.status, answer.header("Location")) == (303, "/elsewhere")
    answer.close()


def test_an_answer_that_breaks_off_is_an_error(upstream: HttpUpstream) -> None:
    answer = upstream.call("GET", "/broken", headers={})

    with pytest.raises(UpstreamError):
        answer.read()


def test_an_answer_that_comes_too_late_is_an_error(upstream: HttpUpstream) -> None:
    with pytest.raises(UpstreamError):
        upstream.call("GET", "/slow", headers={})


def test_who_can_do_without_the_answer_waits_less(upstream: HttpUpstream) -> None:
    patient = HttpUpstream(upstream.base_url, read_timeout_s=30)
    started = time.monotonic()

    with pytest.raises(UpstreamError):
        patient.call("GET", "/slow", headers={}, timeout_s=0.1)

    assert time.monotonic() - started < 0.8  # the service takes a second
    assert patient.call("GET", "/", headers={}, timeout_s=5).read()
    patient.close()


def test_a_service_that_is_not_there_is_an_error() -> None:
    upstream = HttpUpstream("http://127.0.0.1:9", connect_timeout_s=0.5)

    with pytest.raises(UpstreamError):
        upstream.call("GET", "/", headers={})
    upstream.close()
