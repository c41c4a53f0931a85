"""What one part of the trade does to another: series, waitlists, moves, money after a use, firms that end."""

from typing import Any

import pytest
import sqlalchemy as sa

from facilities.capacity.auditing.verifying import audit
from facilities.production.machines.series.commands import EXTENSION_TIMER
from facilities.production.service import service as production
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.messaging.timers import Timer
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.machines.after_use.acts import argue, dispute, quality, recorded, slug
from tests.integration.facilities.machines.test_moving import move
from tests.integration.facilities.machines.test_series import act, book, days, read, states
from tests.integration.facilities.machines.test_statements import wrong_line
from tests.integration.facilities.machines.test_waitlist import entry, join
from tests.integration.facilities.machines.trade import (
    BORROWER,
    CUSTOMER,
    LENDER,
    OTHER,
    OWNER,
    THIRD,
    Trade,
    codes,
)

AT_ONCE = {"needs_approval": False}


@pytest.fixture
def trade(make_sqlite_system: SystemFactory, clock: ManualClock) -> Trade:
    system = make_sqlite_system([publisher, production, notifications])
    return Trade(Assembly(system, clock), clock)


@pytest.fixture(autouse=True)
def sound(trade: Trade) -> Any:
    """Whatever is done, ledgers and bookings agree afterwards."""
    yield
    runtime = trade.assembly["production"]
    assert list(audit(runtime.database, runtime.clock.now())) == []


def test_whoever_waits_for_the_old_time_does_not_stand_in_the_way_of_a_changed_series(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    series = trade.ok(book(trade, machine))["id"]
    all_of_it = trade.ok(join(trade, machine, 24, 26))["id"]
    early = trade.ok(join(trade, machine, 24, 25))["id"]

    change = {"scope": "all", "since": "10:30", "length_min": 120}  # from 09:00: half an hour stays its own
    changed = trade.ok(act(trade, BORROWER, series, "change", change))

    assert states(changed) == ["confirmed"] * 4
    assert entry(trade, early)["state"] == "offered", "an hour and its set-up have become free"
    assert entry(trade, all_of_it)["state"] == "waiting"


def test_a_changed_series_that_is_refused_offers_nothing(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    series = trade.ok(book(trade, machine))["id"]
    trade.booked(machine, 29 + 7 * 24, 31 + 7 * 24)
    waits = trade.ok(join(trade, machine, 24, 26))["id"]
    change = {"scope": "all", "since": "14:00", "length_min": 120, "mode": "all"}
    assert act(trade, BORROWER, series, "change", change).status_code == 409
    trade.assembly.system.settle()
    assert entry(trade, waits)["state"] == "waiting"
    assert "The machine you waited for is held for you" not in trade.inbox(OTHER)
    assert states(read(trade, series)) == ["confirmed"] * 4


def test_giving_up_all_of_a_series_gives_up_what_was_moved_to_a_later_day(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    series = trade.ok(book(trade, machine, rule="FREQ=DAILY;COUNT=3"))
    moved = series["occurrences"][0]["booking_id"]
    trade.ok(move(trade, moved, 24 * 8, 24 * 8 + 2))
    trade.go_to(24 * 2 - 1)  # its own day is over

    preview = trade.get(BORROWER, f"/machine-series/{series['id']}/cancellation", scope="all")
    assert moved in [each["booking_id"] for each in trade.ok(preview)["items"]]
    trade.ok(act(trade, BORROWER, series["id"], "cancel", {"scope": "all"}))
    assert trade.booking(moved)["state"] == "cancelled"


def test_a_series_of_which_only_a_moved_one_lies_ahead_is_given_up(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    series = trade.ok(book(trade, machine, rule="FREQ=DAILY;COUNT=2"))
    moved = series["occurrences"][0]["booking_id"]
    trade.ok(move(trade, moved, 24 * 8, 24 * 8 + 2))
    trade.go_to(24 * 4)
    assert "cancel" in read(trade, series["id"])["actions"]
    ended = trade.ok(act(trade, BORROWER, series["id"], "cancel", {"scope": "all"}))
    assert trade.booking(moved)["state"] == "cancelled" and ended["ended"]


def used_after(trade: Trade, *moves: float) -> str:
    """A use of two hours that is over, moved before by its customer to these hours, late."""
    booking = trade.booked(trade.machine(rules=AT_ONCE), 24, 26)
    at = 24.0
    for each in moves:
        trade.go_to(at - 10)  # half of the price is kept
        trade.ok(move(trade, booking, each, each + 2))
        at = each
    trade.go_to(at)
    trade.ok(trade.act(LENDER, booking, "start"))
    trade.go_to(at + 2)
    trade.ok(trade.act(LENDER, booking, "finish"))
    return booking


def correct(trade: Trade, booking: str, charge: str, **more: Any) -> Any:
    return trade.act(LENDER, booking, "correct", {"charge_id": charge, "reason": "误记", **more})


def test_no_more_is_corrected_than_is_left_after_a_concession(trade: Trade) -> None:
    booking = used_after(trade)
    recorded(trade, booking)
    trade.ok(quality(trade, BORROWER, booking, "propose", {"reduction_fen": 60000, "text": "报废"}))
    trade.ok(quality(trade, LENDER, booking, "agree"))
    assert trade.booking(booking)["balance_fen"] == 71000 - 60000

    refused = correct(trade, booking, wrong_line(trade, booking, "set_up"))

    assert refused.status_code == 409 and slug(refused) == "posting-given-back"
    assert trade.booking(booking)["balance_fen"] == 11000
    trade.ok(correct(trade, booking, wrong_line(trade, booking, "set_up"), instead_fen=4000))
    assert trade.booking(booking)["balance_fen"] == 0
    assert codes(dispute(trade, booking, claimed_fen=1)) == {("/claimed_fen", "more_than_paid")}


def test_what_was_corrected_after_a_move_is_not_claimed_back_again(trade: Trade) -> None:
    booking = used_after(trade, 48)
    assert trade.booking(booking)["balance_fen"] == 71000 + 35500
    line = [each["id"] for each in trade.booking(booking, LENDER)["charges"] if each["reason"] == "use"][-1]
    trade.ok(correct(trade, booking, line))
    left = trade.booking(booking)["balance_fen"]
    assert left == 71000 + 35500 - 56000
    assert codes(dispute(trade, booking, claimed_fen=left + 1)) == {("/claimed_fen", "more_than_paid")}
    trade.ok(dispute(trade, booking, claimed_fen=left))


def test_a_firm_that_has_ended_waits_for_nothing_and_nobody_waits_for_its_machines(trade: Trade) -> None:
    machine, other = trade.machine(), trade.machine()
    trade.booked(machine, 24, 27)
    trade.booked(other, 24, 27)
    waits = trade.ok(join(trade, machine, 24, 26))["id"]
    trade.register(THIRD, "suspended", sequence=2)
    trade.assembly.system.settle()
    assert entry(trade, waits)["state"] == "expired"

    trade.register(THIRD, "active", sequence=3)
    waits = trade.ok(join(trade, other, 24, 26))["id"]
    trade.register(OWNER, "closed", sequence=2)
    trade.assembly.system.settle()
    assert entry(trade, waits)["state"] == "expired"


@pytest.mark.parametrize("firm", [CUSTOMER, OWNER])
def test_a_series_of_a_firm_that_has_ended_is_continued_no_more(trade: Trade, firm: str) -> None:
    machine = trade.machine(rules={**AT_ONCE, "horizon_days": 10})
    series = trade.ok(book(trade, machine))["id"]
    assert states(read(trade, series)) == ["confirmed", "confirmed", "later", "later"]
    trade.register(firm, "suspended", sequence=2)
    trade.assembly.system.settle()
    after = read(trade, series)
    assert after["ended"] and states(after) == ["cancelled"] * 2 and after["balance_fen"] == 0

    trade.register(firm, "active", sequence=3)
    for day in range(1, 8):
        trade.go_to(24 * day)
        trade.assembly.system.settle()
    assert days(read(trade, series)) == days(after)
    with trade.assembly["production"].read() as session:
        assert session.scalar(sa.select(Timer.key).where(Timer.name == EXTENSION_TIMER)) is None


def test_of_a_series_that_has_ended_is_told_once_and_not_of_what_was_over(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    over = trade.ok(book(trade, machine, rule="FREQ=DAILY;COUNT=2"))["id"]
    trade.go_to(24 * 3)
    series = trade.ok(book(trade, machine, 24 * 7, 24 * 7 + 2))["id"]
    trade.register(OWNER, "closed", sequence=2)
    trade.assembly.system.settle()
    assert read(trade, over)["ended"] and read(trade, series)["ended"]
    assert trade.inbox(BORROWER).count("Your series of machine bookings was cancelled for you") == 1


def test_what_has_ended_is_not_cancelled_however_much_of_it_came_back(trade: Trade) -> None:
    booking = trade.booked(trade.machine(rules=AT_ONCE), 24, 26)
    trade.go_to(24)
    trade.ok(trade.act(LENDER, booking, "no-show"))
    left = trade.booking(booking)["balance_fen"]  # with half of the deposit: more than the price
    found = trade.ok(dispute(trade, booking, claimed_fen=left))["id"]
    trade.ok(argue(trade, BORROWER, found, "offers", {"amount_fen": left}))
    trade.ok(argue(trade, LENDER, found, "agree"))

    assert slug(trade.act(BORROWER, booking, "cancel")) == "wrong-state"
    assert slug(trade.get(BORROWER, f"/machine-bookings/{booking}/cancellation")) == "wrong-state"


def test_what_was_kept_of_a_booking_that_was_not_approved_again_can_be_argued_about(trade: Trade) -> None:
    machine = trade.machine()
    booking, never = trade.booked(machine, 24, 26), trade.ok(trade.hold(machine, 48, 50))["id"]
    trade.go_to(14)
    trade.ok(move(trade, booking, 72, 74))
    trade.assembly.system.settle()
    trade.ok(trade.act(LENDER, booking, "reject", {"reason": "检修"}))
    assert trade.booking(booking)["balance_fen"] == 35500, "half of the price of the time that was given up"

    assert codes(dispute(trade, booking, claimed_fen=35501)) == {("/claimed_fen", "more_than_paid")}
    trade.ok(dispute(trade, booking, claimed_fen=35500))
    trade.ok(correct(trade, booking, wrong_line(trade, booking, "set_up")))
    assert trade.booking(never)["state"] == "expired" and slug(dispute(trade, never)) == "wrong-state"


def test_whoever_waited_while_a_machine_was_withdrawn_is_served_when_it_is_offered_again(
    trade: Trade,
) -> None:
    machine = trade.machine(rules=AT_ONCE)
    booking = trade.booked(machine, 24, 26)
    waits = trade.ok(join(trade, machine, 24, 26))["id"]
    trade.ok(trade.on_machine(LENDER, machine, "withdraw", {}))
    trade.ok(trade.act(BORROWER, booking, "cancel"))
    assert entry(trade, waits)["state"] == "waiting"
    trade.ok(trade.on_machine(LENDER, machine, "publish", {}))
    assert entry(trade, waits)["state"] == "offered"
