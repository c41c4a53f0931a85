"""A booking (预订): who takes how much of which resource when, under which rules and at which price."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import State
from facilities.capacity.rules import Policy
from shared.database import Aggregate, Base, JsonDoc, UtcDateTime, text_enum

_WAITS = sa.text("state IN ('held','pending')")


class Booking(Aggregate, Base):
    """One booking. What it takes of the ledgers is noted in `booking_claim`."""

    __tablename__ = "booking"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    trade: Mapped[str] = mapped_column(sa.String(32))
    """Whose resource it is: quotas count within a trade."""
    resource_id: Mapped[UUID] = mapped_column(sa.Uuid)
    customer: Mapped[str | None] = mapped_column(sa.String(18))
    """Unified social credit code of the enterprise that books; None for a person of their own."""
    booked_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """The account of whoever has booked; None for the system."""
    booked_name: Mapped[str] = mapped_column(sa.String(120))
    series_id: Mapped[UUID | None] = mapped_column(sa.Uuid, index=True)
    """What it is an occurrence of, where it is one."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    quantity: Mapped[int]
    state: Mapped[State] = mapped_column(text_enum(State))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when it waits, for the customer or for the provider."""
    price_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    """Fixed with the booking; None where nothing is paid."""
    price_lines: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonDoc)
    """How the price came about, line by line, as it was told."""
    rules: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """The policy under which it was made (`Policy.to_json`)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its use really began."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it came to its end, in whatever way."""
    reason: Mapped[str | None] = mapped_column(sa.String(400))
    """Why it was cancelled or rejected."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="times"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("price_fen >= 0", name="price"),
        sa.CheckConstraint("(state IN ('held','pending')) = (expires_at IS NOT NULL)", name="waits_until"),
        sa.Index("ix_booking_resource", "resource_id", "starts_at"),
        sa.Index("ix_booking_customer", "customer", "starts_at"),
        sa.Index("ix_booking_expiry", "expires_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    @property
    def span(self) -> Span:
        """The booked time, without what belongs to it before and after."""
        return Span(self.starts_at, self.ends_at)

    @property
    def policy(self) -> Policy:
        """The rules under which it was made."""
        return Policy.from_json(self.rules)
