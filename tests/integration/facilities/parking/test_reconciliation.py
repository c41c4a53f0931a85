"""The accounts of a day beside the provider's own, made in the night after."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.paying import Till, person, till_of
from tests.integration.facilities.parking.test_cash_and_refunds import cash, refund

DAY = 24 * 60


@pytest.fixture
def till(make_system: SystemFactory, clock: ManualClock) -> Till:
    return till_of(make_system, clock)


def read(till: Till, on: str = "2026-11-23", actor: Any = OPERATOR) -> Any:
    return till.ok(till.ask(actor, "GET", f"/lots/{till.lot}/reconciliation?on={on}"))


def found(day: Any) -> list[tuple[str, int | None, int | None, bool]]:
    return [
        (each["kind"], each["ours_fen"], each["theirs_fen"], each["settled_at"] is not None)
        for each in day["differences"]
    ]


def test_the_night_compares_the_day_with_the_provider(till: Till) -> None:
    stay = till.stay(90)
    till.ok(cash(till, stay, 100, "A1"))
    order = till.order()
    till.pay(order)
    till.ok(refund(till, till.read(order)["payment_id"], 200))
    till.system.settle()
    ours = {"received": 1, "received_fen": 500, "refunds": 1, "refunded_fen": 200}
    booth = {"received": 1, "received_fen": 100, "refunds": 0, "refunded_fen": 0}
    shown = {each["provider"]: (each["ours"], each["theirs"]) for each in read(till)["accounts"]}
    assert shown == {"cash": (booth, None), "sandbox": (ours, None)}

    till.later(DAY)
    day = read(till, actor=person("auditor"))
    shown = {each["provider"]: (each["ours"], each["theirs"]) for each in day["accounts"]}
    assert shown == {"cash": (booth, None), "sandbox": (ours, ours)}
    assert all(each["made_at"] for each in day["accounts"]) and day["differences"] == []
    till.later(DAY)  # and so every night
    assert [each["made_at"] is not None for each in read(till, "2026-11-24")["accounts"]] == [True, True]
    assert till.ask(person(), "GET", f"/lots/{till.lot}/reconciliation").status_code == 403


@pytest.mark.parametrize("on", ["0001-01-01", "1900-01-01", "9999-12-31"])
def test_a_day_that_no_account_reaches_is_refused(till: Till, on: str) -> None:
    path = f"/lots/{till.lot}/reconciliation"
    answers = [
        till.ask(OPERATOR, "GET", f"/lots/{till.lot}/payments?on={on}"),
        till.ask(OPERATOR, "GET", f"{path}?on={on}"),
        till.ask(OPERATOR, "POST", path, {"on": on}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        (wrong,) = answer.get_json()["errors"]
        assert (wrong["pointer"], wrong["code"]) == ("/on", "range")
        assert wrong["message"] == "应在2000-01-01至2199-12-31之间"


def test_money_cannot_have_come_before_it_was_asked_for(till: Till) -> None:
    till.stay(90)
    order = till.order()
    till.ok(till.call_back(replace(till.said(order, "EARLY"), at=datetime(1, 1, 1, tzinfo=UTC))))
    today = till.ok(till.ask(OPERATOR, "GET", f"/lots/{till.lot}/payments"))["items"]
    assert [each["reference"] for each in today] == ["EARLY"]


def test_what_differs_is_found_by_kind_and_settled_by_a_person_or_by_agreeing(till: Till) -> None:
    stay = till.stay(90)
    order = till.order()
    till.ok(till.call_back(till.said(order, "OURS", 400)))  # of which its books know nothing
    till.stay(90, mark="苏AD12346")
    lost = till.order("苏AD12346")
    till.later(7)  # asked in vain: nobody has paid
    paid = till.pay(lost, calls_back=False)
    till.later(DAY)
    day = read(till)
    assert sorted(found(day)) == [
        ("ours_only", 400, None, False),
        ("theirs_only", None, 600, False),
        ("wrong_amount", 600, 400, False),
    ]
    assert day["open"] == 3

    body = {"on": "2026-11-23"}
    anew = f"/lots/{till.lot}/reconciliation"
    assert till.ask(person("auditor"), "POST", anew, body).status_code == 403
    ahead = till.ask(OPERATOR, "POST", anew, {"on": "2026-12-01"})
    assert ahead.status_code == 422
    at_last = till.sandbox.ask(UUID(lost["id"]))
    assert at_last is not None
    till.ok(till.call_back(at_last))
    till.ok(till.ask(OPERATOR, "POST", anew, body))
    till.system.settle()
    assert ("theirs_only", None, 600, True) in found(read(till)) and read(till)["open"] == 2
    assert paid["reference"] in str(read(till)["differences"])

    (open_one,) = [each for each in read(till)["differences"] if each["kind"] == "ours_only"]
    settle = f"/differences/{open_one['id']}/settle"
    assert till.ask(person("auditor"), "POST", settle, {"note": "x"}).status_code == 403
    assert till.ask(OPERATOR, "POST", settle, {"note": ""}).status_code == 422
    done = till.ok(till.ask(OPERATOR, "POST", settle, {"note": "渠道次日补记"}))
    assert (done["settled_by"], done["note"]) == (OPERATOR.name, "渠道次日补记")
    assert till.ask(OPERATOR, "POST", settle, {"note": "again"}).status_code == 409
    till.ok(till.ask(OPERATOR, "POST", anew, body))
    till.system.settle()
    assert read(till)["open"] == 1 and till.paid(stay) == 400
