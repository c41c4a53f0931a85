"""From the outbox to every inbox: nothing leaves without a commit, nothing counts as sent too early."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from facilities.enterprises.model import EnterpriseCopy
from facilities.living.service import service as living
from notifications.messages.model import Message
from shared.actor import SYSTEM
from shared.ids import new_id
from shared.messaging import outbox
from shared.messaging.brokers.base import Message as Transport
from shared.messaging.brokers.base import Queue
from shared.messaging.brokers.memory import MemoryBroker
from shared.messaging.contracts import ContractError
from shared.messaging.inbox import InboxMessage
from shared.messaging.outbox import UNROUTABLE_PAUSE, OutboxMessage
from shared.service import Runtime
from tests.integration.assembly import REGISTERED, SUBMITTED, Assembly, Subject
from tests.integration.messaging.conftest import Assemble


def outbox_rows(runtime: Runtime) -> list[OutboxMessage]:
    with runtime.read() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.position)))


def count(runtime: Runtime, table: type[Any]) -> int:
    with runtime.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@contextmanager
def without(runtime: Runtime, table: str) -> Iterator[None]:
    """A database that cannot do what is asked of it, put right at the end: other tests use it again."""
    with runtime.database.write() as session:
        session.execute(sa.text(f"ALTER TABLE {table} RENAME TO away"))
    try:
        yield
    finally:
        with runtime.database.write() as session:
            session.execute(sa.text(f"ALTER TABLE away RENAME TO {table}"))


def test_an_event_waits_in_the_outbox_when_its_command_has_committed(assembly: Assembly) -> None:
    assembly.say(SUBMITTED)

    (row,) = outbox_rows(assembly["enterprise"])
    assert (row.type, row.sequence, row.published_at) == (SUBMITTED, 1, None)


def test_an_event_of_a_command_that_failed_was_never_said(assembly: Assembly) -> None:
    event = assembly.event(SUBMITTED)

    with pytest.raises(ZeroDivisionError), assembly["enterprise"].transaction(SYSTEM) as tx:
        tx.emit(assembly.contracts.get(SUBMITTED), Subject(), event.subject, event.data)
        raise ZeroDivisionError

    assembly.worker.run_until_idle()
    assert outbox_rows(assembly["enterprise"]) == []
    assert count(assembly["notifications"], Message) == 0


def test_data_outside_its_contract_is_not_said_and_fails_the_command(assembly: Assembly) -> None:
    event = assembly.event(SUBMITTED)

    for wrong in (dict(event.data, phone="13800000000"), dict(event.data, state=None)):
        with pytest.raises(ContractError):
            assembly.emit(SUBMITTED, Subject(), event.subject, wrong)

    assert outbox_rows(assembly["enterprise"]) == []


def test_events_of_one_aggregate_are_numbered_in_order(assembly: Assembly) -> None:
    event = assembly.event(SUBMITTED)
    case = Subject()

    for _ in range(3):
        assembly.emit(SUBMITTED, case, event.subject, event.data)

    assert [row.sequence for row in outbox_rows(assembly["enterprise"])] == [1, 2, 3]


def test_every_subscriber_has_committed_when_a_row_counts_as_published(assembly: Assembly) -> None:
    assembly.say(REGISTERED)

    assert assembly.worker.run_once() == 1

    (row,) = outbox_rows(assembly["enterprise"])
    assert row.published_at == assembly.clock.now()
    assert count(assembly["living"], EnterpriseCopy) == 1
    assert count(assembly["production"], EnterpriseCopy) == 1


def test_a_subscriber_without_its_database_keeps_the_row_and_holds_up_nobody(assembly: Assembly) -> None:
    assembly.say(REGISTERED)

    with without(assembly["living"], "inbox_message"):
        for _ in range(3):
            with pytest.raises(ExceptionGroup):
                assembly.worker.run_once()

        (row,) = outbox_rows(assembly["enterprise"])
        assert row.published_at is None
        assert count(assembly["production"], EnterpriseCopy) == 1

    assembly.worker.run_until_idle()

    (row,) = outbox_rows(assembly["enterprise"])
    assert row.published_at is not None
    assert count(assembly["living"], EnterpriseCopy) == 1
    assert count(assembly["production"], InboxMessage) == 1


def test_a_service_without_its_own_database_holds_up_no_other(assembly: Assembly) -> None:
    assembly.say(SUBMITTED)

    with without(assembly["living"], "outbox_message"), pytest.raises(ExceptionGroup):
        assembly.worker.run_once()

    assert outbox_rows(assembly["enterprise"])[0].published_at is not None
    assert count(assembly["notifications"], Message) == 1


def test_what_a_stuck_subscriber_left_does_not_pile_up_in_its_queue(assembly: Assembly) -> None:
    broker = MemoryBroker(scope="a queue of its own")
    queue = Queue("living", (SUBMITTED,))
    broker.declare([queue])
    bodies = [assembly.wire(assembly.event(SUBMITTED)) for _ in range(3)]

    def stuck(_body: bytes) -> None:
        raise ConnectionError

    for _ in range(4):
        broker.publish([Transport(new_id(), SUBMITTED, body) for body in bodies])
        with pytest.raises(ConnectionError):
            broker.drain(queue, stuck)

    received: list[bytes] = []
    broker.publish([Transport(new_id(), SUBMITTED, body) for body in bodies])
    assert broker.drain(queue, received.append) == 3
    assert received == bodies
    broker.close()


def test_a_relay_that_dies_before_marking_sends_again_and_nothing_doubles(
    assembly: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly.say(SUBMITTED)

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(outbox, "mark_published", die)
        with pytest.raises(KeyboardInterrupt):
            assembly.worker.run_once()
    assert outbox_rows(assembly["enterprise"])[0].published_at is None
    assert count(assembly["notifications"], Message) == 1

    assembly.worker.run_until_idle()

    assert outbox_rows(assembly["enterprise"])[0].published_at is not None
    assert count(assembly["notifications"], Message) == 1


def test_rows_that_no_queue_takes_stand_aside_say_so_and_come_back(
    assemble: Assemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.messaging.worker.BATCH", 2)
    deaf = assemble(living)
    for _ in range(3):
        deaf.say(SUBMITTED)  # only notifications would hear it
    deaf.say(REGISTERED)

    deaf.worker.run_until_idle()

    rows = outbox_rows(deaf["enterprise"])
    assert [row.published_at is None for row in rows] == [True, True, True, False]
    assert rows[0].last_error == "no queue is bound to this type"
    assert [row.attempts for row in rows] == [1, 1, 1, 0]
    assert count(deaf["living"], EnterpriseCopy) == 1

    deaf.clock.advance(UNROUTABLE_PAUSE - timedelta(seconds=1))
    deaf.worker.run_until_idle()
    assert outbox_rows(deaf["enterprise"])[0].attempts == 1
    deaf.clock.advance(timedelta(seconds=1))
    deaf.worker.run_until_idle()
    assert outbox_rows(deaf["enterprise"])[0].attempts == 2


def test_a_row_no_queue_took_arrives_once_somebody_listens(assembly: Assembly, assemble: Assemble) -> None:
    deaf = assemble(living, like=assembly)
    deaf.say(SUBMITTED)
    deaf.worker.run_until_idle()
    assert outbox_rows(assembly["enterprise"])[0].published_at is None

    assembly.clock.advance(UNROUTABLE_PAUSE)
    assembly.worker.run_until_idle()

    assert outbox_rows(assembly["enterprise"])[0].published_at is not None
    assert count(assembly["notifications"], Message) == 1


def test_a_batch_is_sent_in_the_order_in_which_it_was_committed(assembly: Assembly) -> None:
    for number in range(5):
        assembly.say(SUBMITTED, number=f"99010126112300{number:04}")

    assembly.worker.run_until_idle()

    with assembly["notifications"].read() as session:
        bodies = session.scalars(sa.select(Message.body).order_by(Message.id)).all()
    assert ["".join(c for c in body["zh"] if c.isdigit())[14:18] for body in bodies] == [
        f"{number:04}" for number in range(5)
    ]
