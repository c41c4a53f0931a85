"""Public notices (公示) and the objections to them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, JsonDoc, UtcDateTime, text_enum
from shared.text import Text


class NoticeState(StrEnum):
    """It runs, it stood its whole time, or it was stopped before."""

    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


class StopReason(StrEnum):
    """Why a notice was stopped: somebody objected, the application was taken back, its case has ended."""

    OBJECTION = "objection"
    WITHDRAWN = "withdrawn"
    CASE_ENDED = "case_ended"


class Standing(StrEnum):
    """As what somebody objects (市场主体登记管理条例 art. 33: 相关部门、债权人及其他利害关系人)."""

    AUTHORITY = "authority"
    CREDITOR = "creditor"
    INTERESTED = "interested"


class ObjectionOutcome(StrEnum):
    """What the examination of an objection has found: it is right, or it is not (成立、不成立)."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


OUTCOME_NAMES: dict[ObjectionOutcome, Text] = {
    ObjectionOutcome.UPHELD: Text("异议成立", "Upheld"),
    ObjectionOutcome.DISMISSED: Text("异议不成立", "Dismissed"),
}
NOTICE_NAMES: dict[NoticeState, Text] = {
    NoticeState.RUNNING: Text("公示中", "Running"),
    NoticeState.ENDED: Text("公示期已届满", "Ended"),
    NoticeState.STOPPED: Text("已终止", "Stopped"),
}
STANDING_NAMES: dict[Standing, Text] = {
    Standing.AUTHORITY: Text("相关部门", "Authority concerned"),
    Standing.CREDITOR: Text("债权人", "Creditor"),
    Standing.INTERESTED: Text("其他利害关系人", "Other person with an interest"),
}


class PublicNotice(Base):
    """One notice on a case. What it shows is fixed when it is published; its days follow the calendar."""

    __tablename__ = "public_notice"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    """As the item names it."""
    timing: Mapped[str] = mapped_column(sa.String(16))
    """`before_filing` or `before_decision`."""
    holder: Mapped[str] = mapped_column(sa.String(40))
    """Of whom one of the kind may run at a time: the applicant before the application, then the case."""
    item_code: Mapped[str] = mapped_column(sa.String(50))
    item_version: Mapped[str] = mapped_column(sa.String(40))
    number: Mapped[str] = mapped_column(sa.String(60))
    subject_name: Mapped[str] = mapped_column(sa.String(200))
    shown: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """What everybody reads: `{"facts": [{"label", "value"}], "promise": {"zh", "en"} or null}`."""
    published_on: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The reading of the deadline ledger, as on the case row; recomputed, never edited.
    last_on: Mapped[date]
    provisional: Mapped[bool]
    file_until: Mapped[date | None]
    """The last day to hand the application in, where the notice comes before it."""
    file_provisional: Mapped[bool]
    state: Mapped[NoticeState] = mapped_column(text_enum(NoticeState))
    ended_on: Mapped[date | None]
    """Its last day, or the day on which it was stopped."""
    stop_reason: Mapped[StopReason | None] = mapped_column(text_enum(StopReason))

    __table_args__ = (
        sa.CheckConstraint("timing IN ('before_filing','before_decision')", name="timing"),
        sa.CheckConstraint("last_on >= published_on", name="last_on"),
        sa.CheckConstraint("(state = 'running') = (ended_on IS NULL)", name="ended"),
        sa.CheckConstraint("(state = 'stopped') = (stop_reason IS NOT NULL)", name="stopped"),
        sa.Index("ix_public_notice_newest", "published_at", "id"),
        sa.Index(
            "uq_public_notice_running",
            "kind",
            "holder",
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
    )


class Objection(Base):
    """What somebody has against what a notice announces; who and why is sealed."""

    __tablename__ = "notice_objection"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("public_notice.id"))
    account_id: Mapped[UUID] = mapped_column(sa.Uuid)
    standing: Mapped[Standing] = mapped_column(text_enum(Standing))
    lodged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """`{"name", "reason", "contact", "account"}`, encrypted."""
    outcome: Mapped[ObjectionOutcome | None] = mapped_column(text_enum(ObjectionOutcome))
    answer_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    """`{"text"}`: what the examination has found; it may name who objects."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    answered_name: Mapped[str | None] = mapped_column(sa.String(120))

    __table_args__ = (
        sa.UniqueConstraint("notice_id", "account_id"),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_at IS NULL) AND (outcome IS NULL) = (answer_sealed IS NULL)",
            name="answered",
        ),
    )
