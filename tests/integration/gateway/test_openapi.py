"""The merged description of the public API."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from openapi_spec_validator import validate

from gateway.routing.openapi import merged
from shared.network import UpstreamError, UpstreamResponse, WsgiUpstream

from .conftest import GatewayClient

THEIRS = {
    "openapi": "3.1.0",
    "info": {"title": "Yuanban Mirror", "version": "v1"},
    "tags": [{"name": "cases", "description": "Cases"}],
    "paths": {
        "/api/v1/enterprise/cases": {
            "get": {
                "tags": ["cases"],
                "operationId": "list",
                "security": [{"token": []}],
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Profile"}}},
                    },
                    "default": {"$ref": "#/components/responses/DEFAULT_ERROR"},
                },
            },
            "parameters": [],
        },
        "/api/v1/enterprise/verify/{certificate_id}": {
            "get": {
                "parameters": [
                    {"in": "path", "name": "certificate_id", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {"200": {"description": "OK"}},
            }
        },
    },
    "components": {
        "schemas": {"Profile": {"type": "object", "properties": {"$ref": {"type": "string"}}}},
        "responses": {"DEFAULT_ERROR": {"description": "refused"}},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    },
}
OWN = {
    "openapi": "3.1.0",
    "info": {"title": "Yuanban Gateway", "version": "v1"},
    "paths": {"/api/v1/me": {"get": {"responses": {"200": {"description": "OK"}}}}},
    "components": {
        "schemas": {"Profile": {"type": "object"}},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    },
}


def test_components_of_two_services_never_meet() -> None:
    document = merged(OWN, {"enterprise": THEIRS, "living": THEIRS})

    assert set(document["components"]["schemas"]) == {"Profile", "enterprise_Profile", "living_Profile"}
    assert document["components"]["schemas"]["Profile"] == {"type": "object"}
    operation = document["paths"]["/api/v1/enterprise/cases"]["get"]
    assert operation["responses"]["default"] == {"$ref": "#/components/responses/living_DEFAULT_ERROR"}
    assert operation["tags"] == ["living: cases"]
    assert operation["operationId"] == "living_list"
    assert operation["security"] == [{"token": []}]
    assert "securitySchemes" in document["components"]
    assert document["info"]["title"] == "Yuanban 园办"
    assert "living_Profile" not in str(OWN) + str(THEIRS)
    validate(merged(OWN, {"enterprise": THEIRS}))


def test_a_short_path_stands_for_the_one_it_leads_to() -> None:
    paths = merged(OWN, {"enterprise": THEIRS})["paths"]

    assert "/api/v1/verify/{certificate_id}" in paths
    assert "/api/v1/enterprise/verify/{certificate_id}" not in paths


def test_anybody_may_read_a_valid_description(sqlite_client: GatewayClient) -> None:
    document = sqlite_client.http.get("/api/v1/openapi.json").get_json()

    assert document["openapi"] == "3.1.0"
    assert {"/api/v1/auth/token", "/api/v1/me"} <= set(document["paths"])
    validate(document)


def test_of_a_service_that_is_down_the_last_description_is_kept(
    sqlite_client: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(
        self: WsgiUpstream, method: str, path: str, *, headers: Mapping[str, str], **_options: Any
    ) -> UpstreamResponse:
        raise UpstreamError("down")

    def answers(
        self: WsgiUpstream, method: str, path: str, *, headers: Mapping[str, str], **_options: Any
    ) -> UpstreamResponse:
        return UpstreamResponse(200, [], iter([json.dumps(THEIRS).encode()]))

    monkeypatch.setattr("gateway.routing.openapi._FRESH_S", 0.0)
    monkeypatch.setattr(WsgiUpstream, "call", gone)
    at_first = sqlite_client.http.get("/api/v1/openapi.json")
    monkeypatch.setattr(WsgiUpstream, "call", answers)
    sqlite_client.http.get("/api/v1/openapi.json")
    monkeypatch.setattr(WsgiUpstream, "call", gone)
    later = sqlite_client.http.get("/api/v1/openapi.json")

    assert at_first.status_code == 200
    assert "/api/v1/enterprise/cases" not in at_first.get_json()["paths"]
    assert "/api/v1/enterprise/cases" in later.get_json()["paths"]
