"""What is kept of a reservation beside its booking, which has the same id."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base


class ParkingReservation(Base):
    """A bay of a zone reserved for a car; when, by whom and how it stands is the booking's to say."""

    __tablename__ = "parking_reservation"

    id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    zone_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_zone.id"))
    account_id: Mapped[UUID] = mapped_column(sa.Uuid)
    plate: Mapped[str] = mapped_column(sa.String(16))
    """Normalised."""

    __table_args__ = (
        sa.Index("ix_parking_reservation_car", "lot_id", "plate"),
        sa.Index("ix_parking_reservation_account", "account_id", "id"),
    )
