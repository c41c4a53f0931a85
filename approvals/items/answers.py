"""Answers as people read them: in rows with labels, with a name for the subject, masked where need be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from approvals.items.coercion import UNREADABLE, coerce
from approvals.items.form import Field, Section
from approvals.items.model import Item
from approvals.items.wording import date_text, number_text
from approvals.items.wrongs import in_row, locate, pointer_of
from shared.identifiers.citizen_id import mask_citizen_id
from shared.identifiers.compact import compact
from shared.identifiers.industries import Found, lookup_industry
from shared.identifiers.phones import mask_phone
from shared.identifiers.regions import load_regions
from shared.text import Text

_TAIL = 4


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One answer: its pointer, label, value (None when blank) and, in a list of rows, the row's name."""

    pointer: str
    label: Text
    value: Text | None
    row: Text | None


@dataclass(frozen=True, slots=True)
class SummarySection:
    """The answers of one section, in form order."""

    key: str
    title: Text
    rows: tuple[SummaryRow, ...]


def summary_rows(item: Item, answers: Mapping[str, Any]) -> tuple[SummarySection, ...]:
    """The answers, raw or typed, section by section; fields that do not apply are left out.

    Values that cannot be read are shown as typed. Pass the result of `mask_answers` to show them masked.
    """
    return tuple(
        SummarySection(section.key, section.title, tuple(_section_rows(section, answers.get(section.key))))
        for section in item.form.sections
    )


def _section_rows(section: Section, raw: object) -> list[SummaryRow]:
    values = raw if isinstance(raw, Mapping) else {}
    shown = _object_rows(section.fields, values, None, None)
    rows = values.get("rows") if section.rows else None
    if section.rows and isinstance(rows, list | tuple):
        for number, row in enumerate(rows):
            if isinstance(row, Mapping):
                name = section.rows.row_label.format(n=number + 1) if section.rows.row_label else None
                shown += _object_rows(section.row_fields, row, number, name)
    return shown


def _object_rows(
    fields: tuple[Field, ...], raw: Mapping[str, Any], number: int | None, name: Text | None
) -> list[SummaryRow]:
    typed = {field.name: coerce(field, raw.get(field.name)) for field in fields}
    return [
        SummaryRow(pointer_of(field, number), field.label, shown(field, raw.get(field.name)), name)
        for field in fields
        if field.when is None or field.when.holds(typed)
    ]


def shown(field: Field, raw: object) -> Text | None:
    """A value in words: the label of a choice, a date, a number with its unit; None when there is none."""
    value = coerce(field, raw)
    if value is None or value is UNREADABLE:
        return None
    if field.options:
        return field.option(value) or Text.same(str(value))
    if field.type in ("number", "integer") and not isinstance(value, str | bool):
        suffix = field.suffix or Text("", "")
        number = number_text(value)
        return Text(f"{number}{suffix.zh}", f"{number} {suffix.en}".strip())
    return _looked_up(field, str(value))


def names_of_codes(item: Item, answers: Mapping[str, Any]) -> dict[str, Text]:
    """What the codes among the answers stand for (region, industry), by pointer."""
    names = {}
    for field in item.form.index.values():
        raw = answers.get(field.section)
        if field.table is None or field.in_rows or not isinstance(raw, Mapping):
            continue
        name = shown(field, raw.get(field.name))
        if name is not None:
            names[pointer_of(field, None)] = name
    return names


def _looked_up(field: Field, value: str) -> Text:
    match field.schema.get("format"):
        case "date":
            try:
                return date_text(date.fromisoformat(value))
            except ValueError:
                return Text.same(value)
        case "region":
            name = load_regions().full_name(value)
            return Text(f"{name.zh}（{value}）", f"{name.en} ({value})") if name else Text.same(value)
        case "industry":
            found = lookup_industry(value)
            name = found.industry.name if isinstance(found, Found) else None
            return Text(f"{value} {name.zh}", f"{value} {name.en}") if name else Text.same(value)
    return Text.same(value)


def subject_name(item: Item, values: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The name of what the application is about (the company's full name); None while a part is missing."""
    parts: list[str] = []
    for path in item.subject_name:
        field = item.form.field(path)
        section = values.get(field.section)
        value = coerce(field, section.get(field.name)) if isinstance(section, Mapping) else None
        if not isinstance(value, str):
            return None
        parts.append(value)
    return "".join(parts) or None


def mask_answers(item: Item, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the answers in which numbers of IDs, mobiles and accounts are starred."""
    masked: dict[str, Any] = {}
    for key, raw in answers.items():
        section = item.form.section(key)
        if section is None or not isinstance(raw, Mapping):
            masked[key] = raw
            continue
        masked[key] = _mask_object(section.fields, raw)
        rows = raw.get("rows")
        if isinstance(rows, list | tuple):
            masked[key]["rows"] = [
                _mask_object(section.row_fields, row) if isinstance(row, Mapping) else row for row in rows
            ]
    return masked


def _mask_object(fields: tuple[Field, ...], raw: Mapping[str, Any]) -> dict[str, Any]:
    masked = dict(raw)
    for field in fields:
        value = raw.get(field.name)
        if field.sensitive is None or value is None or value == "":
            continue
        if field.sensitive_unless is not None and field.sensitive_unless.holds(raw):
            continue
        number = compact(str(value))
        masked[field.name] = _MASKS[field.sensitive](number)
    return masked


def _mask_account(number: str) -> str:
    """An account number with its last four digits alone; what is not longer is hidden whole."""
    return "*" * len(number) if len(number) <= _TAIL else "*" * (len(number) - _TAIL) + number[-_TAIL:]


def label_of(item: Item, pointer: str) -> Text | None:
    """What a pointer names, for example `股东1：证件号码` or a material; None when the item lacks it."""
    if pointer.startswith("/materials/"):
        material = item.material(pointer.removeprefix("/materials/"))
        return material.name if material else None
    field, number = locate(item.form, pointer)
    if field is not None:
        return in_row(item.form, field, number, field.label)
    section = item.form.section(pointer.removeprefix("/answers/"))
    return section.title if section and pointer.startswith("/answers/") else None


_MASKS = {"id_number": mask_citizen_id, "mobile": mask_phone, "account": _mask_account}
