"""A car park whose cameras speak, for the scenes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.gates.codes import code_of
from facilities.living.parking.gates.devices import header_of
from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.lots.model import Lot
from tests.integration.facilities.parking.car_park import car_park
from tests.park.park import Park

EVENTS = "/api/v1/living/parking/gate-events"


@dataclass(frozen=True, slots=True)
class Cameras:
    """The camera at the way in, or another device, and its secret."""

    lot: UUID
    lane: UUID
    code: str
    secret: str

    def signature(self, park: Park, path: str, body: bytes) -> str:
        """The header by which it proves who it is."""
        return header_of(self.code, self.secret, "POST", path, park.system.clock.now(), body)

    def tell(self, park: Park, event: Mapping[str, Any], path: str = EVENTS) -> None:
        """Tell an event."""
        body = json.dumps(event, ensure_ascii=False).encode()
        headers = {"Authorization": self.signature(park, path, body), "Content-Type": "application/json"}
        below = path.removeprefix("/api/v1/living")
        answer = park.client(None, "living").post(below, data=body, headers=headers)
        assert answer.status_code == 200, answer.text

    def token(self, park: Park) -> str:
        """What the code at its lane says."""
        return code_of(park.system.runtime("living").context.settings, self.lane)


def car_park_with_cameras(park: Park) -> Cameras:
    """One of its own, by the usual verbs."""
    runtime = park.system.runtime("living")
    with runtime.read() as session:
        codes = set(session.scalars(sa.select(Lot.code)))
    code = "GATES" if "GATES" not in codes else f"G{len(codes)}"
    made = car_park(runtime, code=code)
    return Cameras(made.lot, made.way_in, f"{code}-in", made.secrets[made.camera_in])


def unread(park: Park) -> Cameras:
    """With a car at the way in whose plate nobody can read: it goes on standing there while time passes."""
    made = car_park_with_cameras(park)
    now = park.system.clock.now()
    made.tell(park, {"id": "e1", "plate": None, "seen_at": now.isoformat()})
    with park.system.runtime("living").database.write() as session:
        waits = sa.update(GateEvent).where(GateEvent.lane_id == made.lane)
        session.execute(waits.values(at=now + timedelta(days=400)))
    return made


@dataclass(frozen=True, slots=True)
class SignedNow(Mapping[str, str]):
    """The headers of a request, signed when it is made: a signature is not believed for long."""

    cameras: Cameras
    park: Park
    path: str
    body: bytes

    def __getitem__(self, name: str) -> str:
        if name == "Authorization":
            return self.cameras.signature(self.park, self.path, self.body)
        return {"Content-Type": "application/json"}[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("Authorization", "Content-Type"))

    def __len__(self) -> int:
        return 2
