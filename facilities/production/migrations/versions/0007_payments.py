"""Payments of firms and to firms: entries that only grow, under one reference each way once."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "production_0007"
down_revision = "production_0006"
branch_labels = None
depends_on = None

_TABLE = "firm_payment"


def upgrade() -> None:
    """Create the table, and let nothing in it be changed from then on."""
    directions = ("received", "paid_out")
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("firm", sa.String(18), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(*directions, native_enum=False, create_constraint=True, length=24, name="direction"),
            nullable=False,
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.Uuid()),
        sa.UniqueConstraint("firm", "direction", "reference", "number"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
    )
    op.create_index("ix_firm_payment_firm", _TABLE, ["firm", "id"])
    _only_grow()


def _only_grow() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {_TABLE}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_trade()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {_TABLE}_refuses_{verb.lower()} BEFORE {verb} ON {_TABLE}"
            f" BEGIN SELECT RAISE(ABORT, '{_TABLE} only grows: {verb} is refused'); END"
        )


def downgrade() -> None:
    """Drop the table, and its triggers with it."""
    op.drop_table(_TABLE)
