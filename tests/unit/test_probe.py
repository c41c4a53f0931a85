"""The probe of containers: its exit code is what the asked process answered."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from shared import probe

ANSWERS = {"/readyz": 200, "/behind": 503}


class _Neighbour(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(ANSWERS[self.path])
        self.end_headers()
        self.wfile.write(b'{"database": "behind"}')

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def neighbour() -> Iterator[str]:
    """The address of a process that answers."""
    server = HTTPServer(("127.0.0.1", 0), _Neighbour)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_answer_that_is_well_is_success(neighbour: str) -> None:
    assert probe.main([f"{neighbour}/readyz"]) == 0


def test_an_answer_that_is_not_well_says_why(neighbour: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert probe.main([f"{neighbour}/behind"]) == 1
    assert capsys.readouterr().err.strip() == '503 {"database": "behind"}'


def test_a_proxy_of_the_environment_is_not_asked(neighbour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert probe.main([f"{neighbour}/readyz"]) == 0


def test_nobody_there_is_failure() -> None:
    assert probe.main(["http://127.0.0.1:9/readyz"]) == 1


@pytest.mark.parametrize("arguments", [[], ["readyz"], ["file:///etc/passwd"]])
def test_anything_but_one_address_is_refused(arguments: list[str]) -> None:
    assert probe.main(arguments) == 2
