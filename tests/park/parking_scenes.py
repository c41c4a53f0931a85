"""Scenes of parking: car parks, cars inside, what is paid for them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.park import charging, lanes, parking, parking_money, parking_rights
from tests.park.park import Park
from tests.park.people import actor
from tests.park.scene import Scene


def _car_park(*verbs: str, of_device: str = "") -> Callable[[Park], Scene]:
    """A car park after these verbs, with one of each thing in it."""

    def set_up(park: Park) -> Scene:
        made = parking.made(park, *verbs, of_device=of_device)
        return Scene(made.ids, made.versions, bodies={"devices": parking.device()})

    return set_up


def _car_inside(park: Park) -> Scene:
    car = parking_money.car(park)
    bodies = {"orders": car.named, "coupons": parking_money.coupons(park, car.lot)}
    return Scene({"lot_id": str(car.lot), "stay_id": str(car.stay)}, bodies=bodies)


def _parking_order(park: Park) -> Scene:
    """With what its provider would say of it."""
    order = parking_money.order(park, parking_money.car(park))
    body, signature = parking_money.callback(park, order, f"OF-{order['id']}")
    return Scene(
        {"order_id": order["id"], "provider": "sandbox"},
        bodies={"pay": {"code": order["pay_code"]}, "{provider}": body},
        headers={"Payment-Signature": signature, "Content-Type": "application/json"},
    )


def _parking_paid(park: Park) -> Scene:
    car = parking_money.car(park)
    order = parking_money.order(park, car)
    parking_money.ask(park, None, "/sandbox/pay", {"code": order["pay_code"]})
    paid = park.client(None, "living").get(f"/parking/orders/{order['id']}").json["payment_id"]
    return Scene({"lot_id": str(car.lot), "payment_id": paid})


def _parking_refund(park: Park) -> Scene:
    """Of a payment that was more than was owed and that the provider knows nothing of."""
    car = parking_money.car(park)
    parking_money.called_back(park, parking_money.order(park, car), fen=700)
    park.system.settle()
    operator = park.client(actor("operator"), "living")
    (payment,) = operator.get(f"/parking/lots/{car.lot}/payments").json["items"]
    (difference,) = operator.get(f"/parking/lots/{car.lot}/reconciliation").json["differences"]
    return Scene({"refund_id": payment["wished_back"][0]["id"], "difference_id": difference["id"]})


def _parking_coupon(park: Park) -> Scene:
    car = parking_money.car(park)
    return Scene({"code": parking_money.coupon(park, car.lot)}, bodies={"apply": car.named})


def _signed(path: str, told: Callable[[Park], Mapping[str, Any]]) -> Callable[[Park], Scene]:
    """What a device tells, signed by it; it may be told by anybody."""

    def tell(park: Park) -> Scene:
        made = lanes.car_park_with_cameras(park)
        body = json.dumps(told(park)).encode()
        headers = lanes.SignedNow(made, park, f"/api/v1/living/parking/{path}", body)
        return Scene(bodies={path: body}, headers=headers)

    return tell


def _car_without_plate(park: Park) -> Scene:
    made = lanes.unread(park)
    return Scene({"lane_id": str(made.lane)}, bodies={"tickets": {"token": made.token(park)}})


def _alarm(park: Park) -> Scene:
    """The clock of a device was wrong, and the car is inside."""
    made = lanes.car_park_with_cameras(park)
    made.tell(park, {"id": "e1", "plate": "苏A·12345", "seen_at": "2020-01-01T00:00:00+00:00"})
    operator = park.client(actor("operator"), "living")
    (alarm,) = operator.get(f"/parking/lots/{made.lot}/alarms").json["items"]
    return Scene({"alarm_id": alarm["id"]}, {"alarm_id": f'"{alarm["version"]}"'})


def _charge_to_be_told(park: Park) -> Scene:
    """Signed by the charging point; it may be told by anybody."""
    body = json.dumps(charging.event(park)).encode()
    path = "/api/v1/living/parking/charging-events"
    headers = lanes.SignedNow(charging.with_points(park).point, park, path, body)
    return Scene(bodies={"charging-events": body}, headers=headers)


def _charging_bay(park: Park) -> Scene:
    ids, version = charging.bay(park)
    return Scene(ids, {"bay_id": version}, bodies={"charging-points": charging.point()})


def _car_at_a_point(park: Park) -> Scene:
    ids, version = charging.charge(park)
    return Scene(ids, {"charge_id": version})


def _event(park: Park) -> Mapping[str, Any]:
    return {"id": "e1", "plate": "苏A·12345", "seen_at": park.system.clock.now().isoformat()}


def _opening(park: Park) -> Mapping[str, Any]:
    return {"id": "o1", "opened_at": park.system.clock.now().isoformat()}


def _right(name: str, make: Callable[[Park], tuple[str, str]]) -> Callable[[Park], Scene]:
    """A right to park, by the name of its variable."""

    def made(park: Park) -> Scene:
        thing, version = make(park)
        return Scene({name: thing}, {name: version})

    return made


def _invited(park: Park) -> Scene:
    visit_id, version, token = parking_rights.invited(park)
    return Scene({"visit_id": visit_id, "token": token}, {"visit_id": version})


PARKING_SCENES: Mapping[str, Callable[[Park], Scene]] = {
    "car inside": _car_inside,
    "alarm of a car park": _alarm,
    "car before a camera": _signed("gate-events", _event),
    "barrier that has opened": _signed("barrier-openings", _opening),
    "car without a plate": _car_without_plate,
    "charging bay": _charging_bay,
    "charge to be told": _charge_to_be_told,
    "car at a charging point": _car_at_a_point,
    "order for parking": _parking_order,
    "parking paid for": _parking_paid,
    "refund for parking that has failed": _parking_refund,
    "coupon for parking": _parking_coupon,
    "car park to be set up": lambda _park: Scene(bodies={"lots": parking.to_set_up()}),
    "car park as a draft": _car_park(),
    "car park": _car_park("open"),
    "car park with a device that is disabled": _car_park("open", of_device="disable"),
    "own car of the head inside": lambda park: Scene({"stay_id": parking_rights.own_stay(park)}),
    "car to be registered": lambda park: Scene(bodies={"cars": parking_rights.new_car(park)}),
    "car registered": lambda park: Scene({"car_id": parking_rights.car(park)}),
    "bay to be reserved": lambda park: Scene(bodies={"reservations": parking_rights.wish(park)}),
    "bay reserved": _right("reservation_id", parking_rights.reserved),
    "pass to be bought": lambda park: Scene(bodies={"passes": parking_rights.new_pass(park)}),
    "pass to be paid": _right("pass_id", parking_rights.kept_waiting),
    "pass bought": _right("pass_id", lambda park: parking_rights.bought(park, "P5", "paid-at-booth")),
    "pass suspended": _right(
        "pass_id", lambda park: parking_rights.bought(park, "P6", "paid-at-booth", "suspend")
    ),
    "pass that ends soon": _right("pass_id", parking_rights.ending),
    "zone without a rule": lambda park: Scene(
        bodies={"quota-rules": {"zone_id": parking_rights.another_lot(park, "Q3").near, "bays": 1}}
    ),
    "zone with a rule": _right("zone_id", parking_rights.rule),
    "bays of the organisation": _right("quota_id", parking_rights.quota),
    "visitor to be invited": lambda park: Scene(bodies={"visits": parking_rights.visit(park)}),
    "visitor invited": _invited,
}
