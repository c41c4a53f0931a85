"""What a draft may hold: the form's own names and single values of sensible size, however wrong."""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal

from approvals.items.coercion import pointer_to, typed_answers
from approvals.items.model import Item
from shared.errors import FieldError
from shared.text import Text

MAX_CHARACTERS = 2000
MAX_ROWS = 200
MAX_ERRORS = 100
LARGEST = 10**30

_TOO_LONG = Text("内容不得超过{limit}个字符", "At most {limit} characters are kept")
_TOO_MANY_ROWS = Text("不得超过{limit}行", "At most {limit} rows are kept")
_NOT_SINGLE = Text("此处应为单个值", "A single value is expected here")
_CHARACTERS = Text("含有不能保存的字符", "This contains characters that cannot be stored")


def check_draft(item: Item, answers: object) -> tuple[FieldError, ...]:
    """Why these raw answers cannot be stored: unknown names, wrong structure, oversized or odd values.

    Nothing is said about right or wrong contents; that is `validate`.
    """
    errors: dict[str, FieldError] = {}
    for error in (*typed_answers(item.form, answers).errors, *_values(answers)):
        errors.setdefault(error.pointer, error)
        if len(errors) == MAX_ERRORS:
            break
    return tuple(errors.values())


def _values(answers: object) -> Iterator[FieldError]:
    if not isinstance(answers, Mapping):
        return
    for section, fields in answers.items():
        if not isinstance(fields, Mapping):
            continue
        for name, value in fields.items():
            if name == "rows" and isinstance(value, list | tuple):
                yield from _rows(str(section), value)
            else:
                yield from _single(pointer_to(section, name), value)


def _rows(section: str, rows: "list[object] | tuple[object, ...]") -> Iterator[FieldError]:
    if len(rows) > MAX_ROWS:
        message = _TOO_MANY_ROWS.format(limit=MAX_ROWS)
        yield FieldError(pointer_to(section, "rows"), "too_long", message)
        return
    for number, row in enumerate(rows):
        if isinstance(row, Mapping):
            for name, value in row.items():
                yield from _single(pointer_to(section, "rows", number, name), value)


def _single(pointer: str, value: object) -> Iterator[FieldError]:
    if isinstance(value, str):
        if len(value) > MAX_CHARACTERS:
            yield FieldError(pointer, "too_long", _TOO_LONG.format(limit=MAX_CHARACTERS))
        elif not _storable(value):
            yield FieldError(pointer, "characters", _CHARACTERS)
    elif (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, Decimal) and not value.is_finite()
    ):
        yield FieldError(pointer, "type", _NOT_SINGLE)
    elif isinstance(value, int | Decimal) and not -LARGEST < value < LARGEST:
        yield FieldError(pointer, "too_long", _TOO_LONG.format(limit=30))
    elif value is not None and not isinstance(value, bool | int | float | Decimal):
        yield FieldError(pointer, "type", _NOT_SINGLE)


def _storable(value: str) -> bool:
    """Whether databases and JSON keep the text: no NUL, no lone surrogates, no control characters."""
    return all(
        (character >= " " or character in "\t\r\n") and not "\ud800" <= character <= "\udfff"
        for character in value
    )
