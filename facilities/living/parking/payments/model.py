"""Money for parking: orders that a provider is asked to take, what was paid or given back, coupons, days.

What was paid or given back only grows: the database itself refuses to change it. Money is given back by a
refund, which is a wish until the provider has done it; only then a payment with a negative amount says so.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Aggregate, Base, JsonDoc, UtcDateTime, text_enum
from shared.text import Text

_PENDING = sa.text("state = 'pending'")
_OPEN = sa.text("settled_at IS NULL")

CASH = "cash"
"""The provider of what a cashier takes and gives back."""


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
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid, index=True)
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
    refunds: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parking_payment.id"), index=True)
    """The payment of which this is given back; None: it has come in."""
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    subject: Mapped[PaidFor] = mapped_column(text_enum(PaidFor))
    subject_id: Mapped[UUID] = mapped_column(sa.Uuid)
    fen: Mapped[int] = mapped_column(sa.BigInteger)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when the fee was reckoned that was paid."""
    provider: Mapped[str] = mapped_column(sa.String(32))
    """`CASH` for cash."""
    reference: Mapped[str] = mapped_column(sa.String(64))
    """By which the provider tells its transactions apart."""
    reason: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (
        sa.CheckConstraint("fen <> 0 AND (fen < 0) = (refunds IS NOT NULL)", name="fen"),
        sa.UniqueConstraint("provider", "reference"),
        sa.Index("ix_parking_payment_subject", "subject", "subject_id", "at"),
        sa.Index("ix_parking_payment_lot", "lot_id", "at", "id"),
    )


class RefundState(StrEnum):
    """How far giving back has come."""

    PENDING = "pending"
    MADE = "made"
    FAILED = "failed"
    """The provider will not, or could not be reached for long: it is still owed, somebody has to look."""


REFUND_STATE_NAMES: dict[RefundState, Text] = {
    RefundState.PENDING: Text("退款处理中", "Under way"),
    RefundState.MADE: Text("已退款", "Given back"),
    RefundState.FAILED: Text("退款未成功，待处理", "Not given back yet; somebody looks into it"),
}


class ParkingRefund(Base):
    """Money that is to be given back of one payment; refunds of a payment begin where the one before ends."""

    __tablename__ = "parking_refund"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    """Also by which the provider knows it: asked twice it gives back once."""
    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_payment.id"))
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    subject: Mapped[PaidFor] = mapped_column(text_enum(PaidFor))
    subject_id: Mapped[UUID] = mapped_column(sa.Uuid)
    fen: Mapped[int] = mapped_column(sa.BigInteger)
    before_fen: Mapped[int] = mapped_column(sa.BigInteger)
    """What the refunds of the payment before this one come to."""
    of_fen: Mapped[int] = mapped_column(sa.BigInteger)
    """What was paid."""
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[RefundState] = mapped_column(text_enum(RefundState))
    error: Mapped[str] = mapped_column(sa.String(500), default="")
    """Why it has failed, for operators."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """Who has asked for it; None: we ourselves, for money that was not owed."""

    __table_args__ = (
        # Two at once begin at the same place, and more than was paid does not fit: one of them is refused.
        sa.UniqueConstraint("payment_id", "before_fen"),
        sa.CheckConstraint("fen > 0 AND before_fen >= 0 AND before_fen + fen <= of_fen", name="fits"),
        sa.CheckConstraint("(state = 'made') = (made_at IS NOT NULL)", name="made"),
        sa.Index("ix_parking_refund_subject", "subject", "subject_id"),
    )


class ParkingCoupon(Base):
    """What a merchant gives to a stay (商户减免券): minutes or an amount."""

    __tablename__ = "parking_coupon"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    """What its bearer shows; nobody can guess it."""
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
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.CheckConstraint("(stay_id IS NULL) = (used_at IS NULL)", name="used"),
        sa.CheckConstraint("minutes >= 0 AND fen >= 0 AND (minutes = 0) <> (fen = 0)", name="gives"),
    )


class DifferenceKind(StrEnum):
    """Where the provider and we do not say the same."""

    OURS_ONLY = "ours_only"
    THEIRS_ONLY = "theirs_only"
    AMOUNTS_DIFFER = "amounts_differ"
    WRONG_AMOUNT = "wrong_amount"
    """Something else was paid than the order says."""
    NOT_OWED = "not_owed"
    """It was paid when nothing was owed any more: too late, or twice."""


DIFFERENCE_NAMES: dict[DifferenceKind, Text] = {
    DifferenceKind.OURS_ONLY: Text("仅我方有记录", "Only we know of it"),
    DifferenceKind.THEIRS_ONLY: Text("仅支付渠道有记录", "Only the provider knows of it"),
    DifferenceKind.AMOUNTS_DIFFER: Text("金额不一致", "The amounts differ"),
    DifferenceKind.WRONG_AMOUNT: Text("支付金额与订单不符", "Not the amount of the order was paid"),
    DifferenceKind.NOT_OWED: Text("支付时已无应付款", "Nothing was owed when it was paid"),
}


class ParkingDay(Base):
    """The accounts of a day (Asia/Shanghai) with one provider, ours beside theirs, made in the night after.

    Its row is there from the first order or payment of the day on.
    """

    __tablename__ = "parking_day"

    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"), primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    provider: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: not made yet."""
    ours: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc)
    """`received`, `received_fen`, `refunds`, `refunded_fen`: how many, and how much in fen."""
    theirs: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc)
    """The same; None of cash, which nobody else counts."""

    __table_args__ = (sa.Index("ix_parking_day_day", "day"),)


class ParkingDifference(Base):
    """Something for the operator to clear up with a provider; settled once somebody has said how."""

    __tablename__ = "parking_difference"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    day: Mapped[date] = mapped_column(sa.Date)
    provider: Mapped[str] = mapped_column(sa.String(32))
    reference: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[DifferenceKind] = mapped_column(text_enum(DifferenceKind))
    ours_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    theirs_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str] = mapped_column(sa.String(120), default="")
    note: Mapped[str] = mapped_column(sa.String(400), default="")

    __table_args__ = (
        sa.UniqueConstraint("provider", "reference", "kind"),
        sa.Index("ix_parking_difference_day", "lot_id", "day"),
        sa.Index("ix_parking_difference_open", "lot_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class SandboxTransaction(Base):
    """The books of the sandbox, which plays a payment provider: nothing but the sandbox reads them."""

    __tablename__ = "parking_sandbox"

    reference: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    shop: Mapped[str] = mapped_column(sa.String(64))
    """For whom it took the money: the lot."""
    order: Mapped[str] = mapped_column("order_number", sa.String(64), index=True)
    asked_as: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    """Of a refund: by what it was asked for."""
    fen: Mapped[int] = mapped_column(sa.BigInteger)
    """Negative: given back."""
    paid: Mapped[bool]
    """Whether it came to anything."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_parking_sandbox_shop", "shop", "at"),)
