"""Supervision records can only grow: the database itself refuses to change or drop one.

As with the audit trail this holds against mistakes and against whoever has the application's rights, not
against whoever owns the tables.
"""

from alembic import op

revision = "approvals_0016"
down_revision = "approvals_0015"
branch_labels = None
depends_on = None

_TABLE = "supervision_record"
_FUNCTION = "refuse_to_change_supervision"


def upgrade() -> None:
    """Let the table refuse every change."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {_TABLE}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {_TABLE}_refuses_{verb.lower()} BEFORE {verb} ON {_TABLE}"
            f" BEGIN SELECT RAISE(ABORT, '{_TABLE} only grows: {verb} is refused'); END"
        )


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {_TABLE}_only_grows ON {_TABLE}")
        op.execute(f"DROP FUNCTION {_FUNCTION}()")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {_TABLE}_refuses_{verb}")
