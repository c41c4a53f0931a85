"""What a service is (`Service`, a declaration) and a service that runs on some settings (`Runtime`)."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any

import click
from flask import Flask
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.blobs import open_blobs
from shared.cipher import Cipher
from shared.clock import Clock, SystemClock
from shared.config import Settings
from shared.database import Database
from shared.messaging.brokers.base import Queue
from shared.messaging.contracts import ContractRegistry, EventContract
from shared.messaging.envelope import Event
from shared.messaging.errand import Errand
from shared.network import Network
from shared.text import Text
from shared.transaction import Context, Resources, Transaction

ENTRY_POINTS = "yuanban.services"

EventHandler = Callable[[Transaction, Event], None]
TimerHandler = Callable[[Transaction, Mapping[str, object]], None]
Backfill = Callable[[Session], Iterator["Fact"]]


@dataclass(frozen=True, slots=True)
class Fact:
    """The public state of one aggregate as it is now, said again to a subscriber who came later."""

    contract: EventContract
    subject: str
    sequence: int
    """Number of the aggregate's last event: whoever has that one already has all of this."""
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Service:
    """The declaration of a service; each package registers one as a `yuanban.services` entry point.

    It holds functions, not state: one process may run several services, or one twice.
    """

    name: str
    title: Text
    migrations: tuple[str, ...]
    """Folders of Alembic revisions, as `package:folder`; each is a branch."""
    blueprints: Callable[[], Sequence[Blueprint]] = tuple
    """Makes the API's blueprints; one without a prefix of its own is served below `/api/v1/<name>`."""
    publishes: tuple[EventContract, ...] = ()
    handlers: Mapping[str, EventHandler] = field(default_factory=dict)
    """What it hears: event type → function, run in one transaction with the inbox row."""
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    errands: Mapping[str, Errand] = field(default_factory=dict)
    """Appointments that are kept outside: name → what is done (see `shared/messaging/errands.py`)."""
    backfill: Backfill | None = None
    """Tells the current state of everything that others copy, for `yuanban events backfill`."""
    resources: Callable[[Settings], Mapping[type, object]] = lambda _settings: {}
    seed: "Callable[[Runtime], None] | None" = None
    """Fills tables that a fresh installation needs; must be repeatable."""
    greeting: Callable[[Settings], Sequence[str]] = lambda _settings: ()
    """Lines that `yuanban run` prints at start."""
    commands: tuple[click.Command, ...] = ()
    extend_app: "Callable[[Flask, Runtime, Network], None] | None" = None
    """Adds what only this service has (the edge adds its portal and its proxy)."""
    authenticator: "Callable[[Runtime], Callable[[str], Actor]] | None" = None
    """How this service reads a bearer token; without it, by the keys that the edge publishes."""
    is_edge: bool = False
    """True for the one service that faces the public and signs tokens."""

    @property
    def queue(self) -> Queue | None:
        """Where events wait for it; None when it hears nothing."""
        return Queue(self.name, tuple(sorted(self.handlers))) if self.handlers else None


class Runtime:
    """One service running on settings: its database, blobs, clock and resources."""

    def __init__(
        self,
        service: Service,
        settings: Settings,
        contracts: ContractRegistry,
        clock: Clock | None = None,
        connect: Callable[[str], Database] = Database,
    ) -> None:
        self.service = service
        self.settings = settings
        self.contracts = contracts
        self.clock: Clock = clock or SystemClock()
        self.database = connect(settings.database_url_for(service.name))
        self.context = Context(
            service=service.name,
            settings=settings,
            blobs=open_blobs(settings.blobs_url, service.name),
            cipher=Cipher(settings.secret_key, service.name),
            resources=Resources(service.resources(settings)),
        )

    @contextmanager
    def transaction(
        self,
        actor: Actor,
        *,
        request_id: str | None = None,
        cause: Event | None = None,
        traceparent: str | None = None,
    ) -> Iterator[Transaction]:
        """Open the transaction of one command: commits when the block ends well, else rolls back."""
        with self.database.write() as session:
            tx = Transaction(
                session=session,
                actor=actor,
                now=self.clock.now(),
                context=self.context,
                request_id=request_id,
                traceparent=traceparent,
            )
            yield tx.caused_by(cause) if cause else tx
            tx.finish()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads."""
        with self.database.read() as session:
            yield session

    def close(self) -> None:
        """Give back connections."""
        self.database.close()


@contextmanager
def _all_is_kept() -> Iterator[None]:
    """What is made here stays until the process ends: nobody need look through it for garbage.

    Loading the services makes half a million objects. To look through them again and again is a quarter of
    the start, and later a pause of a request now and then.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def installed_services() -> list[Service]:
    """Every service that is installed, in the order of their names, the edge last."""
    found = []
    with _all_is_kept():
        for point in entry_points(group=ENTRY_POINTS):
            loaded = point.load()
            if not isinstance(loaded, Service):
                raise TypeError(f"{point.value} is not a Service")
            found.append(loaded)
    return sorted(found, key=lambda service: (service.is_edge, service.name))


def contracts_of(services: Sequence[Service]) -> ContractRegistry:
    """All event contracts of these services."""
    return ContractRegistry(contract for service in services for contract in service.publishes)
