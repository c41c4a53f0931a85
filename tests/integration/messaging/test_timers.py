"""Appointments: kept once, moved, postponed, parked; one that fails holds up no other."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from notifications.service import service as notifications
from shared.actor import SYSTEM
from shared.audit import AuditEntry
from shared.messaging.brokers.memory import MemoryBroker
from shared.messaging.consumer import MAX_ATTEMPTS
from shared.messaging.timekeeper import Timekeeper
from shared.messaging.timers import Timer
from shared.messaging.worker import Worker
from shared.service import Runtime
from shared.transaction import Transaction
from tests.integration.assembly import Assembly
from tests.integration.messaging.conftest import Assemble


def remember(tx: Transaction, payload: Mapping[str, object]) -> None:
    """An effect in the database: an audit entry of the thing the timer is about."""
    tx.audit("timer.kept", "thing", str(payload["thing"]))


def fail(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The same effect, but it does not last."""
    remember(tx, payload)
    raise LookupError("not yet")


def again(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Make the next appointment under the same key."""
    remember(tx, payload)
    tx.schedule("again", "k", tx.now + timedelta(days=1), payload)


@pytest.fixture
def timed(assemble: Assemble) -> Assembly:
    """A service with these timers."""
    timers = {"remember": remember, "fail": fail, "again": again}
    return assemble(replace(notifications, timers=timers))


@pytest.fixture
def runtime(timed: Assembly) -> Runtime:
    return timed["notifications"]


def schedule(runtime: Runtime, name: str, thing: str, after: timedelta, key: str | None = None) -> None:
    with runtime.transaction(SYSTEM) as tx:
        tx.schedule(name, key or thing, tx.now + after, {"thing": thing})


def kept(runtime: Runtime) -> list[str]:
    with runtime.read() as session:
        return list(session.scalars(sa.select(AuditEntry.aggregate_id).order_by(AuditEntry.position)))


def timers(runtime: Runtime) -> list[Timer]:
    with runtime.read() as session:
        return list(session.scalars(sa.select(Timer).order_by(Timer.due_at)))


def test_a_timer_is_kept_once_when_it_is_due(timed: Assembly, runtime: Runtime) -> None:
    schedule(runtime, "remember", "a", timedelta(hours=1))

    timed.worker.run_until_idle()
    assert kept(runtime) == []

    timed.clock.advance(timedelta(hours=1))
    timed.worker.run_until_idle()
    timed.worker.run_until_idle()

    assert kept(runtime) == ["a"]
    assert timers(runtime) == []


def test_a_timer_of_a_command_that_failed_was_never_set(timed: Assembly, runtime: Runtime) -> None:
    with pytest.raises(ZeroDivisionError), runtime.transaction(SYSTEM) as tx:
        tx.schedule("remember", "a", tx.now, {"thing": "a"})
        raise ZeroDivisionError

    timed.worker.run_until_idle()
    assert timers(runtime) == [] and kept(runtime) == []


def test_scheduling_again_moves_it_and_it_can_be_cancelled(timed: Assembly, runtime: Runtime) -> None:
    schedule(runtime, "remember", "a", timedelta(hours=1), key="k")
    schedule(runtime, "remember", "b", timedelta(hours=3), key="k")
    schedule(runtime, "remember", "c", timedelta(hours=1))
    with runtime.transaction(SYSTEM) as tx:
        tx.unschedule("remember", "c")

    timed.clock.advance(timedelta(hours=2))
    timed.worker.run_until_idle()
    assert kept(runtime) == []
    timed.clock.advance(timedelta(hours=2))
    timed.worker.run_until_idle()
    assert kept(runtime) == ["b"]


def test_a_failing_timer_leaves_no_effect_is_postponed_and_holds_up_no_other(
    timed: Assembly, runtime: Runtime
) -> None:
    schedule(runtime, "fail", "a", timedelta(minutes=1))
    schedule(runtime, "remember", "b", timedelta(minutes=2))
    timed.clock.advance(timedelta(minutes=3))
    now = timed.clock.now()

    timed.worker.run_until_idle()

    assert kept(runtime) == ["b"]
    (row,) = timers(runtime)
    assert (row.attempts, row.parked_at) == (1, None)
    assert row.last_error is not None and "not yet" in row.last_error
    assert timedelta(seconds=4) <= row.due_at - now <= timedelta(seconds=6)


@pytest.mark.parametrize("name", ["fail", "nobody-knows-this-name"])
def test_a_timer_that_always_fails_is_parked_at_last_and_can_be_set_anew(
    timed: Assembly, runtime: Runtime, name: str
) -> None:
    schedule(runtime, name, "a", timedelta(0))
    for _ in range(MAX_ATTEMPTS):
        assert timers(runtime)[0].parked_at is None
        timed.worker.run_until_idle()
        timed.clock.advance(timedelta(hours=2))

    (row,) = timers(runtime)
    assert row.attempts == MAX_ATTEMPTS and row.parked_at is not None and row.last_error
    timed.clock.advance(timedelta(days=30))
    timed.worker.run_until_idle()
    assert timers(runtime)[0].attempts == MAX_ATTEMPTS

    schedule(runtime, name, "a", timedelta(0))
    (row,) = timers(runtime)
    assert (row.attempts, row.parked_at, row.last_error) == (0, None, None)


def test_a_handler_may_make_the_next_appointment_under_its_own_key(timed: Assembly, runtime: Runtime) -> None:
    schedule(runtime, "again", "a", timedelta(0), key="k")

    for _ in range(3):
        timed.worker.run_until_idle()
        timed.clock.advance(timedelta(days=1))

    assert kept(runtime) == ["a"] * 3
    assert len(timers(runtime)) == 1


def test_a_timer_moved_while_its_handler_failed_keeps_the_date_it_was_moved_to(
    assemble: Assemble,
) -> None:
    """The deadline was moved by a command just when the handler, working for the old one, gave up."""
    assembly = assemble(replace(notifications, timers={"fail": fail}))
    runtime = assembly["notifications"]
    moved: list[bool] = []

    class Slow(Timekeeper):
        def _note(self, timer_id: UUID, until: datetime, error: Exception) -> None:
            schedule(runtime, "fail", "a", timedelta(days=3))
            moved.append(True)
            super()._note(timer_id, until, error)

    schedule(runtime, "fail", "a", timedelta(0))

    Slow(runtime).wake_due()

    (row,) = timers(runtime)
    assert moved and row.due_at - assembly.clock.now() == timedelta(days=3)
    assert (row.attempts, row.last_error) == (0, None)


def test_two_workers_keep_a_timer_once(timed: Assembly, runtime: Runtime) -> None:
    for number in range(10):
        schedule(runtime, "remember", str(number), timedelta(0))
    start = threading.Barrier(2, timeout=20)

    def work(scope: str) -> None:
        broker = MemoryBroker(scope=scope)
        worker = Worker([runtime], broker)
        start.wait()
        worker.run_once()
        broker.close()

    threads = [threading.Thread(target=work, args=(f"worker {n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    timed.worker.run_until_idle()

    assert sorted(kept(runtime)) == sorted(str(number) for number in range(10))
    assert timers(runtime) == []
