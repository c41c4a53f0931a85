"""What a public notice shows to everybody, says on its slips, and says in events."""

from collections.abc import Mapping
from typing import Any

from approvals.cases.announce import announce
from approvals.cases.model import Case
from approvals.items.answers import shown
from approvals.items.form import Field
from approvals.items.model import Item
from approvals.items.model import PublicNotice as Wanted
from approvals.notices.model import PublicNotice
from shared.calendar import say_date
from shared.text import Text
from shared.transaction import Transaction

_NAME, _DAYS = Text("公示名称", "Notice"), Text("公示期", "Days")
_FROM_TO = Text("{start}至{end}", "{start} to {end}")


def shown_of(item: Item, wanted: Wanted, values: Mapping[str, Any]) -> dict[str, Any]:
    """What everybody may read: the answers that the item names, and the undertaking."""
    facts = []
    for path in wanted.facts:
        field = item.form.field(path)
        said = _said(field, values.get(field.section, {}))
        if said is not None:
            facts.append({"label": _label(item, field).to_dict(), "value": said.to_dict()})
    return {"facts": facts, "promise": wanted.promise.text.to_dict() if wanted.promise else None}


def rows_of(notice: PublicNotice, wanted: Wanted, *, brief: bool = False) -> list[tuple[Text, str]]:
    """The lines of its slips."""
    days = _FROM_TO.format(start=say_date(notice.published_on), end=say_date(notice.last_on))
    facts = (
        []
        if brief
        else [(Text.of(each["label"]), str(each["value"]["zh"])) for each in notice.shown["facts"]]
    )
    return [(_NAME, wanted.name.zh), (_DAYS, days.zh), *facts]


def tell(
    tx: Transaction,
    case: Case,
    item: Item,
    step: str,
    notice: PublicNotice,
    wanted: Wanted,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Say a step of the notice with the case's public state."""
    said = {
        "notice_id": notice.id,
        "kind": notice.kind,
        "timing": notice.timing,
        "name": wanted.name.to_dict(),
        "published_on": notice.published_on,
        "last_on": notice.last_on,
        "provisional": notice.provisional,
        "file_until": notice.file_until,
        "ended_on": notice.ended_on,
    }
    announce(tx, case, item, step, more={"public_notice": said, **(more or {})})


def _said(field: Field, section: Mapping[str, Any]) -> Text | None:
    if not field.in_rows:
        return shown(field, section.get(field.name))
    every = [shown(field, row.get(field.name)) for row in section.get("rows", ())]
    found = [each for each in every if each is not None]
    if not found:
        return None
    return Text("、".join(each.zh for each in found), ", ".join(each.en for each in found))


def _label(item: Item, field: Field) -> Text:
    """In a list of rows the list's name says more than the column's."""
    section = item.form.section(field.section)
    rows = section.rows if section is not None and field.in_rows else None
    return rows.label if rows is not None else field.label
