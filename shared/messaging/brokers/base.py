"""The broker port: what the relay and the consumers need of a broker, whichever it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

EXCHANGE = "yuanban.events"
QUEUE_VERSION = 1  # part of every queue's name: arguments of an existing queue cannot be changed


class BrokerError(Exception):
    """The broker did not take or give messages; nothing may be marked as published."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The one queue of a subscriber, bound to exactly the event types it handles."""

    service: str
    event_types: tuple[str, ...]

    @property
    def name(self) -> str:
        """`<service>.events.v<n>`."""
        return f"{self.service}.events.v{QUEUE_VERSION}"


@dataclass(frozen=True, slots=True)
class Message:
    """One encoded event on its way."""

    event_id: UUID
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a batch: `confirmed` is safe in every queue, `unroutable` reached none, and `refused`
    the broker would not take (a full queue)."""

    confirmed: frozenset[UUID]
    unroutable: frozenset[UUID]
    refused: frozenset[UUID] = frozenset()


Receive = Callable[[bytes], None]
"""Handles one message; returns when it is settled in the subscriber's database, raises when it is not."""


class Broker(Protocol):
    """Carries messages from the relay to the subscribers' queues."""

    def declare(self, queues: Sequence[Queue]) -> None:
        """Make exchange and queues; must come before any publishing."""
        ...

    def publish(self, batch: Sequence[Message]) -> Published:
        """Hand over a batch; raises BrokerError when the outcome is unknown."""
        ...

    def drain(self, queue: Queue, receive: Receive) -> int:
        """Give every waiting message of the queue to `receive`; returns how many were settled."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
