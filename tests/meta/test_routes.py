"""Every route of every service: known to this table of what the public may reach, closed otherwise."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gateway.accounts.commands import NewAccount, open_account
from gateway.accounts.keys import KeyRing
from gateway.accounts.model import Role
from gateway.accounts.passwords import Passwords
from gateway.accounts.queries import actor_of, find_by_username
from gateway.routing.tokens import Tokens
from shared.actor import SYSTEM
from shared.service import installed_services
from shared.testing.systems import SystemFactory, SystemUnderTest

SERVICES = [service for service in installed_services() if not service.is_edge]
PUBLIC = {
    "enterprise": {
        "/items",
        "/items/<code>",
        "/verify/<certificate_id>",
        "/calendar",
        "/calendar/<int:year>",
    },
}
"""Routes below /api/v1/<service> that answer without sign-in."""

NOBODYS_ID = "01890000-0000-7000-8000-00000000ffff"
PLUMBING = {"/healthz", "/readyz", "/metrics", "openapi.json"}


@pytest.fixture
def system(make_sqlite_system: SystemFactory) -> SystemUnderTest:
    return make_sqlite_system(SERVICES)


def _routes(app: Flask, service: str) -> list[tuple[str, str]]:
    found = []
    for rule in app.url_map.iter_rules():
        if any(rule.rule.endswith(name) for name in PLUMBING):
            continue
        assert rule.rule.startswith(f"/api/v1/{service}/"), rule.rule
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found.append((method, rule.rule))
    return found


def _example(rule: str) -> str:
    for placeholder in (
        "<uuid:case_id>",
        "<uuid:slip_id>",
        "<uuid:task_id>",
        "<uuid:message_id>",
        "<uuid:stuck_id>",
    ):
        rule = rule.replace(placeholder, NOBODYS_ID)
    return (
        rule.replace("<int:number>", "1")
        .replace("<int:year>", "2026")
        .replace("<code>", "none")
        .replace("<uscc>", "none")
    )


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_nothing_but_the_public_routes_answers_without_sign_in(system: SystemUnderTest, service: str) -> None:
    app = system.app(service)
    prefix = f"/api/v1/{service}"
    for method, rule in _routes(app, service):
        path = _example(rule)
        answer = system.client(service).send(
            method, path.removeprefix(prefix), json={} if method in {"POST", "PATCH"} else None
        )
        if rule.removeprefix(prefix) in PUBLIC.get(service, set()):
            assert answer.status_code in {200, 404}, (method, rule)
        else:
            assert answer.status_code in {401, 422, 428}, (method, rule, answer.status_code)


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_every_operation_is_in_the_api_description(system: SystemUnderTest, service: str) -> None:
    paths = system.client(service).get("/openapi.json").get_json()["paths"]
    described = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    assert len(described) >= len(_routes(system.app(service), service))


STUCK, ANCHORS = "/stuck-events", "/audit/anchors"
OPERATORS = {
    ("get", ANCHORS): {"administrator", "auditor"},
    ("get", STUCK): {"administrator", "auditor"},
    ("get", f"{STUCK}/{{stuck_id}}"): {"administrator", "auditor"},
    ("post", f"{STUCK}/{{stuck_id}}/replay"): {"administrator"},
    ("post", f"{STUCK}/{{stuck_id}}/discard"): {"administrator"},
}
"""Who may do what in every service, whatever else it has."""


@pytest.mark.parametrize("service", [service.name for service in installed_services()])
def test_every_service_shows_what_is_stuck_and_its_anchors_to_operators_alone(
    make_sqlite_system: SystemFactory, service: str
) -> None:
    every = make_sqlite_system(installed_services())
    described = every.app(service).test_client().get(f"/api/v1/{service}/openapi.json").get_json()["paths"]
    for method, path in OPERATORS:
        operation = described[f"/api/v1/{service}{path}"][method]
        assert operation["security"] == [{"token": []}]
        assert {"401", "403"} <= set(operation["responses"])
    here = [path for path in described if STUCK in path or ANCHORS in path]
    assert len(here) == len({path for _method, path in OPERATORS})
    for (method, path), allowed in OPERATORS.items():
        for role in Role:
            answer = _as(every, role.value, service, method, path.replace("{stuck_id}", NOBODYS_ID))
            expected = (200 if path in {STUCK, ANCHORS} else 404) if role.value in allowed else 403
            assert answer.status_code == expected, (method, path, role)


def _as(system: SystemUnderTest, role: str, service: str, method: str, path: str) -> TestResponse:
    """The same request of somebody with one role, by the edge as the public sends it."""
    runtime = system.runtime("gateway")
    with runtime.transaction(SYSTEM) as tx:
        account = find_by_username(tx.session, role)
        if account is None:
            wanted = NewAccount(role, role, frozenset({Role(role)}), "a long password")
            account = open_account(tx, Passwords(runtime.settings), wanted)
        actor = actor_of(account)
    token = Tokens(runtime, KeyRing(runtime)).for_client(actor)
    body = {"reason": "…"} if path.endswith("discard") else {}
    return system.edge_app.test_client().open(
        f"/api/v1/{service}{path}",
        method=method.upper(),
        json=body if method == "post" else None,
        headers={"Authorization": f"Bearer {token}", "If-Match": '"1"'},
    )
