"""The edge as a process of its own, on the wire: memory, broken framing, slow clients, odd requests."""

import json
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from gateway.service import service as gateway_service
from shared.clock import SystemClock
from shared.config import Settings
from shared.serve import gunicorn_command
from shared.testing.databases import Databases
from shared.testing.ports import free_port
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.e2e.server import wait_until
from tests.integration.gateway.conftest import PASSWORD, mirror_service

ROOT = Path(__file__).parents[2]
MB = 1024 * 1024
AT_ONCE = 12
FILE = 10 * MB
UPLOAD = "/api/v1/enterprise/cases/1/materials/articles"
OTHERS = ("ENTERPRISE", "LIVING", "NOTIFICATIONS", "PRODUCTION")


class Sink(ThreadingHTTPServer):
    """A service that takes half of every file, waits until all have come so far, and takes the rest."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.half_way = threading.Barrier(1)
        self.taken: list[int] = []
        self.broken_off = threading.Event()


class _Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Sink

    def do_PUT(self) -> None:
        length = self.headers["Content-Length"]
        size = self._chunked() if length is None else self._counted(int(length))
        if size is None:
            self.server.broken_off.set()
            self.close_connection = True
            return
        self.server.taken.append(size)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()

    def _counted(self, length: int) -> int | None:
        half = len(self.rfile.read(length // 2))
        if half == length // 2 and length > MB:
            self.server.half_way.wait(30)
        size = half + len(self.rfile.read(length - half))
        return size if size == length else None

    def _chunked(self) -> int | None:
        size = 0
        while line := self.rfile.readline().strip():
            chunk = self.rfile.read(int(line, 16))
            self.rfile.readline()
            size += len(chunk)
            if not chunk:
                return size
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    server = Sink()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.half_way.abort()
    server.shutdown()
    thread.join()
    server.server_close()


class Edge:
    """The running edge."""

    def __init__(self, port: int, pid: int, log: Path) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.pid = pid
        self._log = log
        self.token = ""

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self._log.read_text("utf-8")

    def worker(self) -> int:
        """The process that answers."""
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()[0])

    def peak(self) -> int:
        """The largest resident memory of that process since `forget_peak`, in bytes."""
        status = Path(f"/proc/{self.worker()}/status").read_text()
        return 1024 * int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])

    def forget_peak(self) -> None:
        """Measure anew from what it holds now."""
        Path(f"/proc/{self.worker()}/clear_refs").write_text("5")

    def says(self, request: bytes, *, then_close: bool = False) -> str:
        """The status line of the answer to bytes on a connection of their own; empty without an answer."""
        with self.line() as line:
            line.sendall(request)
            if then_close:
                line.shutdown(socket.SHUT_WR)
            return line.makefile("rb").readline().decode().strip()

    @contextmanager
    def line(self) -> Iterator[socket.socket]:
        """A connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            yield line

    def head(self, method: str, path: str, *headers: str) -> bytes:
        """The head of a request of somebody who is signed in."""
        lines = (f"{method} {path} HTTP/1.1", "Host: park", f"Authorization: Bearer {self.token}", *headers)
        return "\r\n".join([*lines, "", ""]).encode()


@pytest.fixture(scope="module")
def system(
    sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SystemUnderTest]:
    """The demo park's accounts."""
    factory = SystemFactory(sqlite_databases, tmp_path_factory.mktemp("gateway"), SystemClock())
    system = factory([gateway_service, mirror_service], demo=True)
    system.seed()
    yield system
    factory.close()


@pytest.fixture(scope="module")
def edge(system: SystemUnderTest, sink: Sink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    settings: Settings = replace(system.settings, port=free_port(), threads=AT_ONCE + 4)
    log = tmp_path_factory.mktemp("edge") / "log"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ},
        **{f"YUANBAN_UPSTREAM_{name}": f"http://127.0.0.1:{sink.server_port}" for name in OTHERS},
        "YUANBAN_DATA_DIR": str(settings.data_dir),
        "YUANBAN_DATABASE_URL": settings.database_url,
        "YUANBAN_SECRET_KEY": settings.secret_key,
        "YUANBAN_DEMO": "1",
        "YUANBAN_THREADS": str(settings.threads),
        "YUANBAN_LOG_FORMAT": "json",
    }
    command = gunicorn_command(settings, "shared.serve:service_app('gateway')")
    hooks = command.index("--config=python:shared.server_hooks")
    command[hooks] = "--config=python:tests.e2e.quick_hooks"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    running = Edge(settings.port, process.pid, log)
    try:
        wait_until(lambda: _is_ready(running), "the edge to be ready", 30)
        sign_in = {"username": "agent", "password": PASSWORD}
        running.token = urllib3.request("POST", f"{running.url}/api/v1/auth/token", json=sign_in).json()[
            "access_token"
        ]
        yield running
    finally:
        process.terminate()
        process.wait(30)


def _is_ready(edge: Edge) -> bool:
    try:
        return urllib3.request("GET", f"{edge.url}/readyz", retries=False, timeout=2).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def test_many_large_files_at_once_do_not_fill_the_memory(edge: Edge, sink: Sink) -> None:
    sink.half_way = threading.Barrier(AT_ONCE)
    sink.taken.clear()

    def send(_number: int) -> int:
        headers = {"Authorization": f"Bearer {edge.token}", "Content-Type": "application/pdf"}
        answer = urllib3.request(
            "PUT", edge.url + UPLOAD, body=b"x" * FILE, headers=headers, retries=False, timeout=60
        )
        return answer.status

    edge.forget_peak()
    before = edge.peak()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(send, range(AT_ONCE)))

    assert statuses == [200] * AT_ONCE
    assert sink.taken == [FILE] * AT_ONCE
    grown = edge.peak() - before
    # gunicorn holds up to a megabyte of each, some of it twice and more while it is handed on.
    assert grown < AT_ONCE * 6 * MB, f"{grown / MB:.0f} MB for {AT_ONCE} files of {FILE / MB:.0f} MB"


def test_a_file_whose_sender_hangs_up_is_broken_off_at_the_service_too(edge: Edge, sink: Sink) -> None:
    sink.taken.clear()
    for framing, part in (
        ("Content-Length: 1000", b"x" * 500),
        ("Transfer-Encoding: chunked", b"5\r\nhello\r\n"),
    ):
        sink.broken_off.clear()
        edge.says(edge.head("PUT", UPLOAD, framing) + part, then_close=True)
        assert sink.broken_off.wait(10), framing
    assert sink.taken == []


def test_a_file_that_grows_beyond_the_limit_is_broken_off(edge: Edge, sink: Sink) -> None:
    sink.taken.clear()
    sink.broken_off.clear()
    head = edge.head("PUT", UPLOAD, "Transfer-Encoding: chunked")
    with edge.line() as line:
        line.sendall(head)
        chunk = b"%x\r\n%b\r\n" % (MB, b"x" * MB)
        for _ in range(13):
            line.sendall(chunk)
        assert " 413 " in line.makefile("rb").readline().decode()

    assert sink.broken_off.wait(10)
    assert sink.taken == []


SMUGGLED = b"0\r\n\r\nGET /api/v1/me HTTP/1.1\r\nHost: park\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (("Content-Length: 5", "Transfer-Encoding: chunked"), SMUGGLED, 400),
        (("Content-Length: 5", "Content-Length: 6"), b"hello", 400),
        (("Content-Length: 5, 5",), b"hello", 400),
        (("Content-Length: -1",), b"", 400),
        (("Transfer-Encoding: chunked, chunked",), SMUGGLED, 400),
        (("Transfer-Encoding: xchunked",), SMUGGLED, 501),
        (("Transfer-Encoding : chunked",), SMUGGLED, 400),
        (("X-Folded: a", " b"), b"", 400),
        (("Host: elsewhere",), b"", 400),
        (tuple(f"X-{number}: 1" for number in range(120)), b"", 431),
        (("X-Long: " + "x" * 9000,), b"", 431),
        (("Expect: 200-maybe",), b"", 417),
    ],
)
def test_requests_that_two_servers_could_read_differently_are_refused(
    edge: Edge, headers: tuple[str, ...], body: bytes, status: int
) -> None:
    assert f" {status} " in edge.says(edge.head("POST", "/api/v1/enterprise/cases", *headers) + body)


def test_whoever_asks_first_whether_to_send_is_told(edge: Edge) -> None:
    with edge.line() as line:
        line.sendall(edge.head("PUT", UPLOAD, "Content-Length: 5", "Expect: 100-continue"))
        answers = line.makefile("rb")
        assert b" 100 " in answers.readline()
        answers.readline()
        line.sendall(b"hello")
        assert b" 200 " in answers.readline()


def test_whoever_wants_to_send_too_much_is_refused_before_it_does(edge: Edge) -> None:
    with edge.line() as line:
        line.sendall(edge.head("PUT", UPLOAD, f"Content-Length: {20 * MB}", "Expect: 100-continue"))
        answers = line.makefile("rb")
        assert b" 100 " in answers.readline(), "gunicorn says so before it asks the application"
        answers.readline()
        assert b" 413 " in answers.readline()


def test_an_answer_has_one_date_and_a_head_no_body(edge: Edge) -> None:
    with edge.line() as line:
        line.sendall(edge.head("HEAD", "/api/v1/enterprise/items", "Connection: close"))
        answer = line.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 200 ")
    assert answer.endswith("\r\n\r\n")
    assert len(re.findall(r"(?mi)^date: ", answer)) == 1


def test_a_client_that_falls_silent_is_let_go(edge: Edge) -> None:
    silent = [
        edge.head("PUT", UPLOAD, "Content-Length: 100") + b"x",
        edge.head("POST", "/api/v1/enterprise/cases", "Content-Type: application/json", "Content-Length: 9"),
        b"GET / HTTP/1.1\r\nHost: pa",
    ]
    with ThreadPoolExecutor(len(silent)) as pool:
        answers = list(pool.map(edge.says, silent))

    assert " 408 " in answers[0]
    assert " 408 " in answers[1]
    assert answers[2] == "", "half a head is no request"
    assert "a client kept a thread waiting for too long" in edge.log


def test_the_log_quotes_nothing_of_what_was_sent(edge: Edge) -> None:
    edge.says(b"GET /?id=990101199001010019 HTTP/9.9\r\n\r\n")
    edge.says(b"GET / HTTP/1.1\r\nHost: park\r\nAuthorization Bearer s3cr3t-token\r\n\r\n")
    trace = "0af7651916cd43dd8448eb211c80319c"
    asked = edge.head(
        "HEAD",
        "/api/v1/enterprise/cases?id_number=990101199001010019",
        f"traceparent: 00-{trace}-b7ad6b7169203331-01",
        "X-Request-Id: run-42",
    )
    edge.says(asked)

    wait_until(lambda: edge.log.count("no valid HTTP") >= 2, "both refusals in the log")
    lines = [json.loads(line) for line in edge.log.splitlines()]
    (told,) = [line for line in lines if line.get("request_id") == "run-42"]
    assert (told["event"], told["method"], told["status"]) == ("request", "HEAD", 200)
    assert (told["route"], told["trace_id"]) == ("/api/v1/<service>/<path:path>", trace)
    assert told["upstream_ms"]["enterprise"] >= 0
    assert told["breaker"] == {"enterprise": "closed"}
    for secret in ("990101199001010019", "s3cr3t-token", edge.token, PASSWORD):
        assert secret not in edge.log
