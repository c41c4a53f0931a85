"""Revocations, and the task of deciding on one."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "approvals_0009"
down_revision = "approvals_0008"
branch_labels = None
depends_on = None

_BEFORE = ("intake", "review", "decision", "extension", "delivery", "check")
_NOW = (*_BEFORE, "revocation")
_CASE_BEFORE = (
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
    "terminated",
)
_CASE_NOW = (*_CASE_BEFORE, "revoked")
_WAITS_OR_STANDS = "state IN ('proposed','revoked')"


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))


def upgrade() -> None:
    """Create the table; let a case be revoked and a task be of the new kind."""
    _allow("task", "ck_task_taskkind", _one_of("kind", _NOW))
    _allow("approval_case", "ck_approval_case_state", _one_of("state", _CASE_NOW))
    op.create_table(
        "revocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "revoked",
                "dropped",
                "withdrawn",
                name="revocationstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("ground_text", JsonDoc, nullable=False),
        sa.Column("basis", JsonDoc, nullable=False),
        sa.Column("own_act", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_name", sa.String(length=120), nullable=False),
        sa.Column("statement_until", sa.Date(), nullable=False),
        sa.Column("stated_at", UtcDateTime(), nullable=True),
        sa.Column("statement_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_name", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("dropped_for", sa.String(length=40), nullable=True),
        sa.CheckConstraint("(state = 'proposed') = (ended_by IS NULL)", name=op.f("ck_revocation_ended")),
        sa.CheckConstraint(
            "state NOT IN ('revoked','dropped') OR ended_by <> proposed_by",
            name=op.f("ck_revocation_other_eyes"),
        ),
        sa.CheckConstraint(
            "NOT own_act OR state NOT IN ('revoked','dropped') OR granted_by IS NULL OR "
            "ended_by <> granted_by",
            name=op.f("ck_revocation_not_their_own_act"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('revoked','dropped') OR stated_at IS NOT NULL OR ended_on > statement_until",
            name=op.f("ck_revocation_heard"),
        ),
        sa.CheckConstraint(
            "(state = 'dropped') = (dropped_for IS NOT NULL)", name=op.f("ck_revocation_dropped_for")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_revocation_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation")),
    )
    op.create_index(op.f("ix_revocation_case_id"), "revocation", ["case_id"], unique=False)
    op.create_index(
        "uq_revocation_once",
        "revocation",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text(_WAITS_OR_STANDS),
        postgresql_where=sa.text(_WAITS_OR_STANDS),
    )


def downgrade() -> None:
    """Drop it; what was revoked counts as granted."""
    op.drop_table("revocation")
    op.execute("DELETE FROM task WHERE kind = 'revocation'")
    op.execute("UPDATE approval_case SET state = 'granted' WHERE state = 'revoked'")
    _allow("approval_case", "ck_approval_case_state", _one_of("state", _CASE_BEFORE))
    _allow("task", "ck_task_taskkind", _one_of("kind", _BEFORE))


def _allow(table: str, check: str, condition: str) -> None:
    """Replace a CHECK. SQLite changes none: there the table is made anew and copied."""
    with op.batch_alter_table(table) as rows:
        rows.drop_constraint(op.f(check), type_="check")
        rows.create_check_constraint(op.f(check), condition)
