"""Credit records; checks on the spot; filing on a promise, and its later check."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "approvals_0008"
down_revision = "approvals_0007"
branch_labels = None
depends_on = None

_BEFORE = ("intake", "review", "decision", "extension", "delivery")
_NOW = (*_BEFORE, "check")


def upgrade() -> None:
    """Create the tables; let an opinion keep a check on the spot, a case its route, a task be a check."""
    op.add_column("opinion", sa.Column("inspection", JsonDoc, nullable=True))
    with op.batch_alter_table("approval_case") as case:
        case.add_column(sa.Column("route", sa.String(length=16), nullable=False, server_default="ordinary"))
        case.create_check_constraint(op.f("ck_approval_case_route"), "route IN ('ordinary','promise')")
    _allow(_NOW)
    _create_promises()
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
    op.drop_table("promise_check")
    op.drop_table("promise")
    op.execute("DELETE FROM task WHERE kind = 'check'")
    _allow(_BEFORE)
    with op.batch_alter_table("approval_case") as case:
        case.drop_constraint(op.f("ck_approval_case_route"), type_="check")
        case.drop_column("route")


def _allow(kinds: tuple[str, ...]) -> None:
    """Let a task be of these kinds. SQLite changes no CHECK: there the table is made anew and copied."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("task") as task:
        task.drop_constraint(op.f("ck_task_taskkind"), type_="check")
        task.create_check_constraint(op.f("ck_task_taskkind"), f"kind IN ({listed})")


def _create_promises() -> None:
    op.create_table(
        "promise",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "made",
                "to_check",
                "correcting",
                "fulfilled",
                "broken",
                name="promisestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("promised_at", UtcDateTime(), nullable=False),
        sa.Column("promised_by", sa.Uuid(), nullable=False),
        sa.Column("promised_name", sa.String(length=120), nullable=False),
        sa.Column("correct_by", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state <> 'correcting' OR correct_by IS NOT NULL", name=op.f("ck_promise_correct_by")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_promise_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_promise")),
    )
    op.create_table(
        "promise_check",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fulfilled", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.String(length=2000), nullable=False),
        sa.Column("correct_by", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("official_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("round IN (1, 2)", name=op.f("ck_promise_check_round")),
        sa.CheckConstraint(
            "(correct_by IS NOT NULL) = (round = 1 AND NOT fulfilled)",
            name=op.f("ck_promise_check_ordered_once"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["promise.case_id"], name=op.f("fk_promise_check_case_id_promise")
        ),
        sa.PrimaryKeyConstraint("case_id", "round", name=op.f("pk_promise_check")),
    )
