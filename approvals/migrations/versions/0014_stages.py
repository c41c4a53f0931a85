"""Reviews by several departments in stages, and funds: applications, budgets, grants, payments."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "approvals_0014"
down_revision = "approvals_0013"
branch_labels = None
depends_on = None

_LIVE = sa.text("state IN ('open','claimed')")
_NOT_RELEASED = sa.text("released_at IS NULL")
_BEFORE = ("intake", "review", "decision", "extension", "delivery", "check", "revocation")
_OUTCOME = sa.Enum(
    "upheld", "dismissed", name="objectionoutcome", native_enum=False, create_constraint=True, length=24
)
_NOW = (*_BEFORE, "payment", "objection")


def upgrade() -> None:
    """Let several departments have a task of one kind; create the tables of funds."""
    op.add_column("task", sa.Column("stage", sa.String(60), nullable=True))
    _allow(_NOW)
    _live_index(["case_id", "kind", "department"])
    with op.batch_alter_table("opinion") as table:
        table.add_column(sa.Column("department", sa.String(18), nullable=False, server_default=""))
        table.add_column(sa.Column("stage", sa.String(60), nullable=True))
        table.add_column(sa.Column("seen", JsonDoc, nullable=False, server_default="{}"))
    op.execute(
        "UPDATE opinion SET department ="
        " (SELECT c.department FROM approval_case c WHERE c.id = opinion.case_id)"
    )
    with op.batch_alter_table("opinion") as table:
        table.alter_column("department", existing_type=sa.String(18), server_default=None)
        table.alter_column("seen", existing_type=JsonDoc, server_default=None)
        table.create_unique_constraint(op.f("uq_opinion_task_id"), ["task_id"])
    op.create_table(
        "case_department",
        sa.Column("department", sa.String(18), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_case_department_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("department", "case_id", name=op.f("pk_case_department")),
    )
    with op.batch_alter_table("notice_objection") as table:
        table.add_column(sa.Column("outcome", _OUTCOME, nullable=True))
        table.add_column(sa.Column("answer_sealed", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("answered_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("answered_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("answered_name", sa.String(120), nullable=True))
        table.create_check_constraint(
            op.f("ck_notice_objection_answered"),
            "(outcome IS NULL) = (answered_at IS NULL) AND (outcome IS NULL) = (answer_sealed IS NULL)",
        )
    _create_funds()


def _create_funds() -> None:
    op.create_table(
        "fund_claim",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.String(50), nullable=False),
        sa.Column("clause", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("enterprise", sa.String(18), nullable=False),
        sa.Column("asked_fen", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("asked_fen > 0", name=op.f("ck_fund_claim_asked")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_fund_claim_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_fund_claim")),
    )
    op.create_index(
        "uq_fund_claim_live",
        "fund_claim",
        ["enterprise", "item_code", "clause", "year"],
        unique=True,
        sqlite_where=_NOT_RELEASED,
        postgresql_where=_NOT_RELEASED,
    )
    op.create_table(
        "fund_budget",
        sa.Column("item_code", sa.String(50), nullable=False),
        sa.Column("clause", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("granted_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "granted_fen >= 0 AND granted_fen <= total_fen", name=op.f("ck_fund_budget_within_budget")
        ),
        sa.PrimaryKeyConstraint("item_code", "clause", "year", name=op.f("pk_fund_budget")),
    )
    op.create_table(
        "fund_grant",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("asked_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen > 0 AND amount_fen <= asked_fen", name=op.f("ck_fund_grant_amount")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fund_claim.case_id"], name=op.f("fk_fund_grant_case_id_fund_claim")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_fund_grant")),
        sa.UniqueConstraint("case_id", "amount_fen", name=op.f("uq_fund_grant_case_id_amount_fen")),
    )
    op.create_table(
        "fund_payment",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("voucher", sa.String(60), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_name", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "amount_fen"],
            ["fund_grant.case_id", "fund_grant.amount_fen"],
            name=op.f("fk_fund_payment_case_id_amount_fen_fund_grant"),
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_fund_payment")),
    )


def downgrade() -> None:
    """Drop what is about funds; tasks that only the new shape allows end with it."""
    for table in ("fund_payment", "fund_grant", "fund_budget", "fund_claim", "case_department"):
        op.drop_table(table)
    with op.batch_alter_table("notice_objection") as objection:
        objection.drop_constraint(op.f("ck_notice_objection_answered"), type_="check")
        objection.drop_constraint(op.f("ck_notice_objection_objectionoutcome"), type_="check")
        for column in ("answered_name", "answered_by", "answered_at", "answer_sealed", "outcome"):
            objection.drop_column(column)
    with op.batch_alter_table("opinion") as opinion:
        opinion.drop_constraint(op.f("uq_opinion_task_id"), type_="unique")
        for column in ("seen", "stage", "department"):
            opinion.drop_column(column)
    op.execute("DELETE FROM task WHERE kind IN ('payment', 'objection')")
    op.execute("UPDATE task SET state = 'cancelled' WHERE stage IS NOT NULL AND state IN ('open','claimed')")
    _live_index(["case_id", "kind"])
    _allow(_BEFORE)
    op.drop_column("task", "stage")


def _live_index(columns: list[str]) -> None:
    op.drop_index("uq_task_live", table_name="task")
    op.create_index("uq_task_live", "task", columns, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)


def _allow(kinds: tuple[str, ...]) -> None:
    """Let a task be of these kinds. SQLite changes no CHECK: there the table is made anew and copied."""
    known = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))
    with op.batch_alter_table("task") as task:
        task.drop_constraint(op.f("ck_task_taskkind"), type_="check")
        task.create_check_constraint(op.f("ck_task_taskkind"), known)
