"""Taking messages from a RabbitMQ queue in batches; acknowledged only when the subscriber has settled them.

Two modes. *At full speed* many messages are held and settled together. *Carefully* one message is held at a
time: after every start, and whenever a message comes a second time. A message that kills the process takes
only itself along then; with 50 held, all 50 would reach the delivery limit with it.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import structlog
from kombu import Connection, Consumer
from kombu import Queue as KombuQueue
from kombu.message import Message

from shared.messaging.brokers.rabbitmq import connected
from shared.testing.crash import crash_point

log = structlog.get_logger(__name__)

BATCH = 100
PREFETCH = 2 * BATCH  # a batch being settled, and the next one arriving meanwhile
CLEAN_RUN = 20  # so many first deliveries in a row end the careful mode
TICK_S = 1.0
GATHER_S = 0.002  # a batch waits no longer than this for its next message
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
        self._held: list[Delivery] = []
        self._clean = 0
        self._careful = True

    def run_forever(self, stop: threading.Event) -> None:
        """Consume until `stop`; `ready` is asked before each connection, and raises without a database.

        A message in the process at `stop` is finished and acknowledged.
        """
        pause = FIRST_PAUSE_S
        while not stop.is_set():
            try:
                self._ready()
                with connected(self._url) as connection, ThreadPoolExecutor(1, "settle") as settling:
                    while not stop.is_set():
                        self._consume(connection, settling, stop)
                        pause = FIRST_PAUSE_S
            except Exception as error:
                # Broker or database away, queue deleted, connection cut: all messages held go back.
                log.warning("consumer pauses", queue=self._queue.name, error=repr(error)[:300], seconds=pause)
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)

    def _consume(self, connection: Connection, settling: ThreadPoolExecutor, stop: threading.Event) -> None:
        """One channel in one mode; returns when the mode changes or at `stop`."""
        careful = self._careful
        self._held = []
        channel = connection.channel()
        channel.auto_decode = False  # bodies are bytes, whatever encoding they claim
        self._declare(channel)
        consumer = Consumer(
            channel,
            [self._queue(channel)],
            prefetch_count=1 if careful else PREFETCH,
            on_message=self._take,
            auto_declare=False,
        )
        # Kombu's own answer to a message that it cannot unpack is to acknowledge it.
        consumer.on_decode_error = lambda message, _error: self._take(message)
        consumer.consume()
        while self._careful == careful and not stop.is_set():
            self._gather(connection)
            if not careful and any(delivery.redelivered for delivery in self._held):
                self._careful, self._clean = True, 0
            else:
                self._work(connection, channel, settling)
        consumer.cancel()  # what is on its way arrives before the answer to this
        if not careful:
            # What comes a second time, and what is behind it, goes back with the channel to be taken singly.
            self._held = list(takewhile(lambda delivery: not delivery.redelivered, self._held))
        while self._held:
            self._work(connection, channel, settling)
        channel.close()

    def _take(self, message: Message) -> None:
        body = message.body
        self._held.append(
            Delivery(
                body=body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body),
                headers=dict(message.headers or {}),
                tag=message.delivery_tag,
                redelivered=bool(message.delivery_info.get("redelivered"))
                or bool((message.headers or {}).get("x-delivery-count")),
            )
        )

    def _gather(self, connection: Connection) -> None:
        """Wait for a first message, then for as many as come at once."""
        wanted = 1 if self._careful else BATCH
        timeout = GATHER_S if self._held else TICK_S
        while len(self._held) < wanted:
            connection.heartbeat_check()
            try:
                connection.drain_events(timeout=timeout)
            except TimeoutError:
                break
            timeout = GATHER_S

    def _work(self, connection: Connection, channel: Any, settling: ThreadPoolExecutor) -> None:
        """Settle what is held, together, and acknowledge it."""
        batch = self._held[:BATCH]
        if not batch:
            return
        del self._held[: len(batch)]
        future = settling.submit(self._settle, batch)
        while wait([future], timeout=TICK_S).not_done:
            self._stay_alive(connection)
        self._acknowledge(channel, batch, future)
        if self._careful:
            self._clean = 0 if batch[0].redelivered else self._clean + 1
            self._careful = self._clean < CLEAN_RUN

    def _acknowledge(self, channel: Any, batch: Sequence[Delivery], future: "Future[None]") -> None:
        try:
            future.result()
        except Exception as error:
            raise SubscriberAwayError(repr(error)) from error
        crash_point("consumer.before_ack")
        channel.basic_ack(batch[-1].tag, multiple=True)

    def _stay_alive(self, connection: Connection) -> None:
        """Heartbeats while a batch takes long; what arrives is held for the next."""
        with suppress(TimeoutError):
            while True:
                connection.drain_events(timeout=GATHER_S)
        connection.heartbeat_check()
