"""Recurring bookings of machines."""

import sqlalchemy as sa
from alembic import op

revision = "production_0002"
down_revision = "production_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "machine_series",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), sa.ForeignKey("machine.id"), nullable=False),
        sa.Column("owner", sa.String(18), nullable=False),
        sa.Column("customer", sa.String(18), nullable=False),
        sa.Column("with_operator", sa.Boolean(), nullable=False),
        sa.Column("pieces", sa.Integer()),
        sa.Column("purpose", sa.String(400), nullable=False),
        sa.Column("expiry_told_on", sa.Date()),
    )
    op.create_index("ix_machine_series_owner", "machine_series", ["owner", "id"])
    op.create_index("ix_machine_series_customer", "machine_series", ["customer", "id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("machine_series")
