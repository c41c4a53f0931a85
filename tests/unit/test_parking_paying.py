"""Paying before leaving: how long one has to leave, what is due later, what comes back, and coming back."""

from dataclasses import replace
from datetime import date

from facilities.capacity.grid import Span
from facilities.living.parking.tariffs.fees import (
    Coupon,
    Kind,
    Stay,
)
from facilities.living.parking.tariffs.paying import Payment, balance, first_entry
from facilities.living.parking.tariffs.tariff import (
    Block,
    Rate,
    Tariff,
)
from facilities.living.parking.vehicles import (
    VehicleClass,
)
from tests.unit.parking_cases import NAME, at

SMALL = VehicleClass.SMALL
HOURLY = Rate(frozenset({SMALL}), Block(60, 100))
PLAIN = Tariff(1, date(2026, 1, 1), NAME, (HOURLY,))


def test_paying_gives_time_to_leave_and_then_the_rest_is_due() -> None:
    stay = Stay(SMALL, at("23 08:00"), at("23 10:00"))
    unpaid = balance(PLAIN, stay, [])
    assert (unpaid.due_fen, unpaid.leave_by) == (200, None)
    paid = [Payment(at("23 10:00"), 200)]
    in_time = balance(PLAIN, replace(stay, left_at=at("23 10:15")), paid)
    assert (in_time.due_fen, in_time.leave_by, in_time.fee.total_fen) == (0, at("23 10:15"), 200)
    assert [(line.kind, line.amount_fen) for line in in_time.fee.lines][-1] == (Kind.GRACE, -100)
    late = balance(PLAIN, replace(stay, left_at=at("23 10:16")), paid)
    assert (late.due_fen, late.paid_fen) == (100, 200)


def test_a_part_of_what_was_due_gives_no_time_and_money_back_takes_it_away() -> None:
    stay = Stay(SMALL, at("23 08:00"), at("23 10:05"))
    part = balance(PLAIN, stay, [Payment(at("23 10:00"), 150)])
    assert (part.due_fen, part.leave_by) == (150, None)
    refunded = [Payment(at("23 10:00"), 200), Payment(at("23 10:01"), -200)]
    assert balance(PLAIN, stay, refunded).due_fen == 300


def test_a_coupon_that_comes_after_paying_leaves_something_to_give_back() -> None:
    stay = Stay(SMALL, at("23 08:00"), at("23 10:00"), coupons=(Coupon("a", NAME, fen=150),))
    found = balance(PLAIN, stay, [Payment(at("23 10:00"), 200)])
    assert (found.due_fen, found.overpaid_fen) == (0, 150)


def test_who_comes_back_soon_goes_on_with_the_stay() -> None:
    visits = [Span(at("23 08:00"), at("23 08:20")), Span(at("23 08:25"), at("23 08:50"))]
    assert first_entry(at("23 09:00"), visits, 10) == at("23 08:00")
    assert first_entry(at("23 09:00"), visits, 5) == at("23 09:00")
    assert first_entry(at("23 08:55"), visits, 5) == at("23 08:00")
    assert first_entry(at("23 08:50"), visits, 0) == at("23 08:50")
    assert first_entry(at("23 08:10"), visits, 15) == at("23 08:10")
