"""Indexes by which old rows are found and stuck ones counted."""

import sqlalchemy as sa
from alembic import op

revision = "shared_0002"
down_revision = "shared_0001"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_outbox_message_published", "outbox_message", ["published_at"], "published_at IS NOT NULL"),
    ("ix_inbox_message_done", "inbox_message", ["received_at"], "state = 'done'"),
    (
        "ix_inbox_message_unsettled",
        "inbox_message",
        ["state", "received_at"],
        "state IN ('waiting','parked')",
    ),
)


def upgrade() -> None:
    """Create them."""
    for name, table, columns, condition in _INDEXES:
        where = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop them."""
    for name, table, _columns, _condition in _INDEXES:
        op.drop_index(name, table)
