"""What is right and wrong with the answers to an item's form. Pure: answers in, values and errors out.

Answers are `{section: {field: raw, …, "rows": [{field: raw, …}]}}`, raw as typed. Values have the same shape,
typed: numbers are Decimal or int, dates ISO text, choices their stored value, identifiers in canonical form;
blanks, fields that do not apply and trailing empty rows are left out. Pointers are those of the answers:
`/answers/company/trade_name`, `/answers/shareholders/rows`, `/answers/shareholders/rows/0/document_number`,
`/materials/articles`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from approvals.items.coercion import Typed, typed_answers
from approvals.items.form import Form
from approvals.items.formats import Reading, read
from approvals.items.model import Item
from approvals.items.needs import required_materials
from approvals.items.rule_kinds import RULES
from approvals.items.rules import Context, Finding, Hit
from approvals.items.wrongs import Wrongs, check_schema, in_row, order_of, pointer_of, section_of
from shared.errors import FieldError, InvalidInput
from shared.text import Text

SectionStatus = Literal["not_started", "in_progress", "complete"]

_UNKNOWN_SECTION = Text("没有名为“{name}”的部分", "There is no section {name}")
_MATERIAL_MISSING = Text("请上传{label}", "Upload this material: {name}")
_UNKNOWN_MATERIAL = Text("没有编号为“{name}”的材料", "There is no material {name}")


@dataclass(frozen=True, slots=True)
class Validation:
    """The sound typed values, one error a field in field order, and what to look at twice."""

    values: dict[str, dict[str, Any]]
    errors: tuple[FieldError, ...]
    warnings: tuple[FieldError, ...]

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong; warnings do not count."""
        return not self.errors


def validate(
    item: Item,
    answers: object,
    *,
    today: date,
    section: str | None = None,
    uploaded: Collection[str] | None = None,
) -> Validation:
    """Check the whole application, or one section of it.

    `today` is the legal date (Asia/Shanghai), the earliest founding date. `uploaded` are the codes of the
    materials handed in; None leaves materials out. Raises InvalidInput only for an unknown `section`.
    """
    return judge(item, examine(item.form, answers, today), section=section, uploaded=uploaded)


def judge(
    item: Item,
    examined: "Examination",
    *,
    section: str | None = None,
    uploaded: Collection[str] | None = None,
) -> Validation:
    """The same for answers that were examined already."""
    if section is not None and item.form.section(section) is None:
        message = _UNKNOWN_SECTION.format(name=section[:60])
        raise InvalidInput(errors=[FieldError("/section", "unknown", message)])
    errors = examined.wrongs.errors(section)
    if section is None and uploaded is not None:
        errors += tuple(_missing_materials(item, examined.values, uploaded))
    return Validation(examined.values, errors, examined.warnings(section))


@dataclass(frozen=True, slots=True)
class Examination:
    """All that there is to say about the answers to a form, whichever part is asked for afterwards."""

    form: Form
    typed: Typed
    values: dict[str, dict[str, Any]]
    wrongs: Wrongs
    cautions: tuple[Finding, ...]

    def sections(self) -> dict[str, SectionStatus]:
        """For every section whether it is untouched, begun, or complete and without errors."""
        misplaced = {section_of(error.pointer) for error in self.typed.errors}
        status: dict[str, SectionStatus] = {}
        for section in self.form.sections:
            if not self.typed.values[section.key] and section.key not in misplaced:
                status[section.key] = "not_started"
            else:
                status[section.key] = "in_progress" if self.wrongs.errors(section.key) else "complete"
        return status

    def warnings(self, section: str | None) -> tuple[FieldError, ...]:
        """What to look at twice, of the whole application or of one section."""
        found: dict[FieldError, None] = {}
        for caution in self.cautions:
            place = caution.pointer if section is None else caution.also or caution.pointer
            if section is None or section_of(place) == section:
                found[FieldError(place, caution.code, caution.message)] = None
        return tuple(sorted(found, key=lambda warning: order_of(self.form, warning.pointer)))


def examine(form: Form, answers: object, today: date) -> Examination:
    """Everything wrong anywhere in the answers; `today` is the legal date (Asia/Shanghai)."""
    typed = typed_answers(form, answers)
    wrongs = Wrongs(form)
    for error in typed.errors:
        wrongs.add(error, "unknown" if error.code == "unknown" else "misplaced")
    for section in form.sections:
        check_schema(form, section, typed.values[section.key], wrongs)
    context = Context(form, typed.values, today, wrongs.touches)
    cautions = [*_check_formats(context, wrongs)]
    for rule in form.rules:
        for finding in [*RULES[rule.name].check(context, rule)]:
            if finding.severity == "warning":
                cautions.append(finding)
            else:
                wrongs.add(finding.error, finding.rank, finding.also)
    return Examination(form, typed, _sound(context), wrongs, tuple(cautions))


def _check_formats(context: Context, wrongs: Wrongs) -> Iterator[Finding]:
    """Read every field that has a format; canonical values take the place of typed ones."""
    for path, field in context.form.index.items():
        name = field.schema.get("format")
        if name is None:
            continue
        for hit in context.hits(path):
            reading = read(str(name), hit.value, context.today)
            yield from _format_findings(context, hit, reading, wrongs)


def _format_findings(context: Context, hit: Hit, reading: Reading, wrongs: Wrongs) -> Iterator[Finding]:
    for caution in reading.cautions:
        message = in_row(context.form, hit.field, hit.row, caution.message)
        yield Finding(hit.pointer, caution.code, message, "warning")
    if reading.message is not None:
        own = hit.field.errors.get("format", reading.message)
        message = in_row(context.form, hit.field, hit.row, own)
        wrongs.add(FieldError(hit.pointer, reading.code or "format", message), "format")
    elif isinstance(hit.siblings, dict):
        hit.siblings[hit.field.name] = reading.value


def _sound(context: Context) -> dict[str, dict[str, Any]]:
    """The typed values without those that are wrong by themselves."""
    sound: dict[str, dict[str, Any]] = {}
    for section in context.form.sections:
        values = context.values[section.key]
        kept: dict[str, Any] = {}
        for field in section.fields:
            if field.name in values and not context.broken(pointer_of(field, None)):
                kept[field.name] = values[field.name]
        if "rows" in values:
            kept["rows"] = [
                {
                    field.name: row[field.name]
                    for field in section.row_fields
                    if field.name in row and not context.broken(pointer_of(field, number))
                }
                for number, row in enumerate(values["rows"])
            ]
        sound[section.key] = kept
    return sound


def _missing_materials(
    item: Item, values: Mapping[str, Mapping[str, Any]], uploaded: Collection[str]
) -> Iterator[FieldError]:
    needed = required_materials(item, values)
    for material in item.materials:
        if material.code in needed and material.code not in uploaded:
            message = _MATERIAL_MISSING.format(label=material.name.zh, name=material.name.en)
            yield FieldError(f"/materials/{material.code}", "required", message)
    for code in sorted(set(uploaded) - {material.code for material in item.materials}):
        message = _UNKNOWN_MATERIAL.format(name=code)
        yield FieldError(f"/materials/{code}", "unknown", message)
