"""A posted form section read back into raw answers, exactly as they were typed."""

from typing import Any

from werkzeug.datastructures import MultiDict

from gateway.portal.context import Json
from gateway.portal.fields import Path, field_id, row_id, widget_of

_DIGITS = 5


def number_of(text: str) -> int | None:
    """A number as forms and addresses carry it; None for anything else, other scripts' digits included."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


def typed(schema: Json, form: MultiDict[str, str], prefix: Path = ()) -> Json:
    """The raw answers of a posted form. What was left empty is absent, so that "required" can speak."""
    answers: Json = {}
    for key, part in schema.get("properties", {}).items():
        if part.get("x-ui", {}).get("given"):
            continue  # the register answers it
        value = _typed_field(part, form, (*prefix, key))
        if value not in (None, "", [], {}):
            answers[key] = value
    return answers


def _typed_field(schema: Json, form: MultiDict[str, str], path: Path) -> Any:
    name = ".".join(path)
    widget = widget_of(schema)
    if widget == "group":
        return typed(schema, form, path)
    if widget == "rows":
        return [typed(schema["items"], form, (*path, str(index))) for index in _row_numbers(form, name)]
    if widget == "checkboxes":
        return form.getlist(name)
    text = form.get(name, "").replace("\r\n", "\n")
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text)
    return text


def typed_at(section: Json, path: Path, form: MultiDict[str, str], prefix: Path) -> Any:
    """The raw answer of one field of a section whose control is named after `prefix` and its path."""
    schema, parts = section["schema"], list(path)
    while parts:
        part = parts.pop(0)
        schema = schema["items"] if part.isdecimal() else schema["properties"][part]
    return _typed_field(schema, form, (*prefix, *path))


def _row_numbers(form: MultiDict[str, str], name: str) -> list[int]:
    """Numbers of the rows that were on the page; each row carries a marker `<name>.rows`."""
    numbers = {number_of(text) for text in form.getlist(f"{name}.rows")}
    return sorted(number for number in numbers if number is not None)


def without_empty_rows(schema: Json, answers: Json) -> Json:
    """Answers without rows in which nothing was typed; they say nothing worth keeping."""
    kept = dict(answers)
    for key, part in schema.get("properties", {}).items():
        if widget_of(part) == "rows" and key in kept:
            kept[key] = [row for row in kept[key] if row]
            if not kept[key]:
                del kept[key]
    return kept


def change_rows(schema: Json, answers: Json, action: str) -> tuple[Json, str]:
    """Carry out `add:<list>` or `remove:<list>:<row>`; returns the answers and the id to focus.

    Whatever is no row of a list of the schema stays as it is.
    """
    verb, _, rest = action.partition(":")
    name, _, text = rest.partition(":")
    part = schema.get("properties", {}).get(name)
    if part is None or widget_of(part) != "rows":
        return answers, ""
    number = number_of(text)
    rows = list(answers.get(name, []))
    if verb == "add":
        rows.append({})
        focus = row_id((name,), len(rows) - 1)
    elif verb == "remove" and number is not None and number < len(rows):
        rows.pop(number)
        focus = field_id((name,))
    else:
        return answers, ""
    return {**answers, name: rows}, focus
