"""Cars in a car park, orders, payments and coupons for the scenes, made by the API where one stands there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.lots.model import Lot
from facilities.living.parking.payments.provider import Providers, Said
from facilities.living.parking.payments.sandbox import SANDBOX, Sandbox
from shared.actor import Actor
from tests.integration.approvals.people import AGENT
from tests.integration.facilities.parking.car_park import car_park
from tests.integration.facilities.parking.cars import put_inside
from tests.park.park import Park
from tests.park.people import actor

_FIRST = 10000


@dataclass(frozen=True, slots=True)
class Car:
    """A car that came in ninety minutes ago, in a car park of its own; by the tariff T1 it owes 6 yuan."""

    lot: UUID
    stay: UUID
    plate: str

    @property
    def named(self) -> dict[str, str]:
        """How whoever pays names it."""
        return {"lot_id": str(self.lot), "plate": self.plate}


def car(park: Park) -> Car:
    """A car inside."""
    runtime = park.system.runtime("living")
    with runtime.read() as session:
        number = _FIRST + session.scalars(sa.select(sa.func.count()).select_from(Lot)).one()
    lot = car_park(runtime, code=f"P{number}").lot
    plate = f"苏A{number}"
    return Car(lot, put_inside(runtime, lot, plate, minutes=90), plate)


def order(park: Park, wanted: Car) -> Any:
    """An order for it by the applicant."""
    return ask(park, AGENT, "/orders", wanted.named)


def callback(park: Park, made: Any, reference: str, fen: int | None = None) -> tuple[bytes, str]:
    """What the sandbox would say of an order, and its signature."""
    sandbox = park.system.runtime("living").context.resources.get(Providers).by_name[SANDBOX]
    assert isinstance(sandbox, Sandbox)
    amount = made["amount_fen"] if fen is None else fen
    return sandbox.callback(Said(UUID(made["id"]), reference, amount, True, park.system.clock.now()))


def called_back(park: Park, made: Any, fen: int | None = None) -> str:
    """An order that was paid as its books do not know; the id of the payment."""
    body, signature = callback(park, made, f"OF-{made['id']}", fen)
    headers = {"Payment-Signature": signature, "Content-Type": "application/json"}
    path = f"/parking/payment-callbacks/{SANDBOX}"
    answer = park.client(None, "living").post(path, data=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json["payment_id"])


def coupon(park: Park, lot: UUID) -> str:
    """The code of a coupon of the organisation."""
    made = ask(park, actor("head"), "/coupons", coupons(park, lot))
    return str(made["items"][0]["code"])


def coupons(park: Park, lot: UUID) -> dict[str, Any]:
    """What is said to make one."""
    return {
        "lot_id": str(lot),
        "giver": park.on_behalf_of,
        "name": {"zh": "午餐券", "en": "Lunch"},
        "minutes": 30,
        "valid_until": (park.system.clock.now() + timedelta(days=4 * 365)).isoformat(),
    }


def ask(park: Park, who: Actor | None, path: str, body: Any) -> Any:
    """A POST that is let through; its answer."""
    answer = park.client(who, "living").post(f"/parking{path}", json=body)
    assert answer.status_code < 300, answer.text
    return answer.json
