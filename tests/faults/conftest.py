"""Everything here needs PostgreSQL and RabbitMQ; without them it is skipped, in CI it fails."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from shared.testing.brokers import broker_answers, broker_url
from shared.testing.databases import Databases
from tests.faults.installation import Installation
from tests.faults.services import SERVICES

_numbers = count(1)


@pytest.fixture(scope="session")
def rabbitmq() -> str:
    """The broker's URL."""
    if not broker_answers():
        reason = f"no RabbitMQ at {broker_url()}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return broker_url()


@pytest.fixture
def installation(postgres_databases: Databases, rabbitmq: str, tmp_path: Path) -> Iterator[Installation]:
    """A speaker and a hearer with empty databases and queues of their own."""
    url = postgres_databases.create(SERVICES)
    made = Installation(url, rabbitmq, f"test{os.getpid()}-{next(_numbers)}.", tmp_path)
    yield made
    made.close()
    postgres_databases.drop(url)
