"""Machines that firms offer to others, what they cost from when, and what is kept of each booking of one.

When a machine is taken is the capacity engine's to know: a booking here and there has the same id.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilities.capacity.cancelling import CancellationRules
from facilities.capacity.lifecycle import Party
from facilities.capacity.rules import Policy
from facilities.capacity.tariff import Operator, PriceVersion, Unit
from shared.database import Aggregate, Base, JsonDoc, UtcDateTime, text_enum

TRADE = "machine"


class MachineState(StrEnum):
    """Whether others may see and book it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Crew(Base):
    """Operators whom several machines of a firm share: as many work at a time as there are."""

    __tablename__ = "machine_crew"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    owner: Mapped[str] = mapped_column(sa.String(18), index=True)
    name: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    people: Mapped[int]
    ledger_id: Mapped[int] = mapped_column(sa.BigInteger)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.CheckConstraint("people > 0", name="people"),)


class Machine(Aggregate, Base):
    """A machine, or several alike, with what it can do and by which rules it is booked."""

    __tablename__ = "machine"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    """Also what is booked of the capacity engine, without an operator."""
    operated_id: Mapped[UUID] = mapped_column(sa.Uuid)
    """What is booked of the capacity engine with an operator of the owner's."""
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    owner: Mapped[str] = mapped_column(sa.String(18))
    """Unified social credit code of the firm that offers it."""
    contact: Mapped[UUID] = mapped_column(sa.Uuid)
    """The account that has listed it; messages for the owner go there."""
    name: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    note: Mapped[str] = mapped_column(sa.String(2000))
    process: Mapped[str] = mapped_column(sa.String(32))
    materials: Mapped[list["MachineMaterial"]] = relationship(
        cascade="all, delete-orphan", order_by="MachineMaterial.material", lazy="selectin"
    )
    accuracy_um: Mapped[int | None]
    """Micrometres."""
    travel_x_mm: Mapped[int | None]
    travel_y_mm: Mapped[int | None]
    travel_z_mm: Mapped[int | None]
    place: Mapped[str] = mapped_column(sa.String(120))
    units: Mapped[int]
    """How many alike there are."""
    operator: Mapped[Operator] = mapped_column(text_enum(Operator))
    crew_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("machine_crew.id"))
    """Whose operators; None: each machine has its own."""
    confidentiality: Mapped[str] = mapped_column(sa.String(32))
    qualification: Mapped[str | None] = mapped_column(sa.String(200))
    """The document that says it is fit for use."""
    qualified_until: Mapped[date | None]
    """The last day (Asia/Shanghai) on which that document holds."""
    hours: Mapped[list[dict[str, Any]]] = mapped_column(JsonDoc)
    """Opening hours as `facilities.capacity.opening.Opening` writes them; none: open always."""
    rules: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """`Policy.to_json` for the bookings to come."""
    cancellation: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """`CancellationRules.to_json` for the bookings to come."""
    state: Mapped[MachineState] = mapped_column(text_enum(MachineState))
    ledger_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    """From its first publication on."""
    calendar_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.CheckConstraint("units > 0", name="units"),
        sa.CheckConstraint("state <> 'published' OR ledger_id IS NOT NULL", name="published"),
        sa.CheckConstraint("crew_id IS NULL OR operator <> 'none'", name="crew"),
        sa.Index("ix_machine_owner", "owner", "id"),
        sa.Index("ix_machine_process", "process", "state"),
    )

    @property
    def policy(self) -> Policy:
        """The rules for bookings to come."""
        return Policy.from_json(self.rules)

    @property
    def cancelling(self) -> CancellationRules:
        """What a cancellation gives back, for bookings to come."""
        return CancellationRules.from_json(self.cancellation)


class MachineMaterial(Base):
    """A material that a machine can work."""

    __tablename__ = "machine_material"

    machine_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine.id"), primary_key=True)
    material: Mapped[str] = mapped_column(sa.String(32), primary_key=True)


class MachinePrice(Base):
    """What a machine costs from a day on, until the next version begins; never edited."""

    __tablename__ = "machine_price"

    machine_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine.id"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    effective_on: Mapped[date]
    """Bookings made while it stands that begin on this day (Asia/Shanghai) or later cost this."""
    unit: Mapped[Unit] = mapped_column(text_enum(Unit))
    unit_fen: Mapped[int] = mapped_column(sa.BigInteger)
    tariff: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """`PriceVersion.to_json`."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (sa.UniqueConstraint("machine_id", "effective_on"),)


class MachineBooking(Aggregate, Base):
    """What the trade keeps of a booking beside the engine's: for whom, by which terms, at which price."""

    __tablename__ = "machine_booking"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    """The engine's booking has the same."""
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    machine_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine.id"))
    owner: Mapped[str] = mapped_column(sa.String(18))
    customer: Mapped[str] = mapped_column(sa.String(18))
    with_operator: Mapped[bool]
    pieces: Mapped[int | None]
    """Pieces or batches, where these are paid for."""
    purpose: Mapped[str] = mapped_column(sa.String(400))
    deposit_fen: Mapped[int] = mapped_column(sa.BigInteger)
    tariff: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """The version of the price that was agreed (`PriceVersion.to_json`)."""
    cancellation: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """The cancellation rules that were agreed (`CancellationRules.to_json`)."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        sa.Index("ix_machine_booking_owner", "owner", "id"),
        sa.Index("ix_machine_booking_customer", "customer", "id"),
        sa.Index("ix_machine_booking_machine", "machine_id", "id"),
    )

    @property
    def price(self) -> PriceVersion:
        """The price as it was agreed."""
        return PriceVersion.from_json(self.tariff)

    @property
    def cancelling(self) -> CancellationRules:
        """The cancellation rules as they were agreed."""
        return CancellationRules.from_json(self.cancellation)


class BookingEntry(Base):
    """One step of a booking; rows are only ever added."""

    __tablename__ = "machine_booking_entry"

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine_booking.id"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(sa.String(24))
    party: Mapped[Party] = mapped_column(text_enum(Party))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    reason: Mapped[str | None] = mapped_column(sa.String(400))


class Charge(Base):
    """What one side owes the other by a booking: positive for the customer to pay; never edited.

    A mistake or a cancellation is a counter-entry. The same reason is entered once by its number, so that
    whatever is repeated finds its line there.
    """

    __tablename__ = "machine_charge"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine_booking.id"))
    reason: Mapped[str] = mapped_column(sa.String(24))
    seq: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    text: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (sa.UniqueConstraint("booking_id", "reason", "seq"),)


class Run(Base):
    """A time over which the machine really ran for a booking; rows are only ever added."""

    __tablename__ = "machine_run"

    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("machine_booking.id"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (sa.CheckConstraint("ended_at > started_at", name="times"),)
