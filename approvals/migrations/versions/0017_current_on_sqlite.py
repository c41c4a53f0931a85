"""Current explanations are found by their index on SQLite, too.

SQLite takes a partial index only for a query that says its condition in the same words, and queries say
`current = 1`.
"""

import sqlalchemy as sa
from alembic import op

revision = "approvals_0017"
down_revision = "approvals_0016"
branch_labels = None
depends_on = None

_TABLE = "overdue_explanation"


def upgrade() -> None:
    """Make the indexes anew, in the words of the queries."""
    _say("current = 1")


def downgrade() -> None:
    """Have them as they were."""
    _say("current")


def _say(condition: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    where = sa.text(condition)
    op.drop_index("uq_overdue_explanation_current", _TABLE)
    op.create_index("uq_overdue_explanation_current", _TABLE, ["case_id"], unique=True, sqlite_where=where)
    op.drop_index("ix_overdue_explanation_public", _TABLE)
    op.create_index("ix_overdue_explanation_public", _TABLE, ["explained_at", "id"], sqlite_where=where)
