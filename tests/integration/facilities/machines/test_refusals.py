"""Whatever is wrong is refused with every reason named, and changes nothing."""

from typing import Any

import pytest

from tests.integration.facilities.machines.trade import (
    BORROWER,
    LENDER,
    OTHER,
    OWNER,
    THIRD,
    Trade,
    codes,
    described,
    member,
)


@pytest.mark.parametrize(
    ("start", "end", "more", "wrong"),
    [
        (27, 24, {}, {("/ends_at", "backwards")}),
        (-2, 1, {}, {("/starts_at", "past")}),
        (24, 27, {"quantity": 2}, {("/quantity", "too_many")}),
        (24 * 30 + 2, 24 * 30 + 5, {}, {("/starts_at", "horizon")}),
        (24, 48, {}, {("/ends_at", "too_long")}),
        (24.2, 24.5, {}, {("/starts_at", "start_grid"), ("/ends_at", "too_short")}),
        (24, 27, {"pieces": 5}, {("/pieces", "uncounted")}),
    ],
)
def test_a_wish_that_breaks_rules_is_told_each(
    trade: Trade, start: float, end: float, more: dict[str, Any], wrong: set[tuple[str, str]]
) -> None:
    machine = trade.machine()

    assert codes(trade.hold(machine, start, end, **more)) == wrong
    assert trade.ok(trade.get(BORROWER, "/machine-bookings"))["items"] == []


@pytest.mark.parametrize(
    ("starts_at", "wrong"),
    [
        ("0001-01-01T00:00:00+14:00", {("/starts_at", "past")}),
        ("9999-12-31T23:00:00-12:00", {("/starts_at", "horizon"), ("/ends_at", "backwards")}),
    ],
)
def test_a_time_that_no_calendar_reaches_is_refused_like_any_other(
    trade: Trade, starts_at: str, wrong: set[tuple[str, str]]
) -> None:
    machine = trade.machine()

    assert wrong <= codes(trade.hold(machine, 24, 27, starts_at=starts_at))
    assert trade.ok(trade.get(BORROWER, "/machine-bookings"))["items"] == []


@pytest.mark.parametrize("quantity", [0, -1, 10**12])
def test_a_quantity_that_is_none_is_refused(trade: Trade, quantity: int) -> None:
    assert trade.hold(trade.machine(), 24, 27, quantity=quantity).status_code == 422


def test_firms_book_for_themselves_and_not_their_own_machine(trade: Trade) -> None:
    machine = trade.machine()

    assert trade.hold(machine, 24, 27, on_behalf_of=THIRD).status_code == 403
    assert codes(trade.hold(machine, 24, 27, LENDER, on_behalf_of=OWNER)) == {
        ("/on_behalf_of", "own_machine")
    }


def test_a_firm_that_the_register_does_not_know_books_nothing(trade: Trade) -> None:
    machine, unknown = trade.machine(), "91990101MA0DEM0569"

    refused = trade.hold(machine, 24, 27, member(unknown), on_behalf_of=unknown)

    assert (refused.status_code, refused.get_json()["type"].rpartition(":")[2]) == (409, "firm-not-active")


def test_a_full_time_is_refused_with_other_times(trade: Trade) -> None:
    machine = trade.machine()
    trade.booked(machine, 24, 27)

    refused = trade.hold(machine, 25, 27)
    quote = trade.ok(
        trade.get(BORROWER, f"/machines/{machine}/quote", starts_at=trade.at(25), ends_at=trade.at(27))
    )

    assert ("/starts_at", "full") in codes(refused)
    assert not quote["bookable"] and 1 <= len(quote["alternatives"]) <= 3


def test_another_firms_booking_is_nobodys_business(trade: Trade) -> None:
    booking = trade.booked(trade.machine(), 24, 27)

    assert trade.get(OTHER, f"/machine-bookings/{booking}").status_code == 404
    assert trade.act(OTHER, booking, "cancel").status_code == 404
    assert trade.act(BORROWER, booking, "start").status_code == 403
    watching = member(roles=("manager",))
    assert trade.act(watching, booking, "cancel").status_code == 403


def test_a_closure_lists_the_bookings_in_its_way_and_overlaps_no_other(trade: Trade) -> None:
    machine = trade.machine()
    trade.booked(machine, 24, 27)
    closing = {"starts_at": trade.at(48), "ends_at": trade.at(52), "reason": "保养"}
    trade.ok(trade.on_machine(LENDER, machine, "closures", closing))

    in_the_way = {**closing, "starts_at": trade.at(25), "ends_at": trade.at(30)}
    overlapping = {**closing, "ends_at": trade.at(50)}

    assert codes(trade.on_machine(LENDER, machine, "closures", in_the_way)) == {("/", "in_the_way")}
    assert trade.on_machine(LENDER, machine, "closures", overlapping).status_code == 409
    assert len(trade.ok(trade.get(BORROWER, f"/machines/{machine}/closures"))["items"]) == 1


def test_of_machines_that_are_gone_none_is_booked_where_another_was_out_of_order(trade: Trade) -> None:
    rules = {"needs_approval": False}
    machine = trade.machine(units=3, rules=rules)
    repair = {"starts_at": trade.at(24), "ends_at": trade.at(48), "capacity": 2, "reason": "检修一台"}
    trade.ok(trade.on_machine(LENDER, machine, "closures", repair))
    one = {
        key: value for key, value in described(units=1, rules=rules).items() if key not in {"owner", "price"}
    }
    trade.ok(trade.on_machine(LENDER, machine, "", one, method="PUT"))

    answers = [trade.hold(machine, start, start + 2).status_code for start in (25, 25, 73, 73)]
    assert answers == [201, 409, 201, 409]
    (left,) = trade.ok(trade.get(BORROWER, f"/machines/{machine}/closures"))["items"]
    assert left["capacity"] == 1


def test_a_run_of_another_machine_or_of_another_time_is_refused(trade: Trade) -> None:
    machine, other = trade.machine(), trade.machine()
    booking = trade.booked(machine, 24, 27)
    trade.go_to(24)
    trade.ok(trade.act(LENDER, booking, "start"))
    trade.go_to(27)
    runs = [
        {"machine_id": other, "started_at": trade.at(24), "ended_at": trade.at(26)},
        {"machine_id": machine, "started_at": trade.at(26), "ended_at": trade.at(25)},
        {"machine_id": machine, "started_at": trade.at(20), "ended_at": trade.at(30)},
    ]

    assert codes(trade.act(LENDER, booking, "finish", {"runs": runs})) == {
        ("/runs/0/machine_id", "another_machine"),
        ("/runs/1/ended_at", "backwards"),
        ("/runs/2/ended_at", "future"),
        ("/runs/2/started_at", "too_early"),
    }
    assert trade.booking(booking)["state"] == "in_use"


def test_what_is_wrong_with_a_machine_is_named_all_at_once(trade: Trade) -> None:
    body = described(
        process="magic",
        materials=["titanium", "titanium"],
        operator="none",
        crew_id="01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e",
        rules={"shortest_min": 600, "longest_min": 60},
    )

    assert codes(trade.ask(LENDER, "POST", "/machines", json=body)) == {
        ("/process", "unknown"),
        ("/materials/1", "twice"),
        ("/crew_id", "no_operator"),
        ("/crew_id", "unknown"),
        ("/rules/shortest_min", "order"),
    }


@pytest.mark.parametrize(("hours_before", "refund"), [(25, 84000 + 15000), (5, 49500), (2, 0)])
def test_a_cancellation_gives_back_what_was_agreed(trade: Trade, hours_before: float, refund: int) -> None:
    booking = trade.booked(trade.machine(), 48, 51)
    trade.go_to(48 - hours_before)

    preview = trade.ok(trade.get(BORROWER, f"/machine-bookings/{booking}/cancellation"))
    trade.ok(trade.act(BORROWER, booking, "cancel"))

    back = {reason: amount for reason, amount in trade.lines(booking) if amount < 0}
    assert back == {**({"refund": -refund} if refund else {}), "deposit_back": -100000}
    assert preview["refund_fen"] == refund + 100000
