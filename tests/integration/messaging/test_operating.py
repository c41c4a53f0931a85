"""What operators do: look at what is stuck, try it again or give it up, fill a late subscriber, tidy up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from approvals.enterprise.events import ENTERPRISE_REGISTERED
from facilities.enterprises.model import EnterpriseCopy
from facilities.living.service import service as living
from notifications.service import service as notifications
from shared.actor import SYSTEM
from shared.audit import AuditEntry
from shared.database import LONGEST_SILENCE_S, Database
from shared.errors import Conflict, InvalidInput
from shared.ids import new_id
from shared.messaging import operating
from shared.messaging.cli import parked
from shared.messaging.consumer import MAX_ATTEMPTS, Consumer
from shared.messaging.envelope import Event
from shared.messaging.inbox import InboxMessage
from shared.messaging.outbox import REMEMBERED, OutboxMessage, republish
from shared.messaging.retention import KEEP_DONE, KEEP_PUBLISHED, purge
from shared.messaging.stuck import Stuck, every_stuck, find_stuck
from shared.messaging.timekeeper import Timekeeper
from shared.messaging.timers import Timer
from shared.service import Fact, Runtime
from shared.testing.databases import Databases
from shared.transaction import Transaction
from tests.integration.assembly import REGISTERED, SUBMITTED, Assembly
from tests.integration.messaging.conftest import Assemble


@pytest.fixture
def hearing(assemble: Assemble) -> Assembly:
    return assemble(notifications)


@pytest.fixture
def runtime(hearing: Assembly) -> Runtime:
    return hearing["notifications"]


def states(runtime: Runtime) -> list[str]:
    with runtime.read() as session:
        return sorted(session.scalars(sa.select(InboxMessage.state)))


def park(assembly: Assembly) -> bytes:
    """A message whose handler nobody has: parked at once."""
    body = assembly.wire(assembly.event(SUBMITTED))
    Consumer(assembly["notifications"]).receive(body.replace(b"case.submitted", b"case.swallowed"))
    return body


def listed(runtime: Runtime) -> list[Stuck]:
    with runtime.read() as session:
        return list(every_stuck(session))


def replay(runtime: Runtime, stuck_id: UUID) -> None:
    with runtime.transaction(SYSTEM) as tx:
        operating.replay(tx, stuck_id)


def discard(runtime: Runtime, stuck_id: UUID, reason: str) -> None:
    with runtime.transaction(SYSTEM) as tx:
        operating.discard(tx, stuck_id, reason)


def test_a_parked_message_is_listed_shown_and_tried_again(hearing: Assembly, runtime: Runtime) -> None:
    park(hearing)
    (stuck,) = listed(runtime)
    assert (stuck.kind, stuck.state, stuck.reason) == ("event", "parked", "no-handler")
    with runtime.read() as session:
        body = find_stuck(session, stuck.id).body
    with runtime.database.write() as session:  # the release with the handler has arrived
        mended = body.replace(b"case.swallowed", b"case.submitted")
        session.execute(sa.update(InboxMessage).values(body=mended))

    replay(runtime, stuck.id)
    hearing.worker.run_until_idle()

    assert states(runtime) == ["done"]
    assert listed(runtime) == []
    with pytest.raises(Conflict, match="handled meanwhile"):
        replay(runtime, stuck.id)


def test_a_discarded_message_stays_discarded_and_the_trail_says_why(
    hearing: Assembly, runtime: Runtime
) -> None:
    park(hearing)
    (stuck,) = listed(runtime)

    discard(runtime, stuck.id, "a test message")

    assert states(runtime) == ["discarded"]
    with runtime.read() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.details["reason"]) == ("event.discarded", "a test message")
    with pytest.raises(Conflict, match="discarded meanwhile"):
        discard(runtime, stuck.id, "again")
    with pytest.raises(InvalidInput):
        discard(runtime, stuck.id, " ")


def fail_timers(runtime: Runtime, *keys: str, times: int) -> None:
    """Set timers that nobody keeps, and let them fail."""
    with runtime.transaction(SYSTEM) as tx:
        for key in keys:
            tx.schedule("nobody", key, tx.now, {"case": key})
    for _ in range(times):
        with runtime.database.write() as session:
            session.execute(sa.update(Timer).values(due_at=runtime.clock.now()))
        Timekeeper(runtime).wake_due()


def test_failing_timers_are_on_the_same_footing(hearing: Assembly, runtime: Runtime) -> None:
    fail_timers(runtime, "a", "b", times=MAX_ATTEMPTS)
    began = runtime.clock.now()
    hearing.clock.advance(timedelta(hours=2))
    first, second = listed(runtime)
    assert {first.kind, second.kind} == {"timer"} and {first.state, second.state} == {"parked"}
    assert {first.since, second.since} == {began}

    replay(runtime, first.id)
    discard(runtime, second.id, "not needed")

    (left,) = listed(runtime)
    assert (left.id, left.state, left.attempts) == (first.id, "waiting", 0)
    assert left.next_attempt_at == runtime.clock.now()
    with pytest.raises(Conflict, match="discarded meanwhile"):
        replay(runtime, second.id)
    hearing.worker.run_until_idle()
    (again,) = listed(runtime)
    assert (again.state, again.attempts, again.since) == ("waiting", 1, began)


def test_a_timer_that_is_set_anew_is_stuck_no_longer(runtime: Runtime) -> None:
    fail_timers(runtime, "a", times=1)
    (stuck,) = listed(runtime)
    assert stuck.state == "waiting" and stuck.next_attempt_at is not None

    with runtime.transaction(SYSTEM) as tx:
        tx.schedule("nobody", "a", tx.now + timedelta(days=1), {})

    assert listed(runtime) == []
    with pytest.raises(Conflict, match="set anew"):
        discard(runtime, stuck.id, "not needed")


def test_the_command_line_lists_shows_and_refuses(
    hearing: Assembly, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANBAN_DATABASE_URL", runtime.settings.database_url)
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(runtime.settings.data_dir))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(parked, arguments)

    park(hearing)
    (stuck,) = listed(runtime)
    assert str(stuck.id) in run("list", "notifications").output
    assert "case.swallowed" in run("show", "notifications", str(stuck.id)).output
    assert run("replay", "notifications", str(stuck.id)).exit_code == 0
    assert states(runtime) == ["waiting"]
    assert run("discard", "notifications", str(stuck.id), "--reason", "over").exit_code == 0
    refused = run("replay", "notifications", str(new_id()))
    assert refused.exit_code == 1 and "Nothing parked" in refused.output
    unsaid = run("discard", "notifications", str(stuck.id), "--reason", " ")
    assert unsaid.exit_code == 1 and "Give a reason" in unsaid.output
    assert run("list", "nobody").exit_code == 2


def test_a_late_subscriber_learns_the_register_and_keeps_what_is_newer(assemble: Assemble) -> None:
    assembly = assemble(living)
    told = [assembly.event(REGISTERED, uscc=f"9199010100000000{n:02}", name=f"第{n}家") for n in range(3)]
    newer = replace(told[0], sequence=5, data={**told[0].data, "name": "改名"}, id=new_id())
    consumer = Consumer(assembly["living"])
    consumer.receive(assembly.wire(newer))

    def register(_session: Session) -> Iterator[Fact]:
        for event in told:
            yield Fact(ENTERPRISE_REGISTERED, event.subject, 1, event.data)

    owner = assembly["enterprise"]
    owner.service = replace(owner.service, backfill=register)
    for _ in range(2):
        count = operating.backfill(
            living, owner, lambda batch: consumer.receive_all([message.body for message in batch])
        )
        assert count == 3

    with assembly["living"].read() as session:
        names = session.scalars(sa.select(EnterpriseCopy.name).order_by(EnterpriseCopy.uscc)).all()
    assert names == ["改名", "第1家", "第2家"]
    assert states(assembly["living"]) == ["done"] * 4


def test_what_was_published_lately_goes_out_again_and_nothing_doubles(
    hearing: Assembly, runtime: Runtime
) -> None:
    hearing.say(SUBMITTED)
    hearing.worker.run_until_idle()
    hearing.clock.advance(timedelta(hours=2))
    hearing.say(SUBMITTED)
    hearing.worker.run_until_idle()

    with hearing["enterprise"].database.write() as session:
        assert republish(session, hearing.clock.now() - timedelta(hours=1), hearing.clock.now()) == 1
    hearing.worker.run_until_idle()

    with hearing["enterprise"].read() as session:
        assert None not in session.scalars(sa.select(OutboxMessage.published_at)).all()
    assert states(runtime) == ["done", "done"]


def test_what_an_inbox_may_have_forgotten_is_not_sent_again(hearing: Assembly) -> None:
    hearing.say(SUBMITTED)
    hearing.worker.run_until_idle()
    published = hearing.clock.now()
    with hearing["enterprise"].database.write() as session:
        assert republish(session, published, published + REMEMBERED + timedelta(seconds=1)) == 0
        assert republish(session, published, published + REMEMBERED) == 1


@pytest.mark.postgres
def test_a_slow_reader_may_be_silent_longer_than_others(postgres_databases: Databases) -> None:
    url = postgres_databases.create([notifications]).format(service="notifications")
    database = Database(url)
    try:
        limit = sa.text("SHOW idle_in_transaction_session_timeout")
        with database.read() as session:
            assert session.scalar(limit) == f"{LONGEST_SILENCE_S // 60}min"
        with database.read_slowly() as session:
            assert session.scalar(limit) == "0"
        with database.read() as session:
            assert session.scalar(limit) == f"{LONGEST_SILENCE_S // 60}min"
    finally:
        database.close()
        postgres_databases.drop(url)


def test_old_rows_go_in_small_batches_and_what_is_stuck_stays(hearing: Assembly, runtime: Runtime) -> None:
    for _ in range(5):
        hearing.say(SUBMITTED)
    hearing.worker.run_until_idle()
    park(hearing)
    publisher = hearing["enterprise"]

    hearing.clock.advance(KEEP_PUBLISHED - timedelta(seconds=1))
    assert purge(publisher) == 0
    hearing.clock.advance(timedelta(seconds=2))
    assert [purge(publisher, batch=2) for _ in range(4)] == [2, 2, 1, 0]
    assert purge(runtime) == 0
    hearing.clock.advance(KEEP_DONE)
    assert purge(runtime) == 5

    assert states(runtime) == ["parked"]


def test_a_batch_is_applied_in_one_go_and_taken_apart_only_when_it_fails(
    hearing: Assembly, runtime: Runtime
) -> None:
    consumer = Consumer(runtime)
    bodies = [hearing.wire(hearing.event(SUBMITTED)) for _ in range(5)]

    consumer.receive_all([*bodies, bodies[0]])
    assert states(runtime) == ["done"] * 5

    more = [hearing.wire(hearing.event(SUBMITTED)) for _ in range(2)]
    consumer.receive_all([bodies[1], more[0], b"not an event", more[1]])
    assert states(runtime) == ["done"] * 7 + ["parked"]


def test_a_replay_asked_for_just_when_the_last_attempt_fails_gets_all_its_attempts(
    assemble: Assemble,
) -> None:
    """The attempt was begun before the operator asked; what it has to say is out of date."""

    def fail(_tx: Transaction, _event: Event) -> None:
        raise LookupError("not yet")

    hearing = assemble(replace(notifications, handlers={SUBMITTED: fail}))
    runtime = hearing["notifications"]
    consumer = Consumer(runtime)
    consumer.receive(hearing.wire(hearing.event(SUBMITTED)))
    for _ in range(MAX_ATTEMPTS - 2):
        hearing.clock.advance(timedelta(hours=2))
        consumer.retry_due()
    (stuck,) = listed(runtime)
    assert (stuck.state, stuck.attempts) == ("waiting", MAX_ATTEMPTS - 1)

    class Overtaken(Consumer):
        def _keep(self, *args: Any, **options: Any) -> None:
            replay(runtime, stuck.id)
            super()._keep(*args, **options)

    hearing.clock.advance(timedelta(hours=2))
    Overtaken(runtime).retry_due()

    (again,) = listed(runtime)
    assert (again.state, again.attempts) == ("waiting", 0)
    assert again.next_attempt_at == hearing.clock.now()
