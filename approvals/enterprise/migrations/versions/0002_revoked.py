"""Enterprises whose registration was revoked."""

from alembic import op

revision = "enterprise_0002"
down_revision = "enterprise_0001"
branch_labels = None
depends_on = None

_BEFORE = "status IN ('active','suspended','closed')"
_NOW = "status IN ('active','suspended','closed','revoked')"


def upgrade() -> None:
    """Let an enterprise be revoked."""
    _allow(_NOW)


def downgrade() -> None:
    """Know no such end; what was revoked counts as closed."""
    op.execute("UPDATE enterprise SET status = 'closed' WHERE status = 'revoked'")
    _allow(_BEFORE)


def _allow(condition: str) -> None:
    """Replace the CHECK. SQLite changes none: there the table is made anew and copied."""
    with op.batch_alter_table("enterprise") as table:
        table.drop_constraint(op.f("ck_enterprise_status"), type_="check")
        table.create_check_constraint(op.f("ck_enterprise_status"), condition)
