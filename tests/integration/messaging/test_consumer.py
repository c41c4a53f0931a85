"""The subscriber's side: applied once, tried again, parked with the reason, never in the neighbours' way."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.enterprises.model import EnterpriseCopy
from facilities.living.service import service as living
from notifications.messages.model import Message
from notifications.service import service as notifications
from shared.messaging.consumer import MAX_ATTEMPTS, Consumer, backoff
from shared.messaging.envelope import Event
from shared.messaging.inbox import InboxMessage
from shared.messaging.outbox import OutboxMessage
from shared.service import Runtime, Service
from shared.transaction import Transaction
from tests.integration.assembly import REGISTERED, SUBMITTED, Assembly, document
from tests.integration.messaging.conftest import Assemble

real_handler = notifications.handlers[SUBMITTED]


class Trouble:
    """A handler that writes its effect and then fails as long as it is told to."""

    def __init__(self) -> None:
        self.failing = True
        self.deadly = False
        self.calls = 0

    def __call__(self, tx: Transaction, event: Event) -> None:
        """The real effect first: it must be gone when this fails."""
        self.calls += 1
        real_handler(tx, event)
        if self.deadly:
            raise Death
        if self.failing:
            raise LookupError("the department is not known yet")

    @property
    def service(self) -> Service:
        """The notifications service with this handler for submitted cases."""
        return replace(notifications, handlers={**notifications.handlers, SUBMITTED: self})


def inbox(runtime: Runtime) -> list[InboxMessage]:
    with runtime.read() as session:
        return list(session.scalars(sa.select(InboxMessage).order_by(InboxMessage.received_at)))


def messages(runtime: Runtime) -> int:
    with runtime.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Message)) or 0


@pytest.fixture
def hearing(assemble: Assemble) -> Assembly:
    """Only notifications listen."""
    return assemble(notifications)


def test_a_message_delivered_again_is_applied_once(hearing: Assembly) -> None:
    consumer = Consumer(hearing["notifications"])
    body = hearing.wire(hearing.event(SUBMITTED))

    for _ in range(3):
        consumer.receive(body)

    (row,) = inbox(hearing["notifications"])
    assert (row.state, row.attempts, row.body) == ("done", 1, None)
    assert messages(hearing["notifications"]) == 1


def test_a_failing_handler_leaves_no_effect_and_is_tried_again_later(assemble: Assemble) -> None:
    trouble = Trouble()
    assembly = assemble(trouble.service)
    runtime = assembly["notifications"]
    assembly.say(SUBMITTED)
    before = assembly.clock.now()

    assembly.worker.run_until_idle()

    (row,) = inbox(runtime)
    assert (row.state, row.attempts, row.reason) == ("waiting", 1, "handler")
    assert row.error is not None and "the department is not known yet" in row.error
    assert row.body is not None and row.next_attempt_at is not None
    assert timedelta(seconds=4) <= row.next_attempt_at - before <= timedelta(seconds=6)
    assert messages(runtime) == 0
    with assembly["enterprise"].read() as session:
        assert session.scalar(sa.select(OutboxMessage.published_at)) is not None

    trouble.failing = False
    assembly.worker.run_until_idle()
    assert messages(runtime) == 0, "it is not due yet"

    assembly.clock.advance(timedelta(seconds=6))
    assembly.worker.run_until_idle()

    (row,) = inbox(runtime)
    assert (row.state, row.attempts, row.reason, row.error, row.body) == ("done", 2, None, None, None)
    assert messages(runtime) == 1


def test_after_the_last_attempt_it_is_parked_with_the_reason(assemble: Assemble) -> None:
    trouble = Trouble()
    assembly = assemble(trouble.service)
    runtime = assembly["notifications"]
    consumer = Consumer(runtime)
    consumer.receive(assembly.wire(assembly.event(SUBMITTED)))

    for attempt in range(2, MAX_ATTEMPTS + 1):
        (row,) = inbox(runtime)
        assert (row.state, row.attempts) == ("waiting", attempt - 1)
        assembly.clock.advance(timedelta(hours=2))
        assert consumer.retry_due() == 1

    (row,) = inbox(runtime)
    assert (row.state, row.attempts, row.reason) == ("parked", 12, "handler")
    assert row.body is not None and row.next_attempt_at is None
    assert row.error is not None and "LookupError" in row.error
    assembly.clock.advance(timedelta(days=30))
    assert consumer.retry_due() == 0
    assert trouble.calls == MAX_ATTEMPTS
    assert messages(runtime) == 0


class Death(BaseException):
    """What a handler that ends its process looks like from inside a test."""


def test_a_message_that_kills_the_process_whenever_it_is_tried_is_parked_in_the_end(
    assemble: Assemble,
) -> None:
    trouble = Trouble()
    assembly = assemble(trouble.service)
    runtime = assembly["notifications"]
    consumer = Consumer(runtime)
    consumer.receive(assembly.wire(assembly.event(SUBMITTED)))
    trouble.deadly = True

    deaths = 0
    for _ in range(MAX_ATTEMPTS + 3):
        assembly.clock.advance(timedelta(hours=2))
        try:
            consumer.retry_due()
        except Death:
            deaths += 1

    (row,) = inbox(runtime)
    assert (row.state, row.attempts, deaths) == ("parked", MAX_ATTEMPTS, MAX_ATTEMPTS - 1)
    assert row.error is not None and "ended while it was tried" in row.error
    assert messages(runtime) == 0


def test_waiting_grows_threefold_to_an_hour_and_is_spread_by_a_fifth() -> None:
    middle = [backoff(attempt, lambda: 0.5).total_seconds() for attempt in range(1, 9)]

    assert middle == [5, 15, 45, 135, 405, 1215, 3600, 3600]
    assert backoff(1, lambda: 0.0).total_seconds() == pytest.approx(4)
    assert backoff(1, lambda: 1.0).total_seconds() == pytest.approx(6)


def test_a_delivery_while_it_waits_changes_neither_its_schedule_nor_its_count(assemble: Assemble) -> None:
    trouble = Trouble()
    assembly = assemble(trouble.service)
    runtime = assembly["notifications"]
    consumer = Consumer(runtime)
    body = assembly.wire(assembly.event(SUBMITTED))
    consumer.receive(body)
    (before,) = inbox(runtime)

    consumer.receive(body)

    (after,) = inbox(runtime)
    assert (after.attempts, after.next_attempt_at) == (before.attempts, before.next_attempt_at)
    assert trouble.calls == 1


Spoil = Callable[[dict[str, Any]], object]


def _without(name: str) -> Spoil:
    return lambda event: event.pop(name)


def _with(name: str, value: object) -> Spoil:
    return lambda event: event.update({name: value})


def _data(**changes: object) -> Spoil:
    return lambda event: event["data"].update(changes)


POISON: dict[str, tuple[Spoil | bytes, str]] = {
    "nothing": (b"", "undecodable"),
    "no JSON": (b"\x00\xff\xfe", "undecodable"),
    "no object": (b"[]", "undecodable"),
    "nested too deeply": (b"[" * 100_000, "undecodable"),
    "another standard": (_with("specversion", "0.3"), "undecodable"),
    "no id": (_without("id"), "undecodable"),
    "a number for an id": (_with("id", 5), "undecodable"),
    "no time zone": (_with("time", "2026-11-23T09:00:00"), "undecodable"),
    "sequence zero": (_with("sequence", "0"), "undecodable"),
    "sequence without end": (_with("sequence", "9" * 40), "undecodable"),
    "a type with a NUL": (_with("type", "yuanban\x00"), "undecodable"),
    "data that is a list": (_with("data", [1]), "undecodable"),
    "an unknown type": (_with("type", "yuanban.enterprise.case.eaten.v1"), "no-handler"),
    "a field of the wrong kind": (_data(item_name="公司设立登记"), "contract"),
    "a missing language": (_data(item_name={"zh": "公司设立登记"}), "contract"),
    "no account": (lambda event: event["data"].pop("applicant_account_id"), "contract"),
}


def test_poison_is_parked_at_once_and_its_neighbours_arrive(hearing: Assembly) -> None:
    runtime = hearing["notifications"]
    for _ in range(2 * len(POISON) + 1):
        hearing.say(SUBMITTED)
    expected = []
    with hearing["enterprise"].database.write() as session:
        rows = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.position)).all()
        for victim, (spoil, reason) in zip(rows[1::2], POISON.values(), strict=True):
            if isinstance(spoil, bytes):
                victim.body = spoil
            else:
                event = document(victim.body)
                spoil(event)
                victim.body = json.dumps(event).encode()
            expected.append((victim.body, "parked", reason, 1))

    hearing.worker.run_until_idle()

    parked = [row for row in inbox(runtime) if row.state != "done"]
    found = [(row.body, row.state, row.reason, row.attempts) for row in parked]
    assert sorted(found, key=repr) == sorted(expected, key=repr), "each as it came, with its reason"
    assert messages(runtime) == len(POISON) + 1
    with hearing["enterprise"].read() as session:
        assert session.scalars(sa.select(OutboxMessage.published_at)).all().count(None) == 0


def test_poison_delivered_again_stays_one_row_and_what_an_operator_discarded_stays_so(
    hearing: Assembly,
) -> None:
    runtime = hearing["notifications"]
    consumer = Consumer(runtime)
    unreadable = b"not an event"
    unknown = hearing.wire(hearing.event(SUBMITTED)).replace(b"submitted", b"unheard-of")
    for body in (unreadable, unknown, unreadable, unknown):
        consumer.receive(body)
    assert sorted(row.reason or "" for row in inbox(runtime)) == ["no-handler", "undecodable"]

    with runtime.database.write() as session:
        session.execute(sa.update(InboxMessage).values(state="discarded"))
    for body in (unreadable, unknown):
        consumer.receive(body)

    assert {row.state for row in inbox(runtime)} == {"discarded"}


def test_an_unreadable_row_set_back_to_waiting_does_not_stop_the_others(assemble: Assemble) -> None:
    trouble = Trouble()
    assembly = assemble(trouble.service)
    runtime = assembly["notifications"]
    consumer = Consumer(runtime)
    consumer.receive(b"not an event")
    consumer.receive(assembly.wire(assembly.event(SUBMITTED)))
    with runtime.database.write() as session:
        values = {"state": "waiting", "next_attempt_at": assembly.clock.now()}
        session.execute(sa.update(InboxMessage).values(**values))
    trouble.failing = False

    consumer.retry_due()

    assert sorted(row.state for row in inbox(runtime)) == ["done", "parked"]
    assert messages(runtime) == 1


def test_a_failing_twin_does_not_bring_an_applied_message_back(assemble: Assemble) -> None:
    """While one worker fails on a message, another one applies it: it stays applied."""
    assembly = assemble(notifications)
    runtime = assembly["notifications"]
    body = assembly.wire(assembly.event(SUBMITTED))

    class FailsLate(Consumer):
        def _keep(self, *args: Any, **kwargs: Any) -> None:
            Consumer(runtime).receive(body)  # the twin commits between our rollback and our record
            super()._keep(*args, **kwargs)

    trouble = Trouble()
    failing = Runtime(trouble.service, assembly.system.settings, assembly.contracts, assembly.clock)
    FailsLate(failing).receive(body)
    failing.close()

    (row,) = inbox(runtime)
    assert (row.state, row.body) == ("done", None)
    assembly.clock.advance(timedelta(days=1))
    assert Consumer(runtime).retry_due() == 0
    assert messages(runtime) == 1


def test_two_threads_with_the_same_message_apply_it_once(assemble: Assemble) -> None:
    both_in = threading.Barrier(2, timeout=20)
    calls: list[UUID] = []

    def slow(tx: Transaction, event: Event) -> None:
        calls.append(event.id)
        real_handler(tx, event)
        time.sleep(0.1)  # long enough for the other one to arrive at the claim and wait there

    service = replace(notifications, handlers={**notifications.handlers, SUBMITTED: slow})
    assembly = assemble(service)
    runtime = assembly["notifications"]
    bodies = [assembly.wire(assembly.event(SUBMITTED)) for _ in range(3)]
    failures: list[BaseException] = []

    def consume() -> None:
        try:
            consumer = Consumer(runtime)
            for body in bodies:
                both_in.wait()
                consumer.receive(body)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=consume) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failures == []
    assert [row.state for row in inbox(runtime)] == ["done"] * 3
    assert len(calls) == len(set(calls)) == 3
    assert messages(runtime) == 3


def test_two_threads_retrying_the_same_message_apply_it_once(assemble: Assemble) -> None:
    trouble = Trouble()
    assembly = assemble(trouble.service)
    runtime = assembly["notifications"]
    first = Consumer(runtime)
    for _ in range(5):
        first.receive(assembly.wire(assembly.event(SUBMITTED)))
    trouble.failing, trouble.calls = False, 0
    assembly.clock.advance(timedelta(minutes=1))
    start = threading.Barrier(2, timeout=20)

    def retry() -> None:
        start.wait()
        Consumer(runtime).retry_due()

    threads = [threading.Thread(target=retry) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert [row.state for row in inbox(runtime)] == ["done"] * 5
    assert trouble.calls == 5
    assert messages(runtime) == 5


def test_fields_that_a_newer_publisher_added_are_passed_over(hearing: Assembly) -> None:
    event = document(hearing.wire(hearing.event(SUBMITTED)))
    event["partitionkey"] = "x"
    event["data"]["priority"] = "high"
    event["data"]["item_name"]["ja"] = "会社設立登記"

    Consumer(hearing["notifications"]).receive(json.dumps(event).encode())

    assert [row.state for row in inbox(hearing["notifications"])] == ["done"]


def test_an_older_event_that_comes_late_does_not_replace_a_newer_copy(assemble: Assemble) -> None:
    assembly = assemble(living)
    consumer = Consumer(assembly["living"])
    for sequence, status in ((2, "suspended"), (1, "active"), (5, "closed"), (4, "active")):
        consumer.receive(assembly.wire(assembly.event(REGISTERED, sequence=sequence, status=status)))

    with assembly["living"].read() as session:
        copy = session.scalars(sa.select(EnterpriseCopy)).one()
    assert (copy.sequence, copy.status) == (5, "closed")
    assert [row.state for row in inbox(assembly["living"])] == ["done"] * 4
