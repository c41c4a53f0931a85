"""Bodies at the edge: how large they may be, that none is cut unnoticed, and what happens to the answer."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from gunicorn.http.errors import ChunkMissingTerminator

from gateway.routing.bodies import body_for
from gateway.routing.routes import route_of
from shared.errors import RequestTimedOut
from shared.network import BodyStream, Network, UpstreamError, UpstreamResponse, WsgiUpstream
from shared.testing.systems import SystemUnderTest

from .conftest import GatewayClient

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("cases", MIB, 200),
        ("cases", MIB + 1, 413),
        ("cases", 20 * MIB, 413),
        ("cases/1/materials/articles", 12 * MIB, 200),
        ("cases/1/materials/articles", 12 * MIB + 1, 413),
        ("cases/1/materials/articles", 20 * MIB, 413),
    ],
)
def test_bodies_are_limited(sqlite_client: GatewayClient, path: str, size: int, status: int) -> None:
    sqlite_client.sign_in("agent")

    answer = sqlite_client.send("PUT", f"/api/v1/enterprise/{path}", data=b"x" * size)

    assert answer.status_code == status
    if status == 413:
        assert answer.get_json()["type"] == "urn:yuanban:problem:too-large"
    else:
        assert answer.get_json()["size"] == size


def test_a_body_is_refused_before_it_is_read(sqlite_client: GatewayClient) -> None:
    class Unreadable:
        def read(self, *_size: int) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    answer = sqlite_client.sign_in("agent").http.open(
        "/api/v1/auth/token",
        method="POST",
        content_type="application/json",
        environ_overrides={"wsgi.input": Unreadable(), "CONTENT_LENGTH": str(20 * MIB)},
    )

    assert answer.status_code == 413


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off(sqlite_client: GatewayClient) -> None:
    class Endless:
        def read(self, size: int = -1) -> bytes:
            return b"x" * (MIB if size < 0 else size)

    sqlite_client.sign_in("agent")

    answer = sqlite_client.post(
        "/api/v1/enterprise/cases",
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        environ_overrides={"wsgi.input": Endless(), "wsgi.input_terminated": True},
    )

    assert answer.status_code == 413


def test_no_database_session_is_held_while_a_service_works(
    client: GatewayClient, system: SystemUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    pass_on = WsgiUpstream.call

    def watching(self: WsgiUpstream, *args: Any, **options: Any) -> UpstreamResponse:
        pool: Any = system.runtime("gateway").database.engine.pool
        held.append(pool.checkedout())
        return pass_on(self, *args, **options)

    client.sign_in("agent")
    monkeypatch.setattr(WsgiUpstream, "call", watching)

    assert client.get("/api/v1/enterprise/cases").status_code == 200
    assert client.http.get("/api/v1/enterprise/items").status_code == 200
    assert len(held) >= 2
    assert set(held) == {0}


def test_a_service_that_does_not_answer_is_unavailable(
    sqlite_client: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(
        self: WsgiUpstream, method: str, path: str, *, headers: Mapping[str, str], **_options: Any
    ) -> UpstreamResponse:
        raise UpstreamError("connection refused by 10.1.2.3")

    sqlite_client.sign_in("agent")
    monkeypatch.setattr(WsgiUpstream, "call", gone)

    answer = sqlite_client.get("/api/v1/enterprise/cases", headers={"Accept-Language": "en"})

    assert answer.status_code == 503
    assert answer.get_json()["type"] == "urn:yuanban:problem:unavailable"
    assert "10.1.2.3" not in answer.text


def test_the_upstream_answer_is_closed(sqlite_client: GatewayClient, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    def fake(self: Network, service: str) -> Any:
        class Upstream:
            def call(self, *_args: Any, **_options: Any) -> UpstreamResponse:
                return UpstreamResponse(
                    200, [("Content-Type", "text/plain")], iter([b"a", b"b"]), lambda: closed.append(True)
                )

        return Upstream()

    sqlite_client.sign_in("agent")
    monkeypatch.setattr(Network, "upstream", fake)

    with sqlite_client.get("/api/v1/enterprise/cases") as answer:
        assert answer.data == b"ab"
    assert closed == [True]


PATHS = ("cases", "cases/1/materials/articles")


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_breaks_off_never_passes_for_a_whole_one(sqlite_client: GatewayClient, path: str) -> None:
    sqlite_client.sign_in("agent")

    answer = sqlite_client.post(
        f"/api/v1/enterprise/{path}",
        content_type="application/json",
        environ_overrides={
            "wsgi.input": BytesIO(b"{}"),
            "CONTENT_LENGTH": "100",
            "wsgi.input_terminated": True,  # as gunicorn says, although the client has hung up
        },
    )

    assert answer.status_code == 400, "the service would have answered 200"


class Broken:
    """An input that fails as servers fail."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, _size: int = -1) -> bytes:
        """Fail."""
        raise self.error


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("error", "status"),
    [(ChunkMissingTerminator(b""), 400), (ConnectionResetError(), 400), (BlockingIOError(), 408)],
)
def test_a_body_that_cannot_be_read_is_the_clients_fault(
    sqlite_client: GatewayClient, path: str, error: Exception, status: int
) -> None:
    sqlite_client.sign_in("agent")

    answer = sqlite_client.post(
        f"/api/v1/enterprise/{path}",
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        environ_overrides={"wsgi.input": Broken(error), "wsgi.input_terminated": True},
    )

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_whoever_sends_a_file_too_slowly_is_not_waited_for(sqlite_system: SystemUnderTest) -> None:
    path = "/api/v1/enterprise/cases/1/materials/articles"
    route = replace(route_of("PUT", path), receive_s=-1)
    with sqlite_system.edge_app.test_request_context(path, method="PUT", data=b"%PDF"):
        body = body_for(route)

        assert isinstance(body, BodyStream)
        with pytest.raises(RequestTimedOut):
            next(body.chunks)


def test_an_endless_file_is_cut_off_while_it_is_passed_on(sqlite_client: GatewayClient) -> None:
    class Endless:
        given = 0

        def read(self, size: int) -> bytes:
            self.given += size
            return b"x" * size

    endless = Endless()
    sqlite_client.sign_in("agent")

    answer = sqlite_client.post(
        "/api/v1/enterprise/cases/1/materials/articles",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": endless, "wsgi.input_terminated": True},
    )

    assert answer.status_code == 413
    assert answer.get_json()["detail"].endswith("12 MB")
    assert endless.given < 13 * MIB


def test_an_answer_is_passed_on_while_it_comes_in(sqlite_client: GatewayClient) -> None:
    sqlite_client.sign_in("agent")

    with sqlite_client.get("/api/v1/enterprise/endless", buffered=False) as answer:
        chunks = iter(answer.response)
        assert [next(chunks), next(chunks)] == [b"more", b"more"]
