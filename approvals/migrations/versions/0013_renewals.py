"""Certificates that are renewed, and the applications that ask for it; filings."""

import sqlalchemy as sa
from alembic import op

revision = "approvals_0013"
down_revision = "approvals_0012"
branch_labels = None
depends_on = None

_BEFORE = "replaced_by IS NULL OR status = 'replaced'"
_NOW = f"{_BEFORE} OR valid_until IS NOT NULL"
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
    "submitted",
)


def _allow(states: tuple[str, ...]) -> None:
    names = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("approval_case") as table:
        table.drop_constraint(op.f("ck_approval_case_state"), type_="check")
        table.create_check_constraint(op.f("ck_approval_case_state"), f"state IN ({names})")


def upgrade() -> None:
    """Let a certificate begin later than it was issued and follow another; keep what asks for that."""
    _allow((*_STATES, "filed"))
    with op.batch_alter_table("certificate") as table:
        table.drop_constraint(op.f("ck_certificate_replaced"), type_="check")
        table.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        table.add_column(sa.Column("renews", sa.String(120), nullable=True))
    op.execute("UPDATE certificate SET valid_from = issued_on")
    with op.batch_alter_table("certificate") as table:
        table.alter_column("valid_from", existing_type=sa.Date(), nullable=False)
        table.create_check_constraint(op.f("ck_certificate_replaced"), _NOW)
        table.create_check_constraint(
            op.f("ck_certificate_validity"), "valid_until IS NULL OR valid_from <= valid_until"
        )
        table.create_unique_constraint(op.f("uq_certificate_renews"), ["renews"])
        table.create_foreign_key(op.f("fk_certificate_renews_certificate"), "certificate", ["renews"], ["id"])
    op.create_table(
        "renewal",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "granted",
                "by_law",
                "refused",
                "ended",
                name="renewalstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("apply_by", sa.Date(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_renewal_case_id_approval_case")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_renewal_certificate_id_certificate")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_renewal")),
        sa.CheckConstraint("state <> 'by_law' OR applied_on <= apply_by", name=op.f("ck_renewal_in_time")),
    )
    op.create_index(
        "uq_renewal_running",
        "renewal",
        ["certificate_id"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )


def downgrade() -> None:
    """Forget renewals; what was issued by them stays."""
    op.drop_table("renewal")
    op.execute("UPDATE approval_case SET state = 'granted' WHERE state = 'filed'")
    _allow(_STATES)
    op.execute("UPDATE certificate SET replaced_by = NULL WHERE status <> 'replaced'")
    with op.batch_alter_table("certificate") as table:
        table.drop_constraint(op.f("fk_certificate_renews_certificate"), type_="foreignkey")
        table.drop_constraint(op.f("uq_certificate_renews"), type_="unique")
        table.drop_constraint(op.f("ck_certificate_validity"), type_="check")
        table.drop_constraint(op.f("ck_certificate_replaced"), type_="check")
    with op.batch_alter_table("certificate") as table:
        table.drop_column("renews")
        table.drop_column("valid_from")
        table.create_check_constraint(op.f("ck_certificate_replaced"), _BEFORE)
