"""How an enterprise has stood: each suspension of its business and each end of one, with the reason."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, UtcDateTime


class StandingEntry(Base):
    """One change of the standing; rows are only ever added."""

    __tablename__ = "enterprise_standing"

    uscc: Mapped[str] = mapped_column(sa.ForeignKey("enterprise.uscc"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    """Counts the changes of an enterprise, from 1."""
    status: Mapped[str] = mapped_column(sa.String(16))
    """What it has become: `suspended` or `active`."""
    reason: Mapped[str] = mapped_column(sa.String(1000))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[UUID] = mapped_column(sa.Uuid)
    entered_name: Mapped[str] = mapped_column(sa.String(120))

    __table_args__ = (sa.CheckConstraint("status IN ('active','suspended')", name="status"),)
