"""The parameters of form rules: each kind has its shape, and field paths must lead to a field."""

from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

from approvals.items.form import Form
from approvals.items.formats import FORMATS
from approvals.items.reference import Reader
from approvals.items.shapes import TEXT
from approvals.items.source import Path

_STRINGS: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_FEN: dict[str, Any] = {"type": "integer", "minimum": 1}
_DAY = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

_SHAPES: dict[str, dict[str, Any]] = {
    "path": {"type": "string"},
    "row_path": {"type": "string"},
    "paths": _STRINGS,
    "row_paths": _STRINGS,
    "values": _STRINGS,
    "count": {"type": "integer", "minimum": 1},
    "choices": {"type": "object", "additionalProperties": _STRINGS},
    "formats": {"type": "object", "additionalProperties": {"enum": sorted(FORMATS)}},
    "cases": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {"min": _COUNT, "max": _COUNT, "all": _STRINGS, "any": _STRINGS},
            "additionalProperties": False,
        },
    },
    "allowed": {
        "type": "object",
        "properties": {"exactly": {"type": "array", "items": _COUNT}, "from": _COUNT},
        "additionalProperties": False,
        "minProperties": 1,
    },
    "clauses": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "type": "object",
            "required": ["counts", "cap_fen", "budgets", "opens_on", "closes_on", "verified", "source"],
            "oneOf": [{"required": ["rate_bp"]}, {"required": ["each_fen"]}],
            "properties": {
                "counts": {"type": "string"},
                "rate_bp": {"type": "integer", "minimum": 1, "maximum": 10_000},
                "each_fen": _FEN,
                "cap_fen": _FEN,
                "budgets": {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"pattern": "^20[0-9]{2}$"},
                    "additionalProperties": _FEN,
                },
                "opens_on": {"type": "string", "pattern": _DAY},
                "closes_on": {"type": "string", "pattern": _DAY},
                "verified": {"type": "boolean"},
                "source": TEXT,
            },
            "additionalProperties": False,
        },
    },
    "words": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["name", "match"],
            "properties": {"name": TEXT, "match": _STRINGS},
            "additionalProperties": False,
        },
    },
}


def check_params(
    reader: Reader, form: Form, kinds: Mapping[str, str], params: Mapping[str, Any], path: Path
) -> None:
    """Note every parameter that is missing, unknown, of the wrong shape, or leads to no field."""
    for name in kinds.keys() - params.keys():
        reader.flaw(path, f"parameter {name!r} is missing")
    for name, value in params.items():
        place = (*path, name)
        if name not in kinds:
            reader.flaw(place, f"the rule takes no parameter {name!r}")
            continue
        kind = kinds[name]
        errors = [*Draft202012Validator(_SHAPES[kind]).iter_errors(value)]
        for error in errors:
            reader.flaw((*place, *error.instance_path), error.message)
        if not errors and kind.removesuffix("s") in ("path", "row_path"):
            _check_paths(reader, form, value, kind.startswith("row"), place)
        if not errors and kind == "clauses":
            for key, clause in value.items():
                _check_paths(reader, form, clause["counts"], False, (*place, key, "counts"))


def _check_paths(reader: Reader, form: Form, value: Any, in_rows: bool, place: Path) -> None:
    paths = (
        [((*place, n), path) for n, path in enumerate(value)] if isinstance(value, list) else [(place, value)]
    )
    for where, path in paths:
        field = form.index.get(path)
        if field is None:
            reader.flaw(where, f"the form has no field {path!r}")
        elif in_rows and not field.in_rows:
            reader.flaw(where, f"{path!r} is not a field in rows")
