"""What came out of the use of a machine, as its owner says and its customer accepts."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.production.machines.quality.rules import QualityState
from shared.database import Base, UtcDateTime, text_enum


class QualityResult(Base):
    """The result of one booking."""

    __tablename__ = "machine_quality"

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine_booking.id"), primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    state: Mapped[QualityState] = mapped_column(text_enum(QualityState))
    accepted_pieces: Mapped[int | None]
    """Pieces found good; None where pieces are not what was made."""
    rejected_pieces: Mapped[int | None]
    measured: Mapped[str] = mapped_column(sa.String(2000))
    """Measured values, as the owner writes them."""
    note: Mapped[str] = mapped_column(sa.String(2000))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when it waits for somebody; None once it is settled."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    report_name: Mapped[str | None] = mapped_column(sa.String(120))
    report_type: Mapped[str | None] = mapped_column(sa.String(64))
    report_size: Mapped[int | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("accepted_pieces >= 0 AND rejected_pieces >= 0", name="pieces"),
        sa.CheckConstraint("(state IN ('accepted','conceded')) = (answer_by IS NULL)", name="waits_until"),
        sa.CheckConstraint("(report_sha256 IS NULL) = (report_name IS NULL)", name="report"),
    )
