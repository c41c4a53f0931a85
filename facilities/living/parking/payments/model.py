"""Money for parking: orders that a provider is asked to take, what was paid or given back, coupons.

What was paid or given back only grows: the database itself refuses to change it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Aggregate, Base, JsonDoc, UtcDateTime, text_enum
from shared.text import Text

_PENDING = sa.text("state = 'pending'")


class OrderState(StrEnum):
    """How an order stands."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    """Nobody has paid in time; money that comes all the same is taken and given back."""


ORDER_STATE_NAMES: dict[OrderState, Text] = {
    OrderState.PENDING: Text("待支付", "To be paid"),
    OrderState.PAID: Text("已支付", "Paid"),
    OrderState.FAILED: Text("支付失败", "Not paid"),
    OrderState.EXPIRED: Text("已过期", "Expired"),
}


class PaidFor(StrEnum):
    """What money is for."""

    STAY = "stay"
    PASS = "pass"  # noqa: S105 - no password
    RESERVATION = "reservation"


PAID_FOR_NAMES: dict[PaidFor, Text] = {
    PaidFor.STAY: Text("停车费", "Parking"),
    PaidFor.PASS: Text("月卡", "Pass"),
    PaidFor.RESERVATION: Text("预约", "Reservation"),
}


class ParkingOrder(Aggregate, Base):
    """An amount that somebody is asked to pay through a provider, reckoned at a moment."""

    __tablename__ = "parking_order"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    subject: Mapped[PaidFor] = mapped_column(text_enum(PaidFor))
    subject_id: Mapped[UUID] = mapped_column(sa.Uuid)
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when the fee was reckoned."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[OrderState] = mapped_column(text_enum(OrderState))
    provider: Mapped[str] = mapped_column(sa.String(32))
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """The account of whoever pays; None: at a machine, or by a code without signing in."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.Index("ix_parking_order_subject", "subject", "subject_id", "id"),
        # One at a time is open for one thing: two that are paid would be paid twice.
        sa.Index(
            "uq_parking_order_pending",
            "subject",
            "subject_id",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
    )


class ParkingPayment(Base):
    """Money that came or was given back, as the provider or a cashier has said; negative when given back."""

    __tablename__ = "parking_payment"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    order_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parking_order.id"), index=True)
    """None: cash."""
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    subject: Mapped[PaidFor] = mapped_column(text_enum(PaidFor))
    subject_id: Mapped[UUID] = mapped_column(sa.Uuid)
    fen: Mapped[int] = mapped_column(sa.BigInteger)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when the fee was reckoned that was paid."""
    provider: Mapped[str] = mapped_column(sa.String(32))
    """`cash` for cash."""
    reference: Mapped[str] = mapped_column(sa.String(64))
    """By which the provider tells its transactions apart."""
    reason: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (
        sa.CheckConstraint("fen <> 0", name="fen"),
        sa.UniqueConstraint("provider", "reference"),
        sa.Index("ix_parking_payment_subject", "subject", "subject_id", "at"),
        sa.Index("ix_parking_payment_lot", "lot_id", "at", "id"),
    )


class ParkingCoupon(Base):
    """What a merchant gives to a stay (商户减免券): minutes or an amount."""

    __tablename__ = "parking_coupon"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    giver: Mapped[str] = mapped_column(sa.String(18), index=True)
    """Credit code of the merchant that gives it."""
    name: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    minutes: Mapped[int]
    fen: Mapped[int] = mapped_column(sa.BigInteger)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    stay_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parking_stay.id"), index=True)
    """To which stay it was given."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.CheckConstraint("minutes >= 0 AND fen >= 0 AND (minutes = 0) <> (fen = 0)", name="gives"),
    )
