"""Fresh migrated databases for tests: each schema is migrated once and copied for every test."""

import os
import shutil
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
import sqlalchemy as sa
from psycopg import sql

from shared.database import Database
from shared.migrate import ensure_database, upgrade
from shared.service import Service

POSTGRES_URL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
"""Where tests look for PostgreSQL unless YUANBAN_TEST_POSTGRES_URL names another place."""
_PREFIX = "yuanban_test"


class Databases(Protocol):
    """Makes the databases of one test session on one kind of server."""

    def create(self, services: list[Service], folder: Path) -> str:
        """Fresh databases for these services; returns the URL template of `Settings.database_url`."""
        ...

    def drop(self, url: str) -> None:
        """Throw the databases of `create` away; nobody may be connected any more."""
        ...

    def close(self) -> None:
        """Throw the copied-from ones away too."""
        ...


class SqliteDatabases:
    """Files: a migrated one is kept and copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[tuple[str, ...], Path] = {}

    def create(self, services: list[Service], folder: Path) -> str:
        """Copy a migrated file for each service into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        for service in services:
            shutil.copyfile(self._template(service.migrations), folder / f"{service.name}.sqlite3")
        return f"sqlite:///{folder}/{{service}}.sqlite3"

    def drop(self, url: str) -> None:
        """Nothing to do: pytest removes the folder."""

    def close(self) -> None:
        """Nothing to do: pytest removes the folder."""

    def _template(self, migrations: tuple[str, ...]) -> Path:
        if migrations not in self._templates:
            path = self._folder / f"template{len(self._templates)}.sqlite3"
            database = Database(f"sqlite:///{path}")
            upgrade(database, migrations)
            database.close()
            self._templates[migrations] = path
        return self._templates[migrations]


class PostgresDatabases:
    """Databases on a server: a migrated one is kept and used as TEMPLATE."""

    def __init__(self, server: str) -> None:
        self._server = sa.make_url(server)
        # Date and process keep apart what runs at the same time and let the remains of killed runs be found.
        self._name = f"{_PREFIX}_{_today():%Y%m%d}_{os.getpid()}"
        self._templates: dict[tuple[str, ...], str] = {}
        self._numbers = count(1)
        self._made: dict[str, list[str]] = {}
        self._drop_remains()

    def create(self, services: list[Service], folder: Path) -> str:
        """Copy a migrated database for each service."""
        scope = f"{self._name}_{next(self._numbers)}"
        names = []
        for service in services:
            name = f"{scope}_{service.name}"
            self._execute("CREATE DATABASE {} TEMPLATE {}", name, self._template(service.migrations))
            names.append(name)
        server = self._server._replace(database=None).render_as_string(hide_password=False)
        url = f"{server}/{scope}_{{service}}"
        self._made[url] = names
        return url

    def drop(self, url: str) -> None:
        """Drop the databases of one `create`."""
        for name in self._made.pop(url, []):
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def close(self) -> None:
        """Drop everything that is left of this session."""
        for url in list(self._made):
            self.drop(url)
        for name in self._templates.values():
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._templates.clear()

    def _template(self, migrations: tuple[str, ...]) -> str:
        if migrations not in self._templates:
            name = f"{self._name}_template{len(self._templates)}"
            database = Database(self._server.set(database=name).render_as_string(hide_password=False))
            ensure_database(database.url)
            upgrade(database, migrations)
            database.close()
            self._templates[migrations] = name
        return self._templates[migrations]

    def _drop_remains(self) -> None:
        """Drop what killed runs left behind before yesterday."""
        with self._connect() as connection:
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", (f"{_PREFIX}\\_%",)
            ).fetchall()
        recent = {f"{_today() - timedelta(days=days):%Y%m%d}" for days in (0, 1)}
        for (name,) in found:
            if name.removeprefix(f"{_PREFIX}_")[:8] not in recent:
                self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connect(self) -> "psycopg.Connection[tuple[str]]":
        address = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True, connect_timeout=3)


def postgres_url() -> str:
    """The server that tests use."""
    return os.environ.get("YUANBAN_TEST_POSTGRES_URL", POSTGRES_URL)


def postgres_answers() -> bool:
    """Whether a PostgreSQL server can be used for tests."""
    address = sa.make_url(postgres_url()).set(drivername="postgresql")
    try:
        psycopg.connect(address.render_as_string(hide_password=False), connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def _today() -> date:
    return date.today()  # noqa: DTZ011 - only part of a name
