"""Who may propose, hear and decide a revocation, and when."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.cases.policy import is_applicant
from approvals.cases.record import Office
from approvals.items.model import Item
from approvals.revocations.grounds import DropReason, Ground, load_rules
from approvals.revocations.model import Revocation
from approvals.revocations.queries import open_on
from shared.actor import Actor
from shared.calendar import say_date
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.text import Text

_OFFICE = Text(
    "只有作出许可的部门的审查或审批人员可以提出撤销",
    "Only reviewers and approvers of the department that granted it may propose this",
)
_OWN = Text("不能办理自己提交的申请", "You may not handle an application of your own")
_NO_LICENCE = Text(
    "该事项不是行政许可，不适用行政许可法关于撤销的规定",
    "The item is no licence; the law on licences, by which they are revoked, does not reach it",
)
_PENDING = Text("已提出撤销，尚未作出决定", "A revocation has been proposed and is not decided yet")
_NONE = Text("现在没有待决定的撤销", "No revocation is proposed now")
_PROPOSER = Text("提出撤销的人员不能对其作出决定", "Whoever proposed a revocation may not decide on it")
_OWN_ACT = Text(
    "撤销的情形涉及原决定人员的行为，作出原决定的人员不能对其作出决定",
    "The ground is an act of the officials who granted it; whoever granted may not decide on it",
)
_NOT_THEIRS = Text("只有提出撤销的人员可以撤回", "Only whoever proposed it may take it back")
_NOT_HEARD = Text(
    "被许可人可以在{day}前（含当日）陈述、申辩，期满或者其陈述申辩后才能作出决定",
    "The holder may state and defend until {day}; decide when they have, or after that day",
)
_SAID = Text("已提交过陈述申辩", "A statement has been handed in before")
_OVER = Text("陈述申辩的期限已于{day}届满", "The time to state and defend ended on {day}")
_GROUND = Text("没有这种撤销情形", "There is no such ground")


def office_of(actor: Actor, case: Case) -> Office | None:
    """In what office the actor could propose; None for whoever could not."""
    if actor.holds("approver", case.department):
        return "approver"
    return "reviewer" if actor.holds("reviewer", case.department) else None


def require_office(actor: Actor, case: Case) -> Office:
    """Refuse all but reviewers and approvers of the department, and them on applications of their own."""
    office = office_of(actor, case)
    if office is None:
        raise Forbidden(_OFFICE)
    if is_applicant(actor, case):
        raise Forbidden(_OWN, slug="own-application")
    return office


def require_licence(item: Item) -> None:
    """Only licences are revoked by the law on licences (行政许可法 art. 69); funds, for one, are none."""
    if not item.is_licence:
        raise Conflict(_NO_LICENCE, slug="no-licence")


def require_none_open(session: Session, case: Case) -> None:
    """One proceeding at a time."""
    if open_on(session, case.id) is not None:
        raise Conflict(_PENDING, slug="revocation-pending")


def require_open(session: Session, case: Case) -> Revocation:
    """The proposal that waits for its decision."""
    found = open_on(session, case.id)
    if found is None:
        raise Conflict(_NONE, slug="revocation-not-pending")
    return found


def granted_by(case: Case) -> UUID | None:
    """Who granted, as the log says."""
    return next((entry.actor_id for entry in reversed(case.entries) if entry.key == "granted"), None)


def require_other_eyes(session: Session, actor: Actor, case: Case) -> None:
    """The decision is made by somebody who has not proposed it, and not about an act of their own."""
    found = open_on(session, case.id)
    if found is None:
        return
    if found.proposed_by == actor.id:
        raise Forbidden(_PROPOSER, slug="four-eyes")
    if found.own_act and found.granted_by == actor.id:
        raise Forbidden(_OWN_ACT, slug="four-eyes")


def require_proposer(actor: Actor, revocation: Revocation) -> None:
    """Only whoever proposed takes it back."""
    if revocation.proposed_by != actor.id:
        raise Forbidden(_NOT_THEIRS)


def is_heard(revocation: Revocation, today: date) -> bool:
    """Whether the holder has spoken, or has let the time pass."""
    return revocation.stated_at is not None or today > revocation.statement_until


def require_heard(revocation: Revocation, today: date) -> None:
    """Nothing is decided before the holder could speak (行政许可法 art. 7)."""
    if not is_heard(revocation, today):
        raise Conflict(_NOT_HEARD.format(day=say_date(revocation.statement_until)), slug="not-heard")


def may_state(revocation: Revocation, today: date) -> bool:
    """Whether the holder can still speak: once, within the time told."""
    return not is_heard(revocation, today)


def require_may_state(revocation: Revocation, today: date) -> None:
    """Refuse a second statement, and one that comes too late."""
    if revocation.stated_at is not None:
        raise Conflict(_SAID, slug="statement-closed")
    if today > revocation.statement_until:
        raise Conflict(_OVER.format(day=say_date(revocation.statement_until)), slug="statement-closed")


def ground_named(key: str, *, by_hand: bool) -> Ground:
    """The ground; InvalidInput for one that there is not, or that is not to be named by hand."""
    ground = load_rules().grounds.get(key)
    if ground is None or (by_hand and not ground.by_hand):
        raise InvalidInput(errors=[FieldError("/ground", "choice", _GROUND)])
    return ground


def drop_reasons(ground: str) -> list[DropReason]:
    """Why a revocation on this ground may be dropped."""
    rules = load_rules()
    discretion = rules.grounds[ground].discretion
    return [each for each in rules.dropped_for.values() if discretion in each.only]
