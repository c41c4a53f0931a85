"""Alembic's environment: connection and revisions of one service are handed in by `shared.migrate`."""

from alembic import context

from shared.database import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
