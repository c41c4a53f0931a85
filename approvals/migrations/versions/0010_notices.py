"""Public notices with their objections; cases that are on notice, and that end with it."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "approvals_0010"
down_revision = "approvals_0009"
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
    "terminated",
    "revoked",
)
_NEW = ("on_notice", "notice_over", "objected", "lapsed")


def upgrade() -> None:
    """Create the tables; let a case be in the new states."""
    _allow((*_BEFORE, *_NEW))
    op.create_table(
        "public_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("timing", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=50), nullable=False),
        sa.Column("item_version", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("subject_name", sa.String(length=200), nullable=False),
        sa.Column("shown", JsonDoc, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("file_until", sa.Date(), nullable=True),
        sa.Column("file_provisional", sa.Boolean(), nullable=False),
        sa.Column("state", _choice("noticestate", "running", "ended", "stopped"), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("stop_reason", _choice("stopreason", "objection", "withdrawn"), nullable=True),
        sa.CheckConstraint(
            "timing IN ('before_filing','before_decision')", name=op.f("ck_public_notice_timing")
        ),
        sa.CheckConstraint("last_on >= published_on", name=op.f("ck_public_notice_last_on")),
        sa.CheckConstraint("(state = 'running') = (ended_on IS NULL)", name=op.f("ck_public_notice_ended")),
        sa.CheckConstraint(
            "(state = 'stopped') = (stop_reason IS NOT NULL)", name=op.f("ck_public_notice_stopped")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_public_notice_case_id_approval_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
    )
    op.create_index(op.f("ix_public_notice_case_id"), "public_notice", ["case_id"], unique=False)
    op.create_index("ix_public_notice_newest", "public_notice", ["published_at", "id"], unique=False)
    op.create_index(
        "uq_public_notice_running",
        "public_notice",
        ["kind", "holder"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "notice_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("standing", _choice("standing", "authority", "creditor", "interested"), nullable=False),
        sa.Column("lodged_at", UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["public_notice.id"], name=op.f("fk_notice_objection_notice_id_public_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_objection")),
        sa.UniqueConstraint("notice_id", "account_id", name=op.f("uq_notice_objection_notice_id_account_id")),
    )


def downgrade() -> None:
    """Drop them; a case that a notice has ended, or that is on notice, counts as withdrawn."""
    op.drop_table("notice_objection")
    op.drop_table("public_notice")
    case = sa.table("approval_case", sa.column("state"))
    op.execute(case.update().where(case.c.state.in_(_NEW)).values(state="withdrawn"))
    _allow(_BEFORE)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _in(states: tuple[str, ...]) -> str:
    return "state IN ({})".format(", ".join(f"'{state}'" for state in states))


def _allow(states: tuple[str, ...]) -> None:
    """Let a case be in these states. SQLite changes no CHECK: there the table is made anew and copied."""
    with op.batch_alter_table("approval_case") as case:
        case.drop_constraint(op.f("ck_approval_case_state"), type_="check")
        case.create_check_constraint(op.f("ck_approval_case_state"), _in(states))
