"""Every route of every service: known to this table of what the public may reach, closed otherwise."""

import pytest
from flask import Flask

from shared.service import installed_services
from shared.testing.systems import SystemFactory, SystemUnderTest

SERVICES = [service for service in installed_services() if not service.is_edge]
PUBLIC = {
    "enterprise": {"/items", "/items/<code>", "/verify/<certificate_id>"},
}
"""Routes below /api/v1/<service> that answer without sign-in."""

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
    for placeholder in ("<uuid:case_id>", "<uuid:slip_id>", "<uuid:task_id>", "<uuid:message_id>"):
        rule = rule.replace(placeholder, "01890000-0000-7000-8000-00000000ffff")
    return rule.replace("<int:number>", "1").replace("<code>", "none").replace("<uscc>", "none")


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
