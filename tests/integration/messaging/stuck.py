"""Things that got stuck, and people who see to them, for the tests of `/stuck-events`."""

import threading
from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa
from werkzeug.test import TestResponse

from shared.actor import SYSTEM, Actor
from shared.messaging.consumer import Consumer
from shared.messaging.timekeeper import Timekeeper
from shared.messaging.timers import Timer
from shared.service import Runtime
from shared.testing.systems import ApiClient
from tests.integration.assembly import SUBMITTED, Assembly

LIST = "/stuck-events"


def person(role: str, number: int = 1) -> Actor:
    return Actor(
        kind="account",
        id=UUID(int=number),
        name=f"{role}-{number}",
        roles=frozenset({role}),
        address="192.0.2.7",
    )


def client(hearing: Assembly, role: str, number: int = 1) -> ApiClient:
    return hearing.system.client("notifications", person(role, number))


def park(hearing: Assembly) -> str:
    """An event that nobody handles; returns its id."""
    event = hearing.event(SUBMITTED)
    body = hearing.wire(event).replace(b"case.submitted", b"case.swallowed")
    Consumer(hearing["notifications"]).receive(body)
    return str(event.id)


def give_up(hearing: Assembly) -> str:
    """An event that could be handled, but that the broker gave up; returns its id."""
    event = hearing.event(SUBMITTED)
    Consumer(hearing["notifications"]).park_dead(hearing.wire(event), "delivered 10 times")
    return str(event.id)


def fail_timer(runtime: Runtime, key: str, times: int = 1) -> str:
    """A timer that nobody keeps; returns its id."""
    with runtime.transaction(SYSTEM) as tx:
        tx.schedule("nobody", key, tx.now, {"case": key})
    for _ in range(times):
        with runtime.database.write() as session:
            session.execute(sa.update(Timer).where(Timer.key == key).values(due_at=runtime.clock.now()))
        Timekeeper(runtime).wake_due()
    with runtime.read() as session:
        return str(session.scalars(sa.select(Timer.id).where(Timer.key == key)).one())


def act(who: ApiClient, stuck_id: str, verb: str, version: int | None = 1, **headers: str) -> TestResponse:
    """A verb with everything it needs."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if version is not None:
        sent["If-Match"] = f'"{version}"'
    body = {"reason": "示范原因"} if verb == "discard" else {}
    return who.post(f"{LIST}/{stuck_id}/{verb}", json=body, headers=sent)


def at_once(*calls: Callable[[], TestResponse]) -> list[TestResponse]:
    """Run the calls at the same moment; gives their answers."""
    start = threading.Barrier(len(calls), timeout=30)
    answers: dict[int, TestResponse] = {}

    def run(place: int) -> None:
        start.wait()
        answers[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [answers[place] for place in range(len(calls))]
