"""One demo park for each file: building it takes longer than asking it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.contract.park import Park


@pytest.fixture(scope="module")
def park(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Park]:
    """The demo park on SQLite, one for each file: on what random requests leave no story can be told."""
    clock = ManualClock(datetime(2026, 11, 23, 1, tzinfo=UTC))
    factory = SystemFactory(sqlite_databases, tmp_path_factory.mktemp("park"), clock)
    with capture_logs():
        yield Park(factory)
    factory.close()
