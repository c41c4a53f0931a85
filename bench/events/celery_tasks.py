"""The peer: Celery with late acknowledgements and confirmed publishes, and the same two inserts a task.

It has no outbox: `python -m bench.events.celery_tasks` publishes at once.
"""

import json
import sys
from functools import cache
from typing import Any

import psycopg
import sqlalchemy as sa
from celery import Celery

from bench.events.services import CELERY, NOTE, SAID
from shared.clock import SystemClock
from shared.config import Settings
from shared.ids import new_id
from shared.messaging.envelope import Event, encode

settings = Settings.from_env()

app = Celery("bench", broker=settings.broker_url)
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_default_queue=settings.broker_prefix + CELERY,
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
    worker_prefetch_multiplier=64,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
)


@cache
def connection() -> "psycopg.Connection[Any]":
    """One a process."""
    url = sa.make_url(settings.database_url_for("hearer")).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False))


@app.task(name="hear")  # type: ignore[untyped-decorator] # Celery has no types
def hear(body: str) -> None:
    """Inbox row and effect row, in one transaction."""
    event = json.loads(body)
    with connection().transaction(), connection().cursor() as cursor:
        cursor.execute(
            "INSERT INTO inbox_message (event_id, type, state, attempts, received_at)"
            " VALUES (%s, %s, 'done', 1, now()) ON CONFLICT DO NOTHING",
            (event["id"], event["type"]),
        )
        if cursor.rowcount:
            cursor.execute(
                "INSERT INTO effect (event_id, number) VALUES (%s, %s)",
                (event["id"], event["data"]["number"]),
            )


def publish() -> None:
    """For every number read, publish so many tasks, each confirmed by the broker."""
    clock = SystemClock()
    for line in sys.stdin:
        for number in range(int(line)):
            data = {"number": number, "note": NOTE}
            event = Event(new_id(), SAID.type, "speaker", str(new_id()), 1, clock.now(), data)
            hear.delay(encode(event).decode())


if __name__ == "__main__":
    publish()
