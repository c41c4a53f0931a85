"""What happens at the lanes, and the stays worked out from it."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "living_0002"
down_revision = "living_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _events()
    _openings()
    _for_the_operator()
    _stays()


def _events() -> None:
    op.create_table(
        "gate_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid()),
        sa.Column("device_event", sa.String(64), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("lane_id", sa.Uuid(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("in", "out", name="direction", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("mark", sa.String(16)),
        sa.Column("read", sa.String(32), nullable=False),
        sa.Column(
            "color",
            sa.Enum(
                "blue",
                "yellow",
                "green",
                "gradient_green",
                "yellow_green",
                "white",
                "black",
                name="platecolor",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
        ),
        sa.Column(
            "vehicle",
            sa.Enum(
                "small",
                "large",
                "nev_small",
                "nev_large",
                "motorcycle",
                name="vehicleclass",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("confidence", sa.Integer()),
        sa.Column("image_ref", sa.String(200), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "doubt",
            sa.Enum(
                "clock_ahead",
                "clock_behind",
                "too_old",
                name="doubt",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
        ),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("repeats", sa.Uuid()),
        sa.Column(
            "verdict",
            sa.Enum(
                "open", "pay", "refuse", name="verdict", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "exempt",
                "no_plate",
                "banned",
                "closed",
                "pass",
                "reservation",
                "quota",
                "drive_in",
                "holders_only",
                "full",
                "free",
                "paid",
                "due",
                "lost_entry",
                "no_stay",
                "ambiguous",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("answer", JsonDoc, nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("stay_id", sa.Uuid()),
        sa.CheckConstraint("NOT passed OR mark IS NOT NULL", name="passed"),
        sa.ForeignKeyConstraint(["device_id"], ["parking_device.id"]),
        sa.ForeignKeyConstraint(["lane_id"], ["parking_lane.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("device_id", "device_event"),
    )
    op.create_index(
        "ix_gate_event_course",
        "gate_event",
        ["lot_id", "mark", "at"],
        sqlite_where=sa.text("passed"),
        postgresql_where=sa.text("passed"),
    )
    op.create_index("ix_gate_event_lane", "gate_event", ["lane_id", "at", "id"])
    op.create_index("ix_gate_event_lot", "gate_event", ["lot_id", "received_at", "id"])


def _openings() -> None:
    op.create_table(
        "gate_opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lane_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid()),
        sa.Column("device_event", sa.String(64)),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("opened_name", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("mark", sa.String(16)),
        sa.Column("explained", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["parking_device.id"]),
        sa.ForeignKeyConstraint(["lane_id"], ["parking_lane.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("device_id", "device_event"),
    )
    op.create_index("ix_gate_opening_lane", "gate_opening", ["lane_id", "at", "id"])


def _for_the_operator() -> None:
    op.create_table(
        "parking_alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "unexplained_opening",
                "overfull",
                "clock",
                "exit_missed",
                "entry_missed",
                "misread",
                name="alarmkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(16)),
        sa.Column("details", JsonDoc, nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime()),
        sa.Column("seen_by", sa.String(120), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "kind", "subject"),
    )
    op.create_index(
        "ix_parking_alarm_open",
        "parking_alarm",
        ["lot_id", "raised_at"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "parking_listing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "banned", "exempt", name="listingkind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "exemption",
            sa.Enum(
                "fire",
                "ambulance",
                "rescue",
                "military",
                "police",
                "disabled",
                name="exemption",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
        ),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.CheckConstraint("(kind = 'exempt') = (exemption IS NOT NULL)", name="exempted"),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "mark", "kind"),
    )


def _stays() -> None:
    op.create_table(
        "parking_stay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Uuid()),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column(
            "vehicle",
            sa.Enum(
                "small",
                "large",
                "nev_small",
                "nev_large",
                "motorcycle",
                name="vehicleclass",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "exemption",
            sa.Enum(
                "fire",
                "ambulance",
                "rescue",
                "military",
                "police",
                "disabled",
                name="exemption",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
        ),
        sa.Column(
            "state",
            sa.Enum(
                "inside",
                "left",
                "exit_missed",
                "entry_missed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("entered_at", UtcDateTime()),
        sa.Column("left_at", UtcDateTime()),
        sa.Column(
            "ground",
            sa.Enum(
                "exempt",
                "pass",
                "reservation",
                "quota",
                "drive_in",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("right_id", sa.Uuid()),
        sa.Column("tariff", sa.Integer()),
        sa.Column("continues", sa.Uuid()),
        sa.Column("overflow_id", sa.Uuid()),
        sa.Column("fee_fen", sa.BigInteger()),
        sa.Column("fee", JsonDoc),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'inside') = (left_at IS NULL)", name="inside"),
        sa.CheckConstraint("left_at IS NULL OR entered_at IS NULL OR left_at >= entered_at", name="times"),
        sa.CheckConstraint("paid_fen >= 0", name="paid"),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"]),
        sa.ForeignKeyConstraint(["zone_id"], ["parking_zone.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_parking_stay_car", "parking_stay", ["mark", "created_at"])
    op.create_index("ix_parking_stay_lot", "parking_stay", ["lot_id", "created_at", "id"])
    op.create_index(
        "ix_parking_stay_zone",
        "parking_stay",
        ["zone_id"],
        sqlite_where=sa.text("state = 'inside'"),
        postgresql_where=sa.text("state = 'inside'"),
    )
    op.create_index(
        "uq_parking_stay_inside",
        "parking_stay",
        ["lot_id", "mark"],
        unique=True,
        sqlite_where=sa.text("state = 'inside'"),
        postgresql_where=sa.text("state = 'inside'"),
    )
    op.create_table(
        "parking_car_turn",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("turns", sa.BigInteger(), nullable=False),
        sa.Column("last_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"]),
        sa.PrimaryKeyConstraint("lot_id", "mark"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "parking_car_turn",
        "parking_stay",
        "parking_listing",
        "parking_alarm",
        "gate_opening",
        "gate_event",
    ):
        op.drop_table(table)
