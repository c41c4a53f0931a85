"""Special procedures, extensions, deliveries; tasks that wait while the clocks of their case stand still."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "approvals_0004"
down_revision = "approvals_0003"
branch_labels = None
depends_on = None

_BEFORE = ("intake", "review", "decision")
_NOW = (*_BEFORE, "extension", "delivery")


def _kinds(kinds: tuple[str, ...]) -> str:
    return "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))


def upgrade() -> None:
    """Create the tables; let a task be of the new kinds."""
    op.add_column("approval_case", sa.Column("resumes_on", sa.Date(), nullable=True))
    op.add_column("task", sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false()))
    _allow(_NOW)
    op.create_table(
        "special_procedure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hearing",
                "tender",
                "auction",
                "inspection",
                "testing",
                "quarantine",
                "appraisal",
                "expert_review",
                name="procedurekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("expected_days", sa.Integer(), nullable=False),
        sa.Column("expected_end_on", sa.Date(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_name", sa.String(length=120), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_name", sa.String(length=120), nullable=True),
        sa.CheckConstraint("expected_days > 0", name=op.f("ck_special_procedure_expected_days")),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_special_procedure_ends_after_start")),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ended_at IS NULL)", name=op.f("ck_special_procedure_ended")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_special_procedure_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_procedure")),
    )
    op.create_index(op.f("ix_special_procedure_case_id"), "special_procedure", ["case_id"], unique=False)
    op.create_index(
        "uq_special_procedure_running",
        "special_procedure",
        ["case_id", "kind"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "approved",
                "refused",
                "lapsed",
                name="extensionstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_name", sa.String(length=120), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_name", sa.String(length=120), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('approved','refused') OR decided_by <> requested_by",
            name=op.f("ck_extension_other_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_extension_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_case_id"), "extension", ["case_id"], unique=False)
    op.create_index(
        "uq_extension_once",
        "extension",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('requested','approved')"),
        postgresql_where=sa.text("state IN ('requested','approved')"),
    )
    op.create_table(
        "delivery",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "in_person",
                "post",
                "electronic",
                name="deliverymethod",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_delivery_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_delivery")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("delivery")
    op.drop_table("extension")
    op.drop_table("special_procedure")
    op.execute("DELETE FROM task WHERE kind IN ('extension', 'delivery')")
    _allow(_BEFORE)
    op.drop_column("task", "suspended")
    op.drop_column("approval_case", "resumes_on")


def _allow(kinds: tuple[str, ...]) -> None:
    """Let a task be of these kinds. SQLite changes no CHECK: there the table is made anew and copied."""
    with op.batch_alter_table("task") as task:
        task.drop_constraint(op.f("ck_task_taskkind"), type_="check")
        task.create_check_constraint(op.f("ck_task_taskkind"), _kinds(kinds))
