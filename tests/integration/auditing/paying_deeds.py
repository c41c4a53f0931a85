"""Everything that can be done with money for parking: what the trail has to know of."""

from datetime import timedelta

from shared.clock import ManualClock
from shared.testing.systems import SystemUnderTest
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.paying import Till, person

FIRM = "91990101MA0DEM048E"


def pay_for_parking(system: SystemUnderTest, clock: ManualClock) -> None:
    """Orders, cash, refunds, coupons and the accounts of the day."""
    till = Till(system, clock)
    till.register(FIRM)
    stay = till.stay(90)
    wrong = till.order()
    till.ok(till.call_back(till.said(wrong, "NOT-IN-THE-BOOKS", 700)))  # too much, and never given back
    system.settle()
    (payment,) = till.ok(till.ask(OPERATOR, "GET", f"/lots/{till.lot}/payments"))["items"]
    till.ok(till.ask(OPERATOR, "POST", f"/refunds/{payment['wished_back'][0]['id']}/retry"))
    back = {"amount_fen": 300, "reason": "商户减免"}
    till.ok(till.ask(OPERATOR, "POST", f"/payments/{payment['id']}/refund", back))
    cash = {"amount_fen": 100, "receipt": "A1"}
    other = till.stay(90, mark="苏AD12346")
    booth = till.ok(till.ask(OPERATOR, "POST", f"/stays/{other}/cash", cash))["id"]
    coupons = {
        "lot_id": str(till.lot),
        "giver": FIRM,
        "name": {"zh": "午餐券", "en": "Lunch"},
        "fen": 100,
        "valid_until": (clock.now() + timedelta(days=1)).isoformat(),
    }
    (made,) = till.ok(till.ask(person(firm=FIRM), "POST", "/coupons", coupons))["items"]
    till.pay(till.order("苏AD12346"), result="failed")
    till.order("苏AD12346")  # which nobody pays
    named = {"lot_id": str(till.lot), "plate": "苏AD12346"}
    till.ok(till.ask(None, "POST", f"/coupons/{made['code']}/apply", named))
    today = {"on": clock.today().isoformat()}
    till.ok(till.ask(OPERATOR, "POST", f"/lots/{till.lot}/reconciliation", today))
    day = till.ok(till.ask(OPERATOR, "GET", f"/lots/{till.lot}/reconciliation"))
    settle = f"/differences/{day['differences'][0]['id']}/settle"
    till.ok(till.ask(OPERATOR, "POST", settle, {"note": "渠道次日补记"}))
    given = {"amount_fen": 100, "reason": "重复收费"}
    till.ok(till.ask(OPERATOR, "POST", f"/payments/{booth}/refund", given))
    assert till.paid(stay) == 700
