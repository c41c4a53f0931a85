"""Charging points that are made up: some cars of a made-up feed are charged before they leave.

What they tell goes over HTTP like the word of real ones, signed with their secrets.
"""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.charging.times import Phase
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.gates.simulating import Camera, Told
from facilities.living.parking.lots.model import Bay, Device, DeviceKind, Zone
from shared.cipher import Cipher
from shared.clock import Clock
from shared.identifiers.plates import Energy, parse_plate

PATH = "/api/v1/living/parking/charging-events"
_SHARE = 0.4
"""After so many events of cameras something goes on at a charging point, if anything can."""


@dataclass(frozen=True, slots=True)
class PlayedPoint:
    """A charging point with its secret, and in which car park it stands."""

    code: str
    secret: str
    lot_id: UUID


def points_of(session: Session, cipher: Cipher, lot_id: UUID | None) -> list[PlayedPoint]:
    """The enabled charging points of a lot, or of all lots, at which no car stands, with their secrets."""
    taken = sa.exists().where(ParkingCharge.bay_id == Device.bay_id, ParkingCharge.freed_at.is_(None))
    query = (
        sa.select(Device, Zone.lot_id)
        .join(Bay, Bay.id == Device.bay_id)
        .join(Zone, Zone.id == Bay.zone_id)
        .where(Device.kind == DeviceKind.CHARGER, Device.enabled, ~taken)
        .order_by(Device.code)
    )
    if lot_id is not None:
        query = query.where(Zone.lot_id == lot_id)
    return [
        PlayedPoint(device.code, cipher.open_bytes(device.secret).decode(), its_lot)
        for device, its_lot in session.execute(query)
    ]


def with_charging(
    events: Iterator[Told], points: list[PlayedPoint], seed: int, clock: Clock, let_in: Collection[str]
) -> Iterator[Told]:
    """The same events, and between them what charging points tell of cars among `let_in`, as it grows."""
    luck = random.Random(f"charging {seed}")  # noqa: S311 - no secret hangs on it
    zone = _Zone(list(points), seed, luck, clock)
    for told in events:
        yield from zone.left_by(told)
        yield told
        zone.wanted_by(told)
        if luck.random() < _SHARE:
            yield from zone.goes_on(let_in)


@dataclass
class _Plugged:
    """A car at a point."""

    point: PlayedPoint
    charge: str
    plate: str
    charging: bool = True


@dataclass
class _Zone:
    """Which points are free, which cars want to be charged, and which are at a point."""

    free: list[PlayedPoint]
    seed: int
    luck: random.Random
    clock: Clock
    waiting: dict[str, UUID] = field(default_factory=dict)
    plugged: dict[str, _Plugged] = field(default_factory=dict)

    def wanted_by(self, told: Told) -> None:
        """An electric car at a way in wants to be charged."""
        plate, camera = str(told.body["plate"]), told.device
        if isinstance(camera, Camera) and camera.direction is Direction.IN and _is_electric(plate):
            self.waiting[plate] = camera.lot_id

    def left_by(self, told: Told) -> Iterator[Told]:
        """A car at a way out has left its point."""
        plate = str(told.body["plate"])
        if not isinstance(told.device, Camera) or told.device.direction is not Direction.OUT:
            return
        self.waiting.pop(plate, None)
        car = self.plugged.pop(plate, None)
        if car is not None:
            self.free.append(car.point)
            if car.charging:
                yield self._told(car, Phase.ENDED)
            yield self._told(car, Phase.FREED)

    def goes_on(self, let_in: Collection[str]) -> Iterator[Told]:
        """A car is plugged in, or is charged; nothing where there is none."""
        fits = [
            (plate, point)
            for plate, lot in self.waiting.items()
            if plate in let_in and plate not in self.plugged
            for point in self.free
            if point.lot_id == lot
        ]
        charging = [each for each in self.plugged.values() if each.charging]
        if fits and (not charging or self.luck.random() < 0.5):
            plate, point = self.luck.choice(fits)
            del self.waiting[plate]
            self.free.remove(point)
            charge = f"sim-{self.seed}-{self.luck.randrange(1 << 48):012x}"
            self.plugged[plate] = _Plugged(point, charge, plate)
            yield self._told(self.plugged[plate], Phase.STARTED)
        elif charging:
            car = self.luck.choice(charging)
            car.charging = False
            yield self._told(car, Phase.ENDED)

    def _told(self, car: _Plugged, phase: Phase) -> Told:
        body: dict[str, object] = {
            "charge": car.charge,
            "phase": phase.value,
            "plate": car.plate,
            "at": self.clock.now().isoformat(),
        }
        return Told(car.point, body, PATH)


def _is_electric(plate: str) -> bool:
    return parse_plate(plate).energy is not Energy.UNKNOWN
