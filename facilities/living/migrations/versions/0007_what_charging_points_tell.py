"""What charging points tell, as it came; who has said whose car it was."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc

revision = "living_0007"
down_revision = "living_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what was told beside what it comes to; nothing had been told before."""
    with op.batch_alter_table("parking_charge") as table:
        table.add_column(sa.Column("told", JsonDoc, nullable=False))
        table.add_column(sa.Column("named_by", sa.String(120), nullable=False))
    op.create_index("ix_parking_charge_bay", "parking_charge", ["bay_id", "started_at"])


def downgrade() -> None:
    """Forget it again."""
    op.drop_index("ix_parking_charge_bay", "parking_charge")
    with op.batch_alter_table("parking_charge") as table:
        table.drop_column("named_by")
        table.drop_column("told")
