"""Lines to the broker cut, mute, late or slow; queues deleted or full: all waits, then goes on."""

import time
from collections.abc import Iterator
from typing import Literal

import pytest
import sqlalchemy as sa
from kombu import Queue
from sqlalchemy.exc import SQLAlchemyError

from shared.messaging.brokers.base import BrokerError, Message
from shared.messaging.brokers.rabbitmq import connected
from shared.messaging.brokers.rabbitmq_publisher import RabbitPublisher
from shared.messaging.outbox import OutboxMessage, republish
from shared.messaging.relay import Relay
from shared.testing.tcp_proxy import TcpProxy, Way, proxied
from tests.faults.installation import Installation
from tests.faults.lines import broker_address, broker_through
from tests.faults.services import SAID, hearer, speaker

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres]


@pytest.fixture
def proxy(rabbitmq: str) -> Iterator[TcpProxy]:
    """A line to the broker."""
    with proxied(*broker_address(rabbitmq)) as made:
        yield made


def outbox(installation: Installation) -> list[OutboxMessage]:
    with installation.speaker.read() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.position)))


def test_lines_cut_again_and_again(installation: Installation, proxy: TcpProxy, rabbitmq: str) -> None:
    with installation.working(broker_url=broker_through(proxy, rabbitmq)):
        for _ in range(4):
            installation.say(50)
            time.sleep(0.3)
            proxy.cut()
        installation.settle()

    assert installation.findings() == []


def test_without_a_broker_commands_are_accepted_and_rows_left_alone(
    installation: Installation, proxy: TcpProxy, rabbitmq: str
) -> None:
    proxy.refuse()
    with installation.working(broker_url=broker_through(proxy, rabbitmq)):
        installation.say(50)
        time.sleep(1)
        assert {(row.published_at, row.attempts) for row in outbox(installation)} == {(None, 0)}
        proxy.restore()
        installation.settle()

    assert installation.findings() == []


@pytest.mark.slow
@pytest.mark.parametrize("ways", [("up", "down"), ("up",), ("down",)], ids="-".join)
def test_a_line_that_swallows_everything_is_noticed(
    installation: Installation, proxy: TcpProxy, rabbitmq: str, ways: tuple[Way, ...]
) -> None:
    """No end of connection is seen: only heartbeats and missing confirms tell, on both sides of the line."""
    lines = broker_through(proxy, rabbitmq)
    with installation.working(broker_url=lines):
        installation.say(50)
        installation.settle()
        proxy.mute(*ways)
        installation.say(50, "slow")
        # Whatever was held or half sent is given up: others get it, over a line that is sound.
        with installation.working():
            installation.settle(90)
        proxy.restore()
        installation.say(50)
        installation.settle()

    assert installation.findings() == []


@pytest.mark.slow
@pytest.mark.parametrize("gone", ["client", "server"])
def test_a_line_of_which_only_one_end_is_left(
    installation: Installation, proxy: TcpProxy, rabbitmq: str, gone: Literal["client", "server"]
) -> None:
    with installation.working(broker_url=broker_through(proxy, rabbitmq)):
        installation.say(200, "slow")
        installation.wait_for_effects(30)
        proxy.half_open(gone)
        installation.say(50)
        installation.settle(90)

    assert installation.findings() == []


@pytest.mark.slow
def test_a_line_with_a_second_of_latency_each_way(
    installation: Installation, proxy: TcpProxy, rabbitmq: str
) -> None:
    proxy.delay(1.0)
    with installation.working(broker_url=broker_through(proxy, rabbitmq)):
        installation.say(100)
        installation.settle(120)

    assert installation.findings() == []


@pytest.mark.slow
def test_a_line_that_grows_far_too_slow_for_a_while(
    installation: Installation, proxy: TcpProxy, rabbitmq: str
) -> None:
    """Nothing can be opened over it, and what is open may be given up."""
    with installation.working(broker_url=broker_through(proxy, rabbitmq)):
        installation.say(50)
        installation.settle()
        proxy.delay(7.0)
        installation.say(50)
        time.sleep(20)
        proxy.restore()
        installation.settle()

    assert installation.findings() == []


@pytest.mark.slow
def test_a_line_that_carries_a_kilobyte_a_second(
    installation: Installation, proxy: TcpProxy, rabbitmq: str
) -> None:
    """A batch takes longer than a confirm may; yet confirms keep coming, so it is not given up."""
    with (
        installation.working(hearer),
        installation.working(speaker, broker_url=broker_through(proxy, rabbitmq)),
    ):
        installation.say(1)
        installation.settle()
        proxy.slow(1024)
        installation.say(40)
        installation.settle(90)

    assert installation.findings() == []


def test_confirms_that_never_come_leave_the_outcome_unknown(
    installation: Installation, proxy: TcpProxy, rabbitmq: str
) -> None:
    publisher = RabbitPublisher(
        broker_through(proxy, rabbitmq), installation.topology.exchange, confirm_timeout_s=1
    )
    relay = Relay(installation.speaker, publisher)
    installation.say(1)
    assert relay.run_once() == 1
    proxy.mute()
    installation.say(5)
    with pytest.raises(BrokerError, match="5 confirms did not come"):
        relay.run_once()
    assert [row.published_at is None for row in outbox(installation)] == [False] + [True] * 5
    proxy.restore()
    assert relay.run_once() == 5
    relay.close()

    assert all(row.published_at and row.attempts == 0 for row in outbox(installation))


def test_a_broker_that_blocks_publishers_gets_nothing(installation: Installation, rabbitmq: str) -> None:
    publisher = RabbitPublisher(rabbitmq, installation.topology.exchange)
    installation.say(1)
    relay = Relay(installation.speaker, publisher)
    relay.run_once()
    assert publisher._session is not None
    publisher._session._set_blocked(True)
    installation.say(1)
    with pytest.raises(BrokerError, match="takes no messages"):
        relay.run_once()
    publisher._session._set_blocked(False)

    assert relay.run_once() == 1
    relay.close()


def test_a_deleted_queue_keeps_the_rows_and_what_lay_in_it_can_be_sent_again(
    installation: Installation,
) -> None:
    with installation.working(speaker):
        installation.say(10)
        installation.wait_until(lambda: all(row.published_at for row in outbox(installation)))
        assert hearer.queue is not None
        with connected(installation.settings.broker_url) as connection:
            connection.default_channel.queue_delete(installation.topology.events(hearer.queue).name)
        installation.say(10)
        installation.wait_until(lambda: all(row.last_error for row in outbox(installation)[10:]))
    rows = outbox(installation)
    assert [row.last_error for row in rows[10:]] == ["no queue is bound to this type"] * 10
    assert all(row.published_at is None and row.not_before for row in rows[10:])

    with installation.speaker.database.write() as session:
        assert republish(session, rows[0].created_at, installation.speaker.clock.now()) == 10
        session.execute(sa.update(OutboxMessage).values(not_before=None))  # an operator need not wait
    installation.declare()
    with installation.working():
        installation.settle()

    assert installation.findings() == []
    assert installation.effects() == 20


def test_a_full_queue_refuses_and_the_rows_stand_aside(installation: Installation, rabbitmq: str) -> None:
    narrow = f"{installation.settings.broker_prefix}narrow"
    with connected(rabbitmq) as connection:
        channel = connection.default_channel
        arguments = {"x-queue-type": "quorum", "x-max-length": 3, "x-overflow": "reject-publish"}
        Queue(narrow, durable=True, queue_arguments=arguments)(channel).declare()
        channel.queue_bind(narrow, installation.topology.exchange, SAID.type)
        relay = Relay(installation.speaker, RabbitPublisher(rabbitmq, installation.topology.exchange))
        for _ in range(4):
            installation.say(10)
            relay.run_once()
        relay.close()
        channel.queue_delete(narrow)

    rows = outbox(installation)
    refused = [row for row in rows if row.last_error]
    assert refused and all("refused" in (row.last_error or "") for row in refused)
    assert all(row.published_at is None and row.not_before and row.attempts == 1 for row in refused)


def test_a_second_relay_stands_by_and_takes_over(installation: Installation, rabbitmq: str) -> None:
    first, second = (
        Relay(installation.speaker, RabbitPublisher(rabbitmq, installation.topology.exchange))
        for _ in range(2)
    )
    installation.say(3)
    assert first.run_once() == 3
    installation.say(3)
    assert second.run_once() is None
    installation.terminate_backends(installation.speaker)

    assert second.run_once() == 3
    installation.say(3)
    with pytest.raises(SQLAlchemyError):
        first.run_once()
    assert first.run_once() is None
    second.close()
    assert first.run_once() == 3
    first.close()


def test_a_relay_frozen_between_confirm_and_mark_cannot_mark_when_it_wakes(
    installation: Installation, rabbitmq: str
) -> None:
    """While it slept its connection ended and another relay took over."""
    frozen = Relay(installation.speaker, RabbitPublisher(rabbitmq, installation.topology.exchange))
    stand_by = Relay(installation.speaker, RabbitPublisher(rabbitmq, installation.topology.exchange))

    class Sleeps(RabbitPublisher):
        def publish(self, batch: list[Message], while_waiting: object = None) -> object:  # type: ignore[override]
            published = super().publish(batch)
            installation.terminate_backends(installation.speaker)
            assert stand_by.run_once() == len(batch)
            return published

    frozen._publisher = Sleeps(rabbitmq, installation.topology.exchange)  # type: ignore[assignment]
    installation.say(5)
    with pytest.raises(SQLAlchemyError):
        frozen.run_once()
    assert frozen.run_once() is None
    stand_by.close()
    frozen.close()
    with installation.working():
        installation.settle()

    assert installation.findings() == []
