"""A car park where people pay: its clock, its operator, stays put in directly, requests by short names."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.payments.model import ParkingOrder, ParkingPayment, ParkingRefund
from facilities.living.parking.payments.provider import Asked, Providers, Said
from facilities.living.parking.payments.sandbox import SANDBOX, Sandbox
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.service import service as living
from shared.actor import Actor, Membership
from shared.clock import ManualClock
from shared.ids import new_id
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.parking.car_park import car_park
from tests.integration.facilities.parking.cars import put_inside

PLATE = "苏A·D12345"
MARK = "苏AD12345"


def person(*roles: str, firm: str | None = None) -> Actor:
    """Somebody who is signed in, a member of a firm or of none."""
    own = (Membership(organisation=new_id(), uscc=firm, name="示范商户", role="member"),) if firm else ()
    return Actor(kind="account", id=new_id(), name="某人", roles=frozenset(roles), memberships=own)


def till_of(make_system: SystemFactory, clock: ManualClock, provider: str = SANDBOX) -> "Till":
    """A car park in a system of its own."""
    return Till(make_system([publisher, living], parking_provider=provider), clock)


class Till:
    """The car park with its money. The tariff is T1: half an hour free, then 5 yuan, 1 an hour, 10 a day."""

    def __init__(self, system: SystemUnderTest, clock: ManualClock) -> None:
        self.clock = clock
        self.system = system
        self._assembly = Assembly(self.system, clock)
        self.runtime = self.system.runtime("living")
        self.lot = car_park(self.runtime).lot

    @property
    def sandbox(self) -> Sandbox:
        """The provider of this car park."""
        found = self.runtime.context.resources.get(Providers).by_name[SANDBOX]
        assert isinstance(found, Sandbox)
        return found

    def register(self, uscc: str) -> None:
        """The register says that a firm is active."""
        event = self._assembly.event(
            "yuanban.enterprise.enterprise.registered.v1", uscc=uscc, status="active"
        )
        self._assembly.hear("living", event)

    def later(self, minutes: float) -> None:
        """Let time pass, and what is due be done."""
        self.clock.advance(timedelta(minutes=minutes))
        self.system.settle()

    def stay(self, minutes: float, mark: str = MARK, lot: UUID | None = None) -> UUID:
        """A car that came in so long ago; the id of its stay."""
        return put_inside(self.runtime, lot or self.lot, mark, minutes)

    def ask(self, actor: Actor | None, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """A request below `/parking`."""
        sent = {} if body is None else {"json": body}
        return self.system.client("living", actor).send(method, f"/parking{path}", **sent, **options)

    def ok(self, answer: Any) -> Any:
        """The body of an answer that is no refusal."""
        assert answer.status_code < 300, answer.text
        return answer.get_json()

    def order(self, plate: str = PLATE, actor: Actor | None = None) -> Any:
        """An order for a car by its plate, without signing in."""
        return self.ok(self.ask(actor, "POST", "/orders", {"lot_id": str(self.lot), "plate": plate}))

    def asked(self, order: Any) -> Asked:
        """What the provider was told of an order."""
        until = datetime.fromisoformat(order["expires_at"])
        return Asked(UUID(order["id"]), UUID(order["lot_id"]), order["amount_fen"], until)

    def read(self, order: Any) -> Any:
        """The order as it stands now."""
        return self.ok(self.ask(None, "GET", f"/orders/{order['id']}"))

    def pay(self, order: Any, **more: Any) -> Any:
        """Somebody pays at the sandbox, which calls back unless it is told not to."""
        return self.ok(self.ask(None, "POST", "/sandbox/pay", {"code": order["pay_code"], **more}))

    def said(self, order: Any, reference: str, fen: int | None = None, *, paid: bool = True) -> Said:
        """What a provider may say of an order."""
        amount = order["amount_fen"] if fen is None else fen
        return Said(UUID(order["id"]), reference, amount, paid, self.clock.now())

    def call_back(self, said: Said, signature: str | None = None) -> Any:
        """The provider calls."""
        body, signed = self.sandbox.callback(said)
        return self.push(body, signed if signature is None else signature)

    def push(self, body: bytes, signature: str, provider: str = SANDBOX) -> Any:
        """Anybody sends anything in the name of a provider."""
        headers = {"Payment-Signature": signature, "Content-Type": "application/json"}
        return self.ask(None, "POST", f"/payment-callbacks/{provider}", data=body, headers=headers)

    def paid(self, stay: UUID) -> int:
        """What the stay says was paid for it, which is what its payments come to."""
        with self.runtime.read() as session:
            kept = session.get_one(ParkingStay, stay).paid_fen
            rows = sa.select(sa.func.coalesce(sa.func.sum(ParkingPayment.fen), 0))
            assert session.scalar(rows.where(ParkingPayment.subject_id == stay)) == kept
        return kept

    def payments(self) -> list[int]:
        """All amounts that came in or went out, in their order."""
        with self.runtime.read() as session:
            return list(session.scalars(sa.select(ParkingPayment.fen).order_by(ParkingPayment.id)))

    def states(self) -> list[str]:
        """How the orders stand in the database, the first one first."""
        with self.runtime.read() as session:
            return list(session.scalars(sa.select(ParkingOrder.state).order_by(ParkingOrder.id)))

    def refunds(self) -> list[tuple[int, str]]:
        """What was wanted back, and how far it has come."""
        query = sa.select(ParkingRefund.fen, ParkingRefund.state).order_by(ParkingRefund.id)
        with self.runtime.read() as session:
            return [(fen, state) for fen, state in session.execute(query)]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """All of them let go together, each in a thread of its own."""
    start = threading.Barrier(len(calls), timeout=60)

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls, timeout=60))
