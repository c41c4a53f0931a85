"""The queue of officials' work: one task for each thing to be done on a case."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.cases.clock import FactKind, end_of, in_utc
from approvals.cases.model import Case
from shared.actor import PositionKind
from shared.database import Base, UtcDateTime, text_enum
from shared.text import Text


class TaskKind(StrEnum):
    """The work.

    Intake (受理), review (审查), decision (决定), extension (延长), delivery (送达), payment (拨付),
    objection (异议核查), the check (核查) of a promise, and revocation (撤销).
    """

    INTAKE = "intake"
    REVIEW = "review"
    DECISION = "decision"
    EXTENSION = "extension"
    DELIVERY = "delivery"
    CHECK = "check"
    REVOCATION = "revocation"
    PAYMENT = "payment"
    OBJECTION = "objection"


class TaskState(StrEnum):
    """Open for anybody entitled, claimed by one official, done, or cancelled with its case."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


TASK_NAMES: dict[TaskKind, Text] = {
    TaskKind.INTAKE: Text("受理", "Intake"),
    TaskKind.REVIEW: Text("审查", "Review"),
    TaskKind.DECISION: Text("决定", "Decision"),
    TaskKind.EXTENSION: Text("延期审批", "Extension"),
    TaskKind.DELIVERY: Text("送达", "Delivery"),
    TaskKind.CHECK: Text("核查", "Check of a promise"),
    TaskKind.REVOCATION: Text("撤销决定", "Revocation"),
    TaskKind.PAYMENT: Text("拨付", "Payment"),
    TaskKind.OBJECTION: Text("异议核查", "Objections"),
}

TASK_POSITIONS: dict[TaskKind, PositionKind] = {
    TaskKind.INTAKE: "window",
    TaskKind.REVIEW: "reviewer",
    TaskKind.DECISION: "approver",
    TaskKind.EXTENSION: "approver",
    TaskKind.DELIVERY: "window",
    TaskKind.CHECK: "reviewer",
    TaskKind.REVOCATION: "approver",
    TaskKind.PAYMENT: "reviewer",
    TaskKind.OBJECTION: "reviewer",
}
"""The position (岗位) that may take a task of each kind."""

STAGE_ENDS: dict[TaskKind, FactKind] = {
    TaskKind.INTAKE: FactKind.ACCEPTED,
    TaskKind.REVIEW: FactKind.REVIEWED,
    TaskKind.DECISION: FactKind.DECIDED,
    TaskKind.DELIVERY: FactKind.DELIVERED,
    TaskKind.PAYMENT: FactKind.DELIVERED,
}
"""What the work of a kind brings about, by which the stage (环节) that it belongs to ends."""

AFTER_DECISION = (TaskKind.DELIVERY, TaskKind.PAYMENT)
"""What is done about a grant: what was granted is handed over, or paid. Its own clock runs for it."""

LIVE = (TaskState.OPEN, TaskState.CLAIMED)


def last_instant_of(day: date) -> datetime:
    """24:00 of a legal date, as the last instant that is still in time."""
    return in_utc(end_of(day) - timedelta.resolution)


def _end_of_last_day(context: DefaultExecutionContext) -> datetime:
    given = context.current_parameters or {}
    return last_instant_of(given["due_on"])


class Task(Base):
    """One piece of work on a case; at most one of a kind is live in a department at a time."""

    __tablename__ = "task"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    kind: Mapped[TaskKind] = mapped_column(text_enum(TaskKind))
    department: Mapped[str] = mapped_column(sa.String(18))
    """Credit code of the department whose work it is: of a review any that the item names."""
    stage: Mapped[str | None] = mapped_column(sa.String(60))
    """Of a review: the key of the item's step, where the item names who examines."""
    state: Mapped[TaskState] = mapped_column(text_enum(TaskState))
    claimed_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    claimed_name: Mapped[str | None] = mapped_column(sa.String(120))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The same reading of the ledger as on the case, so that the queue is one index away.
    due_on: Mapped[date]
    yellow_on: Mapped[date]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The instant, where the limit is in hours."""
    yellow_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_until: Mapped[datetime] = mapped_column(UtcDateTime, default=_end_of_last_day)
    """The last instant that is in time; what the queue is ordered by."""
    suspended: Mapped[bool] = mapped_column(default=False)
    """The clocks stand still; `due_on` is then the day on which they are expected to run again."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("state <> 'claimed' OR claimed_by IS NOT NULL", name="claimed_by"),
        sa.Index("ix_task_queue", "department", "state", "due_until", "id"),
        sa.Index("ix_task_claimed", "claimed_by", "state", "due_until", "id"),
        sa.Index(
            "uq_task_live",
            "case_id",
            "kind",
            "department",
            unique=True,
            sqlite_where=sa.text("state IN ('open','claimed')"),
            postgresql_where=sa.text("state IN ('open','claimed')"),
        ),
    )
