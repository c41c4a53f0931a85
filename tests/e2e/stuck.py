"""Something that is stuck in the running park: put before the consumer of a service as the broker would."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.config import Settings
from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.service import Runtime, contracts_of, installed_services
from tests.e2e.server import Server
from tests.integration.assembly import SAMPLES, SUBMITTED

_SAMPLE_ID = b"0197a1c4-6b1e-7c3a-9a52-3f0a4f6c2001"
_APPLICANT = b"0197a1c4-6b1e-7c3a-9a52-3f0a4f6c1d01"


@contextmanager
def _consumer(server: Server, service: str) -> Iterator[Consumer]:
    """The subscriber side of a service on the data of the running server."""
    folder = server.folder
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder}/{{service}}.sqlite3",
        broker_url="memory://",
        blobs_url=f"file://{folder}/blobs",
        secret_key=(folder / "secret_key").read_text("ascii").strip(),
    )
    services = {each.name: each for each in installed_services()}
    runtime = Runtime(services[service], settings, contracts_of(list(services.values())))
    try:
        yield Consumer(runtime)
    finally:
        runtime.close()


def park_unknown(server: Server) -> str:
    """An event that nobody handles; returns its id."""
    event_id = str(new_id())
    body = _sample().replace(b"case.submitted", b"case.swallowed").replace(_SAMPLE_ID, event_id.encode())
    with _consumer(server, "notifications") as consumer:
        consumer.receive(body)
    return event_id


def give_up(server: Server, applicant_id: str) -> str:
    """An event for an applicant that the broker gave up though it can be handled; returns its id."""
    event_id = str(new_id())
    body = _sample().replace(_SAMPLE_ID, event_id.encode()).replace(_APPLICANT, applicant_id.encode())
    with _consumer(server, "notifications") as consumer:
        consumer.park_dead(body, "delivery_limit in notifications.events.v1, delivered 10 times before")
    return event_id


def _sample() -> bytes:
    body = (SAMPLES / f"{SUBMITTED}.json").read_bytes()
    assert _SAMPLE_ID in body and _APPLICANT in body
    return body
