"""A worker of one of the small services as a process of its own: `python -m tests.faults.process hearer`.

It is what `yuanban worker` runs. `FAULTS_CHEAT` breaks a promise on purpose, so that the harness can show
that it would notice: `no-inbox` forgets what was applied, `mark-first` marks before the broker has confirmed.
"""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shared.config import Settings
from shared.messaging import inbox
from shared.messaging.brokers.base import Message, Published
from shared.messaging.envelope import Event
from shared.messaging.process import WorkerProcess
from shared.messaging.relay import Relay, mark
from shared.telemetry import configure_logging
from shared.testing.crash import crash_point
from tests.faults.services import SERVICES

CHEAT = "FAULTS_CHEAT"


def forget_everything() -> None:
    """The inbox takes every message for new."""

    def claim(_session: Session, _id: UUID, _type: str, _now: datetime) -> bool:
        return True

    def claim_all(_session: Session, events: Sequence[Event], _now: datetime) -> set[UUID]:
        return {event.id for event in events}

    vars(inbox).update(claim=claim, claim_all=claim_all)


def mark_first(relay: Relay) -> None:
    """Rows count as published before they are handed over."""
    publisher: Any = relay._publisher
    publish = publisher.publish

    def eager(batch: Sequence[Message], while_waiting: Any) -> Published:
        promised = Published(frozenset(message.event_id for message in batch), frozenset())
        runtime = relay._runtime
        with runtime.database.write() as session:
            mark(session, runtime, relay._pending(), promised)
        crash_point("cheat.marked")
        published: Published = publish(batch, while_waiting)
        return published

    publisher.publish = eager


def main(name: str) -> int:
    """Run until SIGTERM."""
    settings = Settings.from_env()
    configure_logging("console", "INFO")
    service = next(service for service in SERVICES if service.name == name)
    worker = WorkerProcess(service, SERVICES, settings)
    cheat = os.environ.get(CHEAT)
    if cheat == "no-inbox":
        forget_everything()
    elif cheat == "mark-first":
        mark_first(worker.relay)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return 0 if worker.run(stop) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
