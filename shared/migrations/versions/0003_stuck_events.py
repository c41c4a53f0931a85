"""What operators act on: a version of every received event and timer, and since when a timer fails."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "shared_0003"
down_revision = "shared_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; timers that have failed before fail since they were parked or last postponed."""
    for table in ("inbox_message", "timer"):
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("timer", sa.Column("failing_since", UtcDateTime()))
    op.execute("UPDATE timer SET failing_since = COALESCE(parked_at, due_at) WHERE attempts > 0")
    failing = sa.text("failing_since IS NOT NULL")
    op.create_index(
        "ix_timer_failing", "timer", ["failing_since", "id"], sqlite_where=failing, postgresql_where=failing
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_timer_failing", "timer")
    op.drop_column("timer", "failing_since")
    for table in ("timer", "inbox_message"):
        op.drop_column(table, "version")
