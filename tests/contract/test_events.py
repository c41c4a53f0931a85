"""Events are promises: what was once published loads for ever, and nobody listens for what nobody says."""

from pathlib import Path

import pytest

from shared.messaging.envelope import decode
from shared.service import Service, contracts_of, installed_services

SAMPLES = Path(__file__).parent / "samples"
"""Events as they were on the wire. Samples are only ever added: `<type>.json`, `<type>.<variant>.json`."""


@pytest.fixture(scope="module")
def services() -> list[Service]:
    return installed_services()


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_stored_sample_still_loads(path: Path, services: list[Service]) -> None:
    event = decode(path.read_bytes())

    assert contracts_of(services).get(event.type).load(event.data)
    assert path.name.startswith(f"{event.type}.")
    assert event.type.split(".")[1] == event.source


def test_every_contract_has_a_sample(services: list[Service]) -> None:
    stored = {path.name for path in SAMPLES.glob("*.json")}

    assert [c.type for c in contracts_of(services) if f"{c.type}.json" not in stored] == []


def test_every_handled_type_is_published_by_some_service(services: list[Service]) -> None:
    published = contracts_of(services)

    handled = {event_type for service in services for event_type in service.handlers}
    assert sorted(event_type for event_type in handled if event_type not in published) == []


def test_every_event_that_must_be_heard_has_a_handler(services: list[Service]) -> None:
    handled = {event_type for service in services for event_type in service.handlers}

    must_be_heard = {c.type for c in contracts_of(services) if not c.subscribers_optional}
    assert must_be_heard - handled == set()


def test_a_service_publishes_only_in_its_own_name(services: list[Service]) -> None:
    for service in services:
        for contract in service.publishes:
            prefix, name, aggregate, step, version = contract.type.split(".")
            assert (prefix, name) == ("yuanban", service.name)
            assert aggregate and step and version[0] == "v" and version[1:].isdigit()
