"""Public explanations of missed limits (公开说明理由): why the answer is late, and by when it is expected."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.cases.model import Case
from shared.database import Base, UtcDateTime


class OverdueExplanation(Base):
    """One version of the explanation of a case; all are kept, the newest is `current`."""

    __tablename__ = "overdue_explanation"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    number: Mapped[int]
    current: Mapped[bool]
    department: Mapped[str] = mapped_column(sa.String(18))
    due_kind: Mapped[str] = mapped_column(sa.String(16))
    """Which limit was missed: `promised`, or `statutory` where nothing was promised or both were."""
    due_on: Mapped[date]
    """The day on which that limit ended."""
    reason: Mapped[str] = mapped_column(sa.String(1000))
    """Published as it is: it names nobody."""
    expected_on: Mapped[date]
    explained_on: Mapped[date]
    explained_at: Mapped[datetime] = mapped_column(UtcDateTime)
    explained_by: Mapped[UUID] = mapped_column(sa.Uuid)
    explained_name: Mapped[str] = mapped_column(sa.String(120))

    case: Mapped[Case] = relationship(lazy="raise")

    __table_args__ = (
        sa.UniqueConstraint("case_id", "number"),
        sa.CheckConstraint("expected_on > explained_on", name="expected_later"),
        sa.CheckConstraint("due_on <= explained_on", name="missed"),
        sa.Index(
            "uq_overdue_explanation_current",
            "case_id",
            unique=True,
            sqlite_where=sa.text("current = 1"),
            postgresql_where=sa.text("current"),
        ),
        sa.Index(
            "ix_overdue_explanation_public",
            "explained_at",
            "id",
            sqlite_where=sa.text("current = 1"),
            postgresql_where=sa.text("current"),
        ),
    )
