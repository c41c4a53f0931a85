"""Promises (告知承诺): what an applicant promised with an application, and what later checks found of it."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from approvals.cases.promise_state import PromiseState
from shared.database import Base, UtcDateTime, text_enum


class Promise(Base):
    """One a case; the words promised are those of the case's item version, and stand on its slip."""

    __tablename__ = "promise"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), primary_key=True)
    state: Mapped[PromiseState] = mapped_column(text_enum(PromiseState))
    promised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    promised_by: Mapped[UUID] = mapped_column(sa.Uuid)
    promised_name: Mapped[str] = mapped_column(sa.String(120))
    correct_by: Mapped[date | None]
    """The last legal day (Asia/Shanghai) for what was ordered to be corrected."""

    __table_args__ = (
        sa.CheckConstraint("state <> 'correcting' OR correct_by IS NOT NULL", name="correct_by"),
    )


class PromiseCheck(Base):
    """What one check (核查) found; there are at most two, the second after an order to correct."""

    __tablename__ = "promise_check"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("promise.case_id"), primary_key=True)
    round: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    fulfilled: Mapped[bool]
    findings: Mapped[str] = mapped_column(sa.String(2000))
    """Told to the holder."""
    correct_by: Mapped[date | None]
    checked_on: Mapped[date]
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    official_id: Mapped[UUID] = mapped_column(sa.Uuid)
    official_name: Mapped[str] = mapped_column(sa.String(120))

    __table_args__ = (
        sa.CheckConstraint("round IN (1, 2)", name="round"),
        sa.CheckConstraint("(correct_by IS NOT NULL) = (round = 1 AND NOT fulfilled)", name="ordered_once"),
    )
