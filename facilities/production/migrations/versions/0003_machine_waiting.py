"""What the trade of machines keeps of those who wait."""

import sqlalchemy as sa
from alembic import op

revision = "production_0003"
down_revision = "production_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "machine_waiting",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("machine_id", sa.Uuid(), sa.ForeignKey("machine.id"), nullable=False),
        sa.Column("owner", sa.String(18), nullable=False),
        sa.Column("customer", sa.String(18), nullable=False),
        sa.Column("with_operator", sa.Boolean(), nullable=False),
        sa.Column("pieces", sa.Integer()),
        sa.Column("purpose", sa.String(400), nullable=False),
    )
    op.create_index("ix_machine_waiting_owner", "machine_waiting", ["owner", "id"])
    op.create_index("ix_machine_waiting_customer", "machine_waiting", ["customer", "id"])
    op.create_index("ix_machine_waiting_machine", "machine_waiting", ["machine_id", "id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("machine_waiting")
