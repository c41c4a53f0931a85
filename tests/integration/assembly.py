"""The services that listen, and a publisher that speaks for the enterprise service when a test says so."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from approvals.enterprise.events import CONTRACTS
from facilities.living.service import service as living
from facilities.production.service import service as production
from notifications.service import service as notifications
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.database import Aggregate
from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.messaging.contracts import ContractRegistry
from shared.messaging.envelope import Event, decode, encode
from shared.messaging.worker import Worker
from shared.service import Runtime, Service
from shared.testing.systems import SystemUnderTest
from shared.text import Text

SAMPLES = Path(__file__).parents[1] / "contract" / "samples"
REGISTERED = "yuanban.enterprise.enterprise.registered.v1"
SUBMITTED = "yuanban.enterprise.case.submitted.v1"

publisher = Service(
    name="enterprise",
    title=Text("企业服务", "Enterprise services"),
    migrations=("shared:migrations/versions",),
    publishes=CONTRACTS,
)
"""Says what the enterprise service says, by its contracts, whenever the test wants it."""

SUBSCRIBERS = (living, production, notifications)


class Subject(Aggregate):
    """Somebody events can tell of; only its number counts here."""

    def __init__(self) -> None:
        self.event_sequence = 0


class Assembly:
    """A system that hears whatever the test lets the enterprise service say."""

    def __init__(self, system: SystemUnderTest, clock: ManualClock) -> None:
        self.system = system
        self.clock = clock
        self.contracts = ContractRegistry(CONTRACTS)

    def __getitem__(self, service: str) -> Runtime:
        return self.system.runtime(service)

    @property
    def worker(self) -> Worker:
        """Moves events when told."""
        return self.system.worker

    def emit(self, event_type: str, subject: Subject, subject_id: str, data: Mapping[str, Any]) -> None:
        """One command of the publisher that says one thing."""
        with self["enterprise"].transaction(SYSTEM) as tx:
            tx.emit(self.contracts.get(event_type), subject, subject_id, data)

    def say(self, sample: str, **changes: Any) -> None:
        """Emit a stored sample, with some of its data changed, about a subject of its own."""
        if ".case." in sample:
            changes.setdefault("case_id", new_id())
        event = self.event(sample, **changes)
        self.emit(event.type, Subject(), event.subject, event.data)

    def event(self, sample: str, *, event_id: UUID | None = None, sequence: int = 1, **changes: Any) -> Event:
        """A stored sample as an event with an id of its own, its data loaded and changed."""
        stored = decode((SAMPLES / f"{sample}.json").read_bytes())
        return Event(
            id=event_id or new_id(),
            type=stored.type,
            source=stored.source,
            subject=str(changes.get("uscc") or changes.get("case_id") or stored.subject),
            sequence=sequence,
            time=self.clock.now(),
            data=self.contracts.get(stored.type).load(stored.data) | changes,
        )

    def hear(self, service: str, event: Event) -> None:
        """Let one service have the event at once."""
        Consumer(self[service]).receive(self.wire(event))

    def wire(self, event: Event) -> bytes:
        """The event as its publisher would send it."""
        data = self.contracts.get(event.type).dump(event.data)
        return encode(Event(**{f: getattr(event, f) for f in event.__slots__} | {"data": data}))


def document(body: bytes) -> dict[str, Any]:
    """The wire form, to be spoilt."""
    found: dict[str, Any] = json.loads(body)
    return found
