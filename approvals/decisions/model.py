"""The decision (准予 / 不予行政许可决定) on a case."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, JsonDoc, UtcDateTime


class Decision(Base):
    """One a case; the primary key makes a second decision impossible."""

    __tablename__ = "decision"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("approval_case.id"), primary_key=True)
    granted: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(sa.Text)
    remedies: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc)
    """For a refusal: how to appeal (行政许可法 art. 38), in both languages."""
    official_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """None when another authority has decided, in its own system."""
    official_name: Mapped[str] = mapped_column(sa.String(120))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
