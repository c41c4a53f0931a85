"""Parking is paid for by what the description says."""

from typing import Any, Protocol

from werkzeug.test import TestResponse

from shared.testing.contract import Json
from tests.contract.park import ANONYMOUS, Park
from tests.integration.facilities.parking.car_park import car_park
from tests.integration.facilities.parking.cars import put_inside

RUNS, MERCHANT = "operator", "agent"


class Reads(Protocol):
    """Carries out operations by their ids."""

    park: Park

    def do(self, role: str, operation_id: str, body: Any = None, **places: Any) -> TestResponse:
        """Carry out an operation with its example, or another body."""
        ...

    def example(self, operation_id: str) -> Any:
        """The example of the body of an operation."""
        ...


def pay_for_parking(reader: Reads) -> None:
    """Every request about money for parking that takes a body."""
    runtime = reader.park.system.runtime("living")
    lot = car_park(runtime, code="PAID").lot
    stay = put_inside(runtime, lot, "苏AD12345", minutes=300)

    def done(role: str, operation: str, changes: Any = None, **places: Any) -> Json:
        body = None if changes is None else {**reader.example(f"living_{operation}"), **changes}
        found: Json = reader.do(role, f"living_{operation}", body, **places).get_json()
        return found

    here = {"lot_id": str(lot)}
    (coupon,) = done(MERCHANT, "make_parking_coupons", {**here, "count": 1})["items"]
    done(ANONYMOUS, "apply_parking_coupon", here, code=coupon["code"])
    done(RUNS, "take_parking_cash", {"amount_fen": 300}, stay_id=stay)
    order = done(ANONYMOUS, "order_parking", here)
    done(ANONYMOUS, "pay_in_sandbox", {"code": order["pay_code"], "amount_fen": order["amount_fen"] + 1})
    paid = done(ANONYMOUS, "get_parking_order", order_id=order["id"])["payment_id"]
    done(RUNS, "refund_parking_payment", payment_id=paid)
    day = {"on": reader.park.system.clock.today().isoformat()}
    (found,) = done(RUNS, "make_parking_reconciliation", day, lot_id=lot)["differences"]
    done(RUNS, "settle_parking_difference", difference_id=found["id"])
