"""Publishing to RabbitMQ: pipelined, confirmed, mandatory; what was not confirmed does not count as sent.

Kombu and pika's blocking connection wait for each message's confirm. Here pika's asynchronous connection runs
in a thread of its own, takes a whole batch, and the caller waits once, for the confirms of all of it.
"""

import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pika
import structlog
from kombu import Connection
from pika.adapters.select_connection import SelectConnection

from shared.messaging.brokers.base import BrokerError, Message, Published
from shared.messaging.brokers.rabbitmq import CONNECT_TIMEOUT_S, HEARTBEAT_S
from shared.messaging.envelope import CONTENT_TYPE
from shared.testing.crash import crash_point

log = structlog.get_logger(__name__)

CONFIRM_TIMEOUT_S = (
    10.0  # without a confirm for so long the outcome is unknown; a blocked broker may take longer
)
READY_TIMEOUT_S = 15.0  # to connect, open the channel and switch confirms on
ABANDON_TIMEOUT_S = 5.0
TICK_S = 1.0
PERSISTENT = 2


class RabbitPublisher:
    """Publishes batches; holds at most one connection and makes a new one after every doubt."""

    def __init__(
        self,
        url: str,
        exchange: str,
        routing_key: str | None = None,
        confirm_timeout_s: float = CONFIRM_TIMEOUT_S,
    ) -> None:
        """`routing_key`: for every message the same, in place of its type."""
        self._parameters = _parameters(url)
        self._target = (exchange, routing_key)
        self._confirm_timeout_s = confirm_timeout_s
        self._session: _Session | None = None

    def publish(
        self, batch: Sequence[Message], while_waiting: Callable[[], None] = lambda: None
    ) -> Published:
        """Send the batch and wait for the broker's word on every message of it.

        `while_waiting` is called about once a second; what it raises ends the wait. Raises BrokerError when
        any outcome is unknown: the connection is given up then, and its delivery tags with it.
        """
        session = self._ready()
        if session.blocked:
            raise BrokerError("the broker is short of memory or disk and takes no messages")
        sending = _Batch(batch)
        try:
            session.send(sending)
            self._wait(session, sending, while_waiting)
        except BaseException:
            self.close()
            raise
        return Published(
            confirmed=frozenset(sending.confirmed - sending.returned),
            unroutable=frozenset(sending.returned),
            refused=frozenset(sending.refused - sending.returned),
        )

    def close(self) -> None:
        """Give the connection up; the next batch makes a new one."""
        if self._session is not None:
            self._session.abandon()
            self._session = None

    def _ready(self) -> "_Session":
        if self._session is None or self._session.failure is not None:
            self._session = _Session(self._parameters, *self._target)
            self._session.start()
        session = self._session
        session.settled.wait(READY_TIMEOUT_S)
        if session.failure is not None or not session.settled.is_set():
            self.close()
            raise BrokerError(f"no connection to the broker: {session.failure or 'it does not answer'!r}")
        return session

    def _wait(self, session: "_Session", sending: "_Batch", while_waiting: Callable[[], None]) -> None:
        deadline = time.monotonic() + self._confirm_timeout_s
        left = len(sending.messages)
        while not sending.done.wait(TICK_S):
            while_waiting()
            # A blocked broker has said that it stopped reading: its confirms will come. Over a slow line some
            # come all the time; given up, the batch would be sent from its start, and never to its end.
            if session.blocked or 0 < len(sending.open) < left:
                left = len(sending.open)
                deadline = time.monotonic() + self._confirm_timeout_s
            elif time.monotonic() > deadline:
                raise BrokerError(f"{len(sending.open)} confirms did not come in time")
        if sending.failure is not None:
            raise BrokerError(f"the connection ended before all confirms came: {sending.failure!r}")


class _Batch:
    """One batch on its way; filled in by the connection's thread until `done`."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self.open: dict[int, UUID] = {}
        self.confirmed: set[UUID] = set()
        self.refused: set[UUID] = set()
        self.returned: set[UUID] = set()
        self.failure: object = None
        self.done = threading.Event()

    def settle(self, tag: int, multiple: bool, taken: bool) -> None:
        """The broker's word on one tag, or on all up to it; they may come in any order."""
        upto = []
        for each in self.open if multiple else (tag,):
            if each > tag:
                break  # tags were entered in rising order
            upto.append(each)
        for each in upto:
            event_id = self.open.pop(each, None)
            if event_id is not None:
                (self.confirmed if taken else self.refused).add(event_id)
        if not self.open:
            self.done.set()


class _Session(threading.Thread):
    """One connection from its opening to its end. All of pika happens in this thread."""

    def __init__(self, parameters: Any, exchange: str, routing_key: str | None) -> None:
        super().__init__(name="yuanban-publisher", daemon=True)
        self._parameters = parameters
        self._exchange = exchange
        self._routing_key = routing_key
        self._connection: Any = None
        self._channel: Any = None
        self._batch: _Batch | None = None
        self._tag = 0
        self.blocked = False
        self.failure: object = None
        self.settled = threading.Event()
        """Set once it is known whether this connection can be used: ready, or failed."""

    def run(self) -> None:
        """Connect and serve until the connection ends or is abandoned."""
        try:
            self._connection = SelectConnection(
                self._parameters,
                on_open_callback=self._on_open,
                on_open_error_callback=lambda _connection, error: self._end(error),
                on_close_callback=lambda _connection, error: self._end(error),
            )
            self._connection.ioloop.start()
        except Exception as error:
            log.exception("publisher's connection broke")
            self._end(error)
        finally:
            self._end("abandoned")
            if self._connection is not None:
                self._connection.ioloop.close()

    def send(self, batch: _Batch) -> None:
        """Let the connection's thread publish the batch."""
        self._connection.ioloop.add_callback_threadsafe(lambda: self._publish(batch))

    def abandon(self) -> None:
        """End the connection without waiting for the broker."""
        if self._connection is not None and self.is_alive():
            self._connection.ioloop.add_callback_threadsafe(self._drop)
            self.join(ABANDON_TIMEOUT_S)

    def _drop(self) -> None:
        # pika has no public way to drop a connection that no longer answers; its good-bye waits for one.
        if getattr(self._connection, "_transport", None) is not None:
            self._connection._terminate_stream(BrokerError("given up"))  # ends in on_close_callback
        else:
            self._connection.ioloop.stop()

    def _on_open(self, connection: Any) -> None:
        connection.add_on_connection_blocked_callback(lambda *_: self._set_blocked(True))
        connection.add_on_connection_unblocked_callback(lambda *_: self._set_blocked(False))
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(lambda _channel, error: self._end(error))
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self.settled.set())

    def _set_blocked(self, blocked: bool) -> None:
        self.blocked = blocked
        log.warning("broker blocks publishers" if blocked else "broker takes messages again")

    def _publish(self, batch: _Batch) -> None:
        if self.failure is not None:
            batch.failure = self.failure
            batch.done.set()
            return
        self._batch = batch
        for message in batch.messages:
            # Tags count from 1 on each channel; the broker does not send them, both sides count.
            self._tag += 1
            batch.open[self._tag] = message.event_id
            self._channel.basic_publish(
                exchange=self._exchange,
                routing_key=self._routing_key or message.type,
                body=message.body,
                properties=pika.BasicProperties(
                    content_type=CONTENT_TYPE, delivery_mode=PERSISTENT, message_id=str(message.event_id)
                ),
                mandatory=True,
            )
        crash_point("relay.after_publish")

    def _on_return(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        # A return carries no tag and comes before the confirm of the same message.
        if self._batch is not None and properties.message_id:
            self._batch.returned.add(UUID(properties.message_id))

    def _on_confirm(self, frame: Any) -> None:
        crash_point("relay.before_confirm")
        if self._batch is not None:
            method = frame.method
            self._batch.settle(method.delivery_tag, method.multiple, isinstance(method, pika.spec.Basic.Ack))

    def _end(self, error: object) -> None:
        if self.failure is None:
            self.failure = error
        self.settled.set()
        if self._batch is not None and not self._batch.done.is_set():
            self._batch.failure = self.failure
            self._batch.done.set()
        if self._connection is not None:
            self._connection.ioloop.stop()


def _parameters(url: str) -> Any:
    """pika's parameters; the URL is read by kombu, so that both clients understand it alike."""
    parsed = Connection(url)
    return pika.ConnectionParameters(
        host=parsed.hostname,
        port=parsed.port or (5671 if parsed.ssl else 5672),
        virtual_host=parsed.virtual_host or "/",
        credentials=pika.PlainCredentials(parsed.userid or "guest", parsed.password or "guest"),
        heartbeat=HEARTBEAT_S,
        socket_timeout=CONNECT_TIMEOUT_S,
        stack_timeout=CONNECT_TIMEOUT_S * 2,
        blocked_connection_timeout=None,
        ssl_options=pika.SSLOptions(ssl.create_default_context(), parsed.hostname) if parsed.ssl else None,
    )
