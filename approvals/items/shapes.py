"""The parts of which the shapes of data files are made, as JSON Schema 2020-12."""

from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string", "minLength": 1}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 1}
NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}


def object_of(required: str = "", /, **properties: Schema) -> Schema:
    """An object of these properties alone; `required` names some, `*` all."""
    names = required.split() if required != "*" else [*properties]
    return {"type": "object", "required": names, "properties": properties, "additionalProperties": False}


def list_of(items: Schema, least: int = 0) -> Schema:
    """A list of these, of at least so many."""
    return {"type": "array", "items": items, "minItems": least}


def or_null(schema: Schema) -> Schema:
    """The same, or nothing."""
    return {**schema, "type": [schema["type"], "null"]}


TEXT = object_of("*", zh=STRING, en=STRING)
BASIS: Schema = {
    "if": {"type": "object"},
    "then": TEXT,
    "else": {"type": ["string", "array", "null"], "items": STRING, "minItems": 1},
}
SHOWN: dict[str, Schema] = {"verified": FLAG, "basis": BASIS}


def stated(required: str, /, **properties: Schema) -> Schema:
    """What an item states: with `verified` and its basis."""
    return object_of(f"{required} verified basis", **properties, **SHOWN)
