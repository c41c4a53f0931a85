"""The committed description of the events is the one the code makes, valid, and true of stored samples."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from jsonschema import Draft202012Validator as Validator

from shared.messaging.asyncapi import document, to_yaml
from shared.service import installed_services

HERE = Path(__file__).parent
COMMITTED = HERE.parents[1] / "docs" / "asyncapi.yaml"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(installed_services())


def test_what_is_committed_is_what_the_code_makes(described: dict[str, Any]) -> None:
    assert COMMITTED.read_text("utf-8") == to_yaml(described), (
        "run `yuanban events asyncapi --output docs/asyncapi.yaml`"
    )


def test_it_is_a_valid_asyncapi_document() -> None:
    schema = json.loads((HERE / "asyncapi-3.0.0.schema.json").read_text("utf-8"))
    loaded = yaml.safe_load(COMMITTED.read_text("utf-8"))

    assert [error.message for error in Draft7Validator(schema).iter_errors(loaded)] == []


@pytest.mark.parametrize("sample", sorted((HERE / "samples").glob("*.json")), ids=lambda path: path.stem)
def test_every_stored_sample_is_as_described(described: dict[str, Any], sample: Path) -> None:
    event = json.loads(sample.read_text("utf-8"))
    message = described["components"]["messages"][event["type"].removeprefix("yuanban.")]
    schema = {**message["payload"], "components": described["components"]}

    assert [error.message for error in Validator(schema).iter_errors(event)] == []
