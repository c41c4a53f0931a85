"""What a public notice shows to everybody, says on its slips, and says in events."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from approvals.cases.announce import announce
from approvals.cases.model import Case
from approvals.items.answers import shown
from approvals.items.form import Field
from approvals.items.model import Item
from approvals.items.model import PublicNotice as Wanted
from approvals.notices.model import PublicNotice
from approvals.notices.policy import before_filing
from approvals.notices.queries import latest_of
from shared.calendar import say_date
from shared.errors import FieldError
from shared.text import Text
from shared.transaction import Transaction

_NAME, _DAYS = Text("公示名称", "Notice"), Text("公示期", "Days")
_ANNOUNCED = Text(
    "“{label}”公示的内容是“{said}”，公示后不能更改；确需更改的，请撤回申请，重新公示",
    "{label} was announced as “{said}” and cannot change after the notice; to change it, withdraw the "
    "application and publish it anew",
)
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


def departures(session: Session, case: Case, item: Item, values: Mapping[str, Any]) -> list[FieldError]:
    """Where an application no longer says what its notice before the application has shown.

    Nobody could object to what was not announced, so it is announced anew or stays. Empty before the notice.
    """
    wanted = before_filing(item)
    notice = latest_of(session, case.id) if wanted is not None else None
    if wanted is None or notice is None:
        return []
    announced = {each["label"]["zh"]: each["value"] for each in notice.shown["facts"]}
    now = {each["label"]["zh"]: each["value"] for each in shown_of(item, wanted, values)["facts"]}
    errors = []
    for path in wanted.facts:
        field = item.form.field(path)
        label = _label(item, field)
        before = announced.get(label.zh)
        if now.get(label.zh) != before:
            text = _ANNOUNCED.format(label=label, said=Text.of(before) if before else "—")
            at = path.removesuffix(f"/{field.name}") if field.in_rows else path
            errors.append(FieldError(f"/answers/{at}", "announced", text))
    return errors


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
