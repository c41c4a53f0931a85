"""The one description of the whole API: valid, complete, and true of the kinds of refusal there are."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from structlog.testing import capture_logs

from gateway.routing.routes import ALIASES, is_open
from shared import errors
from shared.clock import ManualClock
from shared.http.problems import PROBLEM_JSON
from shared.refusals import URN
from shared.service import installed_services
from shared.testing.contract import Json, Operation, operations, resolve
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.contract.park import closed

ROOT = Path(__file__).parents[2]
JSON = "application/json"
PACKAGES = ("shared", "approvals", "facilities", "notifications", "gateway")
UNKEYED = {
    "token",
    "enterprise_check_case",
    "enterprise_push_report",
    "living_try_parking_tariff",
    "living_try_parking_lot_tariff",
    "living_tell_gate_event",
    "living_tell_charging_event",
    "living_tell_barrier_opening",
    "living_scan_lane_code",
    "living_order_parking",
    "living_take_parking_callback",
    "living_pay_in_sandbox",
    "living_apply_parking_coupon",
}
"""POSTs without an effect that could be had twice: they take no Idempotency-Key."""


@pytest.fixture(scope="module")
def document(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Json]:
    factory = SystemFactory(
        sqlite_databases, tmp_path_factory.mktemp("described"), ManualClock(MONDAY_MORNING)
    )
    with capture_logs():
        system = factory(installed_services())
        yield system.edge_app.test_client().get("/api/v1/openapi.json").get_json()
    factory.close()


def test_the_merged_whole_is_valid(document: Json) -> None:
    validate(document)
    ids = [each.id for each in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_operation_says_in_words_what_it_does_and_takes(document: Json) -> None:
    for operation in operations(document):
        said = operation.described
        assert said["summary"] and said["description"] and said["tags"], operation.id
        assert said["summary"][0].isupper() and said["summary"].endswith("."), operation.id
        assert said["security"] in ([], [{"token": []}]), operation.id
        for parameter in operation.parameters:
            assert parameter["description"], (operation.id, parameter["name"])
        assert operation.header("Accept-Language"), operation.id


def test_what_is_described_as_public_is_open_at_the_edge_and_nothing_else(document: Json) -> None:
    own = {alias.path.partition("/")[0] for alias in ALIASES} | {"me", "auth"}
    for operation in operations(document):
        service, _, path = operation.path.removeprefix("/api/v1/").partition("/")
        if service not in own:
            assert operation.public == is_open(operation.method, path), operation.id


def test_whoever_tries_an_operation_finds_no_header_filled_in_that_would_spoil_it(document: Json) -> None:
    """Swagger UI sends examples of parameters, also with a second request of another body."""
    harmless = {"Accept-Language", "If-None-Match"}
    for operation in operations(document):
        for each in operation.parameters:
            if each["in"] == "header" and not each.get("required") and each["name"] not in harmless:
                assert "example" not in each, (operation.id, each["name"])


def test_every_body_and_every_answer_has_a_schema_and_an_example(document: Json) -> None:
    for operation in operations(document):
        for content in _contents(document, operation):
            assert content["schema"], operation.id
            assert content["examples"], operation.id


def test_every_example_fits_its_schema(document: Json) -> None:
    """In the strict sense: an example with a member that is not described is wrong too."""
    strict = closed(document)
    for operation in operations(strict):
        for content in [*_contents(strict, operation), *_problems(strict, operation)]:
            validator = Draft202012Validator({**content["schema"], "components": strict["components"]})
            for example in content["examples"].values():
                found = resolve(strict, example)["value"]
                assert not [error.message for error in validator.iter_errors(found)], operation.id


def test_no_member_of_an_answer_is_left_without_a_type(document: Json) -> None:
    for name, schema in document["components"]["schemas"].items():
        for member, described in schema.get("properties", {}).items():
            assert described.keys() & {"type", "$ref", "anyOf", "enum"}, (name, member)


def test_what_a_route_demands_and_what_it_refuses_belong_together(document: Json) -> None:
    for operation in operations(document):
        refused = {int(status) for status in operation.described["responses"]}
        assert {400, 401, 422, 429, 500, 503, 504} <= refused, operation.id
        assert ({412, 428} <= refused) == (operation.header("If-Match") is not None), operation.id
        assert operation.guarded or operation.method not in {"PATCH", "DELETE"}, operation.id
        assert operation.keyed == (operation.method == "POST" and operation.id not in UNKEYED), operation.id
        if "{" in operation.path:
            assert 404 in refused, operation.id
        if operation.method in {"POST", "PUT", "PATCH"}:
            assert {408, 413, 415} <= refused, operation.id


def test_every_refusal_says_which_kinds_of_problem_it_may_be(document: Json) -> None:
    for operation in operations(document):
        contents = list(_problems(document, operation))
        assert len(contents) >= 6, operation.id
        for content in contents:
            kinds = content["schema"]["allOf"][1]["properties"]["type"]["enum"]
            assert kinds and all(kind.startswith(URN) for kind in kinds), operation.id
            assert {URN + name for name in content["examples"]} == set(kinds), operation.id


def test_who_may_be_told_when_to_come_back_knows_where_it_is_said(document: Json) -> None:
    for operation in operations(document):
        for status, always in (("429", True), ("503", False)):
            headers = resolve(document, operation.described["responses"][status])["headers"]
            assert resolve(document, headers["Retry-After"])["required"] is always, operation.id


def test_the_document_knows_every_kind_of_problem_and_no_other(document: Json) -> None:
    text = json.dumps(document)
    assert {slug for slug in _slugs() if URN + slug not in text} == set()
    known = {
        kind.removeprefix(URN)
        for operation in operations(document)
        for content in _problems(document, operation)
        for kind in content["schema"]["allOf"][1]["properties"]["type"]["enum"]
    }
    assert known - _slugs() == set()


def test_the_guide_lists_every_kind_of_problem() -> None:
    guide = (ROOT / "docs" / "api.md").read_text("utf-8")
    listed = {line.split("`")[1] for line in guide.splitlines() if line.startswith("| `")}
    assert _slugs() - listed == set()


def _contents(document: Json, operation: Operation) -> Iterator[Json]:
    """JSON that is sent or answered where all goes well."""
    bodies = operation.described.get("requestBody", {}).get("content", {})
    if JSON in bodies:
        yield bodies[JSON]
    for status, answer in operation.described["responses"].items():
        content = resolve(document, answer).get("content", {})
        if int(status) < 300 and JSON in content:
            yield content[JSON]
        assert content or status == "204", operation.id


def _problems(document: Json, operation: Operation) -> Iterator[Json]:
    for status, answer in operation.described["responses"].items():
        if int(status) >= 400:
            content = resolve(document, answer)["content"]
            assert list(content) == [PROBLEM_JSON], operation.id
            yield content[PROBLEM_JSON]


def _slugs() -> set[str]:
    """Every kind of problem that the code can answer."""
    found = {errors.Problem.slug} | {kind.slug for kind in _subclasses(errors.Problem)}
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        text = path.read_text("utf-8")
        if "slug=" in text or "_STATUS_TITLES" in text:
            found |= set(_said(ast.parse(text)))
    return found


def _subclasses(kind: type[errors.Problem]) -> Iterator[type[errors.Problem]]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


def _said(tree: ast.AST) -> Iterator[str]:
    """Slugs given where a problem is raised, and those of the framework's own refusals."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "slug" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)
        if isinstance(node, ast.Assign) and _named(node, "_STATUS_TITLES"):
            titles: Any = node.value
            yield from (each.elts[0].value for each in titles.values)
            yield "http-error"


def _named(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
