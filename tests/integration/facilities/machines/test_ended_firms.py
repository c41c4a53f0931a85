"""A firm that is not active any more: what lies ahead is cancelled and paid back, whatever dies amid it."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from facilities.capacity.auditing.verifying import audit
from facilities.production.service import service as production
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.messaging.timekeeper import Timekeeper
from shared.messaging.timers import Timer
from shared.service import Runtime
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.capacity.processes import killed_before
from tests.integration.facilities.machines import test_series
from tests.integration.facilities.machines.trade import BORROWER, CUSTOMER, LENDER, OWNER, Trade

MOST_DEATHS = 400
RETRY = timedelta(minutes=2)
"""Longer than the pause after a first attempt, shorter than until the second round."""


def test_a_firm_that_is_closed_has_its_bookings_cancelled_and_paid_back(trade: Trade) -> None:
    machine = trade.machine()
    booking = trade.booked(machine, 24, 27)
    trade.register(OWNER, "closed", sequence=2)
    trade.assembly.system.settle()

    after = trade.booking(booking)
    assert after["state"] == "cancelled" and after["balance_fen"] == 0
    assert after["history"][-1]["by"] == "system"
    assert after["reason"] == "企业已停业或注销 · The firm is not active any more", (
        "as ever, and as is stored"
    )
    words = {"zh": "企业已停业或注销", "en": "The firm is not active any more"}
    assert [after["reason_text"], after["history"][-1]["reason_text"]] == [words, words]
    assert after["history"][0]["reason_text"] is None
    told = trade.assembly.system.client("notifications", BORROWER).get("/messages").get_json()["items"][0]
    assert "Reason: The firm is not active any more. All" in told["body"]["en"]
    assert "理由：企业已停业或注销。" in told["body"]["zh"]
    assert trade.ok(trade.get(BORROWER, "/machines"))["items"] == []
    assert trade.hold(machine, 48, 50).status_code == 404
    assert CUSTOMER == after["customer"]


@pytest.mark.parametrize("status", ["suspended", "revoked"])
def test_a_firm_that_may_not_do_business_loses_what_it_has_booked(trade: Trade, status: str) -> None:
    booking = trade.booked(trade.machine(), 24, 27)
    running = trade.booked(trade.machine(), 2, 8)
    trade.go_to(2)
    trade.ok(trade.act(LENDER, running, "start"))
    trade.register(CUSTOMER, status, sequence=2)
    trade.assembly.system.settle()

    assert trade.booking(booking)["state"] == "cancelled"
    assert trade.booking(booking)["balance_fen"] == 0
    assert trade.booking(running)["state"] == "in_use", "what has begun is brought to its end"


def test_what_is_over_is_not_paid_back_to_a_firm_that_may_not_do_business_now(trade: Trade) -> None:
    booking = trade.booked(trade.machine(), 2, 4)  # nobody has begun it, and nobody has missed it
    before = trade.lines(booking)
    trade.go_to(72)
    trade.register(CUSTOMER, "suspended", sequence=2)
    trade.assembly.system.settle()
    assert (trade.booking(booking)["state"], trade.lines(booking)) == ("confirmed", before)


def test_a_firm_that_is_active_again_before_its_turn_keeps_what_it_has_booked(trade: Trade) -> None:
    booking = trade.booked(trade.machine(), 24, 27)
    trade.register(CUSTOMER, "suspended", sequence=2)
    assert Timekeeper(trade.assembly["production"]).wake_due() == 1  # the round, which makes the appointments
    trade.register(CUSTOMER, "active", sequence=3)
    trade.assembly.system.settle()

    assert trade.booking(booking)["state"] == "confirmed"


def test_a_series_that_ended_with_a_suspension_stays_ended_when_its_firm_is_back(trade: Trade) -> None:
    machine = trade.machine(rules={"needs_approval": False})
    made = trade.ok(test_series.book(trade, machine, rule="FREQ=WEEKLY;COUNT=9"))
    trade.register(CUSTOMER, "suspended", sequence=2)
    assert Timekeeper(trade.assembly["production"]).wake_due() == 1
    trade.register(CUSTOMER, "active", sequence=3)
    trade.assembly.system.settle()

    part = {"scope": "following", "occurrence": made["occurrences"][2]["occurrence"]}
    change = {**part, "since": "14:00", "length_min": 120}
    changed = trade.ok(test_series.act(trade, BORROWER, made["id"], "change", change))
    assert changed["ended"] and test_series.states(changed) == ["confirmed"] * 3
    trade.go_to(7 * 24)
    trade.assembly.system.settle()
    assert test_series.states(test_series.read(trade, changed["id"])) == ["confirmed"] * 3


def test_every_step_survives_a_kill_before_any_of_its_statements(
    sqlite_databases: Databases, tmp_path: Path, clock: ManualClock
) -> None:
    survives_every_kill(SystemFactory(sqlite_databases, tmp_path, clock), clock)


@pytest.mark.slow
@pytest.mark.postgres
def test_every_step_survives_a_kill_on_postgresql(
    postgres_databases: Databases, tmp_path: Path, clock: ManualClock
) -> None:
    survives_every_kill(SystemFactory(postgres_databases, tmp_path, clock), clock)


def survives_every_kill(make_system: SystemFactory, clock: ManualClock) -> None:
    """The saga of a firm that offers and has booked, killed before each statement of each of its steps."""
    try:
        trade = Trade(Assembly(make_system([publisher, production, notifications]), clock), clock)
        lent, held = (
            trade.booked(trade.machine(), 24, 27),
            trade.ok(trade.hold(trade.machine(), 30, 32))["id"],
        )
        trade.assembly.system.settle()
        trade.register(OWNER, "closed", sequence=2)
        deaths = killed_again_and_again(trade.assembly["production"])
        trade.assembly.system.settle()

        assert deaths > 60
        for booking, steps in ((lent, 4), (held, 2)):
            after = trade.booking(booking)
            assert (after["state"], after["balance_fen"]) == ("cancelled", 0)
            assert len(after["history"]) == steps, "each step is taken once"
        assert trade.inbox(BORROWER).count("Your machine booking was cancelled for you") == 2
        assert all(
            each["state"] == "withdrawn" for each in trade.ok(trade.get(LENDER, "/own-machines"))["items"]
        )
        runtime = trade.assembly["production"]
        assert list(audit(runtime.database, clock.now())) == []
    finally:
        make_system.close()


def killed_again_and_again(runtime: Runtime) -> int:
    """Let appointments be kept by processes that die one statement later each, until none is left to keep.

    Whenever one has got a step done, the next dies early again, so that every statement has its death.
    """
    deaths = statement = 0
    keeper = Timekeeper(runtime)
    while due := appointments(runtime):
        statement += 1
        assert deaths < MOST_DEATHS
        if not killed_before(runtime, keeper.wake_due, statement):
            statement = 0
            continue
        deaths += 1
        statement = statement if appointments(runtime) == due else 0
        forgive(runtime)
    return deaths


def appointments(runtime: Runtime) -> set[tuple[str, str]]:
    """What is due."""
    with runtime.read() as session:
        due = sa.select(Timer.name, Timer.key).where(Timer.due_at <= runtime.clock.now() + RETRY)
        return {(name, key) for name, key in session.execute(due)}


def forgive(runtime: Runtime) -> None:
    """Let every attempt be the first one: what is under test is one death, not how many are too many."""
    with runtime.database.write() as session:
        due = sa.update(Timer).where(Timer.attempts > 0)
        session.execute(due.values(attempts=0, due_at=runtime.clock.now()))
