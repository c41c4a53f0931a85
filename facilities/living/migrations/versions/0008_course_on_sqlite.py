"""The passages of a car are found by their index on SQLite, too.

SQLite takes a partial index only for a query that says its condition in the same words, and queries say
`passed = 1`.
Until now every event at a gate looked through all events of its lot.
"""

import sqlalchemy as sa
from alembic import op

revision = "living_0008"
down_revision = "living_0007"
branch_labels = None
depends_on = None

_NAME = "ix_gate_event_course"


def upgrade() -> None:
    """Make the index anew, in the words of the queries."""
    _say("passed = 1")


def downgrade() -> None:
    """Have it as it was."""
    _say("passed")


def _say(condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index(_NAME, "gate_event")
        op.create_index(_NAME, "gate_event", ["lot_id", "mark", "at"], sqlite_where=sa.text(condition))
