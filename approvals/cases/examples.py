"""Running the examples of an item: what it says of each, against what is expected, in plain words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time

from approvals.cases import clock
from approvals.cases.deadline import limits_of
from approvals.items.answers import label_of, subject_name
from approvals.items.examples import Course, Example
from approvals.items.forms import validate
from approvals.items.model import Item
from approvals.items.needs import required_materials
from shared.calendar import WorkCalendar
from shared.errors import FieldError
from shared.text import Text

_NOT_FOUND = Text(
    "应当在“{place}”报告{code}，但没有报告", "{code} was expected at “{place}”, but the item does not object"
)
_NOT_EXPECTED = Text(
    "在“{place}”报告了{code}：{message}（示例未预期）",
    "{code} at “{place}”, which is not expected: {message}",
)
_MATERIALS = Text("应当提交的材料为：{found}；预期为：{expected}", "Needed: {found}; expected: {expected}")
_NAME = Text("名称为“{found}”；预期为“{expected}”", "The name is “{found}”; expected: “{expected}”")
_DUE = Text("{clock}：{found}；预期为{expected}", "{clock}: {found}; expected: {expected}")
_NO_LIMIT = Text(
    "事项没有受理时限，或者既无法定时限也无承诺时限",
    "The item has no intake limit, or neither a statutory nor a promised one",
)
_NO_EXTENSION = Text("事项的法定时限不能延长", "The statutory limit of the item cannot be extended")
_NO_CLOCK = Text("没有计算", "not counted")
_NOTHING = Text("无", "none")
_CLOCKS = {
    "intake": Text("受理时限届满日", "end of the intake limit"),
    "statutory": Text("法定时限届满日", "end of the statutory limit"),
    "promised": Text("承诺时限届满日", "end of the promised limit"),
    "notice": Text("公示期届满日", "end of the public notice"),
    "filing": Text("申请期限届满日", "end of the time to apply after the notice"),
}
_NO_EXAMPLE = {
    True: Text(
        "规则{code}没有违反它的示例（需要一个示例说明它拒绝什么）",
        "Rule {code} has no example that breaks it",
    ),
    False: Text(
        "规则{code}没有符合它的示例（需要一个示例说明它允许什么）",
        "Rule {code} has no example that keeps it",
    ),
}
_NO_RULE = Text("表单没有规则{code}", "The form has no rule {code}")


def differences(item: Item, example: Example, calendar: WorkCalendar) -> list[Text]:
    """In what the item differs from the example; nothing when it says all that is expected and no more."""
    found = validate(item, example.answers, today=example.today, uploaded=example.materials)
    expected = example.expected
    return [
        *_findings(item, found.errors, expected.errors),
        *_findings(item, found.warnings, expected.warnings),
        *_needed(item, required_materials(item, found.values), expected.required_materials),
        *_named(subject_name(item, found.values), expected.subject_name),
        *_due(item, example.course, expected.due, calendar),
    ]


def uncovered(item: Item, examples: Iterable[Example]) -> list[Text]:
    """The rules of the form of which no example shows both what they allow and what they refuse."""
    shown = {
        (example.rule, bool(example.expected.errors or example.expected.warnings))
        for example in examples
        if example.rule is not None
    }
    codes = list(dict.fromkeys(rule.code for rule in item.form.rules))
    missing = [
        _NO_EXAMPLE[breaks].format(code=code)
        for code in codes
        for breaks in (True, False)
        if (code, breaks) not in shown
    ]
    unknown = sorted({rule for rule, _ in shown} - set(codes))
    return [*missing, *(_NO_RULE.format(code=code) for code in unknown)]


def _findings(
    item: Item, found: tuple[FieldError, ...], expected: frozenset[tuple[str, str]]
) -> Iterator[Text]:
    said = {(error.pointer, error.code): error.message for error in found}
    for pointer, code in sorted(expected - said.keys()):
        yield _NOT_FOUND.format(place=_place(item, pointer), code=code)
    for (pointer, code), message in said.items():
        if (pointer, code) not in expected:
            yield _NOT_EXPECTED.format(place=_place(item, pointer), code=code, message=message)


def _place(item: Item, pointer: str) -> Text:
    label = label_of(item, pointer)
    return Text(f"{label.zh} {pointer}", f"{label.en} {pointer}") if label else Text.same(pointer)


def _needed(item: Item, found: set[str], expected: frozenset[str] | None) -> Iterator[Text]:
    if expected is not None and found != expected:
        yield _MATERIALS.format(found=_list(item, found), expected=_list(item, expected))


def _list(item: Item, codes: Iterable[str]) -> Text:
    names = [
        material.name if (material := item.material(code)) else Text.same(code) for code in sorted(codes)
    ]
    return (
        Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
        if names
        else _NOTHING
    )


def _named(found: str | None, expected: str | None) -> Iterator[Text]:
    if expected is not None and found != expected:
        yield _NAME.format(found=found or _NOTHING, expected=expected)


def _due(
    item: Item, course: Course | None, expected: Mapping[str, date], calendar: WorkCalendar
) -> Iterator[Text]:
    if not expected:
        return
    try:
        found = _dates(item, course, calendar) if course else {}
    except _NotCounted as error:
        yield error.why
        return
    for name, day in expected.items():
        if found.get(name) != day:
            yield _DUE.format(
                clock=_CLOCKS[name], found=found.get(name) or _NO_CLOCK, expected=day.isoformat()
            )


class _NotCounted(Exception):  # noqa: N818 - it says what it is
    """The course of an example has no dates."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def _dates(item: Item, course: Course, calendar: WorkCalendar) -> dict[str, date | None]:
    limits = item.limits
    if not (limits.statutory or limits.promised) or (limits.intake is None and item.handover is None):
        raise _NotCounted(_NO_LIMIT)
    try:
        ledger = clock.compute(_facts(item, course), limits_of(item), calendar)
    except clock.ClockError as error:
        raise _NotCounted(error.message) from error
    return {reading.kind.value: reading.due_on for reading in ledger.clocks}


def _facts(item: Item, course: Course) -> Iterator[clock.ClockFact]:
    if course.published_on:
        yield _fact(clock.FactKind.NOTICE_PUBLISHED, course.published_on, ref="notice")
    if course.received_on:
        yield _fact(clock.FactKind.RECEIVED, course.received_on)
    if course.accepted_on:
        yield _fact(clock.FactKind.ACCEPTED, course.accepted_on)
    for number, (start, end) in enumerate(course.stopped):
        yield _fact(clock.FactKind.SUSPENDED, start, ref=str(number))
        if end:
            yield _fact(clock.FactKind.RESUMED, end, ref=str(number))
    if course.extended_on:
        extension = item.limits.statutory.extension if item.limits.statutory else None
        if extension is None:
            raise _NotCounted(_NO_EXTENSION)
        yield _fact(clock.FactKind.EXTENDED, course.extended_on, days=extension.n)


def _fact(
    kind: clock.FactKind, on: date, *, days: int | None = None, ref: str | None = None
) -> clock.ClockFact:
    return clock.ClockFact(kind, on, datetime.combine(on, time(), tzinfo=UTC), days=days, ref=ref)
