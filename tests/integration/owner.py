"""Whoever owns a database: what its triggers refuse to everybody else, they can do."""

import sqlalchemy as sa
from sqlalchemy.orm import Session


def lift_triggers(session: Session, *tables: str) -> None:
    """Let this transaction change what only grows; on SQLite the tables' triggers are gone for good."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    triggers = sa.text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
    for name, table in session.execute(triggers).all():
        if table in tables:
            session.execute(sa.text(f"DROP TRIGGER {name}"))
