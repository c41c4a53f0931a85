"""Visitors (访客): plates that a host has invited, with free minutes that the host bears."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Aggregate, Base, UtcDateTime, text_enum
from shared.text import Text


class VisitState(StrEnum):
    """How an invitation stands."""

    INVITED = "invited"
    COME = "come"
    """The car has come in on it."""
    CANCELLED = "cancelled"


VISIT_STATE_NAMES: dict[VisitState, Text] = {
    VisitState.INVITED: Text("已邀请", "Invited"),
    VisitState.COME: Text("已到访", "Has come"),
    VisitState.CANCELLED: Text("已取消", "Taken back"),
}


class ParkingVisit(Aggregate, Base):
    """One invitation: it lets a plate come once. It keeps no bay; the minutes are like a coupon's."""

    __tablename__ = "parking_visit"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    plate: Mapped[str] = mapped_column(sa.String(16))
    """Normalised."""
    host_id: Mapped[UUID] = mapped_column(sa.Uuid)
    """The account of the host."""
    firm: Mapped[str | None] = mapped_column(sa.String(18), index=True)
    """Credit code of the firm that is the host; None for a person."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Within this time the car has to come in."""
    minutes: Mapped[int]
    """Which the stay does not cost."""
    state: Mapped[VisitState] = mapped_column(text_enum(VisitState))
    stay_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parking_stay.id"), index=True)
    """The stay that has the minutes."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at AND minutes > 0", name="numbers"),
        sa.CheckConstraint("(state = 'come') = (stay_id IS NOT NULL)", name="stay"),
        sa.Index("ix_parking_visit_car", "lot_id", "plate", "ends_at"),
        sa.Index("ix_parking_visit_host", "host_id", "id"),
    )
