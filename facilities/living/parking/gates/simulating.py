"""A camera feed that is made up: cars come and go at the lanes of a car park, told by its own devices.

Nothing of it is in the way of real devices: the events go over HTTP like theirs, signed with their secrets.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.gates.devices import header_of
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots.model import Device, DeviceKind, Lane, Lot
from shared.cipher import Cipher
from shared.clock import Clock
from shared.identifiers.plates import DIGITS, LETTERS

PATH = "/api/v1/living/parking/gate-events"
_PROVINCES = "京沪苏浙粤"
_ANSWER_S = 20


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera with its secret, and which way its lane leads in which car park."""

    code: str
    secret: str
    direction: Direction
    lot_id: UUID


class Speaks(Protocol):
    """A device that signs what it tells."""

    @property
    def code(self) -> str:
        """Who it is."""
        ...

    @property
    def secret(self) -> str:
        """By which it signs."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it is told: by whom, what and where."""

    device: Speaks
    body: dict[str, object]
    path: str = PATH


@dataclass
class Outcome:
    """What a feed was answered."""

    verdicts: Counter[str] = field(default_factory=Counter)
    let_in: set[str] = field(default_factory=set)
    """The plates for which a barrier has opened."""
    seconds: list[float] = field(default_factory=list)

    def percentile_ms(self, share: float) -> float:
        """The time within which this share of the answers came, in milliseconds; 0 without any."""
        if not self.seconds:
            return 0.0
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def cameras_of(session: Session, cipher: Cipher, lot_id: UUID | None) -> list[Camera]:
    """The enabled cameras of a lot, or of all lots, with their secrets."""
    query = (
        sa.select(Device, Lane.direction, Lane.lot_id)
        .join(Lane, Lane.id == Device.lane_id)
        .join(Lot, Lot.id == Lane.lot_id)
        .where(Device.kind == DeviceKind.CAMERA, Device.enabled)
        .order_by(Device.code)
    )
    if lot_id is not None:
        query = query.where(Lot.id == lot_id)
    return [
        Camera(device.code, cipher.open_bytes(device.secret).decode(), direction, its_lot)
        for device, direction, its_lot in session.execute(query)
    ]


def feed(cameras: list[Camera], seed: int, repeats: float, clock: Clock) -> Iterator[Told]:
    """Cars that come and, sooner or later, go out of the same car park; a share of the events is told twice.

    The same for a seed: only the time in an event is that of the clock.
    """
    luck = random.Random(seed)  # noqa: S311 - no secret hangs on it
    ways_in = [each for each in cameras if each.direction is Direction.IN] or cameras
    inside: list[tuple[str, list[Camera]]] = []
    number = 0
    while True:
        number += 1
        if inside and luck.random() < 0.5:
            plate, ways_out = inside.pop(luck.randrange(len(inside)))
            camera = luck.choice(ways_out)
        else:
            plate, camera = _plate(luck), luck.choice(ways_in)
            if ways_out := _ways_out(cameras, camera):
                inside.append((plate, ways_out))
        event = {
            "id": f"sim-{seed}-{number}-{luck.randrange(1 << 32):08x}",
            "plate": plate,
            "confidence": luck.randrange(80, 100),
            "seen_at": clock.now().isoformat(),
        }
        told = Told(camera, event)
        yield told
        if luck.random() < repeats:
            yield told


def tell(base: str, told: Told, now: datetime, outcome: Outcome) -> None:
    """Send one event and note the answer; a refusal by its status, nobody there as `unreachable`."""
    data = json.dumps(told.body, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "Authorization": header_of(told.device.code, told.device.secret, "POST", told.path, now, data),
    }
    request = Request(base.rstrip("/") + told.path, data=data, headers=headers, method="POST")  # noqa: S310
    started = time.monotonic()
    try:
        with urlopen(request, timeout=_ANSWER_S) as response:  # noqa: S310 - the operator names it
            answer = json.load(response)
        said = "repeated" if answer["repeated"] else _said(told, answer)
        if answer.get("verdict") == "open":
            outcome.let_in.add(str(told.body["plate"]))
    except HTTPError as error:
        said = str(error.code)
    except URLError:
        said = "unreachable"
    outcome.seconds.append(time.monotonic() - started)
    outcome.verdicts[said] += 1


def _said(told: Told, answer: dict[str, object]) -> str:
    if "verdict" in answer:
        return f"{answer['verdict']} {answer['reason']}"
    return f"charging {told.body['phase']}"


def _ways_out(cameras: list[Camera], way_in: Camera) -> list[Camera]:
    """Where a car can leave that has come in here."""
    return [each for each in cameras if each.direction is Direction.OUT and each.lot_id == way_in.lot_id]


def _plate(luck: random.Random) -> str:
    """One in four is a new-energy vehicle's."""
    kind = "D" if luck.random() < 0.25 else ""
    return luck.choice(_PROVINCES) + luck.choice(LETTERS) + kind + "".join(luck.choices(DIGITS, k=5))
