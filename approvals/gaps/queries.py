"""Reading what has to do with gaps."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import Deferral, DeferralState
from approvals.tasks.model import Task, TaskState
from approvals.tasks.policy import EXAMINATION


def examiner_of(session: Session, case_id: UUID) -> UUID | None:
    """The official who has claimed the review or the decision of a case, if one has."""
    return session.scalar(
        sa.select(Task.claimed_by).where(
            Task.case_id == case_id, Task.kind.in_(EXAMINATION), Task.state == TaskState.CLAIMED
        )
    )


def due_from(session: Session, first: date) -> list[UUID]:
    """Cases whose missing materials are due on `first` or later; no more than of a few days' acceptances."""
    due = sa.and_(Deferral.state == DeferralState.DUE, Deferral.due_on >= first)
    return list(session.scalars(sa.select(Deferral.case_id).where(due)))
