"""Everything here needs PostgreSQL and RabbitMQ; without them it is skipped, in CI it fails."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from shared.testing.databases import Databases
from shared.testing.rabbitmq_node import RabbitNode, node_scripts
from tests.faults.installation import Installation
from tests.faults.services import SERVICES, hearer

_numbers = count(1)


@pytest.fixture
def installation(postgres_databases: Databases, rabbitmq: str, tmp_path: Path) -> Iterator[Installation]:
    """A speaker and a hearer with empty databases and queues of their own."""
    url = postgres_databases.create(SERVICES)
    made = Installation(url, rabbitmq, f"test{os.getpid()}-{next(_numbers)}.", tmp_path)
    yield made
    made.close()
    postgres_databases.drop(url)


@pytest.fixture(scope="session")
def _node_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitNode]:
    scripts = node_scripts()
    if scripts is None:
        reason = "RabbitMQ is not installed here: no node that could be killed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    made = RabbitNode(scripts, tmp_path_factory.mktemp("rabbitmq"))
    yield made
    made.kill()


@pytest.fixture
def node(_node_of_the_session: RabbitNode) -> RabbitNode:
    """A broker that a test may do anything to; it runs, and it runs again for the next test."""
    _node_of_the_session.start()
    return _node_of_the_session


@pytest.fixture
def installation_on_node(
    postgres_databases: Databases, node: RabbitNode, tmp_path: Path
) -> Iterator[Installation]:
    """The same on the broker that may be killed."""
    url = postgres_databases.create(SERVICES)
    made = Installation(url, node.url, f"test{next(_numbers)}.", tmp_path)
    assert hearer.queue is not None
    names = made.topology.events(hearer.queue).name, made.topology.dead(hearer.name).name
    made.wait_until(lambda: all(map(node.remembers, names)))
    yield made
    node.start()
    made.close()
    postgres_databases.drop(url)
