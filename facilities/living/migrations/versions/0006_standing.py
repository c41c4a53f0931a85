"""Until when standing cars are counted in a zone, versions of alarms; the latest passage is noted once."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "living_0006"
down_revision = "living_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and the order in which alarms are listed."""
    with op.batch_alter_table("parking_zone") as table:
        table.add_column(sa.Column("rolled_slot", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("parking_alarm") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("event_sequence", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_parking_alarm_lot", "parking_alarm", ["lot_id", "id"])
    op.create_index("ix_gate_event_stay", "gate_event", ["stay_id"])
    with op.batch_alter_table("parking_car_turn") as table:
        table.drop_column("last_at")


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("parking_car_turn") as table:
        table.add_column(sa.Column("last_at", UtcDateTime()))
    op.drop_index("ix_gate_event_stay", "gate_event")
    op.drop_index("ix_parking_alarm_lot", "parking_alarm")
    with op.batch_alter_table("parking_alarm") as table:
        table.drop_column("event_sequence")
        table.drop_column("version")
    with op.batch_alter_table("parking_zone") as table:
        table.drop_column("rolled_slot")
