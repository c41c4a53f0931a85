"""Reading the delivery of what was granted."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.delivery.model import Delivery
from approvals.tasks.model import LIVE, Task, TaskKind


def of_case(session: Session, case_id: UUID) -> Delivery | None:
    """The delivery, once there is one."""
    return session.get(Delivery, case_id)


def awaited(session: Session, case: Case) -> Task | None:
    """The task of delivering what was granted, while that is still to be done."""
    return session.scalar(
        sa.select(Task).where(Task.case_id == case.id, Task.kind == TaskKind.DELIVERY, Task.state.in_(LIVE))
    )
