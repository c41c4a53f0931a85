"""A gateway with one service behind it that says what reached it."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, Response, g, jsonify, request
from flask.testing import FlaskClient
from marshmallow import Schema, fields
from werkzeug.test import TestResponse

from gateway.service import service as gateway_service
from shared.clock import ManualClock
from shared.errors import NotFound
from shared.http.app import takes_files
from shared.http.tokens import actor_claims
from shared.messaging.contracts import EventContract
from shared.network import Network
from shared.service import Runtime, Service
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest, Verbs
from shared.text import Text

PASSWORD = "yuanban-demo"


class _Registered(Schema):
    uscc = fields.String(required=True)
    name = fields.String(required=True)
    applicant_account_id = fields.UUID(allow_none=True)
    status = fields.String()


ENTERPRISE_REGISTERED = EventContract(
    "yuanban.enterprise.enterprise.registered.v1", _Registered, Text("企业已登记", "An enterprise exists")
)


def _mirror(app: Flask, _runtime: Runtime, _network: Network) -> None:
    @takes_files
    def mirror(path: str) -> Response:
        actor = g.get("actor")
        return jsonify(
            method=request.method,
            path=request.path,
            query=request.query_string.decode(),
            headers={name.lower(): value for name, value in request.headers.items()},
            size=len(request.get_data()),
            actor=actor_claims(actor) if actor else None,
        )

    app.config["MAX_CONTENT_LENGTH"] = None
    app.add_url_rule(
        "/api/v1/enterprise/<path:path>", "mirror", mirror, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]
    )

    @app.get("/api/v1/enterprise/lost")
    def lost() -> Response:
        raise NotFound

    @app.get("/api/v1/enterprise/endless")
    def endless() -> Response:
        return Response(itertools.repeat(b"more"), content_type="text/plain")

    @app.get("/api/v1/enterprise/file")
    def file() -> Response:
        def chunks() -> Iterator[bytes]:
            yield from (b"%PDF", b"-1.7")

        response = Response(chunks(), content_type="application/pdf")
        response.headers.update(
            {"Connection": "X-Secret", "X-Secret": "1", "Keep-Alive": "timeout=5", "Set-Cookie": "a=b"}
        )
        response.headers["ETag"] = '"3"'
        return response


mirror_service = Service(
    name="enterprise",
    title=Text("镜子", "Mirror"),
    migrations=("shared:migrations/versions",),
    publishes=(ENTERPRISE_REGISTERED,),
    extend_app=_mirror,
)


class GatewayClient(Verbs):
    """A client of the public API that may be signed in."""

    def __init__(self, system: SystemUnderTest, http: FlaskClient) -> None:
        self.system = system
        self.http = http
        self.token: str | None = None

    def sign_in(self, username: str, password: str = PASSWORD) -> "GatewayClient":
        """Take a token for the following requests."""
        answer = self.try_sign_in(username, password)
        assert answer.status_code == 200, answer.text
        self.token = answer.get_json()["access_token"]
        return self

    def try_sign_in(self, username: str, password: str, address: str = "203.0.113.7") -> TestResponse:
        """Ask for a token."""
        return self.http.post(
            "/api/v1/auth/token",
            json={"username": username, "password": password},
            environ_base={"REMOTE_ADDR": address},
        )

    def send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """A request to any path."""
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        return self.http.open(path, method=method, headers=sent, **options)


MakeClient = Callable[[], GatewayClient]


@pytest.fixture
def system(make_system: SystemFactory) -> SystemUnderTest:
    """The demo park's gateway and the mirror, on each kind of database."""
    system = make_system([gateway_service, mirror_service], demo=True)
    system.seed()
    return system


@pytest.fixture
def client(system: SystemUnderTest) -> GatewayClient:
    """Nobody, until signed in."""
    return GatewayClient(system, system.edge_app.test_client(use_cookies=False))


@pytest.fixture(scope="module")
def sqlite_system(
    sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SystemUnderTest]:
    """The same on SQLite alone, one for all tests of a module: they leave it as they found it."""
    factory = SystemFactory(
        sqlite_databases,
        tmp_path_factory.mktemp("gateway"),
        ManualClock(datetime(2026, 11, 23, 1, tzinfo=UTC)),
    )
    system = factory([gateway_service, mirror_service], demo=True)
    system.seed()
    yield system
    factory.close()


@pytest.fixture
def sqlite_client(sqlite_system: SystemUnderTest) -> GatewayClient:
    """Nobody, on SQLite alone."""
    return GatewayClient(sqlite_system, sqlite_system.edge_app.test_client(use_cookies=False))
