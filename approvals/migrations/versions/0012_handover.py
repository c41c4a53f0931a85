"""Cases that another authority executes in its own system: hand-overs, messages, steps, documents."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "approvals_0012"
down_revision = "approvals_0011"
branch_labels = None
depends_on = None

_STATES = (
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
    "revoked",
    "on_notice",
    "notice_over",
    "objected",
    "lapsed",
)
_BY_NOBODY_IN_PERSON = (
    ("decision", "official_id"),
    ("correction_notice", "official_id"),
    ("special_procedure", "started_by"),
)


def upgrade() -> None:
    """Let a case wait for the authority, let its acts be nobody's in person, and create the tables."""
    _allow((*_STATES, "submitted"))
    for table, column in _BY_NOBODY_IN_PERSON:
        with op.batch_alter_table(table) as changed:
            changed.alter_column(column, existing_type=sa.Uuid(), nullable=True)
    op.create_table(
        "handover",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.String(length=32), nullable=False),
        sa.Column("state", _kind("handoverstate", "pending", "filed", "stuck", "ended"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("receipt_number", sa.String(length=64), nullable=True),
        sa.Column("steps_taken", sa.Integer(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("trouble", _kind("trouble", "unreachable", "rejected", "contradiction"), nullable=True),
        sa.Column("trouble_reason", JsonDoc, nullable=True),
        sa.Column("stuck_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'stuck') = (trouble IS NOT NULL)", name=op.f("ck_handover_needs_a_person")
        ),
        sa.CheckConstraint("(state = 'stuck') = (stuck_at IS NOT NULL)", name=op.f("ck_handover_stuck")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_handover_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_state", "handover", ["state", "created_at", "case_id"], unique=False)
    _create_message()
    op.create_table(
        "handover_step",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["handover.case_id"], name=op.f("fk_handover_step_case_id_handover")
        ),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_handover_step")),
    )
    op.create_table(
        "outside_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("outside_id", sa.String(length=64), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_outside_document_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_document")),
        sa.UniqueConstraint("case_id", "outside_id", name=op.f("uq_outside_document_case_id_outside_id")),
    )
    op.create_index(op.f("ix_outside_document_sha256"), "outside_document", ["sha256"], unique=False)


def downgrade() -> None:
    """Drop them; cases that were handed over must be gone before."""
    for table in ("outside_document", "handover_step", "handover_message", "handover"):
        op.drop_table(table)
    for table, column in _BY_NOBODY_IN_PERSON:
        with op.batch_alter_table(table) as changed:
            changed.alter_column(column, existing_type=sa.Uuid(), nullable=False)
    _allow(_STATES)


def _create_message() -> None:
    op.create_table(
        "handover_message",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", _kind("messagekind", "file", "answer", "withdraw"), nullable=False),
        sa.Column("state", _kind("messagestate", "pending", "taken", "refused", "dropped"), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'pending') = (settled_at IS NULL)", name=op.f("ck_handover_message_settled")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["handover.case_id"], name=op.f("fk_handover_message_case_id_handover")
        ),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_handover_message")),
    )
    op.create_index(
        "uq_handover_message_pending_kind",
        "handover_message",
        ["case_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def _kind(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _allow(states: tuple[str, ...]) -> None:
    """Let a case be in these states. SQLite changes no CHECK: there the table is made anew and copied."""
    with op.batch_alter_table("approval_case") as case:
        case.drop_constraint(op.f("ck_approval_case_state"), type_="check")
        case.create_check_constraint(
            op.f("ck_approval_case_state"), "state IN ({})".format(", ".join(f"'{s}'" for s in states))
        )
