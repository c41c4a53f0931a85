"""Every running date of a case, limits in hours, warnings about limits, and explanations of missed ones."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "approvals_0011"
down_revision = "approvals_0010"
branch_labels = None
depends_on = None

_QUEUE = {"ix_task_queue": "department", "ix_task_claimed": "claimed_by"}
_CURRENT = sa.text("current")


def upgrade() -> None:
    """Add the columns, let the queue be ordered by the last instant in time, and create the tables."""
    op.add_column("approval_case", sa.Column("due_at", UtcDateTime(), nullable=True))
    op.add_column("approval_case", sa.Column("yellow_at", UtcDateTime(), nullable=True))
    op.add_column("approval_case", sa.Column("dates", JsonDoc, nullable=False, server_default="{}"))
    op.add_column("approval_case", sa.Column("latest_due_on", sa.Date(), nullable=True))
    op.add_column("case_fact", sa.Column("at", UtcDateTime(), nullable=True))
    op.add_column("task", sa.Column("due_at", UtcDateTime(), nullable=True))
    op.add_column("task", sa.Column("yellow_at", UtcDateTime(), nullable=True))
    op.add_column("task", sa.Column("due_until", UtcDateTime(), nullable=True))
    _fill_due_until()
    with op.batch_alter_table("task") as task:
        task.alter_column("due_until", existing_type=UtcDateTime(), nullable=False)
    _order_queue_by("due_until")
    op.execute(
        "INSERT INTO case_fact (case_id, number, kind, effective_on, recorded_at, at)"
        " SELECT e.case_id, (SELECT MAX(f.number) FROM case_fact f WHERE f.case_id = e.case_id) + 1,"
        " 'reviewed', e.effective_on, e.at, e.at FROM case_entry e"
        " WHERE e.key = 'reviewed' AND e.number ="
        " (SELECT MAX(l.number) FROM case_entry l WHERE l.case_id = e.case_id AND l.key = 'reviewed')"
    )
    _create_explanations()
    _create_records()


def _fill_due_until() -> None:
    """24:00 in the park is 16:00 in UTC; the last instant in time lies just before."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "UPDATE task SET due_until ="
            " (due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 microsecond'"
        )
    else:
        op.execute("UPDATE task SET due_until = due_on || ' 15:59:59.999999'")


def _order_queue_by(column: str) -> None:
    for name, first in _QUEUE.items():
        op.drop_index(name, table_name="task")
        op.create_index(name, "task", [first, "state", column, "id"], unique=False)


def _create_explanations() -> None:
    op.create_table(
        "overdue_explanation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("department", sa.String(length=18), nullable=False),
        sa.Column("due_kind", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("explained_on", sa.Date(), nullable=False),
        sa.Column("explained_at", UtcDateTime(), nullable=False),
        sa.Column("explained_by", sa.Uuid(), nullable=False),
        sa.Column("explained_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("expected_on > explained_on", name=op.f("ck_overdue_explanation_expected_later")),
        sa.CheckConstraint("due_on <= explained_on", name=op.f("ck_overdue_explanation_missed")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_overdue_explanation_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overdue_explanation")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_overdue_explanation_case_id_number")),
    )
    op.create_index(
        "uq_overdue_explanation_current",
        "overdue_explanation",
        ["case_id"],
        unique=True,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.create_index(
        "ix_overdue_explanation_public",
        "overdue_explanation",
        ["explained_at", "id"],
        unique=False,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )


def _create_records() -> None:
    op.create_table(
        "supervision_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column(
            "light",
            sa.Enum(
                "yellow",
                "red",
                "red_card",
                name="warninglight",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(length=60), nullable=False),
        sa.Column("clock_name", JsonDoc, nullable=False),
        sa.Column("item_code", sa.String(length=50), nullable=False),
        sa.Column("department", sa.String(length=18), nullable=False),
        sa.Column("organisation", JsonDoc, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("content", JsonDoc, nullable=False),
        sa.Column("result", JsonDoc, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_supervision_record_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_record")),
        sa.UniqueConstraint(
            "case_id", "clock", "light", name=op.f("uq_supervision_record_case_id_clock_light")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_supervision_record_number")),
    )
    op.create_index("ix_supervision_record_newest", "supervision_record", ["issued_at", "id"], unique=False)
    op.create_index(
        "ix_supervision_record_department",
        "supervision_record",
        ["department", "issued_at", "id"],
        unique=False,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("supervision_record")
    op.drop_table("overdue_explanation")
    op.execute("DELETE FROM case_fact WHERE kind = 'reviewed'")
    _order_queue_by("due_on")
    op.drop_column("task", "due_until")
    op.drop_column("task", "yellow_at")
    op.drop_column("task", "due_at")
    op.drop_column("case_fact", "at")
    op.drop_column("approval_case", "latest_due_on")
    op.drop_column("approval_case", "dates")
    op.drop_column("approval_case", "yellow_at")
    op.drop_column("approval_case", "due_at")
