"""Registered changes of enterprises."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "enterprise_0003"
down_revision = "enterprise_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "enterprise_change",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before", JsonDoc, nullable=False),
        sa.Column("after", JsonDoc, nullable=False),
        sa.Column("licence_before", sa.String(length=120), nullable=True),
        sa.Column("licence_after", sa.String(length=120), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["uscc"], ["enterprise.uscc"], name=op.f("fk_enterprise_change_uscc_enterprise")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_enterprise_change")),
        sa.UniqueConstraint("uscc", "number", name=op.f("uq_enterprise_change_uscc_number")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("enterprise_change")
