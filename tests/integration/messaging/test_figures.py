"""`/metrics`: what waits, what moves and what is stuck, of every service, where an operator looks for it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import urllib3
from prometheus_client.parser import text_string_to_metric_families

from notifications.service import service as notifications
from shared.actor import SYSTEM
from shared.auditing.anchors import Anchorer
from shared.clock import ManualClock
from shared.messaging import figures
from shared.messaging.consumer import MAX_ATTEMPTS, Consumer
from shared.messaging.envelope import Event
from shared.messaging.figures import Figures
from shared.messaging.timekeeper import Timekeeper
from shared.messaging.timers import Timer
from shared.operators import serve
from shared.readiness import Readiness
from shared.service import Runtime
from shared.testing.ports import free_port
from shared.testing.systems import SystemFactory
from shared.transaction import Transaction
from tests.integration.assembly import SUBMITTED, Assembly, publisher
from tests.integration.messaging.conftest import Assemble

Told = dict[tuple[str, str], float]
"""Values by metric and service."""


@pytest.fixture
def hearing(assemble: Assemble) -> Assembly:
    return assemble(notifications)


def told(text: str) -> Told:
    """Every value; a metric that is declared twice makes the text unreadable."""
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    return {
        (sample.name, sample.labels["service"]): sample.value
        for family in families
        for sample in family.samples
        if set(sample.labels) == {"service"}
    }


def asked(hearing: Assembly, service: str | None = None) -> Told:
    """What the edge of the one process tells, or one service of its own."""
    app = hearing.system.app(service) if service else hearing.system.edge_app
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    return told(answer.text)


def fail_timer(runtime: Runtime, key: str, times: int) -> None:
    with runtime.transaction(SYSTEM) as tx:
        tx.schedule("nobody", key, tx.now, {})
    for _ in range(times):
        with runtime.database.write() as session:
            session.execute(sa.update(Timer).where(Timer.key == key).values(due_at=runtime.clock.now()))
        Timekeeper(runtime).wake_due()


def test_the_edge_of_the_one_process_tells_of_every_service(hearing: Assembly) -> None:
    runtime = hearing["notifications"]
    for _ in range(3):
        hearing.say(SUBMITTED)
    event = hearing.wire(hearing.event(SUBMITTED))
    Consumer(runtime).receive(event.replace(b"case.submitted", b"case.swallowed"))
    fail_timer(runtime, "a", MAX_ATTEMPTS)
    with runtime.transaction(SYSTEM) as tx:
        tx.schedule("nobody", "b", tx.now, {})
    hearing.clock.advance(timedelta(seconds=90))

    before = asked(hearing)

    assert before["yuanban_outbox_waiting", "enterprise"] == 3
    assert before["yuanban_outbox_oldest_seconds", "enterprise"] == 90
    assert before["yuanban_outbox_waiting", "notifications"] == 0
    assert before["yuanban_outbox_oldest_seconds", "notifications"] == 0
    assert before["yuanban_inbox_parked", "notifications"] == 1
    assert before["yuanban_timers_parked", "notifications"] == 1
    assert before["yuanban_timers_due", "notifications"] == 1
    assert before["yuanban_timers_late_seconds", "notifications"] == 90
    assert before["yuanban_inbox_parked", "edge"] == 0
    assert ("yuanban_audit_anchor_age_seconds", "notifications") not in before, "there is none yet"
    assert before["yuanban_consumed_total", "notifications"] == 0

    hearing.worker.run_until_idle()
    after = asked(hearing)

    assert after["yuanban_outbox_waiting", "enterprise"] == 0
    assert after["yuanban_consumed_total", "notifications"] == 3
    assert after["yuanban_consumer_lag_seconds", "notifications"] == 90
    assert after["yuanban_relay_batch_events_count", "enterprise"] == 1
    assert after["yuanban_relay_batch_events_sum", "enterprise"] == 3
    assert after["yuanban_timers_due", "notifications"] == 0

    Anchorer(runtime).keep()
    hearing.clock.advance(timedelta(seconds=5))
    assert asked(hearing)["yuanban_audit_anchor_age_seconds", "notifications"] == 5


def test_a_service_of_its_own_tells_only_of_itself(hearing: Assembly) -> None:
    hearing.say(SUBMITTED)

    found = asked(hearing, "notifications")

    assert {service for _name, service in found} == {"notifications"}
    assert ("yuanban_outbox_waiting", "notifications") in found


def test_a_message_that_waits_for_its_retry_is_counted_as_such(assemble: Assemble) -> None:
    def fail(_tx: Transaction, _event: Event) -> None:
        raise LookupError("not yet")

    hearing = assemble(replace(notifications, handlers={SUBMITTED: fail}))
    Consumer(hearing["notifications"]).receive(hearing.wire(hearing.event(SUBMITTED)))

    found = asked(hearing)

    assert found["yuanban_inbox_waiting", "notifications"] == 1
    assert found["yuanban_inbox_parked", "notifications"] == 0


def test_counting_stops_so_that_asking_costs_the_same_however_much_is_stuck(
    hearing: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "COUNT_CAP", 2)
    for _ in range(3):
        hearing.say(SUBMITTED)
        hearing.clock.advance(timedelta(minutes=1))
        event = hearing.wire(hearing.event(SUBMITTED))
        Consumer(hearing["notifications"]).receive(event.replace(b"case.submitted", b"case.swallowed"))

    found = asked(hearing)

    assert found["yuanban_outbox_waiting", "enterprise"] == 2
    assert found["yuanban_outbox_oldest_seconds", "enterprise"] == 180  # still of the oldest of all
    assert found["yuanban_inbox_parked", "notifications"] == 2


def test_without_its_tables_one_service_is_left_out_and_the_others_are_told(
    make_sqlite_system: SystemFactory, clock: ManualClock
) -> None:
    # On SQLite alone, where every test has files of its own.
    hearing = Assembly(make_sqlite_system([publisher, notifications]), clock)
    with hearing["notifications"].database.write() as session:
        session.execute(sa.text("DROP TABLE outbox_message"))

    found = asked(hearing)

    assert ("yuanban_outbox_waiting", "notifications") not in found
    assert ("yuanban_outbox_waiting", "enterprise") in found


def test_a_worker_tells_of_its_backlog_until_it_ends(hearing: Assembly) -> None:
    hearing.say(SUBMITTED)
    port = free_port()
    runtime = hearing["enterprise"]
    operators = serve("127.0.0.1", port, Figures(runtime).text, Readiness(runtime))
    try:
        answer = urllib3.request("GET", f"http://127.0.0.1:{port}/metrics", retries=False)
    finally:
        operators.shutdown()
        operators.server_close()

    found = told(answer.data.decode())
    assert found["yuanban_outbox_waiting", "enterprise"] == 1
    assert found["yuanban_relay_batch_events_count", "enterprise"] == 0
    with pytest.raises(urllib3.exceptions.NewConnectionError):
        urllib3.request("GET", f"http://127.0.0.1:{port}/metrics", retries=False)
