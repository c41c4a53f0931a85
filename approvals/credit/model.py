"""Credit records (失信记录): whose promise was broken, or who was entered, since when, and until repaired."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Aggregate, Base, UtcDateTime, text_enum
from shared.text import Text


class CreditCause(StrEnum):
    """Why there is a record: a promise of a case was broken, or the park's manager entered it."""

    BROKEN_PROMISE = "broken_promise"
    ENTERED = "entered"


CAUSE_NAMES: dict[CreditCause, Text] = {
    CreditCause.BROKEN_PROMISE: Text("未履行办件承诺", "A promise made with an application was broken"),
    CreditCause.ENTERED: Text("由园区管理人员录入", "Entered by the park's manager"),
}


class CreditRecord(Aggregate, Base):
    """One record; it stands until it is repaired (信用修复), which is done once and never undone.

    Its subject is an organisation (`uscc`) or a natural person (`account_id`), never both.
    """

    __tablename__ = "credit_record"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    uscc: Mapped[str | None] = mapped_column(sa.String(18), index=True)
    account_id: Mapped[UUID | None] = mapped_column(sa.Uuid, index=True)
    subject_name: Mapped[str] = mapped_column(sa.String(200))
    """How the subject is named on screens; empty for an organisation known by its code alone."""
    cause: Mapped[CreditCause] = mapped_column(text_enum(CreditCause))
    case_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("approval_case.id"))
    """The case whose promise was broken."""
    source: Mapped[str] = mapped_column(sa.String(200))
    """Where it comes from: the list or the decision that says so; the case number of a broken promise."""
    reason: Mapped[str] = mapped_column(sa.String(1000))
    since: Mapped[date]
    """The legal date (Asia/Shanghai) from which it stands."""
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    entered_name: Mapped[str] = mapped_column(sa.String(120))
    repaired_on: Mapped[date | None]
    repaired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    repaired_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    repaired_name: Mapped[str | None] = mapped_column(sa.String(120))
    repair_reason: Mapped[str | None] = mapped_column(sa.String(1000))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("(uscc IS NULL) <> (account_id IS NULL)", name="one_subject"),
        sa.CheckConstraint("(cause = 'broken_promise') = (case_id IS NOT NULL)", name="case_of_promise"),
        sa.CheckConstraint(
            "(repaired_at IS NULL) = (repaired_on IS NULL)"
            " AND (repaired_at IS NULL) = (repair_reason IS NULL)",
            name="repaired",
        ),
        sa.UniqueConstraint("case_id"),
    )
