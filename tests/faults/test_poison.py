"""Messages that cannot be handled, in the middle of good ones: parked with a reason, the others unharmed."""

import json
import subprocess
from contextlib import suppress

import pytest
import sqlalchemy as sa

from shared.ids import new_id
from shared.messaging.brokers.base import Message
from shared.messaging.brokers.rabbitmq_publisher import RabbitPublisher
from shared.messaging.cli import DirectLine
from shared.messaging.consumer import MAX_ATTEMPTS
from shared.messaging.inbox import InboxMessage
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timers import Timer
from tests.faults.installation import Installation
from tests.faults.services import hearer, speaker

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres]


def inbox(installation: Installation, state: str) -> list[InboxMessage]:
    with installation.hearer.read() as session:
        return list(session.scalars(sa.select(InboxMessage).where(InboxMessage.state == state)))


def test_poison_of_every_kind_among_good_messages(installation: Installation) -> None:
    installation.say(30)
    with installation.speaker.read() as session:
        event = json.loads(session.scalars(sa.select(OutboxMessage.body)).first() or b"")
        event["data"]["number"] = 1000
    installation.ledger.doomed.add(1000)
    bodies = {
        "undecodable": [b"", b"\xff\xfe", b"x" * 100_000, b'{"specversion": "9"}'],
        "no-handler": [
            json.dumps(event | {"id": str(new_id()), "type": "yuanban.speaker.number.v9"}).encode()
        ],
        "contract": [json.dumps(event | {"id": str(new_id()), "data": {"number": "many"}}).encode()],
    }
    publisher = RabbitPublisher(installation.settings.broker_url, installation.topology.exchange)
    poison = [
        Message(new_id(), "yuanban.speaker.number.said.v1", b) for each in bodies.values() for b in each
    ]
    publisher.publish(poison)
    publisher.close()
    with installation.working():
        installation.say(30)
        installation.wait_for_effects(60)
        installation.settle()

    assert sorted(row.reason or "" for row in inbox(installation, "parked")) == sorted(
        reason for reason, each in bodies.items() for _ in each
    )
    assert installation.findings() == []
    assert installation.effects() == 60


def test_a_failing_handler_leaves_its_neighbours_alone_and_is_parked_in_the_end(
    installation: Installation,
) -> None:
    installation.say(20)
    installation.say(1, "fail")
    installation.say(20)
    with installation.working():
        installation.wait_for_effects(40)
        installation.wait_until(lambda: bool(inbox(installation, "waiting")))
        with installation.hearer.database.write() as session:
            due = {"attempts": MAX_ATTEMPTS - 1, "next_attempt_at": installation.hearer.clock.now()}
            session.execute(sa.update(InboxMessage).where(InboxMessage.state == "waiting").values(**due))
        installation.settle()

    (row,) = inbox(installation, "parked")
    assert (row.reason, row.attempts) == ("handler", MAX_ATTEMPTS)
    assert installation.findings() == []
    assert installation.effects() == 40


def test_the_same_message_given_to_two_consumers_is_applied_once(installation: Installation) -> None:
    installation.say(20)
    with installation.speaker.read() as session:
        twins = [
            Message(row.event_id, row.type, row.body) for row in session.scalars(sa.select(OutboxMessage))
        ]
    publisher = RabbitPublisher(installation.settings.broker_url, installation.topology.exchange)
    publisher.publish([message for message in twins for _ in range(2)][::-1])
    publisher.close()
    with installation.working(hearer, hearer, speaker):
        installation.settle()

    assert installation.findings() == []
    assert installation.effects() == 20


def test_what_is_told_to_a_late_subscriber_goes_into_its_queue(installation: Installation) -> None:
    installation.say(3)
    with installation.speaker.read() as session:
        told = [
            Message(row.event_id, row.type, row.body) for row in session.scalars(sa.select(OutboxMessage))
        ]
    assert hearer.queue is not None
    line = DirectLine(installation.hearer, hearer.queue)
    line(told)
    line.close()
    with installation.working():
        installation.settle()

    assert installation.findings() == []
    assert installation.effects() == 3


def test_what_lies_in_the_dead_queue_is_parked_with_the_reason(installation: Installation) -> None:
    dead = installation.topology.dead("hearer").name
    publisher = RabbitPublisher(installation.settings.broker_url, exchange="", routing_key=dead)
    publisher.publish([Message(new_id(), "any", b"not an event")])
    publisher.close()
    with installation.working(hearer):
        installation.wait_until(lambda: bool(inbox(installation, "parked")))

    (row,) = inbox(installation, "parked")
    assert (row.reason, row.body) == ("dead-lettered", b"not an event")


@pytest.mark.slow
def test_a_message_that_kills_the_process_takes_no_neighbour_along(installation: Installation) -> None:
    installation.say(30)
    installation.say(1, "kill")
    installation.say(30)
    with installation.working(speaker):
        for _ in range(15):
            consumer = installation.start("hearer")
            with suppress(subprocess.TimeoutExpired):
                consumer.wait(15)
            if inbox(installation, "parked"):
                break
        installation.settle()

    (row,) = inbox(installation, "parked")
    assert row.reason == "dead-lettered" and "delivery_limit" in (row.error or "")
    assert installation.findings() == []
    assert installation.effects() == 60


@pytest.mark.slow
def test_an_appointment_that_kills_the_process_is_parked_in_the_end(installation: Installation) -> None:
    """The others are kept; each death counts as an attempt. Pauses between attempts are cut short here."""
    installation.appoint(10)
    installation.appoint(1, "kill")
    installation.appoint(10)
    for _ in range(MAX_ATTEMPTS):
        consumer = installation.start("hearer")
        assert consumer.wait(60) == 9, installation.logs()
        with installation.hearer.database.write() as session:
            session.execute(sa.update(Timer).values(due_at=installation.hearer.clock.now()))
    with installation.working(hearer):
        installation.settle()

    with installation.hearer.read() as session:
        (row,) = session.scalars(sa.select(Timer))
    assert row.attempts == MAX_ATTEMPTS
    assert row.last_error == "the process, or its database, ended while it was tried"
    assert installation.findings() == []
    assert installation.effects() == 20


@pytest.mark.slow
def test_a_batch_that_takes_longer_than_two_heartbeats_keeps_its_line(installation: Installation) -> None:
    with installation.working(speaker):
        consumer = installation.start("hearer")
        installation.say(60)
        installation.wait_for_effects(60)  # by now it takes whole batches
        installation.say(5)
        installation.say(1, "long")
        installation.settle(90)
    consumer.terminate()
    consumer.wait(30)

    assert "consumer pauses" not in installation.logs(), installation.logs()
    assert installation.findings() == []
