"""Bringing a service's database to the newest revision of each of its branches (shared, engine, own)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from shared.database import Database, begin_sqlite
from shared.service import Runtime

_LOCK = 0x79756162  # advisory lock: two processes that start together must not both migrate


def alembic_config(locations: tuple[str, ...]) -> Config:
    """Alembic's configuration for these folders of revisions (`package:folder`)."""
    config = Config()
    config.set_main_option("script_location", str(_folder("shared:alembic")))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(str(_folder(item)) for item in locations))
    return config


def migrate(runtime: Runtime) -> None:
    """Create what is missing (PostgreSQL: the database itself) and upgrade every branch to its head."""
    ensure_database(runtime.database.url)
    upgrade(runtime.database, runtime.service.migrations)


def upgrade(database: Database, locations: tuple[str, ...]) -> None:
    """Run every revision that has not run yet."""
    config = alembic_config(locations)
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
        try:
            config.attributes["connection"] = connection
            with tables_made_anew(connection):
                command.upgrade(config, "heads")
                connection.commit()
        finally:
            if not database.is_sqlite:
                connection.rollback()
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                connection.commit()


@contextmanager
def tables_made_anew(connection: sa.Connection) -> Iterator[None]:
    """SQLite changes a CHECK by making the table anew, for which nothing may watch those that refer to it.

    The switch works outside transactions alone, which is why it is thrown on the driver's own connection.
    Whatever refers to nothing afterwards is found before anybody works with the database.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        begin_sqlite(connection)
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"a migration has left rows that refer to nothing: {broken[:3]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def is_behind(database: Database, locations: tuple[str, ...]) -> bool:
    """Whether a revision that this code needs has not run yet.

    A database that is ahead is not behind: while a new version is rolled out, the old one works on beside it.
    """
    script = ScriptDirectory.from_config(alembic_config(locations))
    with database.engine.connect() as connection:
        current = set(MigrationContext.configure(connection).get_current_heads())
    heads = set(script.get_heads())
    known = {revision.revision for revision in script.walk_revisions()}
    superseded = (current & known) - heads
    # A revision that we do not know is one that came after the head of some branch of ours.
    return bool(superseded) or len(heads - current) > len(current - known)


def ensure_database(url: sa.URL) -> None:
    """On PostgreSQL, create the database when it does not exist yet."""
    if url.get_backend_name() == "sqlite" or url.database is None:
        return
    engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            # The lock ends with this connection; two processes that start together take turns.
            connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            query = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.execute(query, {"name": url.database}).scalar() is None:
                name = engine.dialect.identifier_preparer.quote(url.database)
                connection.execute(sa.text(f"CREATE DATABASE {name}"))
    finally:
        engine.dispose()


def _folder(location: str) -> Path:
    package, _, folder = location.partition(":")
    return Path(str(files(package))) / folder
