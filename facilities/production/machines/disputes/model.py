"""Disputes about bookings of machines, and what the two sides say and hand in."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.lifecycle import Party
from facilities.production.machines.disputes.rules import DisputeState, Reason
from shared.database import Base, UtcDateTime, text_enum

_STANDS = sa.text("state <> 'withdrawn'")


class Dispute(Base):
    """One dispute. A booking has one, unless it was withdrawn."""

    __tablename__ = "machine_dispute"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine_booking.id"))
    customer: Mapped[str] = mapped_column(sa.String(18))
    owner: Mapped[str] = mapped_column(sa.String(18))
    opened_by: Mapped[Party] = mapped_column(text_enum(Party))
    reason: Mapped[Reason] = mapped_column(text_enum(Reason))
    text: Mapped[str] = mapped_column(sa.String(2000))
    claimed_fen: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[DisputeState] = mapped_column(text_enum(DisputeState))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    """From then on the park may decide without the other side's answer."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    amount_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    """What whoever opened it gets by the settlement or the decision."""
    decision: Mapped[str | None] = mapped_column(sa.String(2000))
    """Why the park has decided so."""
    decided_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("claimed_fen > 0 AND amount_fen >= 0", name="amounts"),
        sa.CheckConstraint("(state IN ('open','answered')) = (closed_at IS NULL)", name="closed"),
        sa.CheckConstraint("(state IN ('settled','decided')) = (amount_fen IS NOT NULL)", name="amount"),
        sa.Index(
            "ix_machine_dispute_one",
            "booking_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        sa.Index("ix_machine_dispute_state", "state", "id"),
        sa.Index("ix_machine_dispute_customer", "customer", "id"),
        sa.Index("ix_machine_dispute_owner", "owner", "id"),
    )


class Evidence(Base):
    """Something said or handed in; rows are only ever added."""

    __tablename__ = "machine_evidence"

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine_dispute.id"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    party: Mapped[Party] = mapped_column(text_enum(Party))
    text: Mapped[str | None] = mapped_column(sa.String(2000))
    sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    file_name: Mapped[str | None] = mapped_column(sa.String(120))
    media_type: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (
        sa.CheckConstraint("(text IS NULL) <> (sha256 IS NULL)", name="text_or_file"),
        sa.CheckConstraint("(sha256 IS NULL) = (file_name IS NULL)", name="file"),
    )
