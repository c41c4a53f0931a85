"""What the trade keeps of a recurring booking beside the engine's: whose it is, and as what it is booked."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Aggregate, Base


class MachineSeries(Aggregate, Base):
    """A machine booked again and again by a firm."""

    __tablename__ = "machine_series"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    """The engine's series has the same."""
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    machine_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine.id"))
    owner: Mapped[str] = mapped_column(sa.String(18))
    customer: Mapped[str] = mapped_column(sa.String(18))
    with_operator: Mapped[bool]
    pieces: Mapped[int | None]
    """Pieces or batches of each occurrence, where these are paid for."""
    purpose: Mapped[str] = mapped_column(sa.String(400))
    expiry_told_on: Mapped[date | None]
    """The day (Asia/Shanghai) on which it was last told that occurrences have expired: once a day."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.Index("ix_machine_series_owner", "owner", "id"),
        sa.Index("ix_machine_series_customer", "customer", "id"),
    )
