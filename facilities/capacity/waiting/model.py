"""An entry of a waitlist (候补): who would like to have what when, as soon as it becomes free."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.grid import Span
from facilities.capacity.rules import Policy, Wish
from shared.database import Base, JsonDoc, UtcDateTime, text_enum
from shared.text import Text

_WAITS = sa.text("state = 'waiting'")


class WaitState(StrEnum):
    """Where an entry stands; all but the first are its end."""

    WAITING = "waiting"
    OFFERED = "offered"
    """It has become a held booking; what becomes of that is the booking's."""
    LEFT = "left"
    EXPIRED = "expired"
    """Its time came, and nothing had become free; or nothing can come of it any more."""


WAIT_STATE_NAMES: dict[WaitState, Text] = {
    WaitState.WAITING: Text("候补中", "Waiting"),
    WaitState.OFFERED: Text("已候补成功", "Offered"),
    WaitState.LEFT: Text("已退出候补", "Left"),
    WaitState.EXPIRED: Text("候补未成功", "Nothing became free"),
}


class WaitlistEntry(Base):
    """Somebody who waits. Every verb on it takes all ledgers of its resource first, as for a booking."""

    __tablename__ = "waitlist_entry"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    trade: Mapped[str] = mapped_column(sa.String(32))
    resource_id: Mapped[UUID] = mapped_column(sa.Uuid)
    customer: Mapped[str | None] = mapped_column(sa.String(18))
    """Unified social credit code of the enterprise that waits; None for a person of their own."""
    joined_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    joined_name: Mapped[str] = mapped_column(sa.String(120))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    quantity: Mapped[int]
    takes_from: Mapped[datetime] = mapped_column(UtcDateTime)
    """With what belongs to it before, by the rules under which it joined; `takes_until` likewise."""
    takes_until: Mapped[datetime] = mapped_column(UtcDateTime)
    priority: Mapped[int]
    """Higher ones come first."""
    skips: Mapped[int]
    """How often one behind it was served because it itself did not fit; see `offering`."""
    state: Mapped[WaitState] = mapped_column(text_enum(WaitState))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From then on nobody could book that time any more."""
    booking_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("booking.id"), unique=True)
    """What it has become."""
    rules: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """The policy under which it joined (`Policy.to_json`)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="times"),
        sa.CheckConstraint("takes_from <= starts_at AND takes_until >= ends_at", name="takes"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("skips >= 0", name="skips"),
        sa.CheckConstraint("(state = 'offered') = (booking_id IS NOT NULL)", name="offered"),
        sa.Index(
            "ix_waitlist_entry_line",
            "resource_id",
            "takes_until",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        sa.Index(
            "uq_waitlist_entry_wish",
            "trade",
            "customer",
            "resource_id",
            "starts_at",
            "ends_at",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    @property
    def wish(self) -> Wish:
        """What is waited for."""
        return Wish(self.starts_at, self.ends_at, self.quantity)

    @property
    def takes(self) -> Span:
        """The time that would be taken, with what belongs to it before and after."""
        return Span(self.takes_from, self.takes_until)

    @property
    def policy(self) -> Policy:
        """The rules under which it joined."""
        return Policy.from_json(self.rules)
