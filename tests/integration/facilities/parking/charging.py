"""A car park with a charging zone whose points speak for themselves, beside the cameras at its lanes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.lots import commands
from facilities.living.parking.lots.devices import add_charging_point
from facilities.living.parking.lots.model import Bay, Lot, Zone, ZoneKind
from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.messaging.envelope import decode
from shared.messaging.outbox import OutboxMessage
from shared.service import Runtime
from shared.testing.systems import SystemFactory, SystemUnderTest
from shared.transaction import Transaction
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.gates import Gates, ok

EVENTS = "/api/v1/living/parking/charging-events"
OVERSTAY: Mapping[str, Any] = {"unit": {"minutes": 15, "fen": 200}, "free_minutes": 30, "cap_fen": 4000}
"""Half an hour after charging is free, then a quarter of an hour costs 2 yuan, at most 40."""
PLATE = "苏AD12345"


class ChargingPoints(Gates):
    """One car park with the tariff T1: half an hour free, then 5 yuan an hour, 1 for any other, 10 a day."""

    def __init__(self, system: SystemUnderTest, clock: ManualClock, *, points: int = 3, **park: Any) -> None:
        super().__init__(system, clock, **{"overstay": OVERSTAY, **park})
        self.zone, self.points = charging_zone(self.runtime, self.park.lot, points)
        for code, (device, secret) in self.points.items():
            self.codes[device], self.park.secrets[device] = code, secret

    def device(self, number: int) -> UUID:
        """The point at a bay, counted from 1."""
        return list(self.points.values())[number - 1][0]

    def body(
        self, charge: str, phase: str, plate: str | None = PLATE, at: datetime | None = None
    ) -> dict[str, Any]:
        return {"charge": charge, "phase": phase, "plate": plate, "at": (at or self.now).isoformat()}

    def post(self, number: int, body: dict[str, Any], **how: Any) -> Any:
        """What the point at a bay tells, signed."""
        return self.send(self.device(number), body, EVENTS, **how)

    def tell(
        self,
        number: int,
        charge: str,
        phase: str,
        plate: str | None = PLATE,
        at: datetime | None = None,
    ) -> dict[str, Any]:
        """The same, met; the answer."""
        return ok(self.post(number, self.body(charge, phase, plate, at)))

    def charges(self) -> list[dict[str, Any]]:
        """All charges as the operator sees them, the first one first."""
        found = self.operator("GET", f"/parking/lots/{self.park.lot}/charges?limit=100")["items"]
        return list(reversed(found))

    def charge(self, charge_id: str) -> dict[str, Any]:
        return self.operator("GET", f"/parking/charges/{charge_id}")

    def verb(self, charge: Mapping[str, Any], verb: str, **body: Any) -> Any:
        """What the operator does with a charge that was seen so."""
        path, headers = f"/parking/charges/{charge['id']}/{verb}", {"If-Match": f'"{charge["version"]}"'}
        return self.ask(OPERATOR, "POST", path, json=body, headers=headers)

    def stay(self, plate: str = PLATE) -> dict[str, Any]:
        """The latest stay of a car, with its cost."""
        return self.operator("GET", f"/parking/stays/{self.stays(plate)[-1].id}")

    def lines(self, plate: str = PLATE) -> dict[str, int]:
        """What the latest stay of a car costs, by the kinds of its lines."""
        found: dict[str, int] = {}
        for line in self.stay(plate)["cost"]["lines"]:
            found[line["kind"]] = found.get(line["kind"], 0) + line["amount_fen"]
        return found

    def pay(self, plate: str = PLATE) -> int:
        """Whatever is due is paid at the booth."""
        stay = self.stay(plate)
        due: int = stay["cost"]["due_fen"]
        body = {"amount_fen": due, "receipt": f"R{next(self._ids)}"}
        self.operator("POST", f"/parking/stays/{stay['id']}/cash", json=body)
        return due

    def said(self, step: str) -> list[Mapping[str, Any]]:
        """The data of what was said of charging to the outside."""
        with self.runtime.read() as session:
            bodies = session.scalars(sa.select(OutboxMessage.body).order_by(OutboxMessage.position)).all()
        events = [decode(body) for body in bodies]
        return [e.data for e in events if e.type == f"yuanban.living.parking-charge.{step}.v1"]

    def kept(self) -> list[tuple[Any, ...]]:
        """What is kept of all charges, by their numbers."""
        names = ("number", "mark", "started_at", "ended_at", "freed_at", "freed_by", "named_by")
        with self.runtime.read() as session:
            rows = session.scalars(sa.select(ParkingCharge).order_by(ParkingCharge.number))
            return [tuple(getattr(row, name) for name in names) for row in rows]


def charging_zone(runtime: Runtime, lot_id: UUID, points: int) -> tuple[UUID, dict[str, tuple[UUID, str]]]:
    """A charging zone with a point at each bay; its id, and the points with their secrets by their codes."""
    made: dict[str, tuple[UUID, str]] = {}
    with runtime.transaction(OPERATOR) as tx:
        lot, zone, bays = charging_bays(tx, lot_id, points)
        for bay in bays:
            code = f"{lot.code}-{bay.number}"
            device, secret = add_charging_point(tx, lot, zone, bay, code=code)
            made[code] = (device.id, secret)
        return zone.id, made


def charging_bays(
    tx: Transaction, lot_id: UUID, bays: int, code: str = "C"
) -> tuple[Lot, Zone, Sequence[Bay]]:
    """A charging zone with bays at which no point stands yet."""
    lot = tx.session.get_one(Lot, lot_id)
    name = {"zh": "充电区", "en": "Charging"}
    zone = commands.add_zone(tx, lot, code=code, name=name, kind=ZoneKind.CHARGING, capacity=bays)
    made = commands.add_bays(tx, lot, zone, prefix=code, first=1, last=bays, digits=1, accessible=False)
    return lot, zone, made


def charging_points(make_system: SystemFactory, clock: ManualClock, **park: Any) -> ChargingPoints:
    return ChargingPoints(make_system([living]), clock, **park)
