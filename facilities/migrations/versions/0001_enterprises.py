"""The copy of the register of enterprises."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "facilities_0001"
down_revision = None
branch_labels = ("facilities",)
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "enterprise_copy",
        sa.Column("uscc", sa.String(18), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("legal_representative", sa.String(80), nullable=False),
        sa.Column("industry_code", sa.String(5), nullable=False),
        sa.Column("region_code", sa.String(6), nullable=False),
        sa.Column("registered_capital_fen", sa.BigInteger(), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_enterprise_copy_newest", "enterprise_copy", ["established_on", "uscc"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("enterprise_copy")
