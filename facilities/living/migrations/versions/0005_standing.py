"""Until when standing cars are counted in a zone; alarms with versions, and one for stocks that drift."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "living_0005"
down_revision = "living_0004"
branch_labels = None
depends_on = None

_KINDS = ("unexplained_opening", "overfull", "clock", "exit_missed", "entry_missed", "misread")


def upgrade() -> None:
    """Add the columns, and make the alarms anew: nothing has raised any yet."""
    with op.batch_alter_table("parking_zone") as table:
        table.add_column(sa.Column("rolled_slot", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_gate_event_stay", "gate_event", ["stay_id"])
    with op.batch_alter_table("parking_car_turn") as table:
        table.drop_column("last_at")
    op.drop_table("parking_alarm")
    _alarms(
        (*_KINDS, "drift"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
    )
    op.create_index("ix_parking_alarm_lot", "parking_alarm", ["lot_id", "id"])


def _alarms(kinds: tuple[str, ...], *more: sa.Column[int]) -> None:
    op.create_table(
        "parking_alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*kinds, name="alarmkind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(16)),
        sa.Column("details", JsonDoc, nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime()),
        sa.Column("seen_by", sa.String(120), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        *more,
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


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("parking_alarm")
    _alarms(_KINDS)
    with op.batch_alter_table("parking_car_turn") as table:
        table.add_column(sa.Column("last_at", UtcDateTime()))
    op.drop_index("ix_gate_event_stay", "gate_event")
    with op.batch_alter_table("parking_zone") as table:
        table.drop_column("rolled_slot")
