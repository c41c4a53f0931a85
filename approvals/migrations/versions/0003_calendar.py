"""Tables of the calendar: the notices that administrators enter, and their days."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc, UtcDateTime

revision = "approvals_0003"
down_revision = "approvals_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "calendar_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("title", JsonDoc, nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("url", sa.String(length=400), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_name", sa.String(length=120), nullable=False),
        sa.Column("in_force_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_name", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(number IS NULL) = (in_force_at IS NULL)", name=op.f("ck_calendar_notice_in_force")
        ),
        sa.ForeignKeyConstraint(
            ["year"], ["calendar_year.year"], name=op.f("fk_calendar_notice_year_calendar_year")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_notice")),
        sa.UniqueConstraint("number", name=op.f("uq_calendar_notice_number")),
    )
    op.create_index("ix_calendar_notice_year", "calendar_notice", ["year", "number"], unique=False)
    op.create_index(
        "uq_calendar_notice_draft",
        "calendar_notice",
        ["year"],
        unique=True,
        sqlite_where=sa.text("number IS NULL"),
        postgresql_where=sa.text("number IS NULL"),
    )
    op.create_table(
        "calendar_day",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", JsonDoc, nullable=False),
        sa.CheckConstraint("kind IN ('off','work')", name=op.f("ck_calendar_day_kind")),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["calendar_notice.id"],
            name=op.f("fk_calendar_day_notice_id_calendar_notice"),
        ),
        sa.PrimaryKeyConstraint("notice_id", "day", name=op.f("pk_calendar_day")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("calendar_day")
    op.drop_table("calendar_notice")
    op.drop_table("calendar_year")
