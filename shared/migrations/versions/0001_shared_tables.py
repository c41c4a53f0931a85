"""Tables every service stands on: outbox, inbox, timer, idempotency, audit."""

import sqlalchemy as sa
from alembic import op

from shared.database import BigId, JsonDoc, UtcDateTime

revision = "shared_0001"
down_revision = None
branch_labels = ("shared",)
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "outbox_message",
        sa.Column("position", BigId, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("aggregate_id", sa.String(64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime()),
        sa.Column("last_error", sa.Text()),
        sa.UniqueConstraint("event_id"),
        sa.UniqueConstraint("aggregate_id", "sequence", "type"),
    )
    pending = sa.text("published_at IS NULL")
    op.create_index(
        "ix_outbox_message_pending",
        "outbox_message",
        ["position"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.create_table(
        "inbox_message",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime()),
        sa.Column("reason", sa.String(64)),
        sa.Column("error", sa.Text()),
        sa.Column("body", sa.LargeBinary()),
        sa.CheckConstraint("state IN ('done','waiting','parked','discarded')", name="state"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_inbox_message_due",
        "inbox_message",
        ["next_attempt_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("payload", JsonDoc, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("parked_at", UtcDateTime()),
        sa.UniqueConstraint("name", "key"),
    )
    running = sa.text("parked_at IS NULL")
    op.create_index("ix_timer_due", "timer", ["due_at"], sqlite_where=running, postgresql_where=running)
    op.create_table(
        "idempotency_record",
        sa.Column("actor", sa.String(64), primary_key=True),
        sa.Column("method", sa.String(8), primary_key=True),
        sa.Column("path", sa.String(300), primary_key=True),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", JsonDoc, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_idempotency_record_created_at", "idempotency_record", ["created_at"])
    op.create_table(
        "audit_entry",
        sa.Column("position", BigId, primary_key=True, autoincrement=True),
        sa.Column("aggregate_type", sa.String(40), nullable=False),
        sa.Column("aggregate_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("on_behalf_of", sa.String(64)),
        sa.Column("address", sa.String(64)),
        sa.Column("request_id", sa.String(64)),
        sa.Column("details", JsonDoc, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("aggregate_type", "aggregate_id", "number"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "audit_entry",
        "idempotency_record",
        "timer",
        "inbox_message",
        "outbox_message",
    ):
        op.drop_table(table)
