"""Organisations that their register has closed."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "gateway_0003"
down_revision = "gateway_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the instant from which nobody can act for it."""
    op.add_column("organisation", sa.Column("closed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("organisation", "closed_at")
