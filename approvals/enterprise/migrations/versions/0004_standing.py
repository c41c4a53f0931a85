"""When the business of an enterprise was suspended and resumed."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "enterprise_0004"
down_revision = "enterprise_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "enterprise_standing",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("status IN ('active','suspended')", name=op.f("ck_enterprise_standing_status")),
        sa.ForeignKeyConstraint(
            ["uscc"], ["enterprise.uscc"], name=op.f("fk_enterprise_standing_uscc_enterprise")
        ),
        sa.PrimaryKeyConstraint("uscc", "number", name=op.f("pk_enterprise_standing")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("enterprise_standing")
