"""From the YAML of a form to its sections, fields and rules; JSON Schema is completed on the way.

Options become the enum of a text field, hidden fields become required by `if`/`then`, unknown properties are
refused, so that the published schema says what the service checks.
"""

import string
from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

from approvals.items.form import Field, Form, Option, Rule, Section, When
from approvals.items.formats import FORMATS
from approvals.items.reference import Reader
from approvals.items.rule_kinds import RULES
from approvals.items.rule_params import check_params
from approvals.items.schema import ERROR_KEYS
from approvals.items.source import Path
from shared.text import Text

_RULE_HEAD = frozenset({"rule", "code", "severity", "message", "verified", "basis"})


def read_form(reader: Reader) -> Form:
    """Build the form of a source whose shape is right; flaws go to the reader."""
    data = reader.source.data
    sections = tuple(
        _section(reader, section, number, ("sections", number))
        for number, section in enumerate(data["sections"])
    )
    reader.once([section.key for section in sections], ("sections",), "key")
    index: dict[str, Field] = {}
    for section in sections:
        for field in (*section.fields, *((section.rows,) if section.rows else ()), *section.row_fields):
            index[field.path] = field
    form = Form(sections, (), dict(sorted(index.items(), key=lambda entry: entry[1].order)))
    rules = tuple(
        rule
        for number, entry in enumerate(data.get("rules", []))
        if (rule := _rule(reader, form, entry, ("rules", number))) is not None
    )
    return Form(sections, rules, form.index)


def _section(reader: Reader, data: Any, number: int, path: Path) -> Section:
    place = (*path, "schema", "properties")
    properties = data["schema"]["properties"]
    fields: list[Field] = []
    row_fields: list[Field] = []
    rows: Field | None = None
    for order, (name, entry) in enumerate(properties.items()):
        field = _field(reader, data["key"], name, entry, (number, order, -1), (*place, name))
        if name != "rows":
            fields.append(field)
            continue
        rows = field
        for inner, (column, cell) in enumerate(entry["items"]["properties"].items()):
            cell_path = (*place, name, "items", "properties", column)
            row_fields.append(_field(reader, data["key"], column, cell, (number, order, inner), cell_path))
        _check_object(reader, entry["items"], (*place, name, "items"))
    _check_object(reader, data["schema"], (*path, "schema"))
    schema = _complete(data["schema"])
    return Section(
        key=data["key"],
        title=Text.of(data["title"]),
        intro=reader.text(data.get("intro")),
        schema=schema,
        fields=tuple(fields),
        rows=rows,
        row_fields=tuple(row_fields),
        validator=Draft202012Validator(schema),
    )


def _field(
    reader: Reader, section: str, name: str, data: Any, order: tuple[int, int, int], path: Path
) -> Field:
    ui = data["x-ui"]
    in_rows = order[2] >= 0
    _check_field(reader, data, path)
    return Field(
        path=f"{section}/rows/{name}" if in_rows else f"{section}/{name}",
        section=section,
        name=name,
        in_rows=in_rows,
        order=order,
        schema=data,
        label=Text.of(ui["label"]),
        hint=reader.text(ui.get("hint")),
        widget=ui["widget"],
        suffix=reader.text(ui.get("suffix")),
        options=tuple(Option(option["value"], Text.of(option["label"])) for option in ui.get("options", [])),
        sensitive=ui.get("sensitive"),
        sensitive_unless=_when(ui.get("sensitive_unless")),
        when=_when(ui.get("when")),
        table=ui.get("table"),
        compact=ui.get("compact", False),
        errors={key: Text.of(text) for key, text in ui.get("errors", {}).items()},
        row_label=reader.text(ui.get("row_label")),
        given=ui.get("given"),
    )


def _when(data: Any) -> When | None:
    return None if data is None else When(data["field"], tuple(data["in"]))


def _check_field(reader: Reader, data: Any, path: Path) -> None:
    ui = data["x-ui"]
    choice = ui["widget"] in ("select", "radio", "checkboxes")
    if choice and "options" not in ui:
        reader.flaw((*path, "x-ui"), f"a {ui['widget']} needs options")
    if data["type"] == "number" and not ("maximum" in data and "multipleOf" in data):
        reader.flaw(path, "a number needs a maximum and the multipleOf that says its decimal places")
    if data["type"] == "integer" and "maximum" not in data:
        reader.flaw(path, "an integer needs a maximum")
    if "format" in data and data["format"] not in FORMATS:
        known = ", ".join(sorted(FORMATS))
        reader.flaw((*path, "format"), f"unknown format {data['format']!r}; known: {known}")
    if "given" in ui and "rows" in path:
        reader.flaw((*path, "x-ui", "given"), "the register fills in single fields only")
    for key in ui.get("errors", {}):
        if key not in ERROR_KEYS:
            reader.flaw((*path, "x-ui", "errors", key), f"no such kind of error: {key!r}")


def _check_object(reader: Reader, schema: Any, path: Path) -> None:
    """References between the properties of one object lead somewhere."""
    properties = schema["properties"]
    for number, name in enumerate(schema["required"]):
        if name not in properties:
            reader.flaw((*path, "required", number), f"there is no property {name!r}")
    for name, entry in properties.items():
        for key in ("when", "sensitive_unless"):
            when = entry["x-ui"].get(key)
            if when is not None and when["field"] not in properties:
                place = (*path, "properties", name, "x-ui", key, "field")
                reader.flaw(place, f"there is no property {when['field']!r} beside it")


def _complete(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of an object with enums, conditional requirements and nothing unknown."""
    properties = {name: _complete_field(field) for name, field in schema["properties"].items()}
    needed = [
        {
            "if": {
                "properties": {when["field"]: {"enum": list(when["in"])}},
                "required": [when["field"]],
            },
            "then": {"required": [name]},
        }
        for name, field in schema["properties"].items()
        if (when := field["x-ui"].get("when")) and field["x-ui"].get("required")
    ]
    complete = {**schema, "properties": properties, "additionalProperties": False}
    return {**complete, "allOf": needed} if needed else complete


def _complete_field(field: Mapping[str, Any]) -> dict[str, Any]:
    if field["type"] == "array":
        return {**field, "items": _complete(field["items"])}
    options = field["x-ui"].get("options")
    if options and field["type"] == "string":
        return {**field, "enum": [option["value"] for option in options]}
    return dict(field)


def _rule(reader: Reader, form: Form, data: Any, path: Path) -> Rule | None:
    kind = RULES.get(data["rule"])
    if kind is None:
        known = ", ".join(sorted(RULES))
        reader.flaw((*path, "rule"), f"unknown rule {data['rule']!r}; known: {known}")
        return None
    params = {key: value for key, value in data.items() if key not in _RULE_HEAD}
    before = len(reader.flaws)
    check_params(reader, form, kind.params, params, path)
    if "message" in data:
        _check_words(reader, data["message"], kind.words, (*path, "message"))
    elif data["rule"] != "format_by":
        reader.flaw(path, "'message' is missing")
    rule = Rule(
        name=data["rule"],
        code=data["code"],
        severity=data.get("severity", "error"),
        params=params,
        message=reader.text(data.get("message")),
        **reader.shown(data, path),
    )
    return rule if len(reader.flaws) == before else None


def _check_words(reader: Reader, message: Mapping[str, str], words: frozenset[str], path: Path) -> None:
    for language, text in message.items():
        try:
            used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError as error:
            reader.flaw((*path, language), f"not a message: {error}")
            continue
        for name in sorted(used - words):
            reader.flaw((*path, language), f"there is no {{{name}}} to fill in; known: {sorted(words)}")
