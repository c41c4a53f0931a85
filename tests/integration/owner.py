"""Whoever owns a database: what its triggers refuse to everybody else, they can do."""

import sqlalchemy as sa
from sqlalchemy.orm import Session


def lift_triggers(session: Session) -> None:
    """Let this transaction change what only grows; on SQLite the triggers are gone for good."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    for name in session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(sa.text(f"DROP TRIGGER {name}"))
