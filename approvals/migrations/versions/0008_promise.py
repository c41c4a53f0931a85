"""Credit records; checks on the spot."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "approvals_0008"
down_revision = "approvals_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; let an opinion keep a check on the spot."""
    op.add_column("opinion", sa.Column("inspection", JsonDoc, nullable=True))
    op.create_table(
        "credit_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("subject_name", sa.String(length=200), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "broken_promise",
                "entered",
                name="creditcause",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_name", sa.String(length=120), nullable=False),
        sa.Column("repaired_on", sa.Date(), nullable=True),
        sa.Column("repaired_at", UtcDateTime(), nullable=True),
        sa.Column("repaired_by", sa.Uuid(), nullable=True),
        sa.Column("repaired_name", sa.String(length=120), nullable=True),
        sa.Column("repair_reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "(uscc IS NULL) <> (account_id IS NULL)", name=op.f("ck_credit_record_one_subject")
        ),
        sa.CheckConstraint(
            "(cause = 'broken_promise') = (case_id IS NOT NULL)",
            name=op.f("ck_credit_record_case_of_promise"),
        ),
        sa.CheckConstraint(
            "(repaired_at IS NULL) = (repaired_on IS NULL)"
            " AND (repaired_at IS NULL) = (repair_reason IS NULL)",
            name=op.f("ck_credit_record_repaired"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_credit_record_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_record")),
        sa.UniqueConstraint("case_id", name=op.f("uq_credit_record_case_id")),
    )
    op.create_index(op.f("ix_credit_record_uscc"), "credit_record", ["uscc"], unique=False)
    op.create_index(op.f("ix_credit_record_account_id"), "credit_record", ["account_id"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("credit_record")
    op.drop_column("opinion", "inspection")
