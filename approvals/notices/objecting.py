"""Lodging an objection (异议) to a public notice."""

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from approvals.cases.clock import FactKind
from approvals.cases.model import Case
from approvals.cases.record import Fact, record
from approvals.items.catalogue import Catalogue
from approvals.items.examination import review_stages
from approvals.items.model import Item
from approvals.items.model import PublicNotice as Wanted
from approvals.notices.commands import result, settle, stop
from approvals.notices.model import (
    STANDING_NAMES,
    NoticeState,
    Objection,
    PublicNotice,
    Standing,
    StopReason,
)
from approvals.notices.policy import require_may_object
from approvals.notices.queries import find_notice
from approvals.notices.telling import tell
from approvals.tasks import commands as tasks
from approvals.tasks.model import TaskKind
from shared.actor import SYSTEM
from shared.calendar import say_date
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_OVER = Text("公示期已于{day}届满，不能再提出异议", "The notice ended on {day}; it is too late to object")
_STOPPED = Text("该公示已终止，无需再提出异议", "The notice was stopped; there is nothing left to object to")
_TWICE = Text("您已对该公示提出过异议", "You have objected to this notice already")
_REQUIRED = {
    "name": Text("请填写异议人的姓名或者名称", "Say who objects"),
    "reason": Text("请写明异议的理由", "Give the reasons of the objection"),
}
_ENDED = Text(
    "公示期内{who}提出异议，本次办理终止。{advice}",
    "An objection was lodged ({who}); this ends the case. {advice}",
)


def lodge(
    tx: Transaction, notice_id: UUID, *, standing: Standing, name: str, reason: str, contact: str
) -> Objection:
    """Object to a notice that runs; where the item says so this ends the case, and the applicant is told.

    Who objects and why is sealed. Raises NotFound, Forbidden for the applicant's own side, Conflict after
    the end and for a second objection of the same account, InvalidInput without a name or reasons.
    """
    notice = find_notice(tx.session, notice_id)
    case = tx.session.scalars(sa.select(Case).where(Case.id == notice.case_id).with_for_update()).one()
    tx.session.refresh(notice)  # as it is now that the case is locked
    item = tx.resource(Catalogue).of(case)
    wanted = item.public_notice
    if wanted is None or tx.actor.id is None:
        raise Forbidden
    settle(tx, case, item)
    require_may_object(tx.actor, case, standing)
    _require_open(tx, notice)
    said = {"name": name.strip(), "reason": reason.strip()}
    errors = [FieldError(f"/{key}", "required", _REQUIRED[key]) for key, value in said.items() if not value]
    if errors:
        raise InvalidInput(errors=errors)
    objection = Objection(
        id=new_id(),
        notice_id=notice.id,
        account_id=tx.actor.id,
        standing=standing,
        lodged_at=tx.now,
        sealed=tx.context.cipher.seal({**said, "contact": contact.strip(), "account": tx.actor.name}),
    )
    tx.session.add(objection)
    tx.audit("case.objection-lodged", "case", case.id, {"objection": str(objection.id)})
    _follow_up(replace(tx, actor=SYSTEM), case, item, notice, wanted, standing)
    return objection


def _require_open(tx: Transaction, notice: PublicNotice) -> None:
    mine = sa.select(Objection.id).where(
        Objection.notice_id == notice.id, Objection.account_id == tx.actor.id
    )
    if tx.session.scalar(mine) is not None:
        raise Conflict(_TWICE, slug="already-objected")
    if notice.state is NoticeState.STOPPED:
        raise Conflict(_STOPPED, slug="notice-over")
    if notice.state is NoticeState.ENDED:
        raise Conflict(_OVER.format(day=say_date(notice.last_on)), slug="notice-over")


def _follow_up(
    tx: Transaction, case: Case, item: Item, notice: PublicNotice, wanted: Wanted, standing: Standing
) -> None:
    """What the objection means for the case. The log names no objector: the transaction is the system's."""
    who, advice = STANDING_NAMES[standing], wanted.advice or Text("", "")
    if wanted.objection_ends:
        reason = _ENDED.format(who=who, advice=advice)
        stop(tx, case, StopReason.OBJECTION)
        facts = [
            Fact(FactKind.NOTICE_STOPPED, tx.today, note=Text("提出异议", "objection"), ref=str(notice.id))
        ]
        record(tx, case, item, "notice_objected", office="system", facts=facts, detail=reason)
        case.ended_at = tx.now
        result(tx, case, item, notice, wanted, reason, due_on=None)
    else:
        record(tx, case, item, "objection_lodged", office="system", detail=who)
        if wanted.answered_in is not None:
            _have_it_answered(tx, case, item, wanted.answered_in)
    said = {
        "standing": standing.value,
        "standing_name": who.to_dict(),
        "ends_case": wanted.objection_ends,
        "advice": wanted.advice.to_dict() if wanted.advice else None,
    }
    tell(tx, case, item, "objection-lodged", notice, wanted, {"objection": said})


def _have_it_answered(tx: Transaction, case: Case, item: Item, stage: str) -> None:
    """A task for the first department of the stage, which answers all objections there are."""
    answering = next(each for each in review_stages(item) if each.key == stage).departments[0]
    if not tasks.is_live(tx, case, TaskKind.OBJECTION):
        tasks.open_task(tx, case, TaskKind.OBJECTION, department=answering.code)
