"""The enterprise service with its subscribers, on each kind of database."""

from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from facilities.living.service import service as living
from facilities.production.service import service as production
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.services import enterprise


@pytest.fixture
def desk(make_system: SystemFactory) -> Desk:
    """The desk of a demo installation."""
    return Desk(make_system([enterprise, living, production, notifications], demo=True))


@pytest.fixture
def sqlite_desk(make_sqlite_system: SystemFactory) -> Desk:
    """The same on SQLite alone."""
    return Desk(make_sqlite_system([enterprise], demo=True))


@pytest.fixture
def enterprise_desk(make_system: SystemFactory) -> Desk:
    """The enterprise service alone, on each kind of database."""
    return Desk(make_system([enterprise], demo=True))


@pytest.fixture(scope="module")
def lasting_desk(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One on SQLite for a whole module: its tests bring their own cases and leave the clock alone."""
    factory = SystemFactory(sqlite_databases, tmp_path_factory.mktemp("lasting"), ManualClock(MONDAY_MORNING))
    yield Desk(factory([enterprise], demo=True))
    factory.close()


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What was logged; unexpected errors are kept there too, which printing would make slow."""
    with capture_logs() as entries:
        yield entries
