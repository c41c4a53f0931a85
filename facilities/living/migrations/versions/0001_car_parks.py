"""Car parks: lots, zones, bays, lanes, devices, and what parking costs from when."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "living_0001"
down_revision = None
branch_labels = ("living",)
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _lots()
    _lanes()


def _lots() -> None:
    op.create_table(
        "parking_lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", JsonDoc, nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("operator_name", sa.String(120), nullable=False),
        sa.Column("complaint_phone", sa.String(32), nullable=False),
        sa.Column("hours", JsonDoc, nullable=False),
        sa.Column("drive_in", sa.Boolean(), nullable=False),
        sa.Column("rules", JsonDoc, nullable=False),
        sa.Column("early_s", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "closed",
                name="lotstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("calendar_id", sa.Uuid()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("early_s >= 0", name="early"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "parking_zone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", JsonDoc, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "general", "charging", name="zonekind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("ledger_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("capacity > 0", name="capacity"),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "code"),
    )
    op.create_table(
        "parking_bay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("accessible", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["parking_zone.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("zone_id", "number"),
    )
    op.create_table(
        "parking_tariff",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("tariff", JsonDoc, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"]),
        sa.PrimaryKeyConstraint("lot_id", "number"),
        sa.UniqueConstraint("lot_id", "effective_on"),
    )


def _lanes() -> None:
    op.create_table(
        "parking_lane",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", JsonDoc, nullable=False),
        sa.Column(
            "direction",
            sa.Enum("in", "out", name="direction", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "code"),
    )
    op.create_table(
        "parking_lane_zone",
        sa.Column("lane_id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.CheckConstraint("metres >= 0", name="metres"),
        sa.ForeignKeyConstraint(["lane_id"], ["parking_lane.id"]),
        sa.ForeignKeyConstraint(["zone_id"], ["parking_zone.id"]),
        sa.PrimaryKeyConstraint("lane_id", "zone_id"),
    )
    op.create_table(
        "parking_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "camera", "barrier", name="devicekind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["parking_lane.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index(op.f("ix_parking_device_lane_id"), "parking_device", ["lane_id"])


def downgrade() -> None:
    """Drop them."""
    for table in (
        "parking_device",
        "parking_lane_zone",
        "parking_lane",
        "parking_tariff",
        "parking_bay",
        "parking_zone",
        "parking_lot",
    ):
        op.drop_table(table)
