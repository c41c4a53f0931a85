"""The last version of each material that was taken back: no version of a material comes twice."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc

revision = "approvals_0005"
down_revision = "approvals_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "approval_case",
        sa.Column("taken_back", JsonDoc, nullable=False, server_default="{}"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("approval_case", "taken_back")
