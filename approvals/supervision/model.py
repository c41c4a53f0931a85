"""Supervision records (电子监察): each says once that a limit of a case is near, or was missed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.cases.model import Case
from approvals.cases.warnings import WarningLight
from shared.database import Base, JsonDoc, UtcDateTime, text_enum


class SupervisionRecord(Base):
    """One warning; written once, never edited. The names of GB/T 39046 table 11 stand beside its fields."""

    __tablename__ = "supervision_record"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    """监察编号."""
    rule: Mapped[str] = mapped_column(sa.String(40))
    """监察规则编号: the light and the kind of clock, such as `red/promised`."""
    light: Mapped[WarningLight] = mapped_column(text_enum(WarningLight))
    """监察预警类型代码; the standard's own codes were not read, so these are the platform's."""
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"))
    clock: Mapped[str] = mapped_column(sa.String(60))
    clock_name: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    item_code: Mapped[str] = mapped_column(sa.String(50))
    department: Mapped[str] = mapped_column(sa.String(18))
    """责任部门."""
    organisation: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """机构名称."""
    due_on: Mapped[date]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """状态产生时间: when the light changed."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """督办发出时间: when it was written down and told."""
    content: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """督办内容."""
    result: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """监察结果描述."""

    case: Mapped[Case] = relationship(lazy="raise")

    __table_args__ = (
        sa.UniqueConstraint("case_id", "clock", "light"),
        sa.Index("ix_supervision_record_newest", "issued_at", "id"),
        sa.Index("ix_supervision_record_department", "department", "issued_at", "id"),
    )
