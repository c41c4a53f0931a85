"""Charging points at bays with what they tell; what somebody has counted in a zone."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "living_0006"
down_revision = "living_0005"
branch_labels = None
depends_on = None

_PLACE = "(lane_id IS NULL) = (kind = 'charger') AND (bay_id IS NULL) = (kind <> 'charger')"


def upgrade() -> None:
    """Let devices stand at bays, and make the charges; count cars of which nothing is known."""
    with op.batch_alter_table("parking_device") as table:
        table.drop_constraint(op.f("ck_parking_device_devicekind"), type_="check")
        table.alter_column("lane_id", existing_type=sa.Uuid(), nullable=True)
        table.add_column(sa.Column("bay_id", sa.Uuid()))
    with op.batch_alter_table("parking_device") as table:
        table.create_check_constraint(
            op.f("ck_parking_device_devicekind"), "kind IN ('camera', 'barrier', 'charger')"
        )
        table.create_check_constraint(op.f("ck_parking_device_place"), _PLACE)
        table.create_foreign_key(
            op.f("fk_parking_device_bay_id_parking_bay"), "parking_bay", ["bay_id"], ["id"]
        )
        table.create_unique_constraint(op.f("uq_parking_device_bay_id"), ["bay_id"])
    with op.batch_alter_table("parking_zone") as table:
        table.add_column(sa.Column("unknown", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("unknown_id", sa.Uuid()))
        table.add_column(sa.Column("counted_at", UtcDateTime()))
        table.create_check_constraint(op.f("ck_parking_zone_unknown"), "unknown >= 0")
    with op.batch_alter_table("parking_stay") as table:
        table.add_column(sa.Column("doubted_at", UtcDateTime()))
    _charges()


def _charges() -> None:
    op.create_table(
        "parking_charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bay_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(16)),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("freed_at", UtcDateTime()),
        sa.Column("freed_by", sa.String(120), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "started_at IS NOT NULL OR ended_at IS NOT NULL OR freed_at IS NOT NULL", name="known"
        ),
        sa.ForeignKeyConstraint(["device_id"], ["parking_device.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"]),
        sa.ForeignKeyConstraint(["bay_id"], ["parking_bay.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("device_id", "number"),
    )
    op.create_index("ix_parking_charge_car", "parking_charge", ["lot_id", "mark", "ended_at"])
    op.create_index("ix_parking_charge_lot", "parking_charge", ["lot_id", "id"])
    open_ones = sa.text("freed_at IS NULL")
    op.create_index(
        "ix_parking_charge_open",
        "parking_charge",
        ["bay_id"],
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )


def downgrade() -> None:
    """Take them away again, and the charging points with them."""
    op.drop_table("parking_charge")
    with op.batch_alter_table("parking_stay") as table:
        table.drop_column("doubted_at")
    with op.batch_alter_table("parking_zone") as table:
        table.drop_constraint(op.f("ck_parking_zone_unknown"), type_="check")
        table.drop_column("counted_at")
        table.drop_column("unknown_id")
        table.drop_column("unknown")
    op.execute("DELETE FROM parking_device WHERE kind = 'charger'")
    with op.batch_alter_table("parking_device") as table:
        table.drop_constraint(op.f("ck_parking_device_place"), type_="check")
        table.drop_constraint(op.f("ck_parking_device_devicekind"), type_="check")
        table.drop_constraint(op.f("uq_parking_device_bay_id"), type_="unique")
        table.drop_constraint(op.f("fk_parking_device_bay_id_parking_bay"), type_="foreignkey")
        table.drop_column("bay_id")
        table.alter_column("lane_id", existing_type=sa.Uuid(), nullable=False)
        table.create_check_constraint(op.f("ck_parking_device_devicekind"), "kind IN ('camera', 'barrier')")
