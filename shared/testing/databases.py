"""Fresh migrated databases for tests: each schema is migrated once and copied for every test."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import LiteralString, Protocol
from urllib.parse import urlencode

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.util import immutabledict

from shared.database import Database, make_engine
from shared.migrate import ensure_database, upgrade
from shared.service import Service

POSTGRES_URL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
"""Where tests look for PostgreSQL unless the variable below names another place."""
NAMES_POSTGRES = "YUANBAN_TEST_POSTGRES_URL"
_PREFIX = "yuanban_test"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only databases of tests lie there


Kinds = tuple[tuple[str, tuple[str, ...]], ...]  # the name and the migrations of each service of a set


class Databases(Protocol):
    """Makes the databases of one test session on one kind of server."""

    def create(self, services: Sequence[Service]) -> str:
        """Fresh databases for these services; returns the URL template of `Settings.database_url`."""
        ...

    def connect(self, url: str) -> Database:
        """One of these databases, by its own URL."""
        ...

    def drop(self, url: str) -> None:
        """Take the databases of one `create` back; nobody may be connected any more."""
        ...

    def close(self) -> None:
        """Throw everything away."""
        ...


class Engines:
    """One engine for each database that is given out time and again: it knows every statement by then."""

    def __init__(self) -> None:
        self._engines: dict[str, sa.Engine] = {}

    def connect(self, url: str) -> Database:
        """A database by its URL."""
        if url not in self._engines:
            self._engines[url] = make_engine(sa.make_url(url))
        return Database(url, self._engines[url])

    def close(self) -> None:
        """Give every connection back."""
        for engine in self._engines.values():
            engine.dispose()


class SqliteDatabases:
    """Files: a migrated one is kept and copied. They lie in memory where the machine allows it.

    A used set of files is made new and given out again when the same services are asked for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = (
            Path(tempfile.mkdtemp(prefix="yuanban-test-", dir=_IN_MEMORY)) if _in_memory() else folder
        )
        self._templates: dict[tuple[str, ...], Path] = {}
        self._numbers = count(1)
        self._lent: dict[str, tuple[Path, Kinds]] = {}
        self._free: dict[Kinds, list[Path]] = {}
        self._engines = Engines()

    def create(self, services: Sequence[Service]) -> str:
        """Copy a migrated file for each service."""
        kinds = _kinds(services)
        free = self._free.get(kinds)
        folder = free.pop() if free else self._folder / f"databases{next(self._numbers)}"
        folder.mkdir()
        for service in services:
            shutil.copyfile(self._template(service.migrations), folder / f"{service.name}.sqlite3")
        url = f"sqlite:///{folder}/{{service}}.sqlite3"
        self._lent[url] = (folder, kinds)
        return url

    def connect(self, url: str) -> Database:
        """One of these databases, by its own URL."""
        return self._engines.connect(url)

    def drop(self, url: str) -> None:
        """Remove the files of one `create`."""
        folder, kinds = self._lent.pop(url)
        shutil.rmtree(folder)
        self._free.setdefault(kinds, []).append(folder)

    def close(self) -> None:
        """Remove everything."""
        self._engines.close()
        shutil.rmtree(self._folder)

    def _template(self, migrations: tuple[str, ...]) -> Path:
        if migrations not in self._templates:
            path = self._folder / f"template{len(self._templates)}.sqlite3"
            database = Database(f"sqlite:///{path}")
            upgrade(database, migrations)
            database.close()
            self._templates[migrations] = path
        return self._templates[migrations]


class PostgresDatabases:
    """Databases on a server, copied from a migrated TEMPLATE.

    Making and dropping a database each costs the server a checkpoint, so a used set is emptied and given
    out again when the same services are asked for.
    """

    def __init__(self, server: str) -> None:
        self._server = sa.make_url(server)
        # Date and process keep apart what runs at the same time and let the remains of killed runs be found.
        self._name = f"{_PREFIX}_{_today():%Y%m%d}_{os.getpid()}"
        self._templates: dict[tuple[str, ...], str] = {}
        self._numbers = count(1)
        self._lent: dict[str, tuple[str, Kinds]] = {}
        self._free: dict[Kinds, list[str]] = {}
        self._engines = Engines()
        self._drop_remains()

    def create(self, services: Sequence[Service]) -> str:
        """A migrated, empty database for each service."""
        kinds = _kinds(services)
        scope = self._free[kinds].pop() if self._free.get(kinds) else self._copies(kinds)
        # What a crash of the server would lose matters to no test here.
        query = {"options": "-csynchronous_commit=off"}
        server = self._server._replace(database=None, query=immutabledict()).render_as_string(False)
        url = f"{server}/{scope}_{{service}}?{urlencode(query)}"
        self._lent[url] = (scope, kinds)
        return url

    def connect(self, url: str) -> Database:
        """One of these databases, by its own URL."""
        return self._engines.connect(url)

    def drop(self, url: str) -> None:
        """Empty the databases of one `create` and keep them for the next."""
        if url not in self._lent:
            return
        scope, kinds = self._lent.pop(url)
        for service, _migrations in kinds:
            self._empty(f"{scope}_{service}")
        self._free.setdefault(kinds, []).append(scope)

    def close(self) -> None:
        """Drop everything of this session."""
        self._engines.close()
        self._drop_all(f"{self._name}_")

    def _copies(self, kinds: Kinds) -> str:
        scope = f"{self._name}_{next(self._numbers)}"
        for service, migrations in kinds:
            self._execute("CREATE DATABASE {} TEMPLATE {}", f"{scope}_{service}", self._template(migrations))
        return scope

    def _template(self, migrations: tuple[str, ...]) -> str:
        if migrations not in self._templates:
            name = f"{self._name}_template{len(self._templates)}"
            database = Database(self._server.set(database=name).render_as_string(False))
            ensure_database(database.url)
            upgrade(database, migrations)
            database.close()
            self._templates[migrations] = name
        return self._templates[migrations]

    def _empty(self, name: str) -> None:
        """Delete every row and start every sequence anew; so migrations may make tables, not rows."""
        with self._connect(name) as connection:
            connection.execute("SET synchronous_commit = off; SET session_replication_role = replica")
            tables = connection.execute(
                "SELECT tablename FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchall()
            deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for (table,) in tables]
            if deletes:
                connection.execute(sql.SQL("; ").join(deletes))
            connection.execute(
                "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
                " FROM pg_sequences"
            )

    def _drop_remains(self) -> None:
        """Drop what killed runs left behind before yesterday."""
        recent = {f"{_PREFIX}_{_today() - timedelta(days=days):%Y%m%d}_" for days in (0, 1)}
        self._drop_all(f"{_PREFIX}_", but=tuple(recent))

    def _drop_all(self, prefix: str, but: tuple[str, ...] = ()) -> None:
        with self._connect() as connection:
            names = connection.execute("SELECT datname FROM pg_database").fetchall()
        gone = [name for (name,) in names if name.startswith(prefix) and not (but and name.startswith(but))]
        # Each waits for a checkpoint of the whole server; those that wait together share one.
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda name: self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name), gone))

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connect(self, database: str | None = None) -> "psycopg.Connection[tuple[str]]":
        url = self._server.set(drivername="postgresql", database=database or self._server.database)
        return psycopg.connect(url.render_as_string(False), autocommit=True, connect_timeout=3)


def postgres_url() -> str:
    """The server that tests use."""
    return os.environ.get(NAMES_POSTGRES, POSTGRES_URL)


def postgres_answers() -> bool:
    """Whether a PostgreSQL server can be used for tests."""
    address = sa.make_url(postgres_url()).set(drivername="postgresql")
    try:
        psycopg.connect(address.render_as_string(hide_password=False), connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def _kinds(services: Sequence[Service]) -> Kinds:
    return tuple((service.name, service.migrations) for service in services)


def _in_memory() -> bool:
    return _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - only part of a name
