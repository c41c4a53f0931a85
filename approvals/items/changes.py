"""What a version of an item says otherwise than the version before it, in sentences for applicants."""

from collections.abc import Iterator

from approvals.items.form import Field
from approvals.items.model import Item, Limit
from shared.text import Text

_LIMITS = {
    "intake": Text("受理时限", "Intake limit"),
    "statutory": Text("法定审批时限", "Statutory limit"),
    "promised": Text("承诺审批时限", "Promised limit"),
    "delivery": Text("颁证送达时限", "Delivery limit"),
}
_NONE = Text("无", "none")
_FROM_TO = Text("{what}：由“{old}”改为“{new}”", "{what}: “{new}” instead of “{old}”")
_MATERIAL_NEW = Text("新增材料：{name}（{necessity}）", "New material: {name} ({necessity})")
_MATERIAL_GONE = Text("不再要求材料：{name}", "No longer asked for: {name}")
_FIELD_NEW = Text("申请表新增：{name}", "New in the form: {name}")
_FIELD_GONE = Text("申请表删除：{name}", "No longer in the form: {name}")
_FIELD_OTHER = Text("申请表修改：{name}", "Changed in the form: {name}")
_RULES = Text("申请表的填报规则有调整", "The rules of the form have changed")
_PARTS = (
    ("conditions", Text("许可条件有调整", "The conditions have changed")),
    ("legal_bases", Text("设定、实施或者监管依据有调整", "The legal bases have changed")),
    ("steps", Text("办理环节有调整", "The steps have changed")),
    ("department", Text("实施机关有变化", "Another authority is competent")),
)


def changes_between(old: Item, new: Item) -> tuple[Text, ...]:
    """The differences that an applicant notices, the most noticeable first."""
    return (
        *_materials(old, new),
        *_fields(old, new),
        *_limits(old, new),
        *_deferrals(old, new),
        *_rest(old, new),
    )


def _materials(old: Item, new: Item) -> Iterator[Text]:
    for material in new.materials:
        before = old.material(material.code)
        if before is None:
            yield _MATERIAL_NEW.format(name=material.name, necessity=material.necessity_name)
        elif before.necessity_name != material.necessity_name:
            yield _FROM_TO.format(what=material.name, old=before.necessity_name, new=material.necessity_name)
    for material in old.materials:
        if new.material(material.code) is None:
            yield _MATERIAL_GONE.format(name=material.name)


def _fields(old: Item, new: Item) -> Iterator[Text]:
    for path, field in new.form.index.items():
        before = old.form.index.get(path)
        if before is None:
            yield _FIELD_NEW.format(name=_full_name(new, field))
        elif before.schema != field.schema and field.type != "array":
            yield _FIELD_OTHER.format(name=_full_name(new, field))
    for path, field in old.form.index.items():
        if path not in new.form.index:
            yield _FIELD_GONE.format(name=_full_name(old, field))


def _full_name(item: Item, field: Field) -> Text:
    section = item.form.section(field.section)
    title = section.title if section else Text.same(field.section)
    return Text("{section} · {field}", "{section} · {field}").format(section=title, field=field.label)


def _limits(old: Item, new: Item) -> Iterator[Text]:
    for key, name in _LIMITS.items():
        before, after = _said(old.limits.get(key)), _said(new.limits.get(key))
        if before != after:
            yield _FROM_TO.format(what=name, old=before, new=after)


def _deferrals(old: Item, new: Item) -> Iterator[Text]:
    before, after = (_said(item.deferral.make_up if item.deferral else None) for item in (old, new))
    if before != after:
        yield _FROM_TO.format(what=Text("容缺材料补齐期限", "Make-up limit"), old=before, new=after)


def _said(limit: Limit | None) -> Text:
    return limit.text if limit else _NONE


def _rest(old: Item, new: Item) -> Iterator[Text]:
    if old.form.rules != new.form.rules:
        yield _RULES
    for attribute, sentence in _PARTS:
        if getattr(old, attribute) != getattr(new, attribute):
            yield sentence
    fees = [item.fee.text if item.fee else _NONE for item in (old, new)]
    if fees[0] != fees[1]:
        yield _FROM_TO.format(what=Text("收费", "Fee"), old=fees[0], new=fees[1])
    results = [item.outcome.name if item.outcome else _NONE for item in (old, new)]
    if results[0] != results[1]:
        yield _FROM_TO.format(what=Text("办理结果", "Result"), old=results[0], new=results[1])
