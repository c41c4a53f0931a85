"""One service on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.service import Runtime
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory


@pytest.fixture
def runtime(make_system: SystemFactory) -> Runtime:
    """Its trail is empty."""
    return make_system([notifications]).runtime("notifications")


@pytest.fixture
def make_postgres_system(
    postgres_databases: Databases, tmp_path: Path, clock: ManualClock
) -> Iterator[SystemFactory]:
    """Systems on PostgreSQL alone, where transactions write side by side."""
    factory = SystemFactory(postgres_databases, tmp_path, clock)
    yield factory
    factory.close()
