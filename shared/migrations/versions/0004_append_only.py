"""The audit trail can only grow, and the table of its daily anchors.

The database itself refuses to change or delete an entry. This holds against mistakes (a script, a query typed
by hand) and against whoever gets hold of the application or of a role with its rights. It does not hold
against whoever owns the tables, for the owner can drop a trigger: that is what the chain of hashes is for,
and the anchors that are kept outside (docs/audit.md).
"""

import sqlalchemy as sa
from alembic import op

from shared.database import BigId, UtcDateTime

revision = "shared_0004"
down_revision = "shared_0003"
branch_labels = None
depends_on = None

_TABLES = ("audit_entry", "audit_anchor")
_FUNCTION = "refuse_to_change_the_audit_trail"


def upgrade() -> None:
    """Make the table of anchors, then let both tables refuse every change."""
    op.create_table(
        "audit_anchor",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("last_position", BigId, nullable=False),
        sa.Column("entries", BigId, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("day"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgres()
    else:
        _refuse_on_sqlite()


def _refuse_on_postgres() -> None:
    op.execute(
        f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP; END $$"
    )
    for table in _TABLES:
        # Once a statement: it costs an INSERT nothing, and TRUNCATE has no rows to ask.
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )


def _refuse_on_sqlite() -> None:
    for table in _TABLES:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} only grows: {verb} is refused'); END"
            )


def downgrade() -> None:
    """Take both back."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    op.drop_table("audit_anchor")
    if on_postgres:
        op.execute("DROP TRIGGER audit_entry_only_grows ON audit_entry")
        op.execute(f"DROP FUNCTION {_FUNCTION}()")
    else:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER audit_entry_refuses_{verb}")
