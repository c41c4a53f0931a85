"""The waitlist: who would like to have what when, as soon as it becomes free."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "facilities_0005"
down_revision = "facilities_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and find the resources that take a ledger without reading every rule."""
    op.create_table(
        "waitlist_entry",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trade", sa.String(32), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.String(18)),
        sa.Column("joined_by", sa.Uuid()),
        sa.Column("joined_name", sa.String(120), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("takes_from", UtcDateTime(), nullable=False),
        sa.Column("takes_until", UtcDateTime(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("skips", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "offered",
                "left",
                "expired",
                native_enum=False,
                create_constraint=True,
                length=24,
                name="waitstate",
            ),
            nullable=False,
        ),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("booking.id")),
        sa.Column("rules", JsonDoc, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("booking_id"),
        sa.CheckConstraint("ends_at > starts_at", name="times"),
        sa.CheckConstraint("takes_from <= starts_at AND takes_until >= ends_at", name="takes"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("skips >= 0", name="skips"),
        sa.CheckConstraint("(state = 'offered') = (booking_id IS NOT NULL)", name="offered"),
    )
    waits = sa.text("state = 'waiting'")
    op.create_index(
        "ix_waitlist_entry_line",
        "waitlist_entry",
        ["resource_id", "takes_until"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index(
        "uq_waitlist_entry_wish",
        "waitlist_entry",
        ["trade", "customer", "resource_id", "starts_at", "ends_at"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("ix_claim_rule_ledger_id", "claim_rule", ["ledger_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_claim_rule_ledger_id", "claim_rule")
    op.drop_table("waitlist_entry")
