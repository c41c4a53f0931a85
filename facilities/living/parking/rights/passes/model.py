"""Passes (月卡): cars that share bays of a zone for months, and the periods that were bought.

What a pass takes of its zone are bookings of the capacity engine: from the first day it lets its cars in to
the last one, the days of grace included. A car on a pass never stands where nothing was kept for it.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilities.living.parking.vehicles import VehicleClass
from shared.database import Aggregate, Base, UtcDateTime, text_enum
from shared.text import Text

_WAITING = sa.text("state = 'waiting'")


class PassState(StrEnum):
    """How a pass stands; suspended or not is another matter."""

    WAITING = "waiting"
    """Ordered and not paid yet."""
    ACTIVE = "active"
    """Paid until a day, which may not have come yet."""
    EXPIRED = "expired"
    LAPSED = "lapsed"
    """Nobody has paid for it in time."""


PASS_STATE_NAMES: dict[PassState, Text] = {
    PassState.WAITING: Text("待支付", "To be paid"),
    PassState.ACTIVE: Text("有效", "Valid"),
    PassState.EXPIRED: Text("已到期", "Expired"),
    PassState.LAPSED: Text("逾期未付，已失效", "Not paid in time"),
}


class PeriodState(StrEnum):
    """How a period of a pass stands."""

    WAITING = "waiting"
    PAID = "paid"
    LAPSED = "lapsed"


PERIOD_STATE_NAMES: dict[PeriodState, Text] = {
    PeriodState.WAITING: Text("待支付", "To be paid"),
    PeriodState.PAID: Text("已支付", "Paid"),
    PeriodState.LAPSED: Text("逾期未付，已失效", "Not paid in time"),
}


class ParkingPass(Aggregate, Base):
    """A pass. The gate reads its own columns alone: they say until when it is paid."""

    __tablename__ = "parking_pass"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    zone_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_zone.id"))
    holder_id: Mapped[UUID] = mapped_column(sa.Uuid)
    """The account that has bought it."""
    vehicle: Mapped[VehicleClass] = mapped_column(text_enum(VehicleClass))
    """The class that is paid for."""
    bays: Mapped[int]
    """How many of its cars have a bay at a time."""
    grace_days: Mapped[int]
    state: Mapped[PassState] = mapped_column(text_enum(PassState))
    since: Mapped[date | None]
    """First day that is paid (Asia/Shanghai); None before anything is."""
    until: Mapped[date | None]
    """Last day that is paid."""
    suspended_for: Mapped[str | None] = mapped_column(sa.String(400))
    """Why the operator has suspended it; None while it is not."""
    changed_in: Mapped[str] = mapped_column(sa.String(7))
    """The month in which its cars were changed last, such as 2026-12."""
    changes: Mapped[int]
    """How often in that month."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cars: Mapped[list["PassCar"]] = relationship(
        order_by="PassCar.number", cascade="all, delete-orphan", lazy="selectin"
    )
    periods: Mapped[list["PassPeriod"]] = relationship(
        order_by="PassPeriod.number", lazy="selectin", back_populates="of"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("bays > 0 AND grace_days >= 0 AND changes >= 0", name="numbers"),
        sa.CheckConstraint("(since IS NULL) = (until IS NULL) AND since <= until", name="days"),
        sa.Index("ix_parking_pass_holder", "holder_id", "id"),
        sa.Index("ix_parking_pass_lot", "lot_id", "id"),
    )

    @property
    def waiting(self) -> "PassPeriod | None":
        """The period that is to be paid."""
        return next((each for each in self.periods if each.state is PeriodState.WAITING), None)


class PassCar(Base):
    """A plate on a pass."""

    __tablename__ = "parking_pass_car"

    pass_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_pass.id"), primary_key=True)
    plate: Mapped[str] = mapped_column(sa.String(16), primary_key=True, index=True)
    """Normalised."""
    number: Mapped[int]
    """In the order in which they were named."""


class PassPeriod(Base):
    """Months of a pass that were ordered at once, at a price that stays."""

    __tablename__ = "parking_pass_period"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    """By which an order names what is paid."""
    pass_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_pass.id"))
    number: Mapped[int]
    since: Mapped[date]
    until: Mapped[date]
    """Last day; local dates of Asia/Shanghai."""
    first: Mapped[int]
    """Which month of the pass it begins with, counted from 0."""
    months: Mapped[int]
    price_fen: Mapped[int] = mapped_column(sa.BigInteger)
    tariff: Mapped[int]
    """Number of the version by which it was priced."""
    state: Mapped[PeriodState] = mapped_column(text_enum(PeriodState))
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pay_by: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when its bays are kept without payment."""
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    of: Mapped[ParkingPass] = relationship(back_populates="periods")
    claims: Mapped[list["PassClaim"]] = relationship(
        order_by="PassClaim.booking_id", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (
        sa.CheckConstraint("since <= until AND months > 0 AND first >= 0 AND price_fen >= 0", name="period"),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid"),
        sa.UniqueConstraint("pass_id", "number"),
        # One waits at a time: of two that are ordered at once the later one is refused.
        sa.Index(
            "uq_parking_pass_period_waiting",
            "pass_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )


class PassClaim(Base):
    """A booking by which a period takes bays; one claim reaches over 31 days at most."""

    __tablename__ = "parking_pass_claim"

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("booking.id"), primary_key=True)
    period_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_pass_period.id"), index=True)
