"""Special procedures (特别程序): hearing, inspection and their like, whose time does not count."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, UtcDateTime, text_enum
from shared.text import Text


class ProcedureKind(StrEnum):
    """The procedures that 行政许可法 art. 45 names, in its order; no other stops a time limit by that law.

    All of them are of kind 2 of the national code set (GB/T 39046 A.7: 除延长审批之外的情况).
    """

    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"


PROCEDURE_NAMES: dict[ProcedureKind, Text] = {
    ProcedureKind.HEARING: Text("听证", "Hearing"),
    ProcedureKind.TENDER: Text("招标", "Tender"),
    ProcedureKind.AUCTION: Text("拍卖", "Auction"),
    ProcedureKind.INSPECTION: Text("检验", "Inspection"),
    ProcedureKind.TESTING: Text("检测", "Testing"),
    ProcedureKind.QUARANTINE: Text("检疫", "Quarantine"),
    ProcedureKind.APPRAISAL: Text("鉴定", "Appraisal"),
    ProcedureKind.EXPERT_REVIEW: Text("专家评审", "Expert review"),
}

DEFAULT_BASIS = Text("《中华人民共和国行政许可法》第四十五条", "Administrative Licensing Law, art. 45")


class SpecialProcedure(Base):
    """One procedure on a case; at most one of a kind runs at a time."""

    __tablename__ = "special_procedure"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), index=True)
    kind: Mapped[ProcedureKind] = mapped_column(text_enum(ProcedureKind))
    reason: Mapped[str] = mapped_column(sa.String(1000))
    legal_basis: Mapped[str] = mapped_column(sa.String(200))
    expected_days: Mapped[int]
    """Working days, as told to the applicant in writing."""
    expected_end_on: Mapped[date]
    started_on: Mapped[date]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """None when another authority's system has told of it."""
    started_name: Mapped[str] = mapped_column(sa.String(120))
    ended_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_name: Mapped[str | None] = mapped_column(sa.String(120))

    __table_args__ = (
        sa.CheckConstraint("expected_days > 0", name="expected_days"),
        sa.CheckConstraint("ended_on >= started_on", name="ends_after_start"),
        sa.CheckConstraint("(ended_on IS NULL) = (ended_at IS NULL)", name="ended"),
        sa.Index(
            "uq_special_procedure_running",
            "case_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        ),
    )
