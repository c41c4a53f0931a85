"""What an event of each type must carry: marshmallow contracts, found by type through one registry."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from shared.text import Text

SchemaClass = type[Schema]  # an alias: inside the contract the name `type` is a field


class ContractError(ValueError):
    """The data does not fulfil the contract of its event type, or the type is unknown."""


@dataclass(frozen=True, slots=True)
class EventContract:
    """One event type: `yuanban.<service>.<aggregate>.<past-participle>.v<n>`.

    Within a version only optional fields may be added; anything else is a new version.
    """

    type: str
    schema: SchemaClass
    meaning: Text
    subscribers_optional: bool = False
    """True when nobody needs to listen; otherwise an unroutable message is an error that keeps the row."""
    _strict: Schema = field(init=False, repr=False, compare=False)
    _lenient: Schema = field(init=False, repr=False, compare=False)
    # Made once: a schema copies all its fields when it is made, and loading leaves nothing behind in it.

    def __post_init__(self) -> None:
        """Prepare the schema for both directions."""
        object.__setattr__(self, "_strict", self.schema(unknown=RAISE))
        object.__setattr__(self, "_lenient", _forgiving(self.schema()))

    @property
    def aggregate(self) -> str:
        """The kind of aggregate the event tells of (`case`, `enterprise`, …)."""
        return self.type.split(".")[2]

    def dump(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The wire form of `data`; ContractError when it would not load again (unknown fields included)."""
        wire = dict(self._strict.dump(data))
        unknown = set(data) - set(self._strict.fields)
        if unknown:
            raise ContractError(f"{self.type}: fields outside the contract: {sorted(unknown)}")
        try:
            self._strict.load(wire)
        except ValidationError as error:
            raise ContractError(f"{self.type}: {error.messages}") from error
        return wire

    def load(self, data: Any) -> dict[str, Any]:
        """Read the wire form; fields a newer publisher added are passed over."""
        try:
            loaded: dict[str, Any] = self._lenient.load(data)
        except ValidationError as error:
            raise ContractError(f"{self.type}: {error.messages}") from error
        return loaded


def _forgiving(schema: Schema) -> Schema:
    """Let unknown fields pass at every level; marshmallow hands `unknown` down to no nested schema."""
    schema.unknown = EXCLUDE
    for declared in schema.fields.values():
        inner: Any = declared
        while isinstance(inner, (fields.List, fields.Dict)):
            inner = inner.inner if isinstance(inner, fields.List) else inner.value_field
        if isinstance(inner, fields.Nested):
            inner.unknown = EXCLUDE
            _forgiving(inner.schema)
    return schema


class ContractRegistry:
    """Every contract of the installation, by event type."""

    def __init__(self, contracts: Iterable[EventContract]) -> None:
        self._by_type: dict[str, EventContract] = {}
        for contract in contracts:
            if contract.type in self._by_type:
                raise ContractError(f"{contract.type} is declared twice")
            self._by_type[contract.type] = contract

    def __iter__(self) -> Iterator[EventContract]:
        return iter(self._by_type.values())

    def __contains__(self, event_type: str) -> bool:
        return event_type in self._by_type

    def get(self, event_type: str) -> EventContract:
        """The contract of `event_type`; ContractError when nobody declares it."""
        try:
            return self._by_type[event_type]
        except KeyError:
            raise ContractError(f"no contract for {event_type}") from None
