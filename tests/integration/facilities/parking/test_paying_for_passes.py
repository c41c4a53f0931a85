"""Passes and stays of one's own are paid for by their ids; what cannot be had any more is paid back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import car_park
from tests.integration.facilities.parking.paying import PLATE, Till, person, till_of

DAY = 24 * 60


@pytest.fixture
def till(make_system: SystemFactory, clock: ManualClock) -> Till:
    return till_of(make_system, clock)


def passes(till: Till, lot: UUID, holder: Any, plate: str) -> Any:
    wish = {"lot_id": str(lot), "plates": [plate], "bays": 1}
    return till.ok(till.ask(holder, "POST", "/passes", wish))


def test_a_pass_is_paid_by_its_holder_and_what_comes_too_late_goes_back(till: Till) -> None:
    lot = car_park(till.runtime, code="P5", tariff="T5", near=1, far=1).lot
    anna, ben, carl = person(), person(), person()
    ordered = passes(till, lot, anna, PLATE)
    wanted = {"pass_id": ordered["id"]}
    for other in (None, ben):
        assert till.ask(other, "POST", "/orders", wanted).status_code == 404
    order = till.ok(till.ask(anna, "POST", "/orders", wanted))
    assert (order["amount_fen"], order["subject"], order["since"]) == (36000, "pass", None)
    till.pay(order)
    assert till.ok(till.ask(anna, "GET", f"/passes/{ordered['id']}"))["state"] == "active"
    assert till.ask(anna, "POST", "/orders", wanted).status_code == 409
    paid = till.read(order)
    receipt = till.ok(till.ask(None, "GET", f"/payments/{paid['payment_id']}/receipt"))
    assert (receipt["fen"], receipt["plate"], paid["leave_by"]) == (36000, None, None)

    late = passes(till, lot, ben, "苏AD12346")
    order = till.ok(till.ask(ben, "POST", "/orders", {"pass_id": late["id"]}))
    till.later(DAY)  # nobody pays, and its bay goes to somebody else
    assert till.ok(till.ask(ben, "GET", f"/passes/{late['id']}"))["state"] == "lapsed"
    taken = passes(till, lot, carl, "苏AD12347")
    till.pay(till.ok(till.ask(carl, "POST", "/orders", {"pass_id": taken["id"]})))
    called = till.sandbox.pay(till.sandbox.begin(till.asked(order)), till.clock.now(), paid=True)
    till.ok(till.call_back(called))
    till.system.settle()
    assert till.payments() == [36000, 36000, 36000, -36000]
    assert till.states() == ["paid", "expired", "paid"]
    assert till.ok(till.ask(carl, "GET", f"/passes/{taken['id']}"))["state"] == "active"


def test_a_stay_is_paid_by_its_id_by_whoever_has_registered_the_car_before(till: Till) -> None:
    own = person()
    till.ok(till.ask(own, "POST", "/cars", {"plate": PLATE}))
    till.clock.advance(timedelta(minutes=10))
    stay = till.stay(0)
    till.later(90)
    wanted = {"stay_id": str(stay)}
    assert till.ask(person(), "POST", "/orders", wanted).status_code == 404
    order = till.ok(till.ask(own, "POST", "/orders", wanted))
    assert order["amount_fen"] == 600
