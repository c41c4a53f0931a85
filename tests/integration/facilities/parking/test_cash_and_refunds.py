"""Money at the booth, money given back, and the receipts of both."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from facilities.living.parking.payments.provider import Wish
from shared.clock import ManualClock
from shared.messaging.envelope import decode
from shared.messaging.outbox import OutboxMessage
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.paying import Till, at_once, person, till_of


@pytest.fixture
def till(make_system: SystemFactory, clock: ManualClock) -> Till:
    return till_of(make_system, clock)


def cash(till: Till, stay: object, amount: Any, receipt: str, actor: Any = OPERATOR) -> Any:
    return till.ask(actor, "POST", f"/stays/{stay}/cash", {"amount_fen": amount, "receipt": receipt})


def refund(till: Till, payment: str, amount: int, actor: Any = OPERATOR) -> Any:
    body = {"amount_fen": amount, "reason": "系统误收"}
    return till.ask(actor, "POST", f"/payments/{payment}/refund", body)


def pointers(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [each["pointer"] for each in answer.get_json()["errors"]]


def test_the_cashier_takes_what_is_due_and_no_more(till: Till) -> None:
    stay = till.stay(90)
    for wrong in (-600, 0, "6", 601):
        assert pointers(cash(till, stay, wrong, "A1")) == ["/amount_fen"]
    assert pointers(cash(till, stay, 600, "A 1")) == ["/receipt"]
    assert cash(till, stay, 600, "A1", person()).status_code == 403
    assert cash(till, uuid4(), 600, "A1").status_code == 404

    order = till.order()
    part = till.ok(cash(till, stay, 200, "A1"))
    assert (part["provider"], part["reference"]) == ("cash", "P1/A1")
    again = cash(till, stay, 200, "A1")
    assert again.status_code == 409 and again.get_json()["type"].endswith("receipt-known")
    till.pay(order)  # by the page that was open meanwhile: of its 6 yuan 4 are owed
    till.system.settle()
    assert (till.payments(), till.paid(stay)) == ([200, 600, -200], 600)
    assert cash(till, stay, 1, "A2").status_code == 409

    receipt = till.ok(till.ask(None, "GET", f"/payments/{part['id']}/receipt"))
    assert (receipt["fen"], receipt["fee_fen"], receipt["provider_name"]["en"]) == (200, 600, "Cash")
    shown = till.ok(till.ask(person("auditor"), "GET", f"/lots/{till.lot}/payments"))["items"]
    assert [each["fen"] for each in shown] == till.payments()
    paged = till.ok(till.ask(OPERATOR, "GET", f"/lots/{till.lot}/payments?limit=2"))
    rest = till.ok(till.ask(OPERATOR, "GET", f"/lots/{till.lot}/payments?limit=2&cursor={paged['next']}"))
    assert paged["items"] + rest["items"] == shown and rest["next"] is None
    assert till.ask(person(), "GET", f"/lots/{till.lot}/payments").status_code == 403


def test_no_more_is_given_back_than_was_paid(till: Till) -> None:
    stay = till.stay(90)
    order = till.order()
    till.pay(order)
    paid = till.read(order)["payment_id"]
    assert refund(till, paid, 100, person()).status_code == 403
    for wrong in (0, -1, 601):
        assert pointers(refund(till, paid, wrong)) == ["/amount_fen"]
    first = till.ok(refund(till, paid, 250))
    assert first["state"] == "pending" and till.paid(stay) == 600
    till.system.settle()
    assert till.paid(stay) == 350
    assert pointers(refund(till, paid, 351)) == ["/amount_fen"]
    till.ok(refund(till, paid, 350))
    till.system.settle()
    assert till.paid(stay) == 0 and till.order()["amount_fen"] == 600
    receipt = till.ok(till.ask(None, "GET", f"/payments/{paid}/receipt"))
    assert (receipt["fen"], receipt["refunded_fen"]) == (600, 600)

    booth = till.ok(cash(till, stay, 600, "A1"))["id"]
    assert till.ok(refund(till, booth, 600))["state"] == "made"
    assert (till.payments(), till.paid(stay)) == ([600, -250, -350, 600, -600], 0)
    given = till.ok(till.ask(OPERATOR, "GET", f"/lots/{till.lot}/payments"))["items"][-1]
    assert given["refunds"] == booth and refund(till, given["id"], 1).status_code == 404


def test_of_refunds_at_once_only_as_many_are_made_as_fit(till: Till) -> None:
    stay = till.stay(90)
    order = till.order()
    till.pay(order)
    paid = till.read(order)["payment_id"]
    answers = at_once(*[lambda: refund(till, paid, 200)] * 5)
    assert sorted(each.status_code for each in answers) == [201] * 3 + [422] * 2
    at_once(till.system.settle, till.system.settle)
    assert till.refunds() == [(200, "made")] * 3 and till.paid(stay) == 0


def test_a_refund_that_the_provider_does_not_make_waits_for_a_person(till: Till) -> None:
    stay = till.stay(90)
    order = till.order()
    till.ok(till.call_back(till.said(order, "NOT-IN-THE-BOOKS")))
    paid = till.read(order)["payment_id"]
    wanted = till.ok(refund(till, paid, 600))
    till.system.settle()
    (shown,) = till.ok(till.ask(OPERATOR, "GET", f"/lots/{till.lot}/payments"))["items"]
    assert [(each["state"], each["error"]) for each in shown["wished_back"]] == [
        ("failed", "there is no such transaction")
    ]
    assert pointers(refund(till, paid, 600)) == ["/amount_fen"]  # it is still owed, and once is enough
    retry = f"/refunds/{wanted['id']}/retry"
    assert till.ask(person(), "POST", retry).status_code == 403
    assert till.ok(till.ask(OPERATOR, "POST", retry))["state"] == "pending"
    assert till.ask(OPERATOR, "POST", retry).status_code == 409

    till.system.settle()
    assert till.refunds() == [(600, "failed")] and till.paid(stay) == 600


def test_asked_twice_the_sandbox_gives_back_once(till: Till) -> None:
    till.stay(90)
    order = till.order()
    reference = till.pay(order)["reference"]
    wish = Wish(uuid4(), till.lot, reference, 400, till.clock.now())
    assert till.sandbox.refund(wish) == till.sandbox.refund(wish)
    day = till.clock.today()
    assert sorted(each.fen for each in till.sandbox.statement(till.lot, day)) == [-400, 600]


def test_what_is_said_of_money_names_whoever_has_paid_also_when_somebody_else_gives_it_back(
    till: Till,
) -> None:
    payer = person()
    till.stay(90)
    order = till.order(actor=payer)
    till.pay(order)
    till.ok(refund(till, till.read(order)["payment_id"], 100))
    till.system.settle()
    with till.runtime.read() as session:
        bodies = session.scalars(sa.select(OutboxMessage.body).order_by(OutboxMessage.position)).all()
    said = [event.data for event in map(decode, bodies) if "account_id" in event.data and "fen" in event.data]
    assert [(each["fen"], each["account_id"]) for each in said] == [
        (600, str(payer.id)),
        (-100, str(payer.id)),
    ]
