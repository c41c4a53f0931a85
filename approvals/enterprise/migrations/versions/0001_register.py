"""The register of enterprises."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "enterprise_0001"
down_revision = None
branch_labels = ("enterprise",)
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "enterprise",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("company_type", sa.String(length=80), nullable=False),
        sa.Column("legal_representative", sa.String(length=80), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("industry_code", sa.String(length=5), nullable=False),
        sa.Column("business_scope", sa.Text(), nullable=False),
        sa.Column("registered_capital_fen", sa.BigInteger(), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("applicant_account_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("certificate_id", sa.String(length=120), nullable=True),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('active','suspended','closed')", name=op.f("ck_enterprise_status")),
        sa.CheckConstraint("registered_capital_fen > 0", name=op.f("ck_enterprise_capital")),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("name", name=op.f("uq_enterprise_name")),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("enterprise",):
        op.drop_table(table)
