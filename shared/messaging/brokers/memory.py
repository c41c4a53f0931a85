"""The embedded broker: kombu's in-memory transport, one process, one loop."""

from collections.abc import Sequence
from queue import Empty
from uuid import UUID

from kombu import Connection, Exchange
from kombu import Queue as KombuQueue
from kombu.exceptions import OperationalError

from shared.messaging.brokers.base import EXCHANGE, BrokerError, Message, Published, Queue, Receive
from shared.messaging.envelope import CONTENT_TYPE


class MemoryBroker:
    """Keeps nothing over a restart, and need not: published means that all inboxes have committed."""

    def __init__(self, scope: str) -> None:
        # kombu's memory transport is shared by the whole process; the scope keeps two systems apart.
        self._scope = scope
        self._connection = Connection("memory://")
        self._channel = self._connection.channel()
        self._exchange = Exchange(f"{scope}.{EXCHANGE}", type="topic", durable=False)
        self._routed: set[str] = set()
        self._names: set[str] = set()

    def declare(self, queues: Sequence[Queue]) -> None:
        """Bind every subscriber's queue."""
        for queue in queues:
            self._names.add(self._name(queue))
            for event_type in queue.event_types:
                self._queue(queue, event_type).declare()
                self._routed.add(event_type)

    def publish(self, batch: Sequence[Message]) -> Published:
        """Put each message into every bound queue."""
        unroutable: set[UUID] = set()
        producer = self._connection.Producer(self._channel, exchange=self._exchange)
        try:
            for message in batch:
                if message.type not in self._routed:
                    unroutable.add(message.event_id)
                    continue
                producer.publish(
                    message.body,
                    routing_key=message.type,
                    content_type=CONTENT_TYPE,
                    content_encoding="binary",
                    message_id=str(message.event_id),
                )
        except OperationalError as error:
            raise BrokerError(str(error)) from error
        confirmed = frozenset(m.event_id for m in batch) - unroutable
        return Published(confirmed=frozenset(confirmed), unroutable=frozenset(unroutable))

    def drain(self, queue: Queue, receive: Receive) -> int:
        """Give each waiting message to `receive`, one at a time, acknowledging after it returns."""
        settled = 0
        name = self._name(queue)
        while True:
            try:
                message = self._channel.basic_get(name)
            except Empty:
                message = None
            if message is None:
                return settled
            body = message.body
            try:
                receive(body if isinstance(body, bytes) else str(body).encode())
            except BaseException:
                # Its rows are not marked as published and come again: kept here as well, they would
                # pile up for as long as the subscriber's database is away.
                message.reject()
                self._channel.queue_purge(name)
                raise
            message.ack()
            settled += 1

    def close(self) -> None:
        """Forget everything of this scope."""
        for name in self._names:
            self._channel.queue_delete(name)
        self._connection.release()

    def _name(self, queue: Queue) -> str:
        return f"{self._scope}.{queue.name}"

    def _queue(self, queue: Queue, event_type: str) -> KombuQueue:
        return KombuQueue(
            self._name(queue),
            exchange=self._exchange,
            routing_key=event_type,
            durable=False,
            channel=self._channel,
        )
