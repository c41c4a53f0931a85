"""The operators' port: `/healthz`, `/readyz` and `/metrics` away from what the public reaches."""

import json
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import CONTENT_TYPE_LATEST

from shared.readiness import Readiness, is_ready

Answer = tuple[HTTPStatus, str, bytes]
Figures = Callable[[], bytes]
"""What `/metrics` tells, as Prometheus reads it."""


class _Server(ThreadingMixIn, WSGIServer):
    """Each asker has a thread: figures that wait for the database do not hold up `/healthz`."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """No line for every probe."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def serve(bind: str, port: int, figures: Figures, readiness: Readiness) -> WSGIServer:
    """Answer operators in a thread of this process until it ends, or `shutdown()` and `server_close()`."""
    server = make_server(bind, port, _application(figures, readiness), _Server, _Quiet)
    threading.Thread(target=server.serve_forever, name="yuanban-operators", daemon=True).start()
    return server


def _application(figures: Figures, readiness: Readiness) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status, content_type, body = _answer(environ["PATH_INFO"], figures, readiness)
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    return answer


def _answer(path: str, figures: Figures, readiness: Readiness) -> Answer:
    if path == "/metrics":
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, figures()
    if path == "/healthz":
        return _json(HTTPStatus.OK, {"status": "alive"})
    if path == "/readyz":
        found = readiness.findings()
        if is_ready(found):
            return _json(HTTPStatus.OK, {"status": "ready", **found})
        return _json(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "unready", **found})
    return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"/healthz, /readyz, /metrics\n"


def _json(status: HTTPStatus, document: dict[str, str]) -> Answer:
    return status, "application/json", json.dumps(document).encode()
