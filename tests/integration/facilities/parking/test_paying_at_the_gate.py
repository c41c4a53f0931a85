"""What paying does at the barrier, with cameras that speak for themselves. The tariff is T1."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from facilities.living.parking.payments.provider import Providers, Said
from facilities.living.parking.payments.sandbox import SANDBOX, Sandbox
from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.gates import Gates, ok, verdicts
from tests.integration.facilities.parking.paying import at_once

EARLY, LATE, LOST = "苏A00001", "苏A00002", "苏A00003"


@pytest.fixture
def gates(make_system: SystemFactory, clock: ManualClock) -> Gates:
    return Gates(make_system([living], parking_provider=SANDBOX), clock)


def order(gates: Gates, plate: str) -> Any:
    named = {"lot_id": str(gates.park.lot), "plate": plate}
    return ok(gates.ask(None, "POST", "/parking/orders", json=named))


def pay(gates: Gates, plate: str) -> Any:
    """Somebody scans the code, pays, and looks until when they may leave."""
    made = order(gates, plate)
    ok(gates.ask(None, "POST", "/parking/sandbox/pay", json={"code": made["pay_code"]}))
    return ok(gates.ask(None, "GET", f"/parking/orders/{made['id']}"))


def call_back(gates: Gates, made: Any, reference: str) -> Any:
    sandbox = gates.runtime.context.resources.get(Providers).by_name[SANDBOX]
    assert isinstance(sandbox, Sandbox)
    said = Said(UUID(made["id"]), reference, made["amount_fen"], True, gates.now)
    body, signature = sandbox.callback(said)
    headers = {"Payment-Signature": signature, "Content-Type": "application/json"}
    path = f"/parking/payment-callbacks/{SANDBOX}"
    return gates.ask(None, "POST", path, data=body, headers=headers)


def test_whoever_has_paid_goes_out_in_time_and_pays_the_rest_when_late(gates: Gates) -> None:
    for plate in (EARLY, LATE):
        gates.come(plate)
    gates.later(minutes=90)
    assert pay(gates, EARLY)["amount_fen"] == 600
    at_exit = [gates.go(LATE)]
    assert at_exit[0]["due_fen"] == 600
    assert pay(gates, LATE)["leave_by"] is not None
    gates.later(minutes=10)
    at_exit.append(gates.go(EARLY))
    gates.later(minutes=80)  # went back to the shop
    at_exit.append(gates.go(LATE))
    assert at_exit[-1]["due_fen"] == pay(gates, LATE)["amount_fen"] == 100
    at_exit.append(gates.go(LATE))
    assert verdicts(at_exit) == ["pay due", "open paid", "pay due", "open paid"]
    assert [(each.fee_fen, each.paid_fen) for each in gates.stays()] == [(600, 600), (700, 700)]
    gates.sound()


def test_whose_entry_nobody_has_seen_pays_what_is_laid_down_and_goes_out(gates: Gates) -> None:
    asked = gates.go(LOST)
    assert (asked["verdict"], asked["reason"]) == ("pay", "lost_entry")
    paid = pay(gates, LOST)
    assert (paid["amount_fen"], paid["since"]) == (asked["due_fen"], None)
    gates.later(minutes=1)
    assert gates.go(LOST)["verdict"] == "open"
    assert [each.paid_fen for each in gates.stays(LOST)] == [asked["due_fen"]]


def test_money_that_comes_while_the_car_stands_at_the_barrier_is_not_lost(gates: Gates) -> None:
    for number in range(3):
        plate = f"苏A1000{number}"
        gates.come(plate)
        gates.later(minutes=90)
        made = order(gates, plate)
        told, seen = at_once(partial(call_back, gates, made, f"T{number}"), partial(gates.go, plate))
        assert told.status_code == 200 and seen["verdict"] in {"open", "pay"}
        if seen["verdict"] == "pay":
            gates.later(minutes=1)
            assert gates.go(plate)["verdict"] == "open"
        (stay,) = gates.stays(plate)
        assert (stay.state, stay.fee_fen, stay.paid_fen) == ("left", 600, 600)
    gates.sound()
