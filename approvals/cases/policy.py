"""Who may see a case and who may act on it; every query and every verb goes through here."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from approvals.cases.lifecycle import State, allows, name_of
from approvals.cases.model import Case, CaseDepartment
from approvals.items.model import Item
from shared.actor import Actor
from shared.errors import Conflict, Forbidden, NotFound
from shared.text import Text

SEES_ALL = ("administrator", "auditor", "manager")
"""Roles that see every submitted case (not its drafts)."""


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition under which `actor` may know of a case; used by every read path alike."""
    seen: list[sa.ColumnElement[bool]] = [Case.applicant_id == actor.id]
    if actor.has_role(*SEES_ALL):
        return sa.or_(*seen, Case.state != State.DRAFT)
    if actor.memberships:
        seen.append(Case.on_behalf_of.in_(sorted(m.uscc for m in actor.memberships)))
    if actor.departments:
        own = sorted(actor.departments)
        seen.append(sa.and_(Case.department.in_(own), Case.state != State.DRAFT))
        # Written when a department gets its first task: until its turn comes it knows nothing of the case.
        part = sa.select(CaseDepartment.case_id).where(CaseDepartment.department.in_(own))
        seen.append(Case.id.in_(part))
    return sa.or_(*seen)


def find(session: Session, actor: Actor, case_id: UUID, *, lock: bool = False) -> Case:
    """The case, if the actor may see it; NotFound otherwise, so that ids tell nothing."""
    query = sa.select(Case).where(Case.id == case_id, visible(actor))
    if lock:
        # Two verbs on one case queue up here; the second then sees the first one's version (412).
        query = query.with_for_update()
    case = session.scalar(query)
    if case is None:
        raise NotFound(Text("没有这个办件，或您无权查看", "There is no such case, or you may not see it"))
    return case


def find_whole(session: Session, actor: Actor, case_id: UUID) -> Case:
    """The case, locked, with everything that belongs to it, for a verb.

    Read one by one in the middle of the verb, each part would first write out what has changed so far.
    """
    case = find(session, actor, case_id, lock=True)
    for part in (Case.entries, Case.facts, Case.corrections, Case.deferrals):
        if case.state is State.DRAFT:
            set_committed_value(case, part.key, [])  # what was never handed in has none of these
        else:
            getattr(case, part.key)
    return case


def is_applicant(actor: Actor, case: Case) -> bool:
    """Whether the actor is the applicant or belongs to the organisation it is made for."""
    return case.applicant_id == actor.id or any(m.uscc == case.on_behalf_of for m in actor.memberships)


def require_applicant(actor: Actor, case: Case) -> None:
    """Only the applicant's side may do this."""
    if not is_applicant(actor, case):
        raise Forbidden(Text("只有申请人可以这样办理", "Only the applicant may do this"))


def require_state(verb: str, case: Case) -> None:
    """Refuse a verb that the case's state does not allow; nothing is changed."""
    if not allows(verb, case.state):
        raise Conflict(
            Text(
                "办件当前为“{state}”，不能进行此操作", "The case is “{state}”; this cannot be done now"
            ).format(state=name_of(case.state, licence=False)),
            slug="wrong-state",
        )


def state_name(case: Case, item: Item) -> Text:
    """The name of the case's state, as it is for its item."""
    return name_of(case.state, licence=item.is_licence)


def sees_personal_data(actor: Actor, case: Case, holds_claim: bool) -> bool:
    """ID numbers and phones are shown to the applicant and to the official who holds the task."""
    return is_applicant(actor, case) or holds_claim
