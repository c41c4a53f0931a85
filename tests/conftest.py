"""Fixtures for everybody: a clock, and whole systems on SQLite and on PostgreSQL."""

import functools
import gc
import os
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from shared.clock import ManualClock
from shared.testing.brokers import broker_answers, broker_url
from shared.testing.databases import (
    Databases,
    PostgresDatabases,
    SqliteDatabases,
    postgres_answers,
    postgres_url,
)
from shared.testing.systems import SystemFactory

pytest.register_assert_rewrite("tests.stories")

# How long one example takes says more about what else the machine does than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

MONDAY_MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in the park, a working day

_postgres_answers = functools.cache(postgres_answers)
_broker_answers = functools.cache(broker_answers)


def pytest_report_header() -> str:
    """Say at the top what will be skipped."""
    return "\n".join(
        f"{server}: reachable"
        if answers
        else f"{server}: NOT REACHABLE at {url}; every test on it is skipped"
        for server, answers, url in (
            ("PostgreSQL", _postgres_answers(), postgres_url()),
            ("RabbitMQ", _broker_answers(), broker_url()),
        )
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the random storms did, and the seed by which to repeat one (`FAULTS_SEED`)."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            told = dict(getattr(report, "user_properties", ())).get("storm")
            if told and report.when == "call":
                terminalreporter.write_line(f"storm: {told}")


WHOLE = (
    "tests/e2e/",
    "tests/contract/test_api_",
    "tests/meta/authorisation/",
    "tests/integration/concurrency/",
    "tests/integration/portal/",
)
"""Where a file starts a server, seeds a park, or fills it with everybody and everything in it."""


class OneServerAFile(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Spreads tests over processes one by one, but keeps a file below `WHOLE` whole.

    Those files come first, being the largest pieces. (`--dist loadgroup` of pytest-xdist 3.8 groups nothing
    under pytest 9.2, which no longer lets it rename tests.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(WHOLE) else nodeid


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """How tests are spread over processes."""
    return OneServerAFile(config, log)


ON_BOTH = (
    "tests/integration/messaging/",
    "tests/integration/facilities/capacity/",
    "tests/integration/facilities/parking/test_right_races.py",
    "tests/integration/test_",
)
"""Where databases could differ: what rests on locks, constraints and isolation is held to both every day."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test that runs on both kinds of database one is enough a day; `make test-full` runs both.

    Which one follows from the test's name: about half of each file's tests run on either.
    """
    for item in items:
        kind = _kind_of_database(item)
        if kind is None or item.nodeid.startswith(ON_BOTH):
            continue
        name = item.nodeid.replace(kind, "")
        if kind != ("sqlite", "postgres")[zlib.crc32(name.encode()) % 2]:
            item.add_marker(pytest.mark.slow)


def _kind_of_database(item: pytest.Item) -> str | None:
    """The kind chosen by the fixture `databases`, where the test goes by it."""
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("databases") if callspec is not None else None


def pytest_collection_finish() -> None:
    """All that is loaded by now stays: to look through it for garbage is a twentieth of what a run costs."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def clock() -> ManualClock:
    """A Monday morning in the park that moves only when told."""
    return ManualClock(MONDAY_MORNING)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """SQLite files of this test process."""
    databases = SqliteDatabases(tmp_path_factory.mktemp("sqlite"))
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def rabbitmq() -> str:
    """The broker's URL; without a broker its tests are skipped, in CI they fail."""
    if not _broker_answers():
        reason = f"no RabbitMQ at {broker_url()}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return broker_url()


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[Databases]:
    """PostgreSQL databases of this test process; without a server its tests are skipped, in CI they fail."""
    if not _postgres_answers():
        reason = f"no PostgreSQL at {postgres_url()}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    databases = PostgresDatabases(postgres_url())
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Runs the test on each kind of database."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


@pytest.fixture
def make_system(databases: Databases, tmp_path: Path, clock: ManualClock) -> Iterator[SystemFactory]:
    """Makes whole systems: `system = make_system([service, …])`; see `shared.testing.systems`."""
    factory = SystemFactory(databases, tmp_path, clock)
    yield factory
    factory.close()


@pytest.fixture
def make_sqlite_system(
    sqlite_databases: Databases, tmp_path: Path, clock: ManualClock
) -> Iterator[SystemFactory]:
    """The same on SQLite alone, for what no database can change."""
    factory = SystemFactory(sqlite_databases, tmp_path, clock)
    yield factory
    factory.close()
