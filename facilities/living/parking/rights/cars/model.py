"""The cars that somebody has named as their own."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Base, UtcDateTime


class ParkingCar(Base):
    """A plate that an account has registered. Nobody checks whose car it is, so others may have it too."""

    __tablename__ = "parking_car"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(sa.Uuid)
    plate: Mapped[str] = mapped_column(sa.String(16), index=True)
    """Normalised."""
    name: Mapped[str] = mapped_column(sa.String(40))
    """What its people call it; may be empty."""
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.UniqueConstraint("account_id", "plate"),)
