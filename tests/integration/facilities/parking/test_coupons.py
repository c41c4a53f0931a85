"""Merchant coupons: who makes them, what they take off, and that each is used once."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.gates import Gates, ok, verdicts
from tests.integration.facilities.parking.paying import PLATE, Till, at_once, person, till_of
from tests.integration.facilities.parking.test_quotas import register

FIRM = "91990101MA0DEM048E"
OTHER_FIRM = "91990101MA0DEM013U"
MERCHANT = person(firm=FIRM)
NAME = {"zh": "午餐券", "en": "Lunch"}


@pytest.fixture
def till(make_system: SystemFactory, clock: ManualClock) -> Till:
    made = till_of(make_system, clock)
    made.register(FIRM)
    return made


def make(till: Till, actor: Any = MERCHANT, **more: Any) -> Any:
    until = (till.clock.now() + timedelta(days=7)).isoformat()
    body = {"lot_id": str(till.lot), "giver": FIRM, "name": NAME, "valid_until": until, **more}
    return till.ask(actor, "POST", "/coupons", body)


def code(till: Till, **more: Any) -> str:
    (made,) = till.ok(make(till, **more))["items"]
    return str(made["code"])


def give(till: Till, coupon: str, plate: str = PLATE, lot: object = None) -> Any:
    return till.ask(
        None, "POST", f"/coupons/{coupon}/apply", {"lot_id": str(lot or till.lot), "plate": plate}
    )


def slug(answer: Any) -> str:
    return str(answer.get_json()["type"]).rpartition(":")[2]


def test_members_of_an_active_firm_make_coupons_and_see_what_became_of_them(till: Till) -> None:
    items = till.ok(make(till, fen=300, count=100))["items"]
    assert len({each["code"] for each in items}) == 100
    for wrong in ({"fen": 0}, {"fen": -5}, {"fen": 1, "minutes": 1}, {"minutes": 30, "count": 101}):
        assert make(till, **wrong).status_code == 422, wrong
    past = (till.clock.now() - timedelta(seconds=1)).isoformat()
    assert make(till, fen=1, valid_until=past).status_code == 422
    for far in ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"):
        assert make(till, fen=1, valid_until=far).status_code == 422
    assert make(till, actor=person(), fen=1).status_code == 403
    assert make(till, actor=OPERATOR, fen=1).status_code == 403
    other = person(firm=OTHER_FIRM)
    assert slug(make(till, actor=other, giver=OTHER_FIRM, fen=1)) == "firm-not-active"

    till.stay(90)
    till.ok(give(till, items[0]["code"].lower()))
    used = till.ok(till.ask(MERCHANT, "GET", "/coupons?used=true"))["items"]
    assert [each["code"] for each in used] == [items[0]["code"]] and PLATE not in str(used)
    page = till.ok(till.ask(MERCHANT, "GET", "/coupons?used=false&limit=60"))
    rest = till.ok(till.ask(MERCHANT, "GET", f"/coupons?used=false&limit=60&cursor={page['next']}"))
    assert len(page["items"]) + len(rest["items"]) == 99
    assert till.ok(till.ask(other, "GET", "/coupons"))["items"] == []


def test_a_coupon_takes_off_no_more_than_there_is_to_pay(till: Till) -> None:
    stay = till.stay(90)
    assert till.ok(give(till, code(till, minutes=30)))["due_fen"] == 500
    order = till.order()
    larger = till.ok(give(till, code(till, fen=99999)))
    assert (larger["due_fen"], larger["overpaid_fen"]) == (0, 0)
    till.pay(order)  # the page was open before the coupon came
    till.system.settle()
    assert (till.payments(), till.paid(stay)) == ([500, -500], 0)


def test_a_coupon_after_the_payment_leaves_something_to_be_given_back(till: Till) -> None:
    stay = till.stay(90)
    order = till.order()
    till.pay(order)
    assert till.ok(give(till, code(till, fen=200)))["overpaid_fen"] == 200
    body = {"amount_fen": 200, "reason": "商户减免"}
    till.ok(till.ask(OPERATOR, "POST", f"/payments/{till.read(order)['payment_id']}/refund", body))
    till.system.settle()
    assert till.paid(stay) == 400 and till.read(order)["leave_by"] is not None


def test_a_coupon_is_used_once_in_time_and_in_its_car_park(till: Till) -> None:
    for plate in ("苏AD12345", "苏AD12346"):
        till.stay(90, mark=plate)
    once = code(till, fen=100)
    answers = at_once(*[partial(give, till, once, plate) for plate in ("苏AD12345", "苏AD12346") * 2])
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    assert {slug(each) for each in answers if each.status_code == 409} == {"coupon-used"}
    for wrong in ("0" * 12, "%E5%88%B8", "-"):
        assert give(till, wrong).status_code == 404, wrong
    assert give(till, code(till, fen=100), "苏AD99999").status_code == 404
    other = car_park(till.runtime, code="P2").lot
    till.stay(90, lot=other)
    assert slug(give(till, code(till, fen=100), lot=other)) == "coupon-elsewhere"
    late = code(till, fen=100)
    till.later(8 * 24 * 60)
    assert slug(give(till, late)) == "coupon-expired"


def test_a_coupon_counts_for_whoever_goes_on_with_the_stay_it_was_given_to(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([publisher, living], parking_provider="sandbox")
    at = Gates(system, clock, merge_minutes=30)
    register(Assembly(system, clock), FIRM)
    at.come(PLATE)
    at.later(minutes=90)
    until = (clock.now() + timedelta(days=7)).isoformat()
    body = {"lot_id": str(at.park.lot), "giver": FIRM, "name": NAME, "valid_until": until, "fen": 600}
    (made,) = ok(at.ask(MERCHANT, "POST", "/parking/coupons", json=body))["items"]
    named = {"lot_id": str(at.park.lot), "plate": PLATE}
    ok(at.ask(None, "POST", f"/parking/coupons/{made['code']}/apply", json=named))
    assert verdicts([at.go(PLATE)]) == ["open free"]
    at.later(minutes=10)
    at.come(PLATE)
    at.later(minutes=70)
    due = at.go(PLATE)
    assert (due["verdict"], due["due_fen"]) == ("pay", 100), "the third hour: two hours are the coupon's"
