"""A record a day over the whole trail: what the chains cannot tell, the anchors do."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from notifications.service import service as notifications
from shared.actor import SYSTEM
from shared.audit import AuditEntry
from shared.auditing.anchors import (
    Anchorer,
    AuditAnchor,
    Tally,
    anchor_hash,
    content_of,
    hashes,
    make,
)
from shared.auditing.findings import Damage
from shared.auditing.witnesses import Witness, read_witnesses
from shared.clock import ManualClock
from shared.database import table_of
from shared.messaging.process import WorkerProcess
from shared.service import Runtime
from shared.testing.systems import SystemFactory
from tests.integration.auditing.trail import (
    act,
    anchors,
    as_owner,
    damages,
    found,
    report,
    rewrite,
    rewrite_anchors,
)


@pytest.fixture
def anchored(runtime: Runtime, clock: ManualClock) -> Runtime:
    """Two days with an anchor each, and an entry since: positions 1 to 3, 4 to 5, and 6."""
    act(runtime, "a", times=2)
    act(runtime, "b")
    assert Anchorer(runtime).keep()
    clock.advance(timedelta(days=1))
    act(runtime, "a")
    act(runtime, "b")
    assert Anchorer(runtime).keep()
    act(runtime, "b")
    return runtime


def kept(runtime: Runtime) -> list[Witness]:
    """What somebody has written down of the anchors."""
    return [Witness("notifications", each.number, str(each.day), each.hash) for each in anchors(runtime)]


def test_a_day_has_one_anchor_over_all_that_is_new(anchored: Runtime, clock: ManualClock) -> None:
    first, second = anchors(anchored)
    assert (first.number, first.day, first.last_position, first.entries) == (1, date(2026, 11, 23), 3, 3)
    assert (second.number, second.day, second.last_position, second.entries) == (2, date(2026, 11, 24), 5, 2)
    assert second.previous_hash == first.hash
    seen = report(anchored)
    assert (seen.entries, seen.chains, seen.covered, seen.last_day) == (6, 2, 5, date(2026, 11, 24))

    again = Anchorer(anchored)
    assert [again.keep(), again.keep(), Anchorer(anchored).keep()] == [False] * 3
    clock.set(datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC))
    assert not again.keep(), "still the same day in the park"
    clock.set(datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    assert again.keep()


def test_days_without_a_worker_are_made_up_for_by_the_next_one(anchored: Runtime, clock: ManualClock) -> None:
    clock.advance(timedelta(days=5))
    assert Anchorer(anchored).keep()
    last = anchors(anchored)[-1]
    assert (last.number, last.day, last.entries) == (3, date(2026, 11, 29), 1)
    clock.advance(timedelta(days=1))
    assert Anchorer(anchored).keep(), "a day on which nothing happened has one, too"
    assert report(anchored).covered == 6


def test_two_workers_make_one(anchored: Runtime, clock: ManualClock) -> None:
    clock.advance(timedelta(days=1))
    day = clock.today()
    assert make(anchored, day, up_to=6)
    assert not make(anchored, day, up_to=6)
    assert len(anchors(anchored)) == 3


@contextmanager
def running(loop: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    """The loop in a thread of its own."""
    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(30)
        assert not thread.is_alive()


def wait_for_anchor(runtime: Runtime) -> AuditAnchor:
    deadline = time.monotonic() + 30
    while not (made := anchors(runtime)):
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
    return made[0]


def test_a_running_worker_makes_it_and_says_so_in_the_log(make_system: SystemFactory) -> None:
    system = make_system([notifications])
    runtime = system.runtime("notifications")
    act(runtime, "a")
    with capture_logs() as logs, running(system.worker.run_forever, system.worker.stop):
        anchor = wait_for_anchor(runtime)
    said = [entry for entry in logs if entry["event"] == "audit anchored"]
    lines = [json.dumps(entry) for entry in said if entry["service"] == "notifications"]
    assert list(read_witnesses(lines)) == [Witness("notifications", 1, "2026-11-23", anchor.hash)]


@pytest.mark.postgres
def test_a_worker_of_its_own_makes_it_too(make_postgres_system: SystemFactory) -> None:
    runtime = make_postgres_system([notifications]).runtime("notifications")
    distributed = replace(runtime.settings, broker_url="amqp://127.0.0.1:1")
    process = WorkerProcess(notifications, [notifications], distributed)
    stop = threading.Event()
    with running(lambda: process._chores(stop), stop.set):
        assert wait_for_anchor(runtime).entries == 0
    process.runtime.close()


def test_a_missing_end_is_named_with_the_place(anchored: Runtime) -> None:
    with as_owner(anchored) as session:
        session.execute(sa.delete(AuditEntry).where(AuditEntry.position == 5))
        session.execute(sa.delete(AuditEntry).where(AuditEntry.position == 6))
    ((damage, said),) = found(anchored)
    assert damage is Damage.DROPPED
    assert "2026-11-24 covers 2 entries, 1 are there; there is none at position 5" in said


def test_a_whole_chain_that_is_gone_is_missed(anchored: Runtime) -> None:
    with as_owner(anchored) as session:
        session.execute(sa.delete(AuditEntry).where(AuditEntry.aggregate_id == "a"))
    (first, (damage, said)) = found(anchored)
    assert first[0] is damage is Damage.DROPPED
    assert "none at position 4" in said


@given(st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_much_is_missing_from_ends_it_is_missed(runtime: Runtime, data: st.DataObject) -> None:
    """Each example goes on where the last one left off: with a new anchor over new chains."""
    today = anchors(runtime)[-1].day + timedelta(days=1) if anchors(runtime) else date(2026, 1, 1)
    lengths = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    for number, length in enumerate(lengths):
        act(runtime, f"{today}/{number}", times=length)
    assert make(runtime, today, horizon_of_all(runtime))
    assert found(runtime) == []

    thing = data.draw(st.integers(0, len(lengths) - 1))
    left = data.draw(st.integers(0, lengths[thing] - 1))
    of_thing = (AuditEntry.aggregate_id == f"{today}/{thing}", AuditEntry.number > left)
    with as_owner(runtime) as session:
        table = table_of(AuditEntry)
        gone = [dict(row) for row in session.execute(sa.select(table).where(*of_thing)).mappings()]
        session.execute(sa.delete(AuditEntry).where(*of_thing))
    assert damages(runtime) == [Damage.DROPPED]
    with as_owner(runtime) as session:
        session.execute(sa.insert(table), gone)
    assert found(runtime) == []


def horizon_of_all(runtime: Runtime) -> int:
    with runtime.read() as session:
        return session.scalar(sa.select(sa.func.max(AuditEntry.position))) or 0


def test_what_chains_cannot_see_once_all_hashes_are_made_right(anchored: Runtime) -> None:
    rewrite(anchored, first=4, name="nobody")
    ((damage, said),) = found(anchored)
    assert damage is Damage.CHANGED and "2026-11-24" in said


def test_an_entry_that_is_put_in_below_an_anchor(anchored: Runtime) -> None:
    with as_owner(anchored) as session:
        session.execute(sa.update(AuditEntry).where(AuditEntry.position == 6).values(position=50))
        session.flush()
    act(anchored, "c")
    with as_owner(anchored) as session:
        late = sa.select(AuditEntry.position).where(AuditEntry.aggregate_id == "c")
        session.execute(sa.update(AuditEntry).where(AuditEntry.position.in_(late)).values(position=0))
    assert damages(anchored) == [Damage.ADDED]


def test_an_anchor_that_is_edited_dropped_or_replaced(anchored: Runtime) -> None:
    with as_owner(anchored) as session:
        session.execute(sa.update(AuditAnchor).where(AuditAnchor.number == 1).values(entries=2))
    assert damages(anchored) == [Damage.EDITED]
    rewrite_anchors(anchored)
    assert damages(anchored) == [Damage.ADDED]
    with as_owner(anchored) as session:
        session.execute(sa.delete(AuditAnchor).where(AuditAnchor.number == 1))
    assert damages(anchored) == [Damage.DROPPED]


def test_an_anchor_that_continues_another_one(anchored: Runtime) -> None:
    with as_owner(anchored) as session:
        second = session.get_one(AuditAnchor, 2)
        second.previous_hash = "0" * 64
        second.hash = anchor_hash(content_of(second), "notifications")
    assert damages(anchored) == [Damage.FORGED]


def test_only_what_was_kept_outside_shows_a_history_that_was_rewritten_as_a_whole(anchored: Runtime) -> None:
    witnesses = kept(anchored)
    assert damages(anchored, *witnesses) == []
    others = Witness("enterprise", 7, "2026-11-23", "ff")
    assert damages(anchored, others) == [], "another service's"

    rewrite(anchored, first=1, name="nobody")
    tally = Tally()
    with anchored.read() as session:
        for position, entry_hash in hashes(session, 3):
            tally.add(position, entry_hash)
    rewrite_anchors(anchored, digest=tally.digest)
    with anchored.read() as session:
        tally = Tally()
        for position, entry_hash in hashes(session, 5, 3):
            tally.add(position, entry_hash)
    with as_owner(anchored) as session:
        session.get_one(AuditAnchor, 2).digest = tally.digest
    rewrite_anchors(anchored)

    assert damages(anchored) == [], "nothing here contradicts it any more"
    assert damages(anchored, *witnesses) == [Damage.NO_WITNESS] * 2
    with as_owner(anchored) as session:
        session.execute(sa.delete(AuditAnchor).where(AuditAnchor.number == 2))
    assert [said for _damage, said in found(anchored, witnesses[1])] == [
        "The anchor of 2026-11-24 that was kept outside is missing here"
    ]


@pytest.mark.postgres
def test_an_entry_that_commits_late_below_others_waits_for_the_anchor_and_is_covered(
    make_postgres_system: SystemFactory, clock: ManualClock
) -> None:
    """Positions are given out before commits."""
    runtime = make_postgres_system([notifications]).runtime("notifications")
    anchorer = Anchorer(runtime)
    with runtime.transaction(SYSTEM) as tx:
        tx.audit("thing.touched", "thing", "late")
        tx.finish()
        tx.session.flush()
        tx.acts.clear()
        act(runtime, "early")
        assert not anchorer.keep() and not anchorer.keep(), "an anchor now would miss the late one"
        act(runtime, "early")  # whoever comes after that moment holds nothing up
    assert anchorer.keep()
    (anchor,) = anchors(runtime)
    assert (anchor.entries, anchor.last_position) == (2, 2)
    assert report(runtime).covered == 2

    # Without the waiting: this is what it is for.
    clock.advance(timedelta(days=1))
    with runtime.transaction(SYSTEM) as tx:
        tx.audit("thing.touched", "thing", "late")
        tx.finish()
        tx.session.flush()
        tx.acts.clear()
        act(runtime, "early")
        make(runtime, clock.today(), horizon_of_all(runtime))
    assert damages(runtime) == [Damage.ADDED]


@pytest.mark.parametrize("column", ["details", "actor_id", "at"])
def test_an_entry_that_cannot_be_read_any_more_is_named(
    make_sqlite_system: SystemFactory, column: str
) -> None:
    """SQLite keeps anything in any column; what is written there must not end the verifying."""
    runtime = make_sqlite_system([notifications]).runtime("notifications")
    act(runtime, "a", times=2)
    assert Anchorer(runtime).keep()
    with as_owner(runtime) as session:
        entries = table_of(AuditEntry)
        nothing: sa.ColumnElement[str] = sa.literal_column("'nothing'")
        session.execute(
            sa.update(entries).where(entries.c.position == 2).values({entries.c[column]: nothing})
        )
    ((damage, said),) = found(runtime)
    assert damage is Damage.EDITED and "cannot be read" in said
