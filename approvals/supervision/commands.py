"""Giving the warnings that are due: a record, an event, and from it a message to those who can act."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from approvals.cases.announce import announce
from approvals.cases.model import Case
from approvals.cases.numbering import next_number
from approvals.cases.warnings import WARNING_TIMER, DueWarning, WarningLight, warnings_of
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.supervision.model import SupervisionRecord
from approvals.tasks.model import Task, TaskState
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_CONTENT = {
    WarningLight.YELLOW: Text(
        "{clock}将于{due}届满，请抓紧办理", "The {clock} ends on {due}; please see to it in time"
    ),
    WarningLight.RED: Text(
        "{clock}已于{due}届满，请尽快办结并公开说明理由",
        "The {clock} ended on {due}; please finish it and explain the delay publicly",
    ),
    WarningLight.RED_CARD: Text(
        "{clock}已于{due}届满，请立即办结并公开说明理由",
        "The {clock} ended on {due}; please finish it at once and explain the delay publicly",
    ),
}
_RESULT = {
    WarningLight.YELLOW: Text("黄灯：临近期限", "Yellow: close to the limit"),
    WarningLight.RED: Text("红灯：超过承诺期限", "Red: promised limit missed"),
    WarningLight.RED_CARD: Text("红牌：超过法定期限", "Red card: statutory limit missed"),
}


def warn(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Give what warnings are due on one case, each once, and appoint the next look at it."""
    case = tx.session.scalar(
        sa.select(Case).where(Case.id == UUID(str(payload["case_id"]))).with_for_update()
    )
    if case is None:
        return
    due = warnings_of(case.dates)
    given = sa.select(SupervisionRecord.clock, SupervisionRecord.light)
    known = {
        (row.clock, row.light)
        for row in tx.session.execute(given.where(SupervisionRecord.case_id == case.id))
    }
    item = tx.resource(Catalogue).of(case)
    for warning in due:
        if _is_to_be_given(warning, tx) and (warning.clock, warning.light) not in known:
            _give(tx, case, item, warning)
    later = [warning.at for warning in due if warning.at > tx.now]
    if later:
        tx.schedule(WARNING_TIMER, str(case.id), min(later), {"case_id": str(case.id)})


def _is_to_be_given(warning: DueWarning, tx: Transaction) -> bool:
    """Yellow is no news where the light is red already, as when an acceptance takes effect in the past."""
    if warning.light is WarningLight.YELLOW and tx.now > warning.date.until:
        return False
    return warning.at <= tx.now


def _give(tx: Transaction, case: Case, item: Item, warning: DueWarning) -> None:
    name = Text.of(warning.date.name)
    record = SupervisionRecord(
        id=new_id(),
        number=f"JC{tx.today:%Y%m%d}{next_number(tx.session, f'supervision-{tx.today:%Y%m%d}'):05d}",
        rule=f"{warning.light.value}/{warning.clock.partition(':')[0]}",
        light=warning.light,
        case_id=case.id,
        clock=warning.clock,
        clock_name=warning.date.name,
        item_code=case.item_code,
        department=case.department,
        organisation=item.department.name.to_dict(),
        due_on=warning.date.on,
        due_at=warning.date.at,
        occurred_at=warning.at,
        issued_at=tx.now,
        content=_CONTENT[warning.light].format(clock=name, due=warning.date.text).to_dict(),
        result=_RESULT[warning.light].to_dict(),
    )
    tx.session.add(record)
    details = {"record": record.number, "clock": warning.clock, "light": warning.light.value}
    tx.audit("case.warned", "case", case.id, details)
    announce(
        tx,
        case,
        item,
        "warned",
        more={
            "warning": {
                "record": record.number,
                "clock": warning.clock,
                "name": warning.date.name,
                "light": warning.light.value,
                "due_on": warning.date.on,
                "due_at": warning.date.at,
                "claimed_by": _holder(tx, case),
            }
        },
    )


def _holder(tx: Transaction, case: Case) -> UUID | None:
    """The official who has claimed what is to be done now, if one has."""
    held = sa.select(Task.claimed_by).where(Task.case_id == case.id, Task.state == TaskState.CLAIMED)
    return tx.session.scalar(held.order_by(Task.claimed_at))
