"""Whoever stands before a machine checks in with its code; whoever does not come loses the time."""

from typing import Any

import pytest

from shared.actor import Actor
from tests.integration.facilities.machines.trade import (
    BORROWER,
    LENDER,
    OTHER,
    Trade,
    codes,
    described,
    member,
)

QUICK = {"needs_approval": False, "set_up_min": 0, "notice_min": 0, "no_show_min": 20}


def token_of(trade: Trade, machine: str) -> str:
    code = trade.ok(trade.get(LENDER, f"/machines/{machine}/check-in-code"))
    assert code["url"].endswith(f"/machines/{machine}/check-in/{code['token']}")
    token: str = code["token"]
    return token


def at_machine(trade: Trade, machine: str, token: str, actor: Actor = BORROWER) -> Any:
    return trade.get(actor, f"/machines/{machine}/check-in/{token}")


def test_whoever_is_due_checks_in_and_out_by_the_code(trade: Trade) -> None:
    machine = trade.machine(rules={"needs_approval": False})
    booking = trade.booked(machine, 24, 27)
    token = token_of(trade, machine)

    trade.go_to(23)
    (early,) = trade.ok(at_machine(trade, machine, token))["items"]
    assert early["action"] is None and "09-24 08:30"[-5:] in early["why_not"]["en"]
    refused = trade.act(BORROWER, booking, "check-in", {"token": token})
    assert (refused.status_code, refused.get_json()["type"].rpartition(":")[2]) == (409, "not-now")

    trade.go_to(24)
    (due,) = trade.ok(at_machine(trade, machine, token))["items"]
    assert (due["id"], due["action"], due["why_not"]) == (booking, "check-in", None)
    inside = trade.ok(trade.act(BORROWER, booking, "check-in", {"token": token}))
    assert inside["state"] == "in_use" and inside["history"][-1]["step"] == "checked_in"
    assert trade.ok(at_machine(trade, machine, token))["items"][0]["action"] == "check-out"

    trade.go_to(26)
    done = trade.ok(trade.act(BORROWER, booking, "check-out", {"token": token}))
    assert done["state"] == "done" and len(done["runs"]) == 1
    trade.assembly.system.settle()
    assert "The use of your machine has begun" in trade.inbox(LENDER)


def test_a_wrong_code_another_firm_and_an_owner_are_told_why(trade: Trade) -> None:
    machine, other = trade.machine(rules=QUICK), trade.machine(rules=QUICK)
    booking = trade.booked(machine, 24, 27)
    token, wrong = token_of(trade, machine), token_of(trade, other)
    trade.go_to(24)

    for void in (wrong, "guess", "签到"):
        assert at_machine(trade, machine, void).status_code == 403
    assert trade.act(BORROWER, booking, "check-in", {"token": wrong}).status_code == 403
    assert trade.act(LENDER, booking, "check-in", {"token": token}).status_code == 403
    assert trade.act(OTHER, booking, "check-in", {"token": token}).status_code == 404
    assert trade.act(BORROWER, booking, "start").status_code == 403, "without the code it is the owner's"
    assert trade.get(BORROWER, f"/machines/{machine}/check-in-code").status_code == 403
    nothing = trade.ok(at_machine(trade, machine, token, OTHER))
    assert nothing["items"] == [] and "no booking" in nothing["why_none"]["en"]
    assert "no firm" in trade.ok(at_machine(trade, machine, token, member()))["why_none"]["en"]
    assert trade.booking(booking)["state"] == "confirmed"


def test_who_does_not_check_in_in_time_is_let_go_and_both_sides_hear_of_it(trade: Trade) -> None:
    machine = trade.machine(rules=QUICK)
    booking = trade.booked(machine, 24, 27)
    assert trade.booking(booking)["no_show_at"] == trade.at(24 + 1 / 3)

    trade.go_to(24.3)
    trade.assembly.system.settle()
    assert trade.booking(booking)["state"] == "confirmed"
    trade.go_to(24.5)
    trade.assembly.system.settle()

    after = trade.booking(booking)
    assert (after["state"], after["history"][-1]["by"]) == ("no_show", "system")
    assert trade.lines(booking)[-1] == ("deposit_back", -50000), "half of the deposit, none of the price"
    assert trade.ok(trade.hold(machine, 25, 27))["state"] == "held"
    assert "Your machine booking was let go" in trade.inbox(BORROWER)
    assert len(trade.inbox(LENDER)) == 2


@pytest.mark.parametrize("way", ["check-in", "start", "no-show", "move"])
def test_the_appointment_finds_nothing_to_do_where_something_happened(trade: Trade, way: str) -> None:
    machine = trade.machine(rules=QUICK)
    booking = trade.booked(machine, 24, 27)
    trade.go_to(24)
    if way == "check-in":
        trade.ok(trade.act(BORROWER, booking, "check-in", {"token": token_of(trade, machine)}))
    elif way == "move":
        times = {"starts_at": trade.at(24.5), "ends_at": trade.at(26)}
        trade.ok(trade.act(LENDER, booking, "move", times))
    else:
        trade.ok(trade.act(LENDER, booking, way))
    steps = trade.booking(booking)["history"]
    trade.go_to(24.5)
    trade.assembly.system.settle()

    assert trade.booking(booking)["history"] == steps
    if way == "move":
        trade.go_to(25)
        trade.assembly.system.settle()
        assert trade.booking(booking)["state"] == "no_show"


def test_without_the_rule_nobody_is_let_go_and_it_lies_within_the_shortest_time(trade: Trade) -> None:
    booking = trade.booked(trade.machine(rules={**QUICK, "no_show_min": None}), 24, 27)
    trade.go_to(26)
    trade.assembly.system.settle()

    assert trade.booking(booking)["state"] == "confirmed"
    body = described(rules={"no_show_min": 90})
    assert codes(trade.ask(LENDER, "POST", "/machines", json=body)) == {("/rules/no_show_min", "too_long")}
