"""Charging (充电): times of cars at charging points, as the points tell them.

A point gives each of its charges a number, and tells when it began, when it ended and when the bay was free
again. What it has told is kept as it came (`told`), each phase once, and the times follow from it in whatever
order it was told (`times`), so that nothing that comes late or twice does harm.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.living.parking.charging.times import Phase, Said
from shared.database import Aggregate, Base, JsonDoc, UtcDateTime

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
    told: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """By phase: `Said.to_json`, and the `answer` that was given."""
    mark: Mapped[str | None] = mapped_column(sa.String(16))
    """The plate, normalised, or a ticket; None while nobody knows whose car it is."""
    named_by: Mapped[str] = mapped_column(sa.String(120), default="")
    """Who has said whose car it is; empty where the point has told."""
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
        # By which the charge is found that has come after one at the same bay.
        sa.Index("ix_parking_charge_bay", "bay_id", "started_at"),
    )

    @property
    def phases(self) -> Mapping[Phase, Said]:
        """What the point has told, by phase."""
        return {Phase(name): Said.from_json(kept) for name, kept in self.told.items()}

    @property
    def since(self) -> datetime | None:
        """From when on a car is known to have stood there; None while only its going was told."""
        return self.started_at or self.ended_at
