"""What the two sides of a booking say of each other, and what firms have been given so far."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.lifecycle import Party
from shared.database import Base, UtcDateTime, text_enum


class Rating(Base):
    """One side's rating of the other: made once, and not shown before the other's or the end of the limit."""

    __tablename__ = "machine_rating"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine_booking.id"))
    party: Mapped[Party] = mapped_column(text_enum(Party))
    firm: Mapped[str] = mapped_column(sa.String(18))
    """Who rates."""
    rated: Mapped[str] = mapped_column(sa.String(18))
    """Who is rated."""
    stars: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(500))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(sa.String(500))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    hidden_reason: Mapped[str | None] = mapped_column(sa.String(400))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.UniqueConstraint("booking_id", "party"),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer"),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_reason IS NULL)", name="hidden"),
        sa.CheckConstraint("shown_at IS NOT NULL OR (answer IS NULL AND hidden_at IS NULL)", name="shown"),
        sa.Index("ix_machine_rating_rated", "rated", "id"),
    )


class FirmRating(Base):
    """The sums of a firm's shown ratings, so that no reading has to add them up."""

    __tablename__ = "machine_firm_rating"

    uscc: Mapped[str] = mapped_column(sa.String(18), primary_key=True)
    count: Mapped[int]
    stars: Mapped[int]

    __table_args__ = (sa.CheckConstraint("count > 0 AND stars BETWEEN count AND 5 * count", name="sums"),)
