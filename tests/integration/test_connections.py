"""Connections are taken from the pool without asking where nothing is in doubt; reading writes nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared import pool
from shared.database import Database
from shared.ids import new_id
from shared.messaging.inbox import InboxMessage
from shared.migrate import tables_made_anew
from shared.testing.databases import Databases
from tests.integration.opened import opened

COUNT = sa.select(sa.func.count()).select_from(InboxMessage)


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    yield from opened(databases)


@pytest.fixture
def on_postgres(postgres_databases: Databases) -> Iterator[Database]:
    yield from opened(postgres_databases)


def _message() -> InboxMessage:
    now = sa.func.now()
    return InboxMessage(event_id=new_id(), type="t", state="done", attempts=1, received_at=now)


def _end_all_connections(database: Database) -> None:
    other = sa.create_engine(database.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    mine += " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with other.connect() as connection:
        connection.execute(sa.text(mine))
        left = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        while connection.scalar(left) > 1:
            time.sleep(0.01)


@pytest.mark.postgres
def test_connections_that_the_server_has_ended_are_replaced_unnoticed(on_postgres: Database) -> None:
    with on_postgres.read() as one, on_postgres.read() as other:
        assert one.scalar(COUNT) == other.scalar(COUNT) == 0

    _end_all_connections(on_postgres)

    for _ in range(3):
        with on_postgres.write() as session:
            assert session.scalar(COUNT) == 0


@pytest.mark.postgres
@pytest.mark.parametrize(("quiet_s", "asks"), [(60.0, 0), (0.0, 3)], ids=["just used", "long quiet"])
def test_only_whoever_was_quiet_is_asked(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch, quiet_s: float, asks: int
) -> None:
    asked: list[object] = []
    dialect = on_postgres.engine.dialect
    ping = dialect.do_ping

    def noted(connection: Any) -> bool:
        asked.append(connection)
        return ping(connection)

    monkeypatch.setattr(pool, "QUIET_S", quiet_s)
    monkeypatch.setattr(dialect, "do_ping", noted)
    for _ in range(4):
        with on_postgres.read() as session:
            session.scalar(COUNT)
    assert len(asked) == asks


@pytest.mark.postgres
def test_statements_stay_prepared_from_one_read_to_the_next(on_postgres: Database) -> None:
    for _ in range(8):
        with on_postgres.read() as session:
            session.scalar(COUNT)
    with on_postgres.read() as session:
        prepared = session.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements"))
    assert prepared == 1


def test_what_is_changed_in_a_session_that_reads_is_not_written(database: Database) -> None:
    with database.write() as session:
        session.add(_message())
    with database.read() as session:
        session.scalars(sa.select(InboxMessage)).one().type = "changed"
        session.add(_message())
        assert session.scalar(COUNT) == 1
    with database.read() as session:
        assert session.scalars(sa.select(InboxMessage.type)).all() == ["t"]


def test_reading_slowly_goes_on_with_what_it_has_begun(database: Database) -> None:
    with database.write() as session:
        session.add_all(_message() for _ in range(5))
    with database.read_slowly() as session:
        ids = session.scalars(sa.select(InboxMessage.event_id).execution_options(yield_per=2))
        first = next(ids)
        with database.write() as other:
            other.execute(sa.delete(InboxMessage).where(InboxMessage.event_id != first))
        assert len(list(ids)) == 4


@pytest.mark.parametrize(("reading", "then"), [(Database.read, 1), (Database.read_at_once, 0)])
def test_each_statement_sees_what_is_committed_by_then_unless_all_see_one_moment(
    database: Database, reading: Callable[[Database], AbstractContextManager[Session]], then: int
) -> None:
    with reading(database) as session:
        assert session.scalar(COUNT) == 0
        with database.write() as other:
            other.add(_message())
        assert session.scalar(COUNT) == then
    with database.read() as session:
        assert session.scalar(COUNT) == 1


def test_writing_ends_as_a_whole_or_not_at_all(database: Database) -> None:
    with pytest.raises(RuntimeError, match="amid"), database.write() as session:
        session.add(_message())
        session.flush()
        raise RuntimeError("amid")
    with database.read() as session:
        assert session.scalar(COUNT) == 0


def test_a_migration_that_fails_leaves_the_tables_as_they_were(database: Database) -> None:
    with (
        pytest.raises(RuntimeError, match="amid"),
        database.engine.connect() as connection,
        tables_made_anew(connection),
    ):
        connection.execute(sa.text("CREATE TABLE half_made (number INTEGER)"))
        connection.execute(sa.text("INSERT INTO half_made VALUES (1)"))
        raise RuntimeError("amid")
    assert "half_made" not in sa.inspect(database.engine).get_table_names()
