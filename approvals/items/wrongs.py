"""The wrong fields of an application: one message a field, in field order, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from approvals.items.coercion import pointer_to
from approvals.items.form import Field, Form, Section
from approvals.items.wording import lower_first, number_text
from shared.errors import FieldError
from shared.text import Text

_CHOSEN = frozenset({"select", "radio", "checkbox", "checkboxes"})
_RANKS = {
    "unknown": 0,
    "misplaced": 0,
    "refused": 1,
    "required": 2,
    "type": 3,
    "enum": 4,
    "format": 6,
    "rule": 7,
}
_OTHER_RANK = 5

_MESSAGES: Mapping[str, Text] = {
    "required": Text("请填写{label}", "Enter the {name}"),
    "choose": Text("请选择{label}", "Choose the {name}"),
    "rows": Text("请至少填写一行{label}", "Enter at least one row of {name}"),
    "number": Text("{label}应为数字", "The {name} must be a number"),
    "integer": Text("{label}应为整数", "The {name} must be a whole number"),
    "type": Text("{label}的格式有误", "The {name} is not in the right form"),
    "enum": Text("请从列出的选项中选择{label}", "Choose the {name} from the list"),
    "const": Text("请确认{label}", "Confirm the {name}"),
    "minLength": Text("{label}不得少于{limit}个字符", "The {name} needs at least {limit} characters"),
    "maxLength": Text("{label}不得超过{limit}个字符", "The {name} has at most {limit} characters"),
    "pattern": Text("{label}的格式有误", "The {name} is not in the right form"),
    "minimum": Text("{label}不得小于{limit}", "The {name} must be {limit} or more"),
    "exclusiveMinimum": Text("{label}应当大于{limit}", "The {name} must be more than {limit}"),
    "maximum": Text("{label}不得大于{limit}", "The {name} must be {limit} or less"),
    "multipleOf": Text("{label}最多保留{limit}位小数", "The {name} has at most {limit} decimal places"),
    "minItems": Text("{label}不得少于{limit}行", "At least {limit} rows of {name} are needed"),
    "maxItems": Text("{label}不得超过{limit}行", "At most {limit} rows of {name} are allowed"),
}
"""What a keyword of JSON Schema says when it is not met; the loader allows only these keywords."""

KEYWORDS = frozenset(_MESSAGES) - {"choose", "rows", "number", "integer"}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One error; `also` is where it is said while only one section is looked at."""

    error: FieldError
    rank: int
    also: str | None

    def place(self, section: str | None) -> str:
        """Where it is said: in the whole application, or while only `section` is looked at."""
        return self.error.pointer if section is None else self.also or self.error.pointer


class Wrongs:
    """Collects what is wrong: the most telling message of each field wins, the order is the form's."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._found: list[Wrong] = []
        self._broken: set[str] = set()
        self._misplaced: set[str] = set()

    def add(self, error: FieldError, rank: str, also: str | None = None) -> None:
        """Note an error; `rank` is a JSON Schema keyword, or unknown, misplaced, refused, format, rule."""
        self._found.append(Wrong(error, _RANKS.get(rank, _OTHER_RANK), also))
        if also is None:
            self._broken.add(error.pointer)
        if rank == "misplaced":
            self._misplaced.add(error.pointer)

    def touches(self, pointer: str) -> bool:
        """Whether this field is wrong by itself, or the structure around it."""
        return pointer in self._broken or self._inside_misplaced(pointer)

    def errors(self, section: str | None = None) -> tuple[FieldError, ...]:
        """The errors in field order; nothing is said about the inside of a misplaced structure."""
        best: dict[str, Wrong] = {}
        for wrong in self._found:
            place = wrong.place(section)
            if section is not None and section_of(place) not in (section, ""):
                continue
            known = best.get(place)
            if not self._inside_misplaced(place) and (known is None or wrong.rank < known.rank):
                best[place] = wrong
        errors = [FieldError(place, wrong.error.code, wrong.error.message) for place, wrong in best.items()]
        return tuple(sorted(errors, key=lambda error: order_of(self._form, error.pointer)))

    def _inside_misplaced(self, pointer: str) -> bool:
        return any(pointer.startswith(f"{outer}/") for outer in self._misplaced)


def section_of(pointer: str) -> str:
    """The section a pointer lies in; empty for the answers as a whole."""
    parts = pointer.split("/")
    return parts[2] if len(parts) > 2 else ""


def order_of(form: Form, pointer: str) -> tuple[Any, ...]:
    """Sorts pointers as the form stands: sections, fields, rows by number, unknown names last."""
    field, number = locate(form, pointer)
    if field is not None:
        section, place, inner = field.order
        return (section, place, -1 if number is None else number, inner, pointer)
    key = pointer.split("/")[2] if pointer.count("/") > 1 else ""
    place = next((n for n, section in enumerate(form.sections) if section.key == key), len(form.sections))
    whole_section = pointer.count("/") == 2
    row = _row_of(form, pointer)
    if row is not None:
        return (*row, -1, pointer)
    return (place, -1 if whole_section else 10_000, -1, -1, pointer)


def _row_of(form: Form, pointer: str) -> tuple[int, int, int] | None:
    """Section, field and row number of a pointer at or below a row as a whole."""
    parts = pointer.split("/")[2:]
    rows = form.index.get(f"{parts[0]}/rows") if len(parts) > 2 and parts[1] == "rows" else None
    if rows is None or not parts[2].isdecimal():
        return None
    return (rows.order[0], rows.order[1], int(parts[2]))


def locate(form: Form, pointer: str) -> tuple[Field | None, int | None]:
    """The field at a pointer and the number of its row (0-based); (None, None) when there is none."""
    parts = pointer.split("/")[2:] if pointer.startswith("/answers/") else []
    if len(parts) == 2:
        return form.index.get("/".join(parts)), None
    if len(parts) == 4 and parts[1] == "rows" and parts[2].isdecimal() and len(parts[2]) < 6:
        return form.index.get(f"{parts[0]}/rows/{parts[3]}"), int(parts[2])
    return None, None


def pointer_of(field: Field, row: int | None) -> str:
    """The JSON pointer of a field; `row` is its row number (0-based) for a field in rows."""
    if field.in_rows:
        return f"/answers/{field.section}/rows/{row}/{field.name}"
    return f"/answers/{field.section}/{field.name}"


def in_row(form: Form, field: Field, row: int | None, message: Text) -> Text:
    """The message with the name of its row in front: `股东1：请填写证件号码`."""
    if not field.in_rows or row is None:
        return message
    label = form.field(f"{field.section}/rows").row_label
    if label is None:
        return message
    return Text("{row}：{message}", "{row}: {message}").format(row=label.format(n=row + 1), message=message)


def check_schema(form: Form, section: Section, values: Mapping[str, Any], wrongs: Wrongs) -> None:
    """Collect what the section's JSON Schema has to say about typed values."""
    for error in section.validator.iter_errors(values):
        place = [*error.instance_path]
        if error.kind.name == "required":
            place.append(error.kind.value)
        pointer = pointer_to(section.key, *place)
        field, row = locate(form, pointer)
        if field is None:
            continue
        keyword = error.kind.name
        message = in_row(form, field, row, _message(field, keyword, field.schema.get(keyword)))
        wrongs.add(FieldError(pointer, keyword, message), keyword)


def _message(field: Field, keyword: str, limit: Any) -> Text:
    own = field.errors.get(keyword)
    if own is not None:
        return own
    key = keyword
    if keyword == "required" and field.widget == "rows":
        key = "rows"
    elif keyword == "required" and field.widget in _CHOSEN:
        key = "choose"
    elif keyword == "type" and field.options:
        key = "enum"
    elif keyword == "type" and field.type in ("number", "integer"):
        key = field.type
    label = field.label
    return _MESSAGES[key].format(
        label=label.zh, name=lower_first(label.en), limit=_limit(field, keyword, limit)
    )


def _limit(field: Field, keyword: str, limit: Any) -> object:
    if keyword == "multipleOf":
        return max(0, -limit.as_tuple().exponent) if hasattr(limit, "as_tuple") else 0
    if keyword in ("minimum", "exclusiveMinimum", "maximum"):
        unit = (field.suffix if limit else None) or Text("", "")
        number = number_text(limit)
        return Text(f"{number}{unit.zh}", f"{number} {unit.en}".strip())
    return limit
