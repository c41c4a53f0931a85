"""Passes paid through the provider: once, in time, and only while their bays are to be had."""

from datetime import timedelta
from typing import Any

from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.people import Caller, ok, person, slug
from tests.integration.facilities.parking.test_passes import said
from tests.integration.facilities.parking.test_rights import OTHER, PLATE, sound


def test_a_pass_is_paid_at_the_provider_by_its_holder_and_money_for_what_is_not_to_be_had_goes_back(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living], parking_provider="sandbox")
    park = car_park(system.runtime("living"), near=1, far=1, tariff="T5")
    anna, ben, operator = (Caller(system, who) for who in (person(), person(), OPERATOR))
    nobody = Caller(system, None)
    wish = {"lot_id": str(park.lot), "zone_id": str(park.near), "plates": [PLATE]}

    def order(who: Caller, of: Any) -> Any:
        return who.ask("POST", "/orders", {"pass_id": of["id"]})

    def pay(made: Any, **more: Any) -> Any:
        ok(nobody.ask("POST", "/sandbox/pay", {"code": made["pay_code"], **more}))
        return nobody.get(f"/orders/{made['id']}")

    mine = ok(anna.ask("POST", "/passes", wish))
    assert mine["actions"] == ["pay", "give-up", "cars"]
    assert order(ben, mine).status_code == order(nobody, mine).status_code == 404
    both = anna.ask("POST", "/orders", {"pass_id": mine["id"], "lot_id": str(park.lot), "plate": PLATE})
    assert both.status_code == 422
    first = ok(order(anna, mine))
    assert (first["subject"], first["amount_fen"], first["since"]) == ("pass", 36000, None)
    assert pay(first, amount_fen=35999)["state"] == "failed", "a part buys nothing and goes back"
    assert anna.get(f"/passes/{mine['id']}")["state"] == "waiting"
    again = ok(order(anna, mine))
    paid = pay(again)
    assert paid["state"] == "paid" and paid["leave_by"] is None
    assert anna.get(f"/passes/{mine['id']}")["state"] == "active"
    assert slug(order(anna, mine)) == "nothing-owed"
    receipt = nobody.get(f"/payments/{paid['payment_id']}/receipt")
    assert (receipt["plate"], receipt["fee_fen"], receipt["subject"]) == (None, 36000, "pass")
    assert said(system, "parking-pass") == ["bought"]
    assert said(system, "parking-payment") == ["received", "received"]

    wish = {**wish, "zone_id": str(park.far), "plates": [OTHER]}
    booth = ok(ben.ask("POST", "/passes", wish))
    open_order = ok(order(ben, booth))
    ok(operator.act(f"/passes/{booth['id']}/paid-at-booth"))
    assert pay(open_order)["state"] == "failed", "it was paid at the booth meanwhile"

    clock.advance(timedelta(days=40))
    system.settle()
    late = ok(anna.ask("POST", "/passes", wish))
    clock.advance(timedelta(minutes=118))
    overdue = ok(order(anna, late))
    clock.advance(timedelta(minutes=3))
    system.settle()
    assert anna.get(f"/passes/{late['id']}")["state"] == "lapsed"
    ok(ben.ask("POST", "/passes", wish))
    assert pay(overdue)["state"] == "failed", "somebody else has the bay by now"
    system.settle()
    day = operator.get(f"/lots/{park.lot}/payments")["items"]
    given_back = [each["fen"] for each in day if each["fen"] < 0]
    assert sorted(given_back) == [-36000, -36000, -35999], "the part, the one after the booth, the late one"
    sound(system)
