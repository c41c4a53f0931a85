"""The wire form of events: what goes out comes back, whatever else comes in is refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from shared.messaging.contracts import ContractError, ContractRegistry, EventContract
from shared.messaging.envelope import MAX_BYTES, EnvelopeError, Event, decode, encode
from shared.text import Text

EVENT = Event(
    id=UUID("0197a1c4-6b1e-7c3a-9a52-3f0a4f6c1d01"),
    type="yuanban.enterprise.case.submitted.v1",
    source="enterprise",
    subject="0197a1c4-6b1e-7c3a-9a52-3f0a4f6c1d02",
    sequence=7,
    time=datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
    data={"name": "示范", "rows": [1, None, True]},
    correlation_id="c",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
data = st.dictionaries(texts, st.none() | st.booleans() | st.integers() | texts | st.lists(texts), max_size=4)


@given(data=data, sequence=st.integers(1, 2**31 - 1), minutes=st.integers(-700, 700))
def test_what_goes_out_comes_back(data: dict[str, Any], sequence: int, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    event = replace(EVENT, data=data, sequence=sequence, time=EVENT.time.astimezone(zone))

    assert decode(encode(event)) == event


def test_the_wire_form_is_a_cloud_event() -> None:
    document = json.loads(encode(EVENT))

    assert document == {
        "specversion": "1.0",
        "id": "0197a1c4-6b1e-7c3a-9a52-3f0a4f6c1d01",
        "type": "yuanban.enterprise.case.submitted.v1",
        "source": "/yuanban/enterprise",
        "subject": "0197a1c4-6b1e-7c3a-9a52-3f0a4f6c1d02",
        "sequence": "00000000000000000007",
        "time": "2026-11-23T01:30:00Z",
        "datacontenttype": "application/json",
        "data": {"name": "示范", "rows": [1, None, True]},
        "correlationid": "c",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    }


@given(st.binary(max_size=200))
def test_bytes_that_are_no_event_are_refused(body: bytes) -> None:
    with pytest.raises(EnvelopeError):
        decode(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(name=st.sampled_from(sorted(json.loads(encode(EVENT)))), value=json_values)
def test_any_value_in_any_place_is_an_event_or_refused(name: str, value: Any) -> None:
    document = json.loads(encode(EVENT)) | {name: value}

    try:
        event = decode(json.dumps(document).encode())
    except EnvelopeError:
        return
    assert event.time.tzinfo is not None and 0 < event.sequence < 2**31
    assert len(event.type) <= 120 and "\x00" not in event.type


def test_what_is_too_large_for_an_event_is_not_said() -> None:
    with pytest.raises(EnvelopeError):
        encode(replace(EVENT, data={"text": "x" * MAX_BYTES}))


class _Place(Schema):
    town = fields.String(required=True)


class _Data(Schema):
    name = fields.String(required=True)
    place = fields.Nested(_Place)
    places = fields.List(fields.Nested(_Place))
    by_name = fields.Dict(fields.String(), fields.List(fields.Nested(_Place)))


CONTRACT = EventContract("yuanban.x.thing.made.v1", _Data, Text("已建", "Made"))


def test_fields_added_at_any_level_are_passed_over() -> None:
    place = {"town": "示范市", "new": 1}
    told = {"name": "a", "new": 1, "place": place, "places": [place], "by_name": {"b": [place]}}

    assert CONTRACT.load(told) == {
        "name": "a",
        "place": {"town": "示范市"},
        "places": [{"town": "示范市"}],
        "by_name": {"b": [{"town": "示范市"}]},
    }


@pytest.mark.parametrize("told", [None, [], {}, {"name": 5}, {"name": "a", "place": {}}])
def test_what_does_not_fulfil_the_contract_is_refused(told: Any) -> None:
    with pytest.raises(ContractError):
        CONTRACT.load(told)


def test_a_publisher_cannot_say_what_its_contract_does_not_know() -> None:
    with pytest.raises(ContractError):
        CONTRACT.dump({"name": "a", "secret": 1})
    with pytest.raises(ContractError):
        CONTRACT.dump({})


def test_a_type_is_declared_once_and_known_by_name() -> None:
    registry = ContractRegistry([CONTRACT])

    assert registry.get(CONTRACT.type) is CONTRACT and CONTRACT.type in registry
    assert CONTRACT.aggregate == "thing"
    with pytest.raises(ContractError):
        registry.get("yuanban.x.thing.lost.v1")
    with pytest.raises(ContractError):
        ContractRegistry([CONTRACT, CONTRACT])
