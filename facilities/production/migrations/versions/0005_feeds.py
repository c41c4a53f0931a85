"""Calendar feeds of bookings of machines: which address is the present one, and whether it works."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "production_0005"
down_revision = "production_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "machine_feed",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(18), nullable=False, index=True),
        sa.Column("machine_id", sa.Uuid(), sa.ForeignKey("machine.id")),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )
    of_firm = sa.text("machine_id IS NULL")
    op.create_index(
        "uq_machine_feed_firm",
        "machine_feed",
        ["owner"],
        unique=True,
        sqlite_where=of_firm,
        postgresql_where=of_firm,
    )
    op.create_index("uq_machine_feed_machine", "machine_feed", ["machine_id"], unique=True)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("machine_feed")
