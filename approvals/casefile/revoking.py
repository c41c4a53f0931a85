"""The revocation of what a case was granted, as its readers see it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from approvals.cases.deadline import Deadlines
from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.cases.policy import is_applicant
from approvals.items.model import Item
from approvals.revocations import policy, queries
from approvals.revocations.grounds import load_rules
from approvals.revocations.model import REVOCATION_NAMES, Revocation
from approvals.tasks.model import TaskKind
from shared.actor import Actor
from shared.transaction import Context


def revocation_view(
    session: Session, context: Context, actor: Actor, case: Case, today: date, claims: Collection[TaskKind]
) -> dict[str, Any] | None:
    """The latest proceeding. The holder's words are for them and for those who propose and decide."""
    found = _latest(session, case)
    if found is None:
        return None
    own = is_applicant(actor, case)
    concerned = own or bool(claims) or actor.id in (found.proposed_by, found.ended_by)
    official = not own
    calendar = context.resources.get(Deadlines).calendar_of(session)
    sealed = found.statement_sealed if concerned else None
    dropped = load_rules().dropped_for.get(found.dropped_for or "")
    return {
        "state": found.state.value,
        "state_name": REVOCATION_NAMES[found.state].to_dict(),
        "ground": {"key": found.ground, "text": found.ground_text, "basis": found.basis},
        "facts": found.facts,
        "proposed_at": found.proposed_at.isoformat(),
        "proposed_by": found.proposed_name if official else None,
        "statement_until": found.statement_until.isoformat(),
        "statement_provisional": calendar.is_provisional(found.statement_until),
        "stated_at": found.stated_at.isoformat() if found.stated_at else None,
        "statement": context.cipher.open(sealed)["text"] if sealed else None,
        "heard": policy.is_heard(found, today),
        "ended_at": found.ended_at.isoformat() if found.ended_at else None,
        "decided_by": found.ended_name if official else None,
        "reason": found.reason,
        "dropped_for": dropped.text.to_dict() if dropped else None,
        "may_be_dropped_for": [
            {"key": each.key, "text": each.text.to_dict()} for each in policy.drop_reasons(found.ground)
        ],
    }


def revocation_verbs(
    session: Session, actor: Actor, case: Case, item: Item, today: date, claims: Collection[TaskKind]
) -> list[str]:
    """What of a revocation this reader may do now."""
    if case.state is not State.GRANTED or not item.is_licence:
        return []
    found = queries.open_on(session, case.id)
    own = is_applicant(actor, case)
    office = None if own else policy.office_of(actor, case)
    if found is None:
        return ["propose-revocation"] if office else []
    verbs = []
    if own and policy.may_state(found, today):
        verbs.append("state-objection")
    if TaskKind.REVOCATION in claims and policy.is_heard(found, today):
        verbs.append("decide-revocation")
    if office and found.proposed_by == actor.id:
        verbs.append("withdraw-revocation")
    return verbs


def _latest(session: Session, case: Case) -> Revocation | None:
    """Only what was granted can have one."""
    return queries.latest_of(session, case.id) if case.state in (State.GRANTED, State.REVOKED) else None
