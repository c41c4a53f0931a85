"""A form section as its pages show it: the schema, what was typed and what is wrong, field by field.

The schema and its `x-ui` come from the service; nothing is validated here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.portal.context import Json
from gateway.portal.i18n import say

Path = tuple[str, ...]

_MASKED_HEAD = 3
_MASKED_TAIL = 4


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A question is only asked when another one (`name`) has one of the `accepted` answers."""

    name: str
    accepted: tuple[str, ...]
    question: str
    answers: tuple[str, ...]
    met: bool


@dataclass(slots=True)
class Field:
    """One question with what was answered; `children` for a group, `rows` for a repeated group."""

    path: Path
    widget: str
    label: str
    ui: Json
    value: Any = None
    options: tuple[Option, ...] = ()
    children: list["Field"] = field(default_factory=list)
    rows: list["Row"] = field(default_factory=list)
    max_rows: int | None = None
    condition: Condition | None = None
    focus: str = ""
    sensitive: bool = False
    spoken: str = ""
    """What a code stands for, where the service knows it."""
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The control's name in the posted form."""
        return ".".join(self.path)

    @property
    def id(self) -> str:
        """The control's id, which is also the anchor that error links point to."""
        return field_id(self.path)

    @property
    def hint(self) -> str:
        """The hint below the label, may be empty."""
        return say(self.ui.get("hint"))

    @property
    def given(self) -> bool:
        """The register answers it; nobody is asked."""
        return bool(self.ui.get("given"))

    @property
    def suffix(self) -> str:
        """The unit behind the control, may be empty."""
        return say(self.ui.get("suffix"))

    @property
    def confirmation(self) -> str:
        """What ticking a single box says, where the schema words it."""
        return say(self.ui.get("confirm"))

    @property
    def text(self) -> str:
        """The answer as the control carries it."""
        return "" if isinstance(self.value, (list, dict)) else _wire(self.value)

    @property
    def texts(self) -> list[str]:
        """The answers of a set of choices as the controls carry them."""
        return [_wire(each) for each in self.value] if isinstance(self.value, list) else [self.text]

    @property
    def applies(self) -> bool:
        """Whether the question belongs into a summary: it is asked, or was answered all the same."""
        return self.condition is None or self.condition.met or bool(self.shown)

    @property
    def described_by(self) -> str:
        """Ids of everything that explains the control, for `aria-describedby`."""
        parts = {
            "hint": self.hint,
            "note": self.notes,
            "error": self.errors,
            "warning": self.warnings,
            "suffix": self.suffix,
        }
        return " ".join(f"{self.id}-{name}" for name, present in parts.items() if present)

    @property
    def focus_id(self) -> str:
        """Where an error link goes: the control, or the first choice of a set of choices."""
        is_choice = self.widget in {"radio", "checkboxes"} and self.options
        return f"{self.id}-0" if is_choice else self.id

    def walk(self) -> Iterator["Field"]:
        """This field and all fields inside it, in page order."""
        yield self
        for child in self.children:
            yield from child.walk()
        for row in self.rows:
            for child in row.fields:
                yield from child.walk()

    @property
    def shown(self) -> list[str]:
        """The answer as lines of text; empty when nothing was answered."""
        if self.spoken:
            return [self.spoken]
        labels = {option.value: option.label for option in self.options}
        texts = [labels.get(text, text) for text in self.texts if text]
        return [f"{text} {self.suffix}" if self.suffix else text for text in texts]

    @property
    def masked(self) -> list[str]:
        """Like `shown`, with the middle of ID numbers and mobile numbers hidden."""
        return [mask(text) for text in self.shown] if self.sensitive else self.shown


@dataclass(slots=True)
class Row:
    """One entry of a repeated group; `id` is that of its title."""

    index: int
    id: str
    label: str
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One line of an error summary."""

    message: str
    href: str


def mask(text: str) -> str:
    """Hide the middle of a number; what is too short to keep anything is hidden whole."""
    hidden = len(text) - _MASKED_HEAD - _MASKED_TAIL
    if hidden <= 0:
        return "*" * len(text)
    return text[:_MASKED_HEAD] + "*" * hidden + text[-_MASKED_TAIL:]


def _wire(value: Any) -> str:
    """A JSON value as a form control carries it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def field_id(path: Iterable[str]) -> str:
    """The id of the field at a path inside its section."""
    return "-".join(("f", *path))


def row_id(path: Path, index: int) -> str:
    """The id of a row's title."""
    return field_id((*path, str(index), "row"))


def fields_of(section: Json, answers: Json | None) -> list[Field]:
    """The fields of a section, in the order of its schema, with the raw answers."""
    return _properties(section["schema"], answers or {}, ())


def _properties(schema: Json, answers: Mapping[str, Any], prefix: Path) -> list[Field]:
    properties: dict[str, Json] = schema.get("properties", {})
    fields = [_field(part, answers.get(key), (*prefix, key)) for key, part in properties.items()]
    siblings = {each.path[-1]: each for each in fields}
    for each in fields:
        each.condition = _condition(each.ui.get("when"), siblings)
        unless = _condition(each.ui.get("sensitive_unless"), siblings)
        each.sensitive = bool(each.ui.get("sensitive")) and not (unless and unless.met)
    return fields


def _field(schema: Json, value: Any, path: Path) -> Field:
    ui = schema.get("x-ui", {})
    built = Field(path, widget_of(schema), say(ui.get("label")) or path[-1], ui, value)
    built.options = _options(schema, ui)
    if built.widget == "group":
        built.children = _properties(schema, value if isinstance(value, Mapping) else {}, path)
    elif built.widget == "rows":
        built.max_rows = schema.get("maxItems")
        built.rows = _rows(schema, ui, value, path)
    return built


def _condition(asked: Json | None, siblings: Mapping[str, Field]) -> Condition | None:
    """`{field, in}` of the schema; None when the question is always asked."""
    if not asked or asked["field"] not in siblings:
        return None
    other = siblings[asked["field"]]
    accepted = tuple(_wire(value) for value in asked["in"])
    labels = {option.value: option.label for option in other.options}
    answers = tuple(labels.get(value, value) for value in accepted)
    return Condition(other.name, accepted, other.label, answers, other.text in accepted)


def widget_of(schema: Json) -> str:
    """The widget a property asks for, or the plain one for its type."""
    asked = schema.get("x-ui", {}).get("widget")
    if asked:
        return str(asked)
    return {"object": "group", "array": "checkboxes", "boolean": "checkbox"}.get(
        schema.get("type", ""), "text"
    )


def _options(schema: Json, ui: Json) -> tuple[Option, ...]:
    if "options" in ui:
        return tuple(Option(_wire(each["value"]), say(each["label"])) for each in ui["options"])
    listed = schema.get("enum") or schema.get("items", {}).get("enum") or ()
    return tuple(Option(_wire(each), _wire(each)) for each in listed)


def _rows(schema: Json, ui: Json, value: Any, path: Path) -> list[Row]:
    entries = list(value) if isinstance(value, list) else []
    entries += [{}] * (schema.get("minItems", 0) - len(entries))
    return [
        Row(
            index,
            row_id(path, index),
            _row_label(ui, index),
            _properties(schema["items"], entry if isinstance(entry, Mapping) else {}, (*path, str(index))),
        )
        for index, entry in enumerate(entries)
    ]


def _row_label(ui: Json, index: int) -> str:
    """The label of a row, counted from 1; a label without `{n}` gets the number behind it."""
    label = say(ui.get("row_label")) or say(ui.get("label"))
    number = str(index + 1)
    return label.replace("{n}", number) if "{n}" in label else f"{label} {number}"


def place(fields: list[Field], messages: Iterable[Json], kind: str, section: str) -> list[str]:
    """Put each message on the field its pointer names, or on the nearest field around it.

    `kind` is `errors`, `warnings` or `notes`. Returns the sentences of this section that belong to no field.
    """
    by_path = {each.path: each for top in fields for each in top.walk()}
    left_over: list[str] = []
    for message in messages:
        path = path_in_section(message["pointer"], section)
        if path is None:
            continue
        while path and path not in by_path:
            path = path[:-1]
        sentence = say(message["message"])
        target = getattr(by_path[path], kind) if path else left_over
        if sentence not in target:
            target.append(sentence)
    return left_over


def split_pointer(pointer: str) -> Path:
    """The parts of a JSON pointer (RFC 6901)."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def path_in_section(pointer: str, section: str) -> Path | None:
    """The path of `/answers/<section>/…` inside its section; None when it is about something else."""
    parts = split_pointer(pointer)
    return parts[2:] if parts[:2] == ("answers", section) else None


def error_lines(fields: list[Field], left_over: list[str]) -> list[ErrorLine]:
    """The error summary in page order; what belongs to no field leads to the top of the form."""
    lines = [ErrorLine(sentence, "#section-form") for sentence in left_over]
    for top in fields:
        for each in top.walk():
            lines.extend(ErrorLine(sentence, f"#{each.focus_id}") for sentence in each.errors)
    return lines
