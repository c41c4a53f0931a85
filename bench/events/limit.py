"""The limit: the same path written by hand for nothing but speed; no trouble is provided for.

`python -m bench.events.limit produce | relay | consume`: rows by the hundred into the outbox, a pipelined
publisher, consumers that write a batch in two statements. No contract is checked, nothing is tried again.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import pika
import psycopg
import sqlalchemy as sa

from bench.events.services import NOTE, SAID, hearer
from shared.clock import SystemClock
from shared.config import Settings
from shared.ids import new_id
from shared.messaging.brokers.rabbitmq import Topology
from shared.messaging.envelope import Event, encode

ROWS = 500  # in one statement of the producer
WINDOW = 1000  # messages published before their confirms are waited for
BATCH = 200
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
            for start in range(0, count, ROWS):
                data = ({"number": n, "note": NOTE} for n in range(start, min(start + ROWS, count)))
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
    """Publishes a window, waits for all its confirms, marks it, and begins again."""

    def __init__(self) -> None:
        self._database = connect("speaker")
        self._connection = pika.SelectConnection(
            pika.URLParameters(settings.broker_url), on_open_callback=self._opened
        )
        self._channel: Any = None
        self._open: set[int] = set()
        self._tag = 0
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
            "SELECT position, body FROM outbox_message WHERE published_at IS NULL ORDER BY position LIMIT %s",
            (WINDOW,),
            binary=True,
        ).fetchall()
        if not rows:
            self._connection.ioloop.call_later(IDLE_S, self._next)
            return
        self._positions = [position for position, _body in rows]
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
            self._database.execute(
                "UPDATE outbox_message SET published_at = now() WHERE position = ANY(%s)", (self._positions,)
            )
            self._next()


def consume() -> None:
    """Batches of messages into two multi-row inserts, one commit, one acknowledgement."""
    assert hearer.queue is not None
    database = connect("hearer")
    connection = pika.BlockingConnection(pika.URLParameters(settings.broker_url))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=2 * BATCH)
    held: list[tuple[int, bytes]] = []
    channel.basic_consume(
        topology.events(hearer.queue).name,
        lambda _channel, method, _properties, body: held.append((method.delivery_tag, body)),
    )
    while True:
        connection.process_data_events(time_limit=IDLE_S)
        while held:
            batch = held[:BATCH]
            del held[:BATCH]
            write(database, [json.loads(body) for _tag, body in batch])
            channel.basic_ack(batch[-1][0], multiple=True)


def write(database: "psycopg.Connection[Any]", events: Sequence[Any]) -> None:
    """Inbox rows, and effects of those that are new."""
    with database.transaction():
        new = {
            str(event_id)
            for (event_id,) in database.execute(
                "INSERT INTO inbox_message (event_id, type, state, attempts, received_at)"
                " SELECT unnest(%s::uuid[]), %s, 'done', 1, now() ON CONFLICT DO NOTHING RETURNING event_id",
                ([event["id"] for event in events], SAID.type),
            )
        }
        fresh = [event for event in events if event["id"] in new]
        database.execute(
            "INSERT INTO effect (event_id, number) SELECT * FROM unnest(%s::uuid[], %s::int[])",
            ([event["id"] for event in fresh], [event["data"]["number"] for event in fresh]),
        )


if __name__ == "__main__":
    {"produce": produce, "relay": lambda: Relay().run(), "consume": consume}[sys.argv[1]]()
