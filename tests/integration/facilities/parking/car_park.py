"""A car park with two zones, a way in and a way out, each with its camera, by the usual verbs."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from facilities.capacity.rules import Policy
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots import commands
from facilities.living.parking.lots.model import DeviceKind, LotState, ParkingTariff, ZoneKind
from facilities.living.parking.tariffs.published import published
from shared.actor import Actor
from shared.ids import new_id
from shared.service import Runtime

OPERATOR = Actor(kind="account", id=new_id(), name="停车管理员", roles=frozenset({"operator"}))


@dataclass(frozen=True, slots=True)
class CarPark:
    """Ids of what was set up."""

    lot: UUID
    near: UUID
    """The zone next to the way in."""
    far: UUID
    way_in: UUID
    way_out: UUID
    camera_in: UUID
    camera_out: UUID
    secrets: dict[UUID, str]


def car_park(
    runtime: Runtime,
    *,
    near: int = 2,
    far: int = 2,
    tariff: str = "T1",
    code: str = "P1",
    drive_in: bool = True,
    **changes: Any,
) -> CarPark:
    """Set one up that is open, with a published tariff from 2026 on; `changes` are those of the tariff."""
    with runtime.transaction(OPERATOR) as tx:
        lot = commands.create_lot(
            tx,
            code=code,
            name={"zh": "一号停车场", "en": "Car park 1"},
            place="园区东门",
            operator_name="示范园区物业",
            complaint_phone="0990-1234567",
            hours=[],
            drive_in=drive_in,
            early_s=1800,
            policy=Policy(horizon=timedelta(days=30), longest=timedelta(days=3)),
        )
        zones = [
            commands.add_zone(
                tx, lot, code=name, name={"zh": name, "en": name}, kind=ZoneKind.GENERAL, capacity=bays
            )
            for name, bays in (("A", near), ("B", far))
        ]
        metres = {zone.id: 40 * (number + 1) for number, zone in enumerate(zones)}
        lanes = [
            commands.add_lane(
                tx, lot, code=each, name={"zh": each, "en": each}, direction=each, metres=metres
            )
            for each in Direction
        ]
        devices = [
            commands.add_device(tx, lot, lane, code=f"{code}-{lane.code}", kind=DeviceKind.CAMERA)
            for lane in lanes
        ]
        tx.session.add(
            ParkingTariff(
                lot_id=lot.id,
                number=1,
                effective_on=date(2026, 1, 1),
                tariff=published()[tariff].tariff.to_json() | {"number": 1} | changes,
                made_at=tx.now,
            )
        )
        lot.state = LotState.OPEN
        commands.save(tx, lot)
    (camera_in, _), (camera_out, _) = devices
    return CarPark(
        lot=lot.id,
        near=zones[0].id,
        far=zones[1].id,
        way_in=lanes[0].id,
        way_out=lanes[1].id,
        camera_in=camera_in.id,
        camera_out=camera_out.id,
        secrets={device.id: secret for device, secret in devices},
    )
