"""Ready means: what is needed answers, and the schema is not behind this code."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa
import urllib3

from shared.messaging.figures import Figures
from shared.migrate import is_behind
from shared.operators import serve
from shared.readiness import Readiness
from shared.service import Runtime, installed_services
from shared.testing.ports import free_port
from shared.testing.systems import SystemFactory

NOTIFICATIONS = next(service for service in installed_services() if service.name == "notifications")
NEWEST, BEFORE = "shared_0004", "shared_0003"


@pytest.fixture
def runtime(make_system: SystemFactory) -> Iterator[Runtime]:
    """One service on each kind of database, migrated; it says so again afterwards, for others use it too."""
    found: Runtime = make_system([NOTIFICATIONS]).runtimes["notifications"]
    with found.read() as session:
        revisions = [{"it": row[0]} for row in session.execute(sa.text("SELECT * FROM alembic_version"))]
    yield found
    with found.database.write() as session:
        session.execute(sa.text("DELETE FROM alembic_version"))
        session.execute(sa.text("INSERT INTO alembic_version VALUES (:it)"), revisions)


def _rewrite(runtime: Runtime, old: str, new: str | None) -> None:
    """Change what the database says of one of its branches."""
    with runtime.database.write() as session:
        where = {"old": old, "new": new}
        if new is None:
            done = session.execute(sa.text("DELETE FROM alembic_version WHERE version_num = :old"), where)
        else:
            done = session.execute(
                sa.text("UPDATE alembic_version SET version_num = :new WHERE version_num = :old"), where
            )
        assert done.rowcount == 1  # type: ignore[attr-defined]  # a statement that changes rows counts them


def test_a_migrated_database_is_ready(runtime: Runtime) -> None:
    assert Readiness(runtime).findings() == {"database": "ok"}


@pytest.mark.parametrize(("revision", "instead"), [(NEWEST, BEFORE), ("notifications_0002", None)])
def test_a_schema_that_lacks_a_revision_is_behind_until_it_is_migrated(
    runtime: Runtime, revision: str, instead: str | None
) -> None:
    _rewrite(runtime, revision, instead)
    readiness = Readiness(runtime)
    assert readiness.findings() == {"database": "behind"}

    if instead is None:
        with runtime.database.write() as session:
            session.execute(sa.text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision})
    else:
        _rewrite(runtime, instead, revision)
    assert readiness.findings() == {"database": "ok"}


def test_a_schema_that_is_ahead_serves_the_version_that_is_being_replaced(runtime: Runtime) -> None:
    _rewrite(runtime, NEWEST, "shared_0999")
    assert not is_behind(runtime.database, runtime.service.migrations)


def test_a_schema_ahead_on_one_branch_does_not_hide_that_another_is_behind(runtime: Runtime) -> None:
    _rewrite(runtime, NEWEST, BEFORE)
    _rewrite(runtime, "notifications_0002", "notifications_0999")
    assert is_behind(runtime.database, runtime.service.migrations)


def test_an_empty_database_is_behind(make_sqlite_system: SystemFactory) -> None:
    runtime = make_sqlite_system([NOTIFICATIONS]).runtimes["notifications"]
    with runtime.database.write() as session:
        session.execute(sa.text("DROP TABLE alembic_version"))
    assert Readiness(runtime).findings() == {"database": "behind"}


@pytest.fixture
def port_of_operators(runtime: Runtime) -> Iterator[str]:
    """The address of an operators' port."""
    port = free_port()
    with closing(_Door(runtime, port)):
        yield f"http://127.0.0.1:{port}"


class _Door:
    def __init__(self, runtime: Runtime, port: int) -> None:
        self._server = serve("127.0.0.1", port, Figures(runtime).text, Readiness(runtime))

    def close(self) -> None:
        """Shut it and wait for who is inside."""
        self._server.shutdown()
        self._server.server_close()
        for thread in threading.enumerate():
            if thread.name == "yuanban-operators":
                thread.join()


def _ask(url: str) -> tuple[int, bytes]:
    with urllib3.PoolManager(retries=False, timeout=10.0) as pool:
        answer = pool.request("GET", url)
        return answer.status, answer.data


def test_the_operators_port_tells_alive_ready_and_figures(runtime: Runtime, port_of_operators: str) -> None:
    assert _ask(f"{port_of_operators}/healthz")[0] == 200
    status, figures = _ask(f"{port_of_operators}/metrics")
    assert status == 200
    assert b'yuanban_outbox_waiting{service="notifications"} 0.0' in figures
    assert _ask(f"{port_of_operators}/anything")[0] == 404


def test_the_operators_port_refuses_while_the_schema_is_behind_and_stays_alive(
    runtime: Runtime, port_of_operators: str
) -> None:
    _rewrite(runtime, NEWEST, BEFORE)
    status, body = _ask(f"{port_of_operators}/readyz")
    assert (status, json.loads(body)) == (503, {"status": "unready", "database": "behind"})
    assert _ask(f"{port_of_operators}/healthz")[0] == 200

    _rewrite(runtime, BEFORE, NEWEST)
    assert _ask(f"{port_of_operators}/readyz")[0] == 200
