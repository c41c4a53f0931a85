"""Waiting for a machine that is full: joining, being offered, confirming, leaving, and who sees it."""

from typing import Any

import pytest

from facilities.production.service import service as production
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.machines.trade import (
    BORROWER,
    CUSTOMER,
    LENDER,
    OTHER,
    THIRD,
    Trade,
    codes,
    member,
)

WATCHER = member(roles=("manager",))


@pytest.fixture
def trade(make_sqlite_system: SystemFactory, clock: ManualClock) -> Trade:
    system = make_sqlite_system([publisher, production, notifications])
    return Trade(Assembly(system, clock), clock)


def join(trade: Trade, machine: str, start: float, end: float, actor: Any = OTHER, **more: Any) -> Any:
    body = {
        "machine_id": machine,
        "on_behalf_of": THIRD,
        "starts_at": trade.at(start),
        "ends_at": trade.at(end),
        **more,
    }
    return trade.ask(actor, "POST", "/machine-waitlist", json=body)


def entry(trade: Trade, entry_id: str, actor: Any = OTHER) -> Any:
    return trade.ok(trade.get(actor, f"/machine-waitlist/{entry_id}"))


def leave(trade: Trade, actor: Any, entry_id: str) -> Any:
    path = f"/machine-waitlist/{entry_id}"
    version = trade.get(actor, path).headers.get("ETag", '"1"')
    return trade.ask(actor, "POST", f"{path}/leave", json={}, headers={"If-Match": version})


def test_what_is_cancelled_is_held_for_whoever_waits_and_they_are_told(trade: Trade) -> None:
    machine = trade.machine(rules={"needs_approval": False})
    booked = trade.booked(machine, 24, 27)
    waits = trade.ok(join(trade, machine, 24, 26, purpose="试切"))
    assert (waits["state"], waits["booking_id"], waits["actions"]) == ("waiting", None, ["leave"])
    trade.ok(
        trade.ask(
            LENDER,
            "POST",
            f"/machines/{machine}/prices",
            json={"unit": "hour", "unit_fen": 30000, "steps": 4, "effective_on": trade.at(24)[:10]},
            headers={"If-Match": trade.get(LENDER, f"/machines/{machine}").headers["ETag"]},
        )
    )
    trade.ok(trade.act(BORROWER, booked, "cancel"))
    offered = entry(trade, waits["id"])
    assert (offered["state"], offered["actions"]) == ("offered", [])
    booking = trade.booking(offered["booking_id"], OTHER)
    assert (booking["state"], booking["customer"], booking["purpose"]) == ("held", THIRD, "试切")
    assert booking["price_fen"] == 60_000  # at the price of the day, which they see before they confirm
    assert [(each["step"], each["by"]) for each in booking["history"]] == [("held", "system")]
    assert booking["expires_at"] == trade.at(2)
    trade.assembly.system.settle()
    assert "The machine you waited for is held for you" in trade.inbox(OTHER)
    assert trade.ok(trade.act(OTHER, offered["booking_id"], "confirm"))["state"] == "confirmed"


def test_what_is_free_or_waited_for_or_forbidden_is_not_waited_for(trade: Trade) -> None:
    machine = trade.machine()
    assert join(trade, machine, 24, 26).get_json()["type"].endswith(":free-now")
    trade.booked(machine, 24, 27)
    trade.ok(join(trade, machine, 24, 26))
    assert join(trade, machine, 24, 26).get_json()["type"].endswith(":already-waiting")
    assert join(trade, machine, 25, 27, actor=BORROWER).status_code == 403
    assert ("/starts_at", "closed") in codes(join(trade, machine, 10, 13))  # closes at 20:00
    wrong = codes(join(trade, machine, -1, 30, quantity=2))
    assert {("/starts_at", "past"), ("/quantity", "too_many")} <= wrong
    own = join(
        trade,
        machine,
        24,
        26,
        actor=LENDER,
        on_behalf_of=trade.ok(trade.get(LENDER, f"/machines/{machine}"))["owner"],
    )
    assert ("/on_behalf_of", "own_machine") in codes(own)
    trade.ok(trade.on_machine(LENDER, machine, "withdraw", {}))
    assert join(trade, machine, 24, 27).status_code in {404, 409}


def test_both_sides_see_who_waits_and_nobody_else(trade: Trade) -> None:
    machine = trade.machine()
    trade.booked(machine, 24, 27)
    first = trade.ok(join(trade, machine, 24, 26))["id"]
    second = trade.ok(join(trade, machine, 25, 27))["id"]
    for actor, filters, seen in (
        (OTHER, {}, [second, first]),
        (OTHER, {"side": "provider"}, []),
        (LENDER, {"side": "provider", "state": "waiting"}, [second, first]),
        (BORROWER, {}, []),
        (WATCHER, {"state": "left"}, []),
        (WATCHER, {"limit": 1}, [second]),
    ):
        page = trade.ok(trade.get(actor, "/machine-waitlist", **filters))
        assert [each["id"] for each in page["items"]] == seen
    assert trade.get(BORROWER, f"/machine-waitlist/{first}").status_code == 404
    path = f"/machines/{machine}/waitlist"
    wanted = trade.ok(trade.get(LENDER, path))
    assert wanted["waiting"] == 2
    assert [each["starts_at"] for each in wanted["items"]] == [trade.at(24), trade.at(25)]
    assert trade.ok(trade.get(WATCHER, path)) == wanted
    assert trade.get(OTHER, path).status_code == 403


def test_whoever_leaves_makes_way_and_the_owner_cannot_make_them(trade: Trade) -> None:
    machine = trade.machine()
    booked = trade.booked(machine, 24, 27)
    waits = trade.ok(join(trade, machine, 24, 26))["id"]
    assert leave(trade, LENDER, waits).status_code == 403
    assert leave(trade, BORROWER, waits).status_code == 404
    assert trade.ok(leave(trade, OTHER, waits))["state"] == "left"
    assert leave(trade, OTHER, waits).get_json()["type"].endswith(":wrong-state")
    trade.ok(trade.act(BORROWER, booked, "cancel"))
    assert trade.ok(trade.get(OTHER, "/machine-bookings"))["items"] == []


def test_whoever_may_not_book_any_more_is_passed_over(trade: Trade) -> None:
    machine = trade.machine()
    booked = trade.booked(machine, 24, 27)
    waits = trade.ok(join(trade, machine, 24, 26))["id"]
    trade.register(THIRD, status="suspended", sequence=2)
    trade.ok(trade.act(BORROWER, booked, "cancel"))
    assert entry(trade, waits)["state"] == "waiting"
    assert trade.ok(trade.hold(machine, 24, 27))["customer"] == CUSTOMER


def test_what_is_full_says_so_for_programs_too(trade: Trade) -> None:
    machine = trade.machine()
    trade.booked(machine, 24, 27)
    refused = trade.hold(machine, 25, 27, actor=OTHER, on_behalf_of=THIRD)
    assert refused.status_code == 409
    said = refused.get_json()
    assert said["type"].endswith(":capacity-full")
    (full,) = said["full"]
    assert (full["free"], full["short"], full["closed"]) == (0, 1, False)
    assert full["starts_at"] == trade.at(24.5) and full["ends_at"] == trade.at(27)  # with its set-up
    later = next(each for each in said["alternatives"] if each["kind"] == "later")
    assert (later["starts_at"], later["ends_at"]) == (trade.at(27.5), trade.at(29.5))
    assert trade.hold(machine, 27.5, 29.5, actor=OTHER, on_behalf_of=THIRD).status_code == 201


def test_a_firm_has_no_more_of_a_machine_than_its_owner_lets_one_have(trade: Trade) -> None:
    machine = trade.machine(rules={"most_open": 2, "most_hours_day": 3}, operator="extra")
    assert trade.ok(trade.get(OTHER, f"/machines/{machine}"))["rules"]["most_hours_day"] == 3
    other = trade.machine()
    trade.booked(other, 24, 29)  # of another machine: that counts for nothing here
    trade.booked(machine, 24, 26, with_operator=True)
    too_long = trade.hold(machine, 27, 29)
    assert codes(too_long) == {("/", "quota_day")}
    assert "3" in too_long.get_json()["errors"][0]["message"]
    assert trade.hold(machine, 27, 29, actor=OTHER, on_behalf_of=THIRD).status_code == 201
    trade.booked(machine, 48, 50)
    third = trade.hold(machine, 72, 73)
    assert codes(third) == {("/", "quota_open")}
