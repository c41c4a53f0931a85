"""Recurring bookings: their patterns, and what has become of each occurrence."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "facilities_0004"
down_revision = "facilities_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "booking_series",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trade", sa.String(32), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.String(18)),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("pattern", JsonDoc, nullable=False),
        sa.Column("split_from", sa.Uuid(), sa.ForeignKey("booking_series.id")),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("created_name", sa.String(120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )
    op.create_table(
        "booking_occurrence",
        sa.Column("series_id", sa.Uuid(), sa.ForeignKey("booking_series.id"), primary_key=True),
        sa.Column("wall", sa.String(19), primary_key=True),
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("booking.id"), unique=True),
        sa.Column("refused", JsonDoc, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("booking_occurrence")
    op.drop_table("booking_series")
