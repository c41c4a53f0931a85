"""Whatever anybody asks of any operation, the answer is one that the description names, and never a fault."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation

from shared.service import installed_services
from tests.contract.park import ANONYMOUS, NOWHERE, Park, closed
from tests.unit.material_samples import image, pdf

load_all_checks()
KEPT = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
REFUSED = "negative_data_rejection"
JSON = "application/json"
FILES = {
    "application/pdf": pdf(2),
    "image/jpeg": image("JPEG", (30, 20)),
    "image/png": image("PNG", (30, 20)),
}

Operation = APIOperation[Any, Any, Any, Any]
Send = Callable[[Case[Any], str, random.Random], None]


@schemathesis.serializer(*FILES)
def send_octets(_context: Any, value: Any) -> Any:
    """Whatever was made up for the content of a file, as octets."""
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


@pytest.mark.timeout(900)
def test_every_answer_is_one_that_the_description_names(park: Park) -> None:
    """As each role, of every operation: real and invented things, right and wrong requests."""
    statuses = ask_everything(park, right=1, wrong=1)

    # The made-up requests reach what they are meant to reach.
    assert {200, 201, 204, 400, 401, 403, 404, 409, 412, 415, 422, 428} <= set(statuses), statuses
    assert statuses[200] > statuses.total() / 10, statuses


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("service", [each.name for each in installed_services()])
def test_every_answer_is_one_that_the_description_names_at_length(park: Park, service: str) -> None:
    statuses = ask_everything(park, right=30, wrong=15, of=service)
    assert statuses[200] > statuses.total() / 20, statuses


def ask_everything(park: Park, right: int, wrong: int, of: str | None = None) -> Counter[int]:
    """Ask every operation, or those of one service, as each role, with so many right and wrong requests.

    Returns the statuses.
    """
    refused = {"expected-statuses": [400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429]}
    config = schemathesis.Config.from_dict({"checks": {REFUSED: refused}})
    schema = schemathesis.openapi.from_dict(closed(park.document), config=config)
    schema.app = park.system.edge_app
    statuses: Counter[int] = Counter()

    def send(case: Case[Any], role: str, luck: random.Random) -> None:
        statuses[_send(park, case, role, luck)] += 1

    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if of is not None and of != _service_of(operation):
            continue
        _make_up(operation, GenerationMode.POSITIVE, right, send, park.askers)
        if _can_be_wrong(operation):
            _make_up(operation, GenerationMode.NEGATIVE, wrong, send, park.askers)
    return statuses


def _service_of(operation: Operation) -> str:
    """The service that its path names, else the edge."""
    names = {each.name for each in installed_services()}
    first = operation.path.removeprefix("/api/v1").split("/")[1]
    return first if first in names else "gateway"


def _can_be_wrong(operation: Operation) -> bool:
    """Whether there is anything in a request that has a shape; any text is a code."""
    placeholders = [each.definition["schema"] for each in operation.path_parameters]
    typed = any("format" in schema or schema["type"] != "string" for schema in placeholders)
    return typed or bool(list(operation.query)) or bool(list(operation.body))


def _make_up(
    operation: Operation, mode: GenerationMode, count: int, send: Send, askers: Sequence[str]
) -> None:
    """Send `count` made-up requests, each in the name of everybody who asks."""

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), chance=st.integers(0, 2**32))
    def run(case: Case[Any], chance: int) -> None:
        for role in askers:
            send(case.derive(), role, random.Random(f"{role} {chance}"))

    run()


def _send(park: Park, case: Case[Any], role: str, luck: random.Random) -> int:
    """Send one request, mostly about something real, and judge the answer; returns its status."""
    is_right = case.meta is None or case.meta.generation.mode.is_positive
    case.headers.pop("Authorization", None)
    options: dict[str, Any] = {}
    if is_right:
        _name_real_things(park, case, role, luck)
        if case.media_type in FILES and luck.random() < 0.7:
            options["data"] = FILES[case.media_type]
        if case.media_type == JSON and luck.random() < 0.4:
            case.body = park.example_of(case.operation.path, case.method)
    headers = park.authorisation(role)
    # A body that may be left out is sometimes all that could have been wrong, and left out.
    is_wrong = not is_right and (case.body is not NOT_SET or not list(case.operation.body))
    if is_wrong and case.media_type == JSON and luck.random() < 0.5:
        headers["Content-Type"] = "text/plain"
    try:
        answer = case.call(headers=headers, **options)
        checks: Any = CHECKS.get_by_names((*KEPT, REFUSED) if is_wrong else KEPT)
        case.validate_response(answer, checks=checks, headers=headers)
    except Exception as error:
        error.add_note(f"as {role}")
        raise
    if role == ANONYMOUS and case.operation.definition.raw["security"]:
        assert answer.status_code in {400, 401, 404, 413, 415, 422}, (
            answer.status_code,
            case.operation.label,
        )
    return answer.status_code


def _name_real_things(park: Park, case: Case[Any], role: str, luck: random.Random) -> None:
    """Real ids four times out of five, the present version as often, and no version sometimes."""
    for name in case.path_parameters:
        things = park.things(role, case.operation.path, name)
        case.path_parameters[name] = luck.choice(things) if luck.random() < 0.8 else NOWHERE
    if "number" in case.path_parameters:
        case.path_parameters["number"] = luck.choice([0, 1, 1, 2, 99])
    if "slip_id" in case.path_parameters:
        slips = park.slips(role, case.path_parameters["case_id"])
        case.path_parameters["slip_id"] = luck.choice(slips or [NOWHERE])
    if "If-Match" in case.headers:
        chance = luck.random()
        version = park.present_version(role, case.formatted_path) if chance < 0.8 else None
        if version is not None:
            case.headers["If-Match"] = version
        elif chance > 0.9:
            del case.headers["If-Match"]
