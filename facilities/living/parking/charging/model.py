"""Charging (充电): times of cars at charging points, as the points tell them.

A point gives each of its charges a number, and tells when it began, when it ended and when the bay was free
again. Each is set once, in whatever order they are told, so that nothing that comes late or twice does harm.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Aggregate, Base, UtcDateTime

_OPEN = sa.text("freed_at IS NULL")


class ParkingCharge(Aggregate, Base):
    """One time of a car at a charging point."""

    __tablename__ = "parking_charge"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    device_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_device.id"))
    number: Mapped[str] = mapped_column(sa.String(64))
    """By which the point tells its charges apart."""
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    bay_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_bay.id"))
    mark: Mapped[str | None] = mapped_column(sa.String(16))
    """The plate, normalised, or a ticket; None while nobody knows whose car it is."""
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the car was charged, or was taken off the point."""
    freed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the bay was free again."""
    freed_by: Mapped[str] = mapped_column(sa.String(120), default="")
    """Who has seen that the bay was free; empty where the point, or its next charge, has told."""
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was heard of first."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.UniqueConstraint("device_id", "number"),
        sa.CheckConstraint(
            "started_at IS NOT NULL OR ended_at IS NOT NULL OR freed_at IS NOT NULL", name="known"
        ),
        sa.Index("ix_parking_charge_car", "lot_id", "mark", "ended_at"),
        sa.Index("ix_parking_charge_lot", "lot_id", "id"),
        sa.Index("ix_parking_charge_open", "bay_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
