"""Taking messages from a RabbitMQ queue in batches; acknowledged only when the subscriber has settled them.

Two modes. *At full speed* many messages are held and settled together. *Carefully* one message is held at a
time: after every start, and whenever a message comes a second time. A message that kills the process takes
only itself along then; with 50 held, all 50 would reach the delivery limit with it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from kombu import Connection, Consumer
from kombu import Queue as KombuQueue
from kombu.message import Message

from shared.messaging.brokers.rabbitmq import connected
from shared.testing.crash import crash_point

log = structlog.get_logger(__name__)

BATCH = 200
PREFETCH = 2 * BATCH  # a batch being settled, and the next one arriving meanwhile
CLEAN_RUN = 20  # so many first deliveries in a row end the careful mode
TICK_S = 1.0
GATHER_S = 0.002  # a batch waits no longer than this for its next message
LATE_S = 0.05
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as the broker gave it."""

    body: bytes
    headers: dict[str, Any]
    tag: int
    redelivered: bool


Settle = Callable[[Sequence[Delivery]], None]
"""Settles messages in the subscriber's database; what it raises means that the database does not answer."""


class SubscriberAwayError(Exception):
    """The subscriber's database does not answer: stop taking messages."""


class Subscription:
    """Holds on to one queue until told to stop, through broken connections and absent databases."""

    def __init__(
        self,
        url: str,
        queue: KombuQueue,
        settle: Settle,
        ready: Callable[[], None],
        declare: Callable[[Any], None],
    ) -> None:
        self._url = url
        self._queue = queue
        self._settle = settle
        self._ready = ready
        self._declare = declare

    def run_forever(self, stop: threading.Event) -> None:
        """Consume until `stop`; `ready` is asked before each connection, and raises without a database.

        Messages that have arrived by then are still settled and acknowledged.
        """
        pause = FIRST_PAUSE_S
        while not stop.is_set():
            careful = True
            began = time.monotonic()
            try:
                self._ready()
                with connected(self._url) as connection, ThreadPoolExecutor(1, "settle") as settling:
                    while not stop.is_set():
                        channel = self._open(connection)
                        line = _Line(connection, channel, self._queue, self._settle, settling)
                        careful = line.carefully(stop) if careful else line.at_full_speed(stop)
                        channel.close()
            except Exception as error:
                # Broker or database away, queue deleted, connection cut: all messages held go back.
                if time.monotonic() - began > LONGEST_PAUSE_S:
                    pause = FIRST_PAUSE_S  # it had worked for a while: a new trouble, not the old one
                log.warning("consumer pauses", queue=self._queue.name, error=repr(error)[:300], seconds=pause)
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)

    def _open(self, connection: Connection) -> Any:
        channel = connection.channel()
        channel.auto_decode = False  # bodies are bytes, whatever encoding they claim
        self._declare(channel)
        return channel


class _Line:
    """One channel in one mode."""

    def __init__(
        self,
        connection: Connection,
        channel: Any,
        queue: KombuQueue,
        settle: Settle,
        settling: ThreadPoolExecutor,
    ) -> None:
        self._connection = connection
        self._channel = channel
        self._settle = settle
        self._settling = settling
        self._held: list[Delivery] = []
        self._reads_ahead = False
        self._consumer = Consumer(channel, [queue(channel)], on_message=self._take, auto_declare=False)
        # Kombu's own answer to a message that it cannot unpack is to acknowledge it.
        self._consumer.on_decode_error = lambda message, _error: self._take(message)

    def carefully(self, stop: threading.Event) -> bool:
        """One message at a time until many in a row came for the first time; returns the next `careful`."""
        self._start(prefetch=1)
        clean = 0
        while clean < CLEAN_RUN and not stop.is_set():
            self._gather(1)
            if not self._held:
                continue
            delivery = self._held.pop()
            self._settle_all([delivery])
            clean = 0 if delivery.redelivered else clean + 1
            if clean == CLEAN_RUN or stop.is_set():
                self._cancel()  # before the acknowledgement, which would bring another message
            self._acknowledge([delivery])
        return clean < CLEAN_RUN

    def at_full_speed(self, stop: threading.Event) -> bool:
        """Batches until a message comes a second time; returns the next `careful`."""
        self._start(prefetch=PREFETCH)
        self._reads_ahead = True
        while not stop.is_set():
            self._gather(BATCH)
            if any(delivery.redelivered for delivery in self._held):
                break
            batch, self._held = self._held[:BATCH], self._held[BATCH:]
            if batch:
                self._settle_all(batch)
                self._channel.basic_ack(batch[-1].tag, multiple=True)
        self._cancel()
        # First whatever is above suspicion, so that it is no longer held when a suspect is tried.
        fresh = [delivery for delivery in self._held if not delivery.redelivered]
        suspects = [delivery for delivery in self._held if delivery.redelivered]
        for start in range(0, len(fresh), BATCH):
            self._settle_all(fresh[start : start + BATCH])
            self._acknowledge(fresh[start : start + BATCH])
        if len(suspects) > 1:
            return True  # they go back with the channel, to be taken one at a time
        for suspect in suspects:
            self._settle_all([suspect])
            self._acknowledge([suspect])
        return False

    def _start(self, prefetch: int) -> None:
        self._consumer.qos(prefetch_count=prefetch)
        self._consumer.consume()

    def _cancel(self) -> None:
        """Take no more; what is on its way is still held: a quorum queue may answer before it has arrived.

        Without its callback py-amqp would send each of those back with a reject.
        """
        self._reads_ahead = False
        callbacks = dict(self._channel.callbacks)
        self._consumer.cancel()
        self._channel.callbacks.update(callbacks)
        self._drain(LATE_S)

    def _take(self, message: Message) -> None:
        body = message.body
        headers = dict(message.headers or {})
        self._held.append(
            Delivery(
                body=body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body),
                headers=headers,
                tag=message.delivery_tag,
                redelivered=message.delivery_info["redelivered"] or bool(headers.get("x-delivery-count")),
            )
        )

    def _gather(self, wanted: int) -> None:
        """Wait for a first message, then for as many as come at once."""
        self._connection.heartbeat_check()
        timeout = GATHER_S if self._held else TICK_S
        while len(self._held) < wanted:
            try:
                self._connection.drain_events(timeout=timeout)
            except TimeoutError:
                return
            timeout = GATHER_S

    def _settle_all(self, batch: Sequence[Delivery]) -> None:
        """Settle these together, in a thread of their own.

        Here the next batch is read meanwhile, for much of the time is the database's; and the connection is
        kept alive.
        """
        future = self._settling.submit(self._settle, batch)
        while not future.done():
            if self._reads_ahead and len(self._held) < BATCH:
                try:
                    self._connection.drain_events(timeout=GATHER_S)
                except TimeoutError:
                    self._connection.heartbeat_check()
            elif wait([future], timeout=TICK_S).not_done:
                self._stay_alive()
        try:
            future.result()
        except Exception as error:
            raise SubscriberAwayError(repr(error)) from error
        crash_point("consumer.before_ack")

    def _acknowledge(self, batch: Sequence[Delivery]) -> None:
        for delivery in batch:
            self._channel.basic_ack(delivery.tag)

    def _stay_alive(self) -> None:
        """Heartbeats while a batch takes long; what arrives is held for the next."""
        self._drain(GATHER_S)
        self._connection.heartbeat_check()

    def _drain(self, timeout: float) -> None:
        with suppress(TimeoutError):
            while True:
                self._connection.drain_events(timeout=timeout)
