"""Extensions of the statutory limit (延长审批期限): requested by one official, approved by another, once."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, UtcDateTime, text_enum
from shared.text import Text


class ExtensionState(StrEnum):
    """Waiting for approval, approved, refused, or overtaken by the end of the case."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"


EXTENSION_NAMES: dict[ExtensionState, Text] = {
    ExtensionState.REQUESTED: Text("待批准", "Waiting for approval"),
    ExtensionState.APPROVED: Text("已批准", "Approved"),
    ExtensionState.REFUSED: Text("未批准", "Not approved"),
    ExtensionState.LAPSED: Text("办件已办结，无需处理", "Overtaken: the case has ended"),
}


class Extension(Base):
    """A request for more time. One that waits or was approved stands in the way of any other."""

    __tablename__ = "extension"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), index=True)
    state: Mapped[ExtensionState] = mapped_column(text_enum(ExtensionState))
    reason: Mapped[str] = mapped_column(sa.String(1000))
    """Told to the applicant when it is approved (行政许可法 art. 42(1))."""
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by: Mapped[UUID] = mapped_column(sa.Uuid)
    requested_name: Mapped[str] = mapped_column(sa.String(120))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    decided_name: Mapped[str | None] = mapped_column(sa.String(120))
    note: Mapped[str | None] = mapped_column(sa.String(1000))
    """What the approver says to it; required of a refusal."""

    __table_args__ = (
        sa.CheckConstraint(
            "state NOT IN ('approved','refused') OR decided_by <> requested_by", name="other_eyes"
        ),
        sa.Index(
            "uq_extension_once",
            "case_id",
            unique=True,
            sqlite_where=sa.text("state IN ('requested','approved')"),
            postgresql_where=sa.text("state IN ('requested','approved')"),
        ),
    )
