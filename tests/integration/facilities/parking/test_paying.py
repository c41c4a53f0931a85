"""Orders at a provider: what is asked, paid, said twice, late or wrong, and given back."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.paying import MARK, PLATE, Till, at_once, person, till_of


@pytest.fixture
def till(make_system: SystemFactory, clock: ManualClock) -> Till:
    return till_of(make_system, clock)


def test_whoever_names_the_plate_pays_without_signing_in_and_then_has_time_to_leave(till: Till) -> None:
    stay = till.stay(90)
    order = till.order()
    assert (order["amount_fen"], order["state"], order["leave_by"]) == (600, "pending", None)
    assert MARK not in str(order) and str(stay) not in str(order)

    till.later(2)  # within the time for paying another hour begins only after half an hour
    assert till.pay(order) == {
        "order_id": order["id"],
        "reference": till.sandbox.ask(till.said(order, "").order).reference,  # type: ignore[union-attr]
        "fen": 600,
        "paid": True,
    }
    paid = till.read(order)
    asked = till.clock.now() - timedelta(minutes=2)
    assert (paid["state"], paid["pay_code"]) == ("paid", None)
    assert paid["leave_by"] == (asked + timedelta(minutes=15)).isoformat()
    assert till.paid(stay) == 600
    again = till.ask(None, "POST", "/orders", {"lot_id": str(till.lot), "plate": PLATE})
    assert again.status_code == 409 and again.get_json()["type"].endswith("nothing-owed")

    receipt = till.ok(till.ask(None, "GET", f"/payments/{paid['payment_id']}/receipt"))
    assert sum(line["amount_fen"] for line in receipt["lines"]) == receipt["fee_fen"] == receipt["fen"] == 600
    assert receipt["plate"] == "苏A****45" and receipt["refunded_fen"] == 0

    till.later(60)  # stayed too long: only what has come on top is asked for
    assert till.order()["amount_fen"] == 100


def test_what_cannot_be_asked_for_is_refused_with_the_field(till: Till) -> None:
    till.stay(90)
    lot = str(till.lot)
    for body in ({}, {"lot_id": lot}, {"lot_id": lot, "plate": PLATE, "ticket": "7"}, {"plate": PLATE}):
        assert till.ask(None, "POST", "/orders", body).status_code == 422
    wrong = till.ask(None, "POST", "/orders", {"lot_id": lot, "plate": "苏AI2345"}).get_json()
    assert [each["pointer"] for each in wrong["errors"]] == ["/plate"]
    amount = {"lot_id": lot, "plate": PLATE, "amount_fen": 1}
    assert till.ask(None, "POST", "/orders", amount).status_code == 422
    assert till.ask(None, "POST", "/orders", {"lot_id": lot, "plate": "苏A·D12346"}).status_code == 404
    assert till.ask(None, "POST", "/orders", {"lot_id": str(uuid4()), "plate": PLATE}).status_code == 404
    stay = {"stay_id": str(till.stay(40, mark="#7K2M9QRS"))}
    for nobody in (None, person()):
        assert till.ask(nobody, "POST", "/orders", stay).status_code == 404
    assert till.ok(till.ask(OPERATOR, "POST", "/orders", stay))["amount_fen"] == 500
    by_ticket = {"lot_id": lot, "ticket": "7k2m9qrs"}
    assert till.ok(till.ask(None, "POST", "/orders", by_ticket))["amount_fen"] == 500
    assert till.ask(None, "POST", "/sandbox/pay", {"code": "e30.00"}).status_code == 422
    assert till.states() == ["expired", "pending"] and till.payments() == []


def test_a_message_that_comes_again_or_is_forged_changes_nothing(till: Till) -> None:
    stay = till.stay(90)
    order = till.order()
    said = till.said(order, "T1")
    signed = till.sandbox.callback(said)[1]
    with capture_logs() as logs:
        for signature in ("", "0" * 64, signed[:-1], "ü"):
            forged = till.call_back(said, signature)
            assert forged.status_code == 401, signature
        assert till.call_back(till.said(order, "T1", 1), signed).status_code == 401
    assert sum(each["event"] == "forged payment callback" for each in logs) == 5
    assert (till.states(), till.payments()) == (["pending"], [])

    first = till.ok(till.call_back(said))
    till.later(60 * 24)
    assert till.ok(till.call_back(said)) == first
    assert till.ok(till.call_back(till.said(order, "T0", paid=False))) == {"payment_id": None}
    assert (till.states(), till.payments(), till.paid(stay)) == (["paid"], [600], 600)

    nobodys = till.sandbox.callback(said)[0].replace(order["id"].encode(), str(uuid4()).encode())
    for provider in ("sandbox", "elsewhere"):
        assert till.push(nobodys, till.sandbox.sign(nobodys), provider).status_code == 404
    for garbage, status in ((b'{"order": 5}', 401), (b"[]", 401), (b"\xff", 400)):
        assert till.push(garbage, till.sandbox.sign(garbage)).status_code == status


def test_what_was_not_owed_any_more_goes_back_and_what_still_is_owed_counts(till: Till) -> None:
    stay = till.stay(90)
    first = till.order()
    second = till.order()  # the same again: the first one expires
    assert till.states() == ["expired", "pending"]
    till.pay(second)
    till.pay(first)  # somebody had the old page open
    assert till.payments() == [600, 600] and till.refunds() == [(600, "pending")]
    till.system.settle()
    assert (till.payments(), till.refunds()) == ([600, 600, -600], [(600, "made")])
    assert (till.paid(stay), till.states()) == (600, ["expired", "paid"])

    other = till.stay(90, mark="苏AD12346")
    late = till.order("苏AD12346")
    till.later(10)
    assert till.read(late)["state"] == "expired" and till.read(late)["pay_code"] is None
    till.ok(till.call_back(till.said(late, "LATE")))  # late, and owed all the same
    assert till.paid(other) == 600 and till.read(late)["state"] == "paid"
    assert till.refunds() == [(600, "made")]


def test_another_amount_than_was_asked_for_is_taken_as_what_it_is(till: Till) -> None:
    stay = till.stay(90)
    till.pay(till.order(), amount_fen=1000)
    till.system.settle()
    assert (till.payments(), till.paid(stay), till.states()) == ([1000, -400], 600, ["paid"])

    other = till.stay(90, mark="苏AD12346")
    little = till.order("苏AD12346")
    till.pay(little, amount_fen=200)
    assert till.read(little)["state"] == "failed" and till.paid(other) == 200
    rest = till.order("苏AD12346")
    assert rest["amount_fen"] == 400
    till.pay(rest)
    assert till.paid(other) == 600 and till.read(rest)["leave_by"] is not None


def test_the_provider_is_asked_about_an_order_of_which_it_never_said_anything(till: Till) -> None:
    stay = till.stay(90)
    lost, failed = till.order(), None
    till.pay(lost, calls_back=False)
    assert till.states() == ["pending"]
    till.later(7)
    assert (till.states(), till.paid(stay)) == (["paid"], 600)

    till.stay(90, mark="苏AD12346")
    failed = till.order("苏AD12346")
    till.pay(failed, result="failed")
    assert till.read(failed)["state"] == "failed"
    nobody = till.order("苏AD12346")
    till.later(7)
    assert till.read(nobody)["state"] == "expired" and till.payments() == [600]


def test_paid_twice_at_the_sandbox_is_paid_once(till: Till) -> None:
    stay = till.stay(90)
    order = till.order()
    assert till.pay(order) == till.pay(order)
    assert till.paid(stay) == 600


def test_of_callbacks_at_once_one_counts_and_beside_its_expiry_nothing_is_lost(till: Till) -> None:
    stay = till.stay(90)
    order = till.order()
    said = till.said(order, "T1")
    answers = at_once(*[lambda: till.call_back(said)] * 4)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.get_json()["payment_id"] for answer in answers}) == 1
    assert till.payments() == [600] and till.paid(stay) == 600

    for number in range(3):
        plate = f"苏AD2000{number}"
        other = till.stay(90, mark=plate)
        late = till.order(plate)
        till.clock.advance(timedelta(minutes=10))
        message = till.said(late, f"LATE{number}")
        called, *_ = at_once(partial(till.call_back, message), till.system.settle)
        assert called.status_code == 200
        till.system.settle()
        assert till.paid(other) == 600 and till.read(late)["state"] == "paid"


def test_of_orders_at_once_one_is_open(till: Till) -> None:
    till.stay(90)
    orders = at_once(*[till.order] * 4)
    assert len({each["id"] for each in orders}) == 4
    assert sorted(till.states()) == ["expired"] * 3 + ["pending"]
    assert [each["id"] for each in till.ok(till.ask(person(), "GET", "/orders"))["items"]] == []


def test_an_order_made_while_signed_in_is_in_the_own_list(till: Till) -> None:
    own = person()
    till.stay(90)
    order = till.order(actor=own)
    assert [each["id"] for each in till.ok(till.ask(own, "GET", "/orders"))["items"]] == [order["id"]]
    assert till.ok(till.ask(person(), "GET", "/orders"))["items"] == []
    assert till.ask(None, "GET", "/orders").status_code == 401


def test_where_no_provider_is_connected_cash_is_taken(make_system: SystemFactory, clock: ManualClock) -> None:
    till = till_of(make_system, clock, provider="")
    stay = till.stay(90)
    refused = till.ask(None, "POST", "/orders", {"lot_id": str(till.lot), "plate": PLATE})
    assert refused.status_code == 409 and refused.get_json()["type"].endswith("no-provider")
    assert till.ask(None, "POST", "/sandbox/pay", {"code": "e30.00"}).status_code == 404
    cash = {"amount_fen": 600, "receipt": "0001"}
    till.ok(till.ask(OPERATOR, "POST", f"/stays/{stay}/cash", cash))
    assert till.paid(stay) == 600
