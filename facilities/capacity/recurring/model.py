"""A recurring booking as it is kept: its pattern, and what has become of each occurrence so far.

Occurrences are bookings like any other, with lives of their own. Those beyond the horizon of the resource
have no row yet: they follow from the pattern and are booked when their time comes.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.series import Series
from shared.database import Base, JsonDoc, UtcDateTime


class BookingSeries(Base):
    """What recurs, by which pattern, and for whom."""

    __tablename__ = "booking_series"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    """Goes up with each change of the series; it is its ETag."""
    trade: Mapped[str] = mapped_column(sa.String(32))
    resource_id: Mapped[UUID] = mapped_column(sa.Uuid)
    customer: Mapped[str | None] = mapped_column(sa.String(18))
    quantity: Mapped[int]
    pattern: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """`Series.to_json`: the rule, the wall times of the first one, their zone, and what is left out."""
    split_from: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking_series.id"))
    """The series of which it was a part until its occurrences were changed from one of them on."""
    created_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    created_name: Mapped[str] = mapped_column(sa.String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was given up as a whole: nothing more is booked for it."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity"),)

    @property
    def series(self) -> Series:
        """The pattern."""
        return Series.from_json(self.pattern)


class SeriesOccurrence(Base):
    """An occurrence whose time to be booked has come: its booking, or why there is none."""

    __tablename__ = "booking_occurrence"

    series_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking_series.id"), primary_key=True)
    wall: Mapped[str] = mapped_column(sa.String(19), primary_key=True)
    """The wall time by which the pattern knows it, as ISO 8601; its booking may be at another time by now."""
    booking_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking.id"), unique=True)
    refused: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc)
    """Why it could not be booked: pointer, code and message of each reason; none of what was."""
