"""When a case may have gaps (容缺受理): what may be promised to follow later, and what waits for it.

安阳市政务服务条例 art. 24: where the main materials are complete and in legal form and only minor ones are
missing, the application is accepted on the applicant's written promise, who is told at once what to hand in,
by when, and what happens otherwise. That statute binds one city; which materials an item lets follow, and by
when, is the item's own data.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from approvals.cases.deferral import to_make_up
from approvals.cases.model import Case
from approvals.items.model import Item, Limit, Reform
from shared.calendar import say_date
from shared.errors import Conflict, FieldError
from shared.text import Text

GAPS = Text("容缺受理", "acceptance with gaps")
"""What a credit record keeps its subject from, in the sentence that refuses it."""
_PROMISE = Text(
    "请承诺在补齐期限内提交所缺材料", "Promise to hand in what is missing within the make-up limit"
)
_NAME_THEM = Text("请写明哪些材料后补", "Say which materials are to follow")
_UNKNOWN = Text("该事项没有编号为“{code}”的材料", "The item has no material {code}")
_TWICE = Text("同一材料不能重复列出", "This material is listed twice")
_NOT_DEFERRABLE = Text("“{name}”不属于容缺后补的材料，须随申请提交", "{name} may not follow later")
_PRESENT = Text("“{name}”已经上传，无需后补", "{name} is there already")
_NOT_NEEDED = Text("本申请不需要“{name}”", "This application does not need {name}")
_WAITS = Text(
    "申请人应于{day}前（含当日）补齐容缺材料，补齐前不能作出决定",
    "Materials are to follow by {day}; nothing is decided before they are there",
)


@dataclass(frozen=True, slots=True)
class Deferred:
    """What an applicant wants to hand in later: codes of materials, and whether they promise to."""

    materials: tuple[str, ...] = ()
    promise: bool = False


def wrongs(case: Case, item: Item, deferred: Deferred, needed: Collection[str]) -> Iterator[FieldError]:
    """Everything wrong with a promise; `needed` are the materials that the answers make necessary."""
    if not deferred.promise:
        yield FieldError("/deferred/promise", "required", _PROMISE)
    if not deferred.materials:
        yield FieldError("/deferred/materials", "required", _NAME_THEM)
    there = {material.code for material in case.materials}
    for number, code in enumerate(deferred.materials):
        found = _wrong(item, code, there, needed)
        if code in deferred.materials[:number]:
            found = "duplicate", _TWICE
        if found is not None:
            yield FieldError(f"/deferred/materials/{number}", *found)


def _wrong(item: Item, code: str, there: Collection[str], needed: Collection[str]) -> tuple[str, Text] | None:
    material = item.material(code)
    if material is None:
        return "unknown", _UNKNOWN.format(code=code[:40])
    if material.necessity != "deferrable":
        return "not-deferrable", _NOT_DEFERRABLE.format(name=material.name)
    if code in there:
        return "present", _PRESENT.format(name=material.name)
    if code not in needed:
        return "not-needed", _NOT_NEEDED.format(name=material.name)
    return None


def require_made_up(case: Case) -> None:
    """Refuse a decision, whichever it is, while what is missing may still come."""
    deferral = to_make_up(case)
    if deferral is not None and deferral.due_on is not None:
        raise Conflict(_WAITS.format(day=say_date(deferral.due_on)), slug="make-up-due")


def reform_of(item: Item) -> Reform:
    """The item's reform that lets materials follow; LookupError when a case has gaps without it."""
    if item.deferral is None:
        raise LookupError(f"item {item.code} lets nothing follow later")
    return item.deferral


def make_up_limit(item: Item) -> Limit:
    """How long after acceptance they may follow."""
    limit = reform_of(item).make_up
    if limit is None:
        raise LookupError(f"item {item.code} does not say by when materials may follow")
    return limit
