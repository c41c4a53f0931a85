"""How far the register of enterprises has told of an organisation, so that its name follows."""

import sqlalchemy as sa
from alembic import op

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "organisation", sa.Column("register_sequence", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("organisation", "register_sequence")
