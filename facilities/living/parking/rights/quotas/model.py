"""Bays of firms (企业配额车位): how many each registered firm gets in a zone, and what it really has.

What a quota takes of its zone are bookings month by month. Where there is no room for all of it, less is
taken and the rest stays owed: `bays` of the quota less the units of its bookings is what is short.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.database import Aggregate, Base, UtcDateTime, text_enum
from shared.text import Text


class QuotaState(StrEnum):
    """Whether a firm has its bays."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


QUOTA_STATE_NAMES: dict[QuotaState, Text] = {
    QuotaState.GRANTED: Text("已授予", "Granted"),
    QuotaState.WITHDRAWN: Text("已收回", "Withdrawn"),
}


class QuotaRule(Aggregate, Base):
    """How many bays of a zone every registered and active firm gets; 0 for none."""

    __tablename__ = "parking_quota_rule"

    zone_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_zone.id"), primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    bays: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (sa.CheckConstraint("bays >= 0", name="bays"),)


class ParkingQuota(Aggregate, Base):
    """The bays of one firm in one zone."""

    __tablename__ = "parking_quota"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    zone_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_zone.id"))
    firm: Mapped[str] = mapped_column(sa.String(18), index=True)
    """Unified social credit code."""
    bays: Mapped[int]
    """How many it is to have; 0 once withdrawn."""
    state: Mapped[QuotaState] = mapped_column(text_enum(QuotaState))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cars: Mapped[list["QuotaCar"]] = relationship(
        order_by="QuotaCar.number", cascade="all, delete-orphan", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("bays >= 0 AND (bays = 0) = (state = 'withdrawn')", name="bays"),
        sa.UniqueConstraint("zone_id", "firm"),
        sa.Index("ix_parking_quota_lot", "lot_id", "id"),
    )


class QuotaCar(Base):
    """A plate that a member has named for the firm's bays."""

    __tablename__ = "parking_quota_car"

    quota_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_quota.id"), primary_key=True)
    plate: Mapped[str] = mapped_column(sa.String(16), primary_key=True, index=True)
    """Normalised."""
    number: Mapped[int]


class QuotaClaim(Base):
    """A booking by which a quota takes bays in a month; several where some were got later."""

    __tablename__ = "parking_quota_claim"

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), primary_key=True)
    quota_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_quota.id"))
    month: Mapped[str] = mapped_column(sa.String(7))
    """Of Asia/Shanghai, such as 2026-12."""

    __table_args__ = (sa.Index("ix_parking_quota_claim_month", "quota_id", "month"),)
