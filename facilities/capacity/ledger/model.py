"""The slot ledger: what a pool of capacity holds, slot by slot, and who takes how much of it.

A ledger is one pool: a machine, a zone of bays, a size of pallets, an operator, kilowatts. What is booked is
a resource of some trade, known here by its id alone; the claim rules say which ledgers a unit of it takes.
A machine with its operator takes two; a hall and its halves take the same two, and so block one another.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from facilities.capacity.grid import GRAINS_S
from shared.database import Base, BigId, JsonDoc, UtcDateTime

MOST_SLOTS = 400
"""Slots that one claim may take, unless a ledger says otherwise: what a transaction writes stays small."""


class OpeningCalendar(Base):
    """Opening hours that any number of ledgers share; wall times of each ledger's own zone."""

    __tablename__ = "opening_calendar"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    name: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    """`{"zh", "en"}`."""
    hours: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    """As `facilities.capacity.opening.Opening` writes them; text, which a search reads by the hundred."""


class Ledger(Base):
    """One pool of capacity.

    Its key is a number and no UUID as elsewhere: every slot and every claim repeats it (in SQLite a UUID is
    32 characters), and its order is the order in which ledgers are locked. Nobody outside sees it.
    """

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    grain_s: Mapped[int]
    """Length of a slot in seconds; a day's slots are local dates."""
    tz: Mapped[str] = mapped_column(sa.String(64))
    """IANA name of the zone of its dates and opening hours."""
    default_cap: Mapped[int]
    """Units that it holds while it is open and nothing else is said."""
    most_slots: Mapped[int] = mapped_column(default=MOST_SLOTS)
    calendar_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opening_calendar.id"), index=True)
    """None: open always."""
    version: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    """Goes up whenever anything is claimed, given back or changed: the row that everybody takes first."""

    __table_args__ = (
        sa.CheckConstraint(f"grain_s IN {GRAINS_S}", name="grain"),
        sa.CheckConstraint("default_cap >= 0", name="default_cap"),
        sa.CheckConstraint("most_slots > 0", name="most_slots"),
    )


class LedgerSlot(Base):
    """How much of a slot is taken. Sparse: without a row nothing is, and the capacity is what the rules say.

    The CHECK is the guarantee: whatever writes here, no slot ever holds more than its capacity. `overflow` is
    what is there all the same (a car that simply stands there), beside it and recorded on its own.
    """

    __tablename__ = "ledger_slot"

    ledger_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("ledger.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    used: Mapped[int]
    cap: Mapped[int]
    overflow: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        sa.CheckConstraint("used >= 0 AND used <= cap", name="within_capacity"),
        sa.CheckConstraint("overflow >= 0", name="overflow"),
        # The key is the row. On PostgreSQL room is left in each page, so that an update touches no index.
        {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 75}},
    )


class ClaimRule(Base):
    """One unit of a resource takes so many units of a ledger. Every resource has at least one rule."""

    __tablename__ = "claim_rule"

    resource_id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    ledger_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("ledger.id"), primary_key=True)
    units: Mapped[int]

    __table_args__ = (
        sa.CheckConstraint("units > 0", name="units"),
        sa.Index("ix_claim_rule_ledger_id", "ledger_id"),
    )


class CapacityException(Base):
    """Another capacity for some slots of a ledger, 0 for a closure; two of one ledger never overlap."""

    __tablename__ = "capacity_exception"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    ledger_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("ledger.id"))
    slot_from: Mapped[int] = mapped_column(sa.BigInteger)
    slot_to: Mapped[int] = mapped_column(sa.BigInteger)
    """The first slot that is no part of it any more."""
    capacity: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(400))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(sa.Uuid)

    __table_args__ = (
        sa.CheckConstraint("slot_from < slot_to", name="slots"),
        sa.CheckConstraint("capacity >= 0", name="capacity"),
        sa.UniqueConstraint("ledger_id", "slot_from"),
    )


class OverflowEntry(Base):
    """Units that are there beyond what anybody has claimed: what the column `overflow` is the sum of."""

    __tablename__ = "overflow_entry"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    ledger_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("ledger.id"), index=True)
    slot_from: Mapped[int] = mapped_column(sa.BigInteger)
    slot_to: Mapped[int] = mapped_column(sa.BigInteger)
    units: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(400))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.CheckConstraint("slot_from < slot_to", name="slots"),
        sa.CheckConstraint("units > 0", name="units"),
    )


class BookingClaim(Base):
    """What a booking has taken and has not given back: release is exact even after the rules have changed.

    There are rows for bookings that take capacity and for no others.
    """

    __tablename__ = "booking_claim"

    booking_id: Mapped[UUID] = mapped_column(
        # At the commit: the ledger is always taken first, and the booking enters after it.
        sa.ForeignKey("booking.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    )
    ledger_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("ledger.id"), primary_key=True)
    slot_from: Mapped[int] = mapped_column(sa.BigInteger)
    slot_to: Mapped[int] = mapped_column(sa.BigInteger)
    units: Mapped[int]

    __table_args__ = (
        sa.CheckConstraint("slot_from < slot_to", name="slots"),
        sa.CheckConstraint("units > 0", name="units"),
        sa.Index("ix_booking_claim_ledger", "ledger_id", "slot_to"),
    )
