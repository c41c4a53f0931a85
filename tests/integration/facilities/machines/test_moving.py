"""A booking is moved to another time: the price follows, the old time is given up by the rules agreed."""

from typing import Any

import pytest

from tests.integration.facilities.machines.trade import BORROWER, LENDER, OTHER, Trade, codes, member

AT_ONCE = {"needs_approval": False}


def move(trade: Trade, booking: str, start: float, end: float, actor: Any = BORROWER, **more: Any) -> Any:
    return trade.act(actor, booking, "move", {"starts_at": trade.at(start), "ends_at": trade.at(end), **more})


def preview(trade: Trade, booking: str, start: float, end: float, actor: Any = BORROWER) -> Any:
    path = f"/machine-bookings/{booking}/move"
    return trade.get(actor, path, starts_at=trade.at(start), ends_at=trade.at(end))


def test_a_move_is_told_beforehand_charged_anew_and_one_version(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    booking = trade.booked(machine, 48, 51)
    tomorrow = {"unit": "hour", "unit_fen": 99900, "effective_on": "2026-11-24"}
    trade.ok(trade.on_machine(LENDER, machine, "prices", tomorrow))
    before = trade.get(BORROWER, f"/machine-bookings/{booking}").headers["ETag"]

    told = trade.ok(preview(trade, booking, 50, 54))
    answer = move(trade, booking, 50, 54, reason="样件晚到")
    after = trade.ok(answer)

    new = 4 * 28000 + 15000  # by the price that was agreed
    assert (told["bookable"], told["needs_approval"], told["price_fen"]) == (True, False, new)
    assert (told["kept_fen"], told["balance_after_fen"]) == (0, new + 100000)
    assert (after["price_fen"], after["balance_fen"], after["state"]) == (new, new + 100000, "confirmed")
    assert answer.headers["ETag"] == f'"{int(before.strip(chr(34))) + 1}"'
    assert trade.lines(booking) == [
        ("use", 84000),
        ("set_up", 15000),
        ("deposit", 100000),
        ("refund", -99000),
        ("deposit_back", -100000),
        ("use", 112000),
        ("set_up", 15000),
        ("deposit", 100000),
    ]
    assert after["history"][-1]["step"] == "moved" and after["history"][-1]["reason"] == "样件晚到"
    assert after["history"][-1]["reason_text"] == {"zh": "样件晚到", "en": "样件晚到"}, "as it was written"
    trade.assembly.system.settle()
    assert len(trade.inbox(LENDER)) == 2 and len(trade.inbox(BORROWER)) == 2
    trade.ok(trade.hold(machine, 47.5, 49))


def test_what_was_approved_is_approved_again_and_nothing_is_owed_before(trade: Trade) -> None:
    booking = trade.booked(trade.machine(), 48, 51)

    assert trade.ok(preview(trade, booking, 72, 74))["needs_approval"]
    waiting = trade.ok(move(trade, booking, 72, 74))
    assert (waiting["state"], waiting["balance_fen"]) == ("pending", 0)
    approved = trade.ok(trade.act(LENDER, booking, "approve"))
    assert approved["balance_fen"] == 2 * 28000 + 15000 + 100000

    moved = trade.ok(move(trade, booking, 74, 77, LENDER))
    assert (moved["state"], moved["balance_fen"]) == ("confirmed", 3 * 28000 + 15000 + 100000)
    trade.ok(trade.act(LENDER, booking, "cancel"))
    assert trade.booking(booking)["balance_fen"] == 0


def test_a_late_move_gives_back_what_a_cancellation_would_and_never_more(trade: Trade) -> None:
    """Or whoever may not cancel for free any more would move it far away first."""
    booking = trade.booked(trade.machine(), 24, 27)
    trade.go_to(24 - 5)

    told = trade.ok(preview(trade, booking, 96, 99))
    assert (told["kept_fen"], told["needs_approval"]) == (49500, True)
    assert trade.ok(move(trade, booking, 96, 99))["balance_fen"] == 49500
    assert trade.ok(trade.act(BORROWER, booking, "cancel"))["balance_fen"] == 49500


def test_whoever_only_adds_time_gives_nothing_up(trade: Trade) -> None:
    booking = trade.booked(trade.machine(rules=AT_ONCE), 24, 27)
    trade.go_to(24 - 2)

    assert trade.ok(preview(trade, booking, 24, 28))["kept_fen"] == 0
    assert trade.ok(move(trade, booking, 24, 28))["balance_fen"] == 4 * 28000 + 15000 + 100000
    assert trade.ok(preview(trade, booking, 24, 27))["kept_fen"] == 4 * 28000 + 15000


def test_a_taken_time_is_refused_with_others_and_the_old_time_stays(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    booking = trade.booked(machine, 24, 27)
    trade.booked(machine, 48, 51)

    told, refused = trade.ok(preview(trade, booking, 49, 52)), move(trade, booking, 49, 52)

    assert not told["bookable"] and 1 <= len(told["alternatives"]) <= 3
    assert ("/starts_at", "full") in codes(refused) and ("/starts_at", "alternative") in codes(refused)
    after = trade.booking(booking)
    assert after["starts_at"] == trade.at(24) and after["history"][-1]["step"] == "confirmed"
    assert trade.ok(preview(trade, booking, 25, 28))["bookable"], "its own old time counts as free"


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        (24, 27, ("/starts_at", "same_time")),
        (27, 24, ("/ends_at", "backwards")),
        (-3, 1, ("/starts_at", "past")),
        (24 * 31, 24 * 31 + 3, ("/starts_at", "horizon")),
        (24, 60, ("/ends_at", "too_long")),
    ],
)
def test_a_time_that_breaks_rules_is_told_each(
    trade: Trade, start: float, end: float, wrong: tuple[str, str]
) -> None:
    booking = trade.booked(trade.machine(), 24, 27)

    assert wrong in codes(move(trade, booking, start, end))
    told = trade.ok(preview(trade, booking, start, end))
    assert wrong[1] in {each["code"] for each in told["broken"]} and told["price_fen"] is None
    assert trade.booking(booking)["starts_at"] == trade.at(24)


def test_only_the_two_sides_move_and_only_before_the_use(trade: Trade) -> None:
    machine = trade.machine(rules=AT_ONCE)
    booking = trade.booked(machine, 24, 27)

    assert move(trade, booking, 48, 50, OTHER).status_code == 404
    assert move(trade, booking, 48, 50, member(roles=("manager",))).status_code == 403
    trade.ok(trade.on_machine(LENDER, machine, "withdraw", {}))
    assert move(trade, booking, 48, 50).get_json()["type"].endswith("not-offered")
    trade.ok(move(trade, booking, 48, 50, LENDER))
    trade.go_to(48)
    trade.ok(trade.act(LENDER, booking, "start"))
    assert move(trade, booking, 72, 74).get_json()["type"].endswith("wrong-state")
    assert preview(trade, booking, 72, 74).status_code == 409
