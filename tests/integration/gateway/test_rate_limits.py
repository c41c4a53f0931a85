"""How often one client may ask: counted by kind, told in every answer, refused with the time to come back."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.routing.limits import policies_of
from gateway.service import service as gateway_service
from shared.config import DEMO_PASSWORD
from shared.testing.systems import SystemFactory

from .conftest import GatewayClient, mirror_service

TIGHT: dict[str, Any] = {
    "request_limit": "7 per minute",
    "write_limit": "3 per minute",
    "upload_limit": "2 per minute",
    "sign_in_limit": "4 per minute; 50 per hour",
}


@pytest.fixture
def tight(make_sqlite_system: SystemFactory) -> GatewayClient:
    """An edge with little patience."""
    system = make_sqlite_system([gateway_service, mirror_service], demo=True, **TIGHT)
    system.seed()
    return GatewayClient(system, system.edge_app.test_client(use_cookies=False))


def test_an_answer_says_what_it_counted_for_and_what_is_left(tight: GatewayClient) -> None:
    tight.sign_in("agent")

    read = tight.get("/api/v1/enterprise/cases")
    written = tight.post("/api/v1/enterprise/cases")

    assert read.headers["RateLimit-Policy"] == '"requests";q=7;w=60'
    assert read.headers["RateLimit"].startswith('"requests";r=6;t=')
    assert written.headers["RateLimit-Policy"] == '"requests";q=7;w=60, "writes";q=3;w=60'
    requests, writes = written.headers["RateLimit"].split(", ")
    assert requests.startswith('"requests";r=5;t=')
    assert writes.startswith('"writes";r=2;t=')
    assert 0 < int(writes.rpartition("=")[2]) <= 60
    assert not [name for name, _value in written.headers if name.lower().startswith("x-ratelimit")]


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("POST", "cases", 3), ("PUT", "cases/1/materials/articles", 2)]
)
def test_each_kind_has_a_limit_of_its_own(tight: GatewayClient, method: str, path: str, allowed: int) -> None:
    tight.sign_in("agent")

    answers = [tight.send(method, f"/api/v1/enterprise/{path}") for _ in range(allowed + 1)]

    assert [answer.status_code for answer in answers] == [200] * allowed + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert ";r=0;" in answers[-1].headers["RateLimit"]
    assert tight.get("/api/v1/enterprise/cases").status_code == 200, "what is read has room left"


def test_attempts_to_sign_in_are_counted_by_address_whoever_tries(tight: GatewayClient) -> None:
    names = ("agent", "window", "nobody", "admin", "agent")

    answers = [tight.try_sign_in(name, "wrong") for name in names]

    assert [answer.status_code for answer in answers] == [401] * 4 + [429]
    assert '"sign-ins";q=4;w=60, "sign-ins-3600s";q=50;w=3600' in answers[0].headers["RateLimit-Policy"]
    assert tight.try_sign_in("agent", "wrong", address="203.0.113.8").status_code == 401


def test_whoever_shows_a_forged_token_is_counted_too(tight: GatewayClient) -> None:
    forged = {"Authorization": "Bearer forged"}

    answers = [tight.get("/api/v1/enterprise/cases", headers=forged) for _ in range(8)]

    assert [answer.status_code for answer in answers] == [401] * 7 + [429]


def test_a_page_is_refused_as_a_page_that_says_when_to_come_back(tight: GatewayClient) -> None:
    for _ in range(7):
        assert tight.get("/help").status_code == 200

    page = tight.get("/help", headers={"Accept-Language": "en"})

    assert page.status_code == 429
    assert "Too many requests" in page.text
    assert 0 < int(page.headers["Retry-After"]) <= 60


def test_several_limits_of_one_kind_have_names_of_their_own() -> None:
    assert [each.said for each in policies_of("writes", "3/second;100 per hour")] == [
        '"writes";q=3;w=1',
        '"writes-3600s";q=100;w=3600',
    ]


def test_clients_are_limited_each_for_themselves(make_sqlite_system: SystemFactory) -> None:
    system = make_sqlite_system([gateway_service, mirror_service], demo=True, request_limit="3 per minute")
    system.seed()
    client = GatewayClient(system, system.edge_app.test_client(use_cookies=False))

    def ask(address: str) -> TestResponse:
        return client.http.get("/api/v1/enterprise/items", environ_base={"REMOTE_ADDR": address})

    answers = [ask("198.51.100.1") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    left = [answer.headers["RateLimit"].partition(";t=")[0] for answer in answers]
    assert left == [f'"requests";r={number}' for number in (2, 1, 0, 0)]
    assert "Retry-After" not in answers[0].headers
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].content_type == "application/problem+json"
    assert ask("198.51.100.2").status_code == 200
    for path in ("/healthz", "/readyz", "/.well-known/jwks.json"):
        for _ in range(4):
            answer = client.http.get(path, environ_base={"REMOTE_ADDR": "198.51.100.1"})
            assert answer.status_code == 200


def test_people_behind_one_address_do_not_use_up_each_others_requests(tight: GatewayClient) -> None:
    def browser(name: str) -> FlaskClient:
        client = tight.system.edge_app.test_client()
        page = client.get("/sign-in").text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token
        form = {"username": name, "password": DEMO_PASSWORD, "csrf_token": token.group(1)}
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    one, other = browser("agent"), browser("agent2")
    assert [one.get("/help").status_code for _ in range(8)] == [200] * 7 + [429]
    assert other.get("/help").status_code == 200
    one.set_cookie("yuanban", "made up")
    assert one.get("/help").headers["RateLimit"] != other.get("/help").headers["RateLimit"]
