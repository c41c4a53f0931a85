"""A booking is given up late, after its beginning, after its end, or after the owner has moved it."""

import pytest

from shared.actor import Actor
from tests.integration.facilities.machines.test_moving import AT_ONCE, move, preview
from tests.integration.facilities.machines.trade import BORROWER, LENDER, Trade

PRICE = 71_000
DEPOSIT = 100_000
MISSED = {
    "tiers": [{"hours": 24, "price_percent": 100}],
    "late_deposit_percent": 100,
    "no_show_deposit_percent": 50,
    "no_show_fee_fen": 5_000,
}


def test_whoever_adds_time_that_waits_for_approval_gives_the_old_time_up(trade: Trade) -> None:
    """Or it could be made longer when it can no longer be given up for nothing, and be given up then."""
    booking = trade.booked(trade.machine(), 24, 26)
    trade.go_to(22)
    told = trade.ok(preview(trade, booking, 24, 27))
    assert (told["kept_fen"], told["needs_approval"]) == (PRICE, True)
    assert trade.ok(move(trade, booking, 24, 27))["balance_fen"] == PRICE
    assert trade.ok(trade.act(BORROWER, booking, "cancel"))["balance_fen"] == PRICE


@pytest.mark.parametrize(("hours_before", "kept"), [(48, 0), (5, PRICE // 2)])
def test_where_the_owner_has_moved_it_giving_it_up_costs_what_it_did(
    trade: Trade, hours_before: int, kept: int
) -> None:
    booking = trade.booked(trade.machine(), 72, 74)
    trade.go_to(72 - hours_before)
    moved = trade.ok(move(trade, booking, 73, 75, LENDER))
    assert moved["state"] == "confirmed"
    trade.go_to(72.5)
    assert trade.ok(trade.act(BORROWER, booking, "cancel"))["balance_fen"] == kept


def test_whoever_gives_up_after_the_beginning_has_not_come(trade: Trade) -> None:
    booking = trade.booked(trade.machine(rules=AT_ONCE, cancellation=MISSED), 2, 4)
    trade.go_to(2.5)
    offers = trade.ok(trade.get(BORROWER, f"/machine-bookings/{booking}/cancellation"))["offers"]
    assert [(each["deposit_back_fen"], each["fee_fen"]) for each in offers] == [(DEPOSIT // 2, 5_000)]
    given_up = trade.ok(trade.act(BORROWER, booking, "cancel"))
    assert given_up["balance_fen"] == PRICE + DEPOSIT // 2 + 5_000


@pytest.mark.parametrize("state", ["held", "pending"])
def test_nobody_has_promised_to_come_for_what_only_waits(trade: Trade, state: str) -> None:
    machine = trade.machine(rules={"notice_min": 0}, cancellation=MISSED)
    trade.go_to(1.9)
    booking = trade.ok(trade.hold(machine, 2, 4))["id"]
    if state == "pending":
        trade.ok(trade.act(BORROWER, booking, "confirm"))
    trade.go_to(2.05)
    assert trade.ok(trade.act(BORROWER, booking, "cancel"))["balance_fen"] == 0


@pytest.mark.parametrize("party", [BORROWER, LENDER], ids=["customer", "owner"])
def test_what_is_over_is_neither_given_up_nor_moved(trade: Trade, party: Actor) -> None:
    booking = trade.booked(trade.machine(rules=AT_ONCE, cancellation=MISSED), 2, 4)
    trade.go_to(30)
    before = trade.lines(booking)
    assert not {"cancel", "move"} & set(trade.booking(booking)["actions"])
    for answer in (trade.act(party, booking, "cancel"), move(trade, booking, 48, 50, party)):
        assert answer.status_code == 409 and answer.get_json()["type"].endswith("not-now")
    assert trade.lines(booking) == before


def test_what_is_over_counts_for_no_quota_of_open_bookings(trade: Trade) -> None:
    machine = trade.machine(rules={**AT_ONCE, "most_open": 1})
    trade.booked(machine, 2, 4)
    assert trade.hold(machine, 72, 74).status_code == 422
    trade.go_to(48)
    assert trade.hold(machine, 72, 74).status_code == 201
