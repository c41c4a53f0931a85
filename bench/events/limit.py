"""The limit: the same path written by hand for nothing but speed; no trouble is provided for.

`python -m bench.events.limit produce | relay | consume`: rows by the hundred into the outbox, a pipelined
publisher, consumers that read on while a batch is written. No contract is checked, nothing is tried again.
"""

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pika
import psycopg
import sqlalchemy as sa

from bench.events.services import NOTE, PER_COMMIT, SAID, hearer
from shared.clock import SystemClock
from shared.config import Settings
from shared.ids import new_id
from shared.messaging.brokers.rabbitmq import Topology
from shared.messaging.envelope import Event, encode

WINDOW = 1000  # messages published before their confirms are waited for
BATCH = 200
PREFETCH = 5 * BATCH
GATHER_S = 0.02  # messages wait so long for a batch to fill
IDLE_S = 0.005

settings = Settings.from_env()
topology = Topology(settings.broker_prefix)


def connect(service: str) -> "psycopg.Connection[Any]":
    """A connection to a service's database."""
    url = sa.make_url(settings.database_url_for(service)).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def produce() -> None:
    """For every number read, so many outbox rows."""
    clock = SystemClock()
    with connect("speaker") as connection:
        for line in sys.stdin:
            count = int(line)
            for start in range(0, count, PER_COMMIT):
                data = ({"number": n, "note": NOTE} for n in range(start, min(start + PER_COMMIT, count)))
                events = [
                    Event(new_id(), SAID.type, "speaker", str(new_id()), 1, clock.now(), d) for d in data
                ]
                connection.execute(
                    "INSERT INTO outbox_message"
                    " (event_id, type, aggregate_id, sequence, body, created_at, attempts)"
                    " SELECT e, %s, a, 1, b, now(), 0"
                    " FROM unnest(%s::uuid[], %s::text[], %s::bytea[]) AS r(e, a, b)",
                    (
                        SAID.type,
                        [event.id for event in events],
                        [event.subject for event in events],
                        [encode(event) for event in events],
                    ),
                )


class Relay:
    """Publishes a window, waits for all its confirms, and marks it while the next one is on its way."""

    def __init__(self) -> None:
        self._database = connect("speaker")
        # As in the suite's relay: a mark that a crash of the server loses is a message sent once more.
        self._database.execute("SET synchronous_commit = off")
        self._connection = pika.SelectConnection(
            pika.URLParameters(settings.broker_url), on_open_callback=self._opened
        )
        self._channel: Any = None
        self._open: set[int] = set()
        self._tag = 0
        self._sent = 0
        self._positions: list[int] = []
        self._properties = pika.BasicProperties(delivery_mode=2)

    def run(self) -> None:
        """Until the process is ended."""
        self._connection.ioloop.start()

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._ready)

    def _ready(self, channel: Any) -> None:
        self._channel = channel
        channel.confirm_delivery(self._confirmed, callback=lambda _frame: self._next())

    def _next(self) -> None:
        rows = self._database.execute(
            "SELECT position, body FROM outbox_message WHERE position > %s ORDER BY position LIMIT %s",
            (self._sent, WINDOW),
            binary=True,
        ).fetchall()
        if not rows:
            self._connection.ioloop.call_later(IDLE_S, self._next)
            return
        self._positions = [position for position, _body in rows]
        self._sent = self._positions[-1]
        for _position, body in rows:
            self._tag += 1
            self._open.add(self._tag)
            self._channel.basic_publish(topology.exchange, SAID.type, body, self._properties)

    def _confirmed(self, frame: Any) -> None:
        tag, multiple = frame.method.delivery_tag, frame.method.multiple
        if multiple:
            self._open = {each for each in self._open if each > tag}
        else:
            self._open.discard(tag)
        if not self._open:
            confirmed = self._positions
            self._next()
            self._database.execute(
                "UPDATE outbox_message SET published_at = now() WHERE position = ANY(%s)", (confirmed,)
            )


class Consumer:
    """Reads on while a second thread writes; a batch is acknowledged once it is committed."""

    def __init__(self) -> None:
        assert hearer.queue is not None
        self._database = connect("hearer")
        self._writer = ThreadPoolExecutor(1)
        self._writing = False
        self._held: list[tuple[int, bytes]] = []
        self._connection = pika.BlockingConnection(pika.URLParameters(settings.broker_url))
        self._channel = self._connection.channel()
        self._channel.basic_qos(prefetch_count=PREFETCH)
        self._channel.basic_consume(topology.events(hearer.queue).name, self._take)

    def run(self) -> None:
        """Until the process is ended."""
        self._gathered()
        while True:
            self._connection.process_data_events(time_limit=None)

    def _take(self, _channel: Any, method: Any, _properties: Any, body: bytes) -> None:
        self._held.append((method.delivery_tag, body))
        if len(self._held) >= BATCH:
            self._write()

    def _gathered(self) -> None:
        self._write()
        self._connection.call_later(GATHER_S, self._gathered)

    def _write(self) -> None:
        if self._writing or not self._held:
            return
        batch = self._held[:BATCH]
        del self._held[:BATCH]
        self._writing = True
        written = self._writer.submit(write, self._database, [body for _tag, body in batch])
        # A channel belongs to the thread that reads from it.
        written.add_done_callback(
            lambda done: self._connection.add_callback_threadsafe(lambda: self._written(done, batch[-1][0]))
        )

    def _written(self, done: "Future[None]", tag: int) -> None:
        done.result()
        self._channel.basic_ack(tag, multiple=True)
        self._writing = False
        if len(self._held) >= BATCH:
            self._write()


def write(database: "psycopg.Connection[Any]", bodies: Sequence[bytes]) -> None:
    """Inbox rows, and effects of those that are new: one statement, one commit."""
    events = [json.loads(body) for body in bodies]
    database.execute(
        "WITH heard AS (SELECT * FROM unnest(%s::uuid[], %s::int[]) AS r(event_id, number)),"
        " fresh AS (INSERT INTO inbox_message (event_id, type, state, attempts, received_at)"
        " SELECT event_id, %s, 'done', 1, now() FROM heard ON CONFLICT DO NOTHING RETURNING event_id)"
        " INSERT INTO effect (event_id, number)"
        " SELECT event_id, number FROM heard JOIN fresh USING (event_id)",
        ([event["id"] for event in events], [event["data"]["number"] for event in events], SAID.type),
    )


if __name__ == "__main__":
    ROLES: dict[str, Callable[[], None]] = {
        "produce": produce,
        "relay": lambda: Relay().run(),
        "consume": lambda: Consumer().run(),
    }
    ROLES[sys.argv[1]]()
