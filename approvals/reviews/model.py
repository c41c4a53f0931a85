"""Reviewers' opinions (审查意见)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, JsonDoc, UtcDateTime


class Opinion(Base):
    """What a reviewer found, bound to the version of the case that was read."""

    __tablename__ = "opinion"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task.id"), unique=True)
    department: Mapped[str] = mapped_column(sa.String(18))
    """Credit code of the department for which it was given."""
    stage: Mapped[str | None] = mapped_column(sa.String(60))
    """The key of the item's step, where the item names who examines."""
    seen: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """What it is bound to (see `approvals.reviews.seen`)."""
    case_version: Mapped[int]
    conclusion: Mapped[str] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.Text)
    checks: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc)
    inspection: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc)
    """The check on the spot where the item demands one: `{"on", "inspectors", "findings"}`."""
    official_id: Mapped[UUID] = mapped_column(sa.Uuid)
    official_name: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
