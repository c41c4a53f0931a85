"""The car parks of the measurement, and the service that answers their cameras, on either database.

PostgreSQL is the database of the distributed shape, where a service is two processes at least (`k8s/base`);
SQLite that of the embedded one, which is one process.
"""

import os
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from bench.cases.stage import wait_for
from bench.processes import ROOT, start
from facilities.capacity.rules import Policy
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots import commands
from facilities.living.parking.lots.model import DeviceKind, Lot, LotState, ParkingTariff, ZoneKind
from facilities.living.parking.tariffs.published import published
from facilities.living.service import service
from shared.actor import Actor
from shared.config import Settings
from shared.ids import new_id
from shared.migrate import upgrade
from shared.service import Runtime, contracts_of
from shared.testing.ports import free_port
from shared.transaction import Transaction

OPERATOR = Actor(kind="account", id=new_id(), name="停车管理员", roles=frozenset({"operator"}))
LANES = 2
"""In each direction."""
PROCESSES = {"PostgreSQL": 2, "SQLite": 1}
"""Of the service."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera, with what it signs by."""

    code: str
    secret: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """A car park with its cameras."""

    lot: UUID
    entries: tuple[Camera, ...]
    exits: tuple[Camera, ...]


class Site:
    """A migrated database with car parks, and the service as a process of its own."""

    def __init__(self, kind: str, url: str, folder: Path, lots: int) -> None:
        self.kind = kind
        self._folder = folder
        self._ports = [free_port() for _ in range(PROCESSES[kind])]
        settings = Settings(
            data_dir=folder,
            database_url=url,
            broker_url="memory://",
            blobs_url=f"file://{folder}/blobs",
            secret_key=str(new_id()),
        )
        self.runtime = Runtime(service, settings, contracts_of([service]))
        upgrade(self.runtime.database, service.migrations)
        self.grounds = [_car_park(self.runtime, number) for number in range(lots)]

    @property
    def addresses(self) -> list[str]:
        """Where the processes of the service answer."""
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    def serve(self) -> "list[subprocess.Popen[str]]":
        """Start the service and wait until all of its processes answer."""
        processes = [self._start(port) for port in self._ports]
        for address in self.addresses:
            wait_for(address + "/readyz")
        return processes

    def settle(self) -> None:
        """Let PostgreSQL look at its tables, as it does by itself a minute after they were filled."""
        if not self.runtime.database.is_sqlite:
            with self.runtime.database.read() as session:
                session.execute(sa.text("ANALYZE"))

    def _start(self, port: int) -> "subprocess.Popen[str]":
        environment = {
            **os.environ,
            "PORT": str(port),
            "PYTHONPATH": str(ROOT),
            "YUANBAN_DATA_DIR": str(self._folder),
            "YUANBAN_DATABASE_URL": self.runtime.settings.database_url,
            "YUANBAN_BROKER_URL": "memory://",
            "YUANBAN_SECRET_KEY": self.runtime.settings.secret_key,
            "YUANBAN_UPSTREAM_GATEWAY": self.addresses[0],  # nobody signs in here
            "YUANBAN_LOG_LEVEL": "ERROR",
        }
        command = ("-m", "shared.cli", "web", service.name)
        return start(command, environment, self._folder / f"living-{port}.log")


def _car_park(runtime: Runtime, number: int) -> Grounds:
    """One with room for everybody, ways in and out, and a published tariff."""
    with runtime.transaction(OPERATOR) as tx:
        lot = commands.create_lot(
            tx,
            code=f"L{number}",
            name={"zh": f"{number}号停车场", "en": f"Car park {number}"},
            place="园区",
            operator_name="示范园区物业",
            complaint_phone="0990-1234567",
            hours=[],
            drive_in=True,
            early_s=0,
            policy=Policy(horizon=timedelta(days=30), longest=timedelta(days=3)),
        )
        name = {"zh": "地面", "en": "Ground"}
        zone = commands.add_zone(tx, lot, code="A", name=name, kind=ZoneKind.GENERAL, capacity=100_000)
        cameras = {
            direction: tuple(_camera(tx, lot, zone.id, direction, lane) for lane in range(LANES))
            for direction in Direction
        }
        tariff = published()["T5"].tariff.to_json() | {"number": 1}
        effective_on = tx.today - timedelta(days=1)
        tx.session.add(
            ParkingTariff(lot_id=lot.id, number=1, effective_on=effective_on, tariff=tariff, made_at=tx.now)
        )
        lot.state = LotState.OPEN
        commands.save(tx, lot)
    return Grounds(lot.id, cameras[Direction.IN], cameras[Direction.OUT])


def _camera(tx: Transaction, lot: Lot, zone: UUID, direction: Direction, lane: int) -> Camera:
    code = f"{lot.code}-{direction}{lane}"
    made = commands.add_lane(
        tx,
        lot,
        code=f"{direction}{lane}",
        name={"zh": code, "en": code},
        direction=direction,
        metres={zone: 40},
    )
    device, secret = commands.add_device(tx, lot, made, code=code, kind=DeviceKind.CAMERA)
    return Camera(device.code, secret)
