"""Certificates that are valid for a time, and that end in other ways than by revocation."""

import sqlalchemy as sa
from alembic import op

from shared.database import JsonDoc

revision = "approvals_0006"
down_revision = "approvals_0005"
branch_labels = None
depends_on = None

_BEFORE = "status IN ('valid','revoked')"
_NOW = "status IN ('valid','revoked','cancelled','replaced')"


def upgrade() -> None:
    """Add name, number and validity; let a certificate be cancelled or replaced."""
    with op.batch_alter_table("certificate") as table:
        table.drop_constraint(op.f("ck_certificate_status"), type_="check")
        table.alter_column("revoked_at", new_column_name="ended_at")
        table.add_column(sa.Column("name", JsonDoc, nullable=False, server_default='{"zh":"","en":""}'))
        table.add_column(sa.Column("number", sa.String(40), nullable=False, server_default=""))
        table.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        table.add_column(sa.Column("replaced_by", sa.String(120), nullable=True))
    op.execute("""UPDATE certificate SET name = '{"zh":"营业执照","en":"Business licence"}'""")
    with op.batch_alter_table("certificate") as table:
        table.alter_column("name", existing_type=JsonDoc, server_default=None)
        table.alter_column("number", existing_type=sa.String(40), server_default=None)
        table.create_check_constraint(op.f("ck_certificate_status"), _NOW)
        table.create_check_constraint(op.f("ck_certificate_ended"), "(status = 'valid') = (ended_at IS NULL)")
        table.create_check_constraint(
            op.f("ck_certificate_replaced"), "replaced_by IS NULL OR status = 'replaced'"
        )


def downgrade() -> None:
    """Know revocation only; what was cancelled or replaced counts as revoked."""
    with op.batch_alter_table("certificate") as table:
        table.drop_constraint(op.f("ck_certificate_replaced"), type_="check")
        table.drop_constraint(op.f("ck_certificate_ended"), type_="check")
        table.drop_constraint(op.f("ck_certificate_status"), type_="check")
    op.execute("UPDATE certificate SET status = 'revoked' WHERE status <> 'valid'")
    with op.batch_alter_table("certificate") as table:
        for column in ("replaced_by", "valid_until", "number", "name"):
            table.drop_column(column)
        table.alter_column("ended_at", new_column_name="revoked_at")
        table.create_check_constraint(op.f("ck_certificate_status"), _BEFORE)
