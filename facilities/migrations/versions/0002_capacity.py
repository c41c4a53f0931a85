"""The capacity engine: ledgers, their slots, rules and exceptions, bookings and what they have taken."""

import sqlalchemy as sa
from alembic import op

from shared.database import BigId, JsonDoc, UtcDateTime

revision = "facilities_0002"
down_revision = "facilities_0001"
branch_labels = None
depends_on = None

STATES = (
    "held",
    "pending",
    "confirmed",
    "in_use",
    "done",
    "cancelled",
    "rejected",
    "expired",
    "no_show",
)


def upgrade() -> None:
    """Create the tables."""
    _ledgers()
    _slots()
    _bookings()


def _ledgers() -> None:
    op.create_table(
        "opening_calendar",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", JsonDoc, nullable=False),
        sa.Column("hours", JsonDoc, nullable=False),
    )
    op.create_table(
        "ledger",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("grain_s", sa.Integer(), nullable=False),
        sa.Column("tz", sa.String(64), nullable=False),
        sa.Column("default_cap", sa.Integer(), nullable=False),
        sa.Column("most_slots", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), sa.ForeignKey("opening_calendar.id"), index=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("grain_s IN (300, 900, 1800, 3600, 86400)", name="grain"),
        sa.CheckConstraint("default_cap >= 0", name="default_cap"),
        sa.CheckConstraint("most_slots > 0", name="most_slots"),
    )
    op.create_table(
        "claim_rule",
        sa.Column("resource_id", sa.Uuid(), primary_key=True),
        sa.Column("ledger_id", BigId, sa.ForeignKey("ledger.id"), primary_key=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name="units"),
    )
    op.create_table(
        "capacity_exception",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("ledger_id", BigId, sa.ForeignKey("ledger.id"), nullable=False),
        sa.Column("slot_from", sa.BigInteger(), nullable=False),
        sa.Column("slot_to", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.CheckConstraint("slot_from < slot_to", name="slots"),
        sa.CheckConstraint("capacity >= 0", name="capacity"),
        sa.UniqueConstraint("ledger_id", "slot_from"),
    )


def _slots() -> None:
    op.create_table(
        "ledger_slot",
        sa.Column("ledger_id", BigId, sa.ForeignKey("ledger.id"), primary_key=True),
        sa.Column("slot", BigId, primary_key=True, autoincrement=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("overflow", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= cap", name="within_capacity"),
        sa.CheckConstraint("overflow >= 0", name="overflow"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 75},
    )
    op.create_table(
        "overflow_entry",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("ledger_id", BigId, sa.ForeignKey("ledger.id"), nullable=False, index=True),
        sa.Column("slot_from", sa.BigInteger(), nullable=False),
        sa.Column("slot_to", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("slot_from < slot_to", name="slots"),
        sa.CheckConstraint("units > 0", name="units"),
    )


def _bookings() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("trade", sa.String(32), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.String(18)),
        sa.Column("booked_by", sa.Uuid()),
        sa.Column("booked_name", sa.String(120), nullable=False),
        sa.Column("series_id", sa.Uuid(), index=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, native_enum=False, create_constraint=True, length=24, name="state"),
            nullable=False,
        ),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("price_fen", sa.BigInteger()),
        sa.Column("price_lines", JsonDoc),
        sa.Column("rules", JsonDoc, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("reason", sa.String(400)),
        sa.CheckConstraint("ends_at > starts_at", name="times"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("price_fen >= 0", name="price"),
        sa.CheckConstraint("(state IN ('held','pending')) = (expires_at IS NOT NULL)", name="waits_until"),
    )
    op.create_index("ix_booking_resource", "booking", ["resource_id", "starts_at"])
    op.create_index("ix_booking_customer", "booking", ["customer", "starts_at"])
    waits = sa.text("state IN ('held','pending')")
    op.create_index(
        "ix_booking_expiry", "booking", ["expires_at"], sqlite_where=waits, postgresql_where=waits
    )
    op.create_table(
        "booking_claim",
        sa.Column(
            "booking_id",
            sa.Uuid(),
            sa.ForeignKey("booking.id", deferrable=True, initially="DEFERRED"),
            primary_key=True,
        ),
        sa.Column("ledger_id", BigId, sa.ForeignKey("ledger.id"), primary_key=True),
        sa.Column("slot_from", sa.BigInteger(), nullable=False),
        sa.Column("slot_to", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("slot_from < slot_to", name="slots"),
        sa.CheckConstraint("units > 0", name="units"),
    )
    op.create_index("ix_booking_claim_ledger", "booking_claim", ["ledger_id", "slot_to"])


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "booking_claim",
        "booking",
        "overflow_entry",
        "ledger_slot",
        "capacity_exception",
        "claim_rule",
        "ledger",
        "opening_calendar",
    ):
        op.drop_table(table)
