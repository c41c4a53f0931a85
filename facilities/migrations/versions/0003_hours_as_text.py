"""Opening hours are kept as the text that they are: a search reads hundreds of them and looks into none."""

import sqlalchemy as sa
from alembic import op

revision = "facilities_0003"
down_revision = "facilities_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """On PostgreSQL alone: SQLite has no other form."""
    _become("JSON")


def downgrade() -> None:
    """Back to JSONB."""
    _become("JSONB")


def _become(kind: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            sa.text(f"ALTER TABLE opening_calendar ALTER COLUMN hours TYPE {kind} USING hours::{kind}")
        )
