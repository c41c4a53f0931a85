"""A car park whose cameras speak for themselves, on a clock that the test moves."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.auditing.verifying import audit
from facilities.living.parking.gates.devices import header_of
from facilities.living.parking.gates.model import Alarm
from facilities.living.parking.lots.model import Device
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.service import service as living
from shared.actor import Actor
from shared.clock import ManualClock
from shared.messaging.envelope import decode
from shared.messaging.outbox import OutboxMessage
from shared.service import Runtime
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.facilities.parking.car_park import OPERATOR, CarPark, car_park

M = timedelta(minutes=1)
H = timedelta(hours=1)
PATH = "/api/v1/living/parking/gate-events"


class Gates:
    """One car park; `come` and `go` are cars at its lanes."""

    def __init__(self, system: SystemUnderTest, clock: ManualClock, **park: Any) -> None:
        self.system = system
        self.clock = clock
        self.park: CarPark = car_park(system.runtime("living"), **park)
        self._ids = count(1)
        with self.runtime.read() as session:
            self.codes = {each.id: each.code for each in session.scalars(sa.select(Device))}

    @property
    def runtime(self) -> Runtime:
        return self.system.runtime("living")

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def later(self, **time: float) -> None:
        """Let time pass and appointments be kept."""
        self.clock.advance(timedelta(**time))
        self.system.settle()

    def fresh_plate(self) -> str:
        """Of a car that was never here."""
        number = next(self._ids)
        return f"苏{'ABCDE'[number // 100_000]}{number % 100_000:05}"

    def event(self, plate: str | None, **said: Any) -> dict[str, Any]:
        body = {"id": f"e{next(self._ids)}", "plate": plate, "seen_at": self.now.isoformat()}
        return body | said

    def send(
        self,
        device: UUID,
        body: dict[str, Any],
        path: str = PATH,
        *,
        secret: str | None = None,
        at: datetime | None = None,
    ) -> Any:
        """Send a signed request as a device."""
        data = json.dumps(body, ensure_ascii=False).encode()
        secret = secret or self.park.secrets[device]
        header = header_of(self.codes[device], secret, "POST", path, at or self.now, data)
        client = self.system.client("living")
        return client.post(
            path.removeprefix("/api/v1/living"),
            data=data,
            content_type="application/json",
            headers={"Authorization": header},
        )

    def come(self, plate: str | None, **said: Any) -> dict[str, Any]:
        """A car at the way in; the answer."""
        return ok(self.send(self.park.camera_in, self.event(plate, **said)))

    def go(self, plate: str | None, **said: Any) -> dict[str, Any]:
        """A car at the way out; the answer."""
        return ok(self.send(self.park.camera_out, self.event(plate, **said)))

    def ask(self, actor: Actor | None, method: str, path: str, **options: Any) -> Any:
        """A request of a person."""
        return self.system.client("living", actor).send(method, path, **options)

    def operator(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """A request of the operator that is met."""
        return ok(self.ask(OPERATOR, method, path, **options))

    def stays(self, plate: str | None = None) -> list[ParkingStay]:
        """All stays, or those of a car, in the order of their times."""
        with self.runtime.read() as session:
            query = sa.select(ParkingStay)
            if plate is not None:
                query = query.where(ParkingStay.mark == plate)
            found = session.scalars(query.order_by(ParkingStay.id))  # those of one moment as they were made
            return sorted(found, key=lambda each: each.entered_at or each.left_at or each.created_at)

    def alarms(self) -> list[str]:
        """The kinds of the alarms, in the order in which they were raised."""
        with self.runtime.read() as session:
            return [each.value for each in session.scalars(sa.select(Alarm.kind).order_by(Alarm.id))]

    def told(self) -> list[str]:
        """What was said to the outside, in its order."""
        with self.runtime.read() as session:
            bodies = session.scalars(sa.select(OutboxMessage.body).order_by(OutboxMessage.position))
            return [
                decode(body).type.removeprefix("yuanban.living.parking-").removesuffix(".v1")
                for body in bodies
            ]

    def free(self) -> list[int]:
        """Free bays of each zone, as anybody may ask."""
        zones = ok(self.ask(None, "GET", f"/parking/lots/{self.park.lot}/occupancy"))["zones"]
        return [zone["free"] for zone in zones]

    def sound(self) -> None:
        """Ledgers and stays agree."""
        assert list(audit(self.runtime.database, self.now)) == []


def ok(answer: Any) -> dict[str, Any]:
    assert answer.status_code in {200, 201}, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def refusal(answer: Any) -> tuple[int, str]:
    """Status and kind of a refusal."""
    return answer.status_code, answer.get_json()["type"].rpartition(":")[2]


def gates(make_system: SystemFactory, clock: ManualClock, **park: Any) -> Gates:
    return Gates(make_system([living]), clock, **park)


@contextmanager
def statements(runtime: Runtime) -> Iterator[list[str]]:
    """What is asked of the database within the block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    engine = runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(engine, "before_cursor_execute", note)


def verdicts(answers: Sequence[dict[str, Any]]) -> list[str]:
    return [f"{each['verdict']} {each['reason']}" for each in answers]
