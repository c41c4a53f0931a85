"""The log of a case, its clock facts and its supervision records can only grow.

All dates are computed from the facts, and the state from the log: a row that was edited would change both
without a word. The database itself refuses that, as it does for the audit trail (shared_0004).
"""

from alembic import op

revision = "approvals_0016"
down_revision = "approvals_0015"
branch_labels = None
depends_on = None

_TABLES = ("case_entry", "case_fact", "supervision_record")
_FUNCTION = "refuse_to_change_the_record"
_VERBS = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Let the tables refuse every change."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP; END $$"
        )
        for table in _TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
            )
        return
    for table in _TABLES:
        for verb in _VERBS:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} only grows: {verb} is refused'); END"
            )


def downgrade() -> None:
    """Take the triggers back."""
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            op.execute(f"DROP TRIGGER {table}_only_grows ON {table}")
        op.execute(f"DROP FUNCTION {_FUNCTION}()")
        return
    for table in _TABLES:
        for verb in _VERBS:
            op.execute(f"DROP TRIGGER {table}_refuses_{verb.lower()}")
