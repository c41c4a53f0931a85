"""Answers to one version's form, carried over to the form of another."""

from collections.abc import Mapping
from typing import Any

from approvals.items.form import Field, Form

Answers = dict[str, dict[str, Any]]


def carry_over(form: Form, answers: Mapping[str, Any]) -> tuple[Answers, tuple[str, ...]]:
    """What of the raw answers the form has a place for, as typed, and the paths of what it has none for.

    A path is that of a section or of a field (`section/name`, `section/rows/name`).
    """
    kept: Answers = {}
    dropped: dict[str, None] = {}
    for key, raw in answers.items():
        section = form.section(key)
        if section is None or not isinstance(raw, Mapping):
            dropped[key] = None
            continue
        single = {name: value for name, value in raw.items() if name != "rows" or section.rows is None}
        kept[key] = _known(section.fields, single, f"{key}/", dropped)
        if section.rows and isinstance(raw.get("rows"), list):
            kept[key]["rows"] = [
                _known(section.row_fields, row, f"{key}/rows/", dropped) if isinstance(row, Mapping) else row
                for row in raw["rows"]
            ]
    return kept, tuple(dropped)


def _known(
    fields: tuple[Field, ...], raw: Mapping[str, Any], place: str, dropped: dict[str, None]
) -> dict[str, Any]:
    names = {field.name for field in fields}
    for name, value in raw.items():
        if name not in names and value not in (None, "", []):
            dropped[place + name] = None
    return {name: value for name, value in raw.items() if name in names}
