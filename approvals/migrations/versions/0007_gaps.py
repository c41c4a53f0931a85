"""What may follow later (容缺受理) and what ends when it does not; corrections on the spot (当场更正)."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "approvals_0007"
down_revision = "approvals_0006"
branch_labels = None
depends_on = None

_BEFORE = (
    "draft",
    "received",
    "correction",
    "accepted",
    "reviewing",
    "deciding",
    "granted",
    "refused",
    "not_required",
    "not_accepted",
    "withdrawn",
)
_NOW = (*_BEFORE, "terminated")


def upgrade() -> None:
    """Create the tables; let a case be of the new state."""
    _allow(_NOW)
    op.create_table(
        "deferral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "promised",
                "due",
                "made_up",
                "broken",
                "lapsed",
                name="deferralstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("codes", JsonDoc, nullable=False),
        sa.Column("promised_at", UtcDateTime(), nullable=False),
        sa.Column("promised_by", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("made_up_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('due','made_up','broken') OR due_on IS NOT NULL", name=op.f("ck_deferral_due")
        ),
        sa.CheckConstraint(
            "(state = 'made_up') = (made_up_at IS NOT NULL)", name=op.f("ck_deferral_made_up")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_deferral_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral")),
        sa.UniqueConstraint("case_id", "round", name=op.f("uq_deferral_case_id_round")),
    )
    op.create_index(op.f("ix_deferral_due_on"), "deferral", ["due_on"], unique=False)
    op.create_index(
        "uq_deferral_standing",
        "deferral",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('promised','due')"),
        postgresql_where=sa.text("state IN ('promised','due')"),
    )
    op.create_table(
        "spot_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "consent",
            sa.Enum(
                "present",
                "phone",
                "video",
                name="consent",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("corrected_at", UtcDateTime(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("official_name", sa.String(length=120), nullable=False),
        sa.Column("changes_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_spot_correction_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_correction")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_spot_correction_case_id_number")),
    )


def downgrade() -> None:
    """Drop them; what was terminated counts as withdrawn, which is what the law makes of it."""
    op.drop_table("spot_correction")
    op.drop_table("deferral")
    op.execute("UPDATE approval_case SET state = 'withdrawn' WHERE state = 'terminated'")
    _allow(_BEFORE)


def _allow(states: tuple[str, ...]) -> None:
    """Let a case be of these states. SQLite changes no CHECK: there the table is made anew and copied."""
    said = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("approval_case") as case:
        case.drop_constraint(op.f("ck_approval_case_state"), type_="check")
        case.create_check_constraint(op.f("ck_approval_case_state"), f"state IN ({said})")
