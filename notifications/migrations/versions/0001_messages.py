"""The in-app inbox."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "notifications_0001"
down_revision = None
branch_labels = ("notifications",)
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recipient", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("title", JsonDoc, nullable=False),
        sa.Column("body", JsonDoc, nullable=False),
        sa.Column("link", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime()),
        sa.UniqueConstraint("event_id", "recipient", "template"),
    )
    op.create_index("ix_message_inbox", "message", ["recipient", "created_at", "id"])
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_message_unread", "message", ["recipient"], sqlite_where=unread, postgresql_where=unread
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("message")
