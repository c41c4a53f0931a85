"""A service that does what a test tells it, and remembers what it was asked."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PROBLEM = "application/problem+json"
HEADS = {
    "head cut": b"HTTP/1.1 200 OK\r\nContent-Len",
    "no length": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{",
    "wrong length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
    "no number": b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
    "no chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "hint": b"HTTP/1.1 103 Early Hints\r\n\r\n",
}
"""Answers of which nobody could tell a part from the whole."""


class MoodyServer(ThreadingHTTPServer):
    """Answers 200 once `moods` is empty."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Moody)
        self.moods: deque[str] = deque()
        self.asked: list[tuple[str, str]] = []
        """Method and Idempotency-Key of each request that arrived."""
        self.let_go = threading.Event()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Be silent: clients hang up."""


class _Moody(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: MoodyServer

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if len(self.rfile.read(length)) < length:
            self.close_connection = True
            return
        self.server.asked.append((self.command, self.headers.get("Idempotency-Key") or ""))
        mood = self.server.moods.popleft() if self.server.moods else "answer"
        if mood == "hang up":
            self.close_connection = True
        elif mood == "wait":
            self.server.let_go.wait(20)
            self.close_connection = True
        elif mood == "half":
            self._answer(200, "text/plain", b"half", more=100)
            self.close_connection = True
        elif mood in HEADS:
            self.wfile.write(HEADS[mood])
            self.close_connection = True
        elif mood == "answer":
            self._answer(200, "application/json", b"{}")
        else:
            status, _, content_type = mood.partition(" ")
            self._answer(int(status), content_type, b"{}")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.do_GET
        raise AttributeError(name)

    def _answer(self, status: int, content_type: str, body: bytes, more: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body) + more))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


@contextmanager
def moody_server() -> Iterator[MoodyServer]:
    """A moody service on a free port."""
    server = MoodyServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
