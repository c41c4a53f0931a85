"""How events lie in RabbitMQ: one topic exchange, one quorum queue a subscriber, one dead queue beside it.

Works on RabbitMQ 3.10 and 4.x. Arguments of a queue are in code, and its name carries a version, because
the arguments of an existing queue cannot be changed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kombu import Connection, Exchange, binding
from kombu import Queue as KombuQueue

from shared.messaging.brokers.base import EXCHANGE, QUEUE_VERSION, Queue

DEAD_EXCHANGE = "yuanban.dead"
DELIVERY_LIMIT = 10
"""Deliveries that end without an acknowledgement before a message goes to the dead queue. Set here, for 3.10
has no limit of its own; a message reaches it only by killing the process that holds it."""
DEAD_DELIVERY_LIMIT = 1_000_000  # practically none: nothing may fall out behind the dead queue
HEARTBEAT_S = 10  # both sides give a silent connection up after two of them
SILENCE_S = 2 * HEARTBEAT_S
CONNECT_TIMEOUT_S = 5


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """An open kombu connection with heartbeats; nothing on it waits longer than `SILENCE_S`."""
    connection = Connection(url, heartbeat=HEARTBEAT_S, connect_timeout=CONNECT_TIMEOUT_S)
    try:
        connection.connect()
        # Without this, closing a channel over a dead line would wait for ever.
        connection.connection.transport.sock.settimeout(SILENCE_S)
        yield connection
    except BaseException:
        connection.collect()  # drops the line at once; a proper good-bye could hang on what went wrong
        raise
    connection.release()


@dataclass(frozen=True, slots=True)
class Topology:
    """Names and arguments of everything we keep in the broker."""

    prefix: str = ""

    @property
    def exchange(self) -> str:
        """Where every event is published, with its type as routing key."""
        return self.prefix + EXCHANGE

    def events(self, queue: Queue) -> KombuQueue:
        """The subscriber's queue, bound to exactly the types it handles."""
        exchange = Exchange(self.exchange, type="topic", durable=True)
        return KombuQueue(
            self.prefix + queue.name,
            bindings=[binding(exchange, routing_key=event_type) for event_type in queue.event_types],
            durable=True,
            queue_arguments={
                "x-queue-type": "quorum",
                "x-delivery-limit": DELIVERY_LIMIT,
                "x-dead-letter-exchange": self.prefix + DEAD_EXCHANGE,
                "x-dead-letter-routing-key": queue.service,
                # At-least-once dead-lettering holds only together with reject-publish: with any other
                # overflow the broker falls back, silently, to one that may lose.
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            },
        )

    def dead(self, service: str) -> KombuQueue:
        """Where messages go that were delivered too often; drained into the inbox as `parked`."""
        return KombuQueue(
            f"{self.prefix}{service}.dead.v{QUEUE_VERSION}",
            exchange=Exchange(self.prefix + DEAD_EXCHANGE, type="direct", durable=True),
            routing_key=service,
            durable=True,
            queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": DEAD_DELIVERY_LIMIT},
        )

    def declare(self, channel: Any, queues: Sequence[Queue]) -> None:
        """Make what is missing; what is there with other arguments is an error of the broker (406)."""
        for exchange, kind in ((self.exchange, "topic"), (self.prefix + DEAD_EXCHANGE, "direct")):
            Exchange(exchange, type=kind, durable=True)(channel).declare()
        for queue in queues:
            # The dead queue first: from its first message on, the other one may need it.
            self.dead(queue.service)(channel).declare()
            self.events(queue)(channel).declare()


def declare(url: str, topology: Topology, queues: Sequence[Queue]) -> None:
    """Declare everything over a connection of its own; raises kombu's OperationalError without a broker."""
    with connected(url) as connection:
        topology.declare(connection.default_channel, queues)
