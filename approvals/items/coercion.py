"""From what was typed to typed values; nothing is refused here, what cannot be read stays as it is."""

import dataclasses
import math
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from approvals.items.form import Field, Form, Section
from shared.errors import FieldError
from shared.identifiers.compact import compact
from shared.text import Text

_HALF_WIDTH = {
    **{0xFF10 + n: 0x30 + n for n in range(10)},
    **{0xFF21 + n: 0x41 + n for n in range(26)},
    **{0xFF41 + n: 0x61 + n for n in range(26)},
}
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_NUMBER_SIGNS = str.maketrans("．。－＋，", "..-+,")
_NUMBER = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})")
_DIGITS = 15
_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1", "是"), True),
    **dict.fromkeys(("false", "no", "off", "0", "否"), False),
}

UNREADABLE: tuple[()] = ()
"""Stands for a list or object where a single value belongs; every type check refuses it."""

_UNKNOWN_SECTION = Text("没有名为“{name}”的部分", "There is no section {name}")
_UNKNOWN_FIELD = Text("没有名为“{name}”的字段", "There is no field {name}")
_NOT_OBJECT = Text("此处应为对象", "An object is expected here")
_NOT_LIST = Text("此处应为列表", "A list is expected here")


@dataclasses.dataclass(slots=True)
class Typed:
    """Answers with typed values; `errors` are about their structure alone."""

    values: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    errors: list[FieldError] = dataclasses.field(default_factory=list)

    def misplaced(self, pointer: str, message: Text) -> None:
        """Note a value of the wrong structure."""
        self.errors.append(FieldError(pointer, "type", message))

    def unknown(self, pointer: str, name: object, message: Text) -> None:
        """Note a name that the form does not have."""
        self.errors.append(FieldError(pointer, "unknown", message.format(name=_short(str(name)))))


def pointer_to(*parts: object) -> str:
    """The JSON pointer (RFC 6901) `/answers/…`."""
    return "/answers" + "".join(
        "/" + _short(str(part)).replace("~", "~0").replace("/", "~1") for part in parts
    )


def typed_answers(form: Form, answers: object) -> Typed:
    """Type the answers `{section: {field: raw, "rows": [{field: raw}]}}`; blanks and hidden fields vanish."""
    typed = Typed()
    if not isinstance(answers, Mapping):
        if answers is not None:
            typed.misplaced(pointer_to(), _NOT_OBJECT)
        answers = {}
    for key in answers:
        if form.section(str(key)) is None:
            typed.unknown(pointer_to(key), key, _UNKNOWN_SECTION)
    for section in form.sections:
        typed.values[section.key] = _section(section, answers.get(section.key), typed)
    return typed


def _section(section: Section, raw: object, typed: Typed) -> dict[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        typed.misplaced(pointer_to(section.key), _NOT_OBJECT)
        return {}
    values = _object(section.fields, raw, typed, (section.key,), known={"rows"} if section.rows else set())
    if section.rows and raw.get("rows") not in (None, ""):
        rows = _rows(section, raw["rows"], typed)
        if rows:
            values["rows"] = rows
    return values


def _rows(section: Section, raw: object, typed: Typed) -> list[dict[str, Any]]:
    if not isinstance(raw, list | tuple):
        typed.misplaced(pointer_to(section.key, "rows"), _NOT_LIST)
        return []
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(raw):
        place = (section.key, "rows", number)
        if not isinstance(row, Mapping):
            typed.misplaced(pointer_to(*place), _NOT_OBJECT)
            row = {}
        rows.append(_object(section.row_fields, row, typed, place, known=set()))
    while rows and not rows[-1] and not _is_misplaced(typed, pointer_to(section.key, "rows", len(rows) - 1)):
        rows.pop()
    return rows


def _is_misplaced(typed: Typed, pointer: str) -> bool:
    return any(error.pointer == pointer for error in typed.errors)


def _object(
    fields: tuple[Field, ...],
    raw: Mapping[object, object],
    typed: Typed,
    place: tuple[object, ...],
    known: set[str],
) -> dict[str, Any]:
    names = known | {field.name for field in fields}
    for name in raw:
        if name not in names:
            typed.unknown(pointer_to(*place, name), name, _UNKNOWN_FIELD)
    values = {
        field.name: value for field in fields if (value := coerce(field, raw.get(field.name))) is not None
    }
    return {
        field.name: values[field.name]
        for field in fields
        if field.name in values and (field.when is None or field.when.holds(values))
    }


def coerce(field: Field, raw: object) -> Any:
    """The typed value of one field: numbers as exact Decimal or int, dates as ISO text, None when blank."""
    if isinstance(raw, str):
        raw = clean(raw)
        if not raw:
            return None
    elif isinstance(raw, Mapping | list | tuple | set):
        return UNREADABLE
    match field.type:
        case "number":
            return _number(raw)
        case "integer":
            return _integer(raw)
        case "boolean":
            return _WORDS.get(raw.lower(), raw) if isinstance(raw, str) else raw
    if isinstance(raw, str):
        return _string(field, raw)
    return raw


def clean(raw: str) -> str:
    """`raw` with half-width letters and digits, without surrounding blanks and invisible characters."""
    return raw.translate(_HALF_WIDTH).translate(_INVISIBLE).strip()


def _string(field: Field, raw: str) -> str:
    if field.schema.get("format") == "date":
        return _date(raw)
    return compact(raw) if field.compact else raw


def _number(raw: object) -> object:
    """An exact Decimal; one too large for any form is cut to 10^15, which every maximum refuses."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, float):
        if not math.isfinite(raw):
            return str(raw)
        raw = format(Decimal(repr(raw)), "f")
    if isinstance(raw, int):
        return _within(Decimal(raw if abs(raw) < 10**_DIGITS else (10**_DIGITS) * (1 if raw > 0 else -1)))
    if isinstance(raw, Decimal):
        return _within(raw) if raw.is_finite() else str(raw)
    if not isinstance(raw, str):
        return raw
    text = raw.translate(_NUMBER_SIGNS)
    return _within(Decimal(text.replace(",", ""))) if _NUMBER.fullmatch(text) else raw


def _integer(raw: object) -> object:
    number = _number(raw)
    if isinstance(number, Decimal) and number == number.to_integral_value():
        return int(number)
    return raw


def _within(number: Decimal) -> Decimal:
    limit = Decimal(10**_DIGITS)
    return max(-limit, min(limit, number))


def _date(raw: str) -> str:
    """A date in any usual spelling as ISO text; what is no date stays as typed."""
    match = _DATE.fullmatch("".join(raw.split()))
    if match is None:
        return raw
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return raw


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:59] + "…"
