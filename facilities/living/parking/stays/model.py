"""Stays (停车记录): from an entry to an exit, as worked out from the passages, with what they cost.

A car is inside of a car park once at most: the database holds to that.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.living.parking.gates.answers import Ground
from facilities.living.parking.gates.course import State
from facilities.living.parking.vehicles import Exemption, VehicleClass
from shared.database import Aggregate, Base, JsonDoc, UtcDateTime, text_enum

_INSIDE = sa.text("state = 'inside'")
INSIDE: sa.ColumnElement[str] = sa.literal_column("'inside'")
"""The state of a car inside, for queries that every event asks: said in the words of the indexes that hold
these cars alone. With a parameter PostgreSQL would have to plan anew each time to find them.
"""


class CarTurn(Base):
    """The row that whoever works on the stays of one car in one lot takes first: one at a time."""

    __tablename__ = "parking_car_turn"

    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    turns: Mapped[int] = mapped_column(sa.BigInteger)


class ParkingStay(Aggregate, Base):
    """One stay of a car in a lot."""

    __tablename__ = "parking_stay"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parking_lot.id"))
    zone_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parking_zone.id"))
    """Where it counts as standing; None where it never came in."""
    mark: Mapped[str] = mapped_column(sa.String(16))
    vehicle: Mapped[VehicleClass] = mapped_column(text_enum(VehicleClass))
    exemption: Mapped[Exemption | None] = mapped_column(text_enum(Exemption))
    state: Mapped[State] = mapped_column(text_enum(State))
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ground: Mapped[Ground] = mapped_column(text_enum(Ground))
    """On what it is inside."""
    right_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """The pass, reservation or quota on which it is."""
    tariff: Mapped[int | None]
    """Number of the version by which it is charged: that in force at the entry."""
    continues: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """The earlier stay with which it goes on, where the tariff lets it: they are charged as one."""
    overflow_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    """What it takes of its zone's ledger beside all claims, where it has no claim of its own."""
    doubted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a count has shown that a car is gone, this one by all appearance; None: nobody doubts it is there.

    It takes no room from then on, and is let out like any other should it turn up.
    """
    fee_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    """What it costs, once it has ended."""
    fee: Mapped[dict[str, Any] | None] = mapped_column(JsonDoc)
    """`Fee.to_json`, once it has ended."""
    paid_fen: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    """What was paid less what was given back; its entries are `parking_payment`'s."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_counted(self) -> bool:
        """Whether its car, while it is inside, takes room of its zone beside all claims."""
        return self.overflow_id is not None and self.doubted_at is None

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("left_at IS NULL OR entered_at IS NULL OR left_at >= entered_at", name="times"),
        sa.CheckConstraint("(state = 'inside') = (left_at IS NULL)", name="inside"),
        sa.CheckConstraint("paid_fen >= 0", name="paid"),
        sa.Index(
            "uq_parking_stay_inside",
            "lot_id",
            "mark",
            unique=True,
            sqlite_where=_INSIDE,
            postgresql_where=_INSIDE,
        ),
        sa.Index("ix_parking_stay_car", "mark", "created_at"),
        sa.Index("ix_parking_stay_lot", "lot_id", "created_at", "id"),
        sa.Index("ix_parking_stay_zone", "zone_id", sqlite_where=_INSIDE, postgresql_where=_INSIDE),
        # By which the gate counts the cars of a pass or a firm that are inside.
        sa.Index("ix_parking_stay_right", "right_id", sqlite_where=_INSIDE, postgresql_where=_INSIDE),
    )
