"""Money that is not what was asked for, or not owed any more when it comes."""

import json
from datetime import timedelta

from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.gates import Gates, ok
from tests.integration.facilities.parking.paying import till_of


def test_what_a_provider_signs_but_cannot_mean_is_refused(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    till = till_of(make_system, clock)
    stay = till.stay(90)
    order = till.order()
    good = {
        "order": order["id"],
        "reference": "R1",
        "fen": order["amount_fen"],
        "paid": True,
        "at": clock.now().isoformat(),
    }
    for wrong in (
        {"fen": 0},
        {"fen": -600},
        {"fen": 10**30},
        {"fen": 1.5},
        {"fen": True},
        {"paid": "false"},
        {"paid": 1},
        {"at": "2026-11-23T10:00:00"},
        {"at": "9999-12-31T23:59:59-14:00"},
        {"reference": "x" * 65},
        {"reference": ""},
        {"order": "x"},
        {"at": None},
        {"fen": None},
    ):
        body = json.dumps(good | wrong).encode()
        assert till.push(body, till.sandbox.sign(body)).status_code == 401, wrong
    assert till.paid(stay) == 0 and till.payments() == []
    assert till.read(order)["state"] == "pending"
    body = json.dumps(good).encode()
    assert till.push(body, till.sandbox.sign(body)).status_code == 200
    assert till.paid(stay) == 600


def test_an_order_for_what_is_not_owed_any_more_is_given_back(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    till = till_of(make_system, clock)
    stay = till.stay(90)
    order = till.order()
    till.ok(till.ask(OPERATOR, "POST", f"/lots/{till.lot}/stock-take", {"plates": []}))
    till.pay(order)
    till.later(1)
    assert till.refunds() == [(600, "made")] and till.paid(stay) == 0


def test_a_lost_entry_that_is_found_before_the_money_comes_costs_what_it_should(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = Gates(make_system([living], parking_provider="sandbox"), clock)
    clock.advance(timedelta(hours=3))
    lost = at.go("苏A00001")
    assert lost["due_fen"] == 1000
    made = ok(at.ask(None, "POST", "/parking/orders", json={"lot_id": str(at.park.lot), "plate": "苏A00001"}))
    at.come("苏A00001", waiting=False, seen_at=(at.now - timedelta(minutes=90)).isoformat())
    ok(at.ask(None, "POST", "/parking/sandbox/pay", json={"code": made["pay_code"]}))
    at.later(minutes=1)
    order = ok(at.ask(None, "GET", f"/parking/orders/{made['id']}"))
    assert (order["state"], order["amount_fen"]) == ("paid", 1000)
    (stay,) = at.stays("苏A00001")
    assert (stay.state, stay.paid_fen) == ("inside", 600)
    assert at.go("苏A00001")["verdict"] == "open"
    (stay,) = at.stays("苏A00001")
    assert (stay.state, stay.fee_fen, stay.paid_fen) == ("left", 600, 600)
    at.sound()
