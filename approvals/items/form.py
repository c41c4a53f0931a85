"""The form of an item: sections of fields as JSON Schema says them, and the rules a schema cannot say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jsonschema_rs import Draft202012Validator

from shared.text import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class When:
    """A condition on another field of the same object: its value is one of `values`."""

    field: str
    values: tuple[Any, ...]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the condition is met by the coerced `values` of the object."""
        value = values.get(self.field)
        return any(type(value) is type(wanted) and value == wanted for wanted in self.values)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field; `value` is what is stored."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form; `path` is `section/name` or `section/rows/name`."""

    path: str
    section: str
    name: str
    in_rows: bool
    order: tuple[int, int, int]
    schema: Mapping[str, Any]
    label: Text
    hint: Text | None
    widget: str
    suffix: Text | None
    options: tuple[Option, ...]
    sensitive: Literal["id_number", "mobile", "account"] | None
    sensitive_unless: When | None
    when: When | None
    table: str | None
    compact: bool
    errors: Mapping[str, Text]
    row_label: Text | None
    given: str | None = None
    """What the register knows of the organisation, which the applicant is not asked for again."""

    @property
    def type(self) -> str:
        """The JSON type of the value."""
        return str(self.schema["type"])

    def option(self, value: object) -> Text | None:
        """The label of a choice, or None."""
        wanted = str(value).lower() if isinstance(value, bool) else value
        return next((option.label for option in self.options if option.value == wanted), None)


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form; `fields` stand in order, `rows` is its list of rows, if it has one."""

    key: str
    title: Text
    intro: Text | None
    schema: Mapping[str, Any]
    fields: tuple[Field, ...]
    rows: Field | None
    row_fields: tuple[Field, ...]
    validator: Draft202012Validator = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A named pure rule with its parameters, its words and the provision it enforces."""

    name: str
    code: str
    severity: Severity
    params: Mapping[str, Any]
    message: Text | None
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an item: its sections, and the rules that a schema cannot say."""

    sections: tuple[Section, ...] = ()
    rules: tuple[Rule, ...] = ()
    index: Mapping[str, Field] = field(default_factory=dict)

    def section(self, key: str) -> Section | None:
        """The section called `key`, or None."""
        return next((section for section in self.sections if section.key == key), None)

    def field(self, path: str) -> Field:
        """The field at `path`; KeyError when the form has none."""
        return self.index[path]

    @property
    def given(self) -> tuple[Field, ...]:
        """The fields that the register fills in."""
        return tuple(field for field in self.index.values() if field.given is not None)
