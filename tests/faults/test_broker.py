"""A broker that ends, by order or without a word, comes back with or without its disk, or lacks memory."""

import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shared.messaging.brokers.rabbitmq import connected
from shared.messaging.outbox import OutboxMessage, republish
from shared.testing.rabbitmq_node import RabbitNode
from tests.faults.installation import Installation
from tests.faults.services import hearer, speaker

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres]

COUNT = 200


def unpublished(installation: Installation) -> int:
    with installation.speaker.read() as session:
        query = sa.select(sa.func.count()).where(OutboxMessage.published_at.is_(None))
        return session.scalar(query) or 0


def outbox(installation: Installation) -> list[OutboxMessage]:
    with installation.speaker.read() as session:
        return list(session.scalars(sa.select(OutboxMessage)))


def in_queue(installation: Installation) -> int:
    assert hearer.queue is not None
    with connected(installation.settings.broker_url) as connection:
        name = installation.topology.events(hearer.queue).name
        return int(connection.default_channel.queue_declare(name, passive=True).message_count)


@pytest.mark.parametrize(
    "again",
    [pytest.param(False, id="once"), pytest.param(True, id="again and again", marks=pytest.mark.slow)],
)
def test_a_broker_killed_under_load_goes_on_from_its_disk(
    installation_on_node: Installation, node: RabbitNode, again: bool
) -> None:
    installation = installation_on_node
    with installation.working():
        for _ in range(4 if again else 1):
            heard = installation.effects()
            installation.say(COUNT, "slow")
            installation.wait_for_effects(heard + 20)  # in the outbox, on the line, in the queue, in hand
            node.kill()
            installation.say(COUNT)
            node.start()
        installation.settle()

    assert installation.findings() == []
    assert installation.ledger.unknown == set()


@pytest.mark.slow
def test_a_broker_stopped_in_good_order_and_started_again(
    installation_on_node: Installation, node: RabbitNode
) -> None:
    installation = installation_on_node
    with installation.working():
        for _ in range(2):
            heard = installation.effects()
            installation.say(COUNT, "slow")
            installation.wait_for_effects(heard + 20)
            node.stop()
            installation.say(COUNT)
            node.start()
        installation.settle()

    assert installation.findings() == []


@pytest.mark.slow
def test_confirmed_means_on_disk(installation_on_node: Installation, node: RabbitNode) -> None:
    """Nobody hears yet: what was marked as published lies in the queue alone when the broker is killed."""
    installation = installation_on_node
    with installation.working(speaker):
        installation.say(COUNT)
        installation.wait_until(lambda: unpublished(installation) == 0)
        node.kill()
        node.start()
    installation.wait_until(lambda: in_queue(installation) == COUNT)
    with installation.working():
        installation.settle()

    assert installation.findings() == []


@pytest.mark.slow
def test_a_broker_that_lost_its_disk_is_given_everything_again(
    installation_on_node: Installation, node: RabbitNode
) -> None:
    """Half of it was heard already; the harness must see the loss before the operator mends it."""
    installation = installation_on_node
    with installation.working():
        installation.say(20)
        installation.settle()
    with installation.working(speaker):
        installation.say(20)
        installation.wait_until(lambda: unpublished(installation) == 0)
    node.stop()
    node.wipe()
    node.start()
    installation.declare()
    assert any(finding.startswith("lost") for finding in installation.findings())

    with installation.speaker.database.write() as session:
        now = installation.speaker.clock.now()
        assert republish(session, now - timedelta(days=7), now) == 40
    with installation.working():
        installation.settle()
    assert installation.findings() == []
    assert installation.effects() == 40


@pytest.mark.slow
def test_a_broker_short_of_memory_gets_nothing_while_acknowledgements_flow(
    installation_on_node: Installation, node: RabbitNode
) -> None:
    installation = installation_on_node
    with installation.working(speaker):
        installation.say(60)
        installation.wait_until(lambda: unpublished(installation) == 0)
        node.run_out_of_memory()
        try:
            installation.say(60)  # commands are accepted
            with installation.working(hearer):
                installation.wait_for_effects(60)
                installation.wait_until(lambda: in_queue(installation) == 0)
                time.sleep(1)
                assert unpublished(installation) == 60
                assert installation.effects() == 60
                node.have_memory()
                installation.settle()
        finally:
            node.have_memory()

    assert {row.attempts for row in outbox(installation)} == {0}
    assert installation.findings() == []


@pytest.mark.slow
def test_a_relay_that_waits_for_a_blocked_broker_stops_when_told(
    installation_on_node: Installation, node: RabbitNode
) -> None:
    installation = installation_on_node
    node.run_out_of_memory()
    try:
        with installation.working(speaker):
            installation.say(20)
            time.sleep(1)
            told = time.monotonic()
        assert time.monotonic() - told < 10
        assert unpublished(installation) == 20
    finally:
        node.have_memory()
    with installation.working():
        installation.settle()
    assert installation.findings() == []
