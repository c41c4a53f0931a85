"""`make bench-backlog`: a million events that have waited, first in the outbox and then in the queue.

Shows how fast each half drains alone, whether that slows down on the way, and how much memory it takes.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import psycopg
from rich.console import Console
from rich.table import Table

from bench.events.services import NOTE, SAID
from bench.events.stage import PATIENCE_S, Stage
from bench.processes import end, resident_mb
from shared.clock import SystemClock
from shared.ids import new_id
from shared.messaging.envelope import Event, encode

SAMPLE_S = 1.0
PARTS = 10


def fill_outbox(stage: Stage, count: int) -> None:
    """So many rows at once, made from one real message by the database itself."""
    event_id, subject, number = new_id(), str(new_id()), 987654321
    event = Event(
        event_id, SAID.type, "speaker", subject, 1, SystemClock().now(), {"number": number, "note": NOTE}
    )
    with psycopg.connect(stage.plain_url("speaker"), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO outbox_message"
            " (event_id, type, aggregate_id, sequence, body, created_at, attempts)"
            " SELECT e, %s, a, 1,"
            " convert_to(replace(replace(replace(%s, %s, e::text), %s, a), %s, n::text), 'UTF8'), now(), 0"
            " FROM (SELECT gen_random_uuid() AS e, gen_random_uuid()::text AS a, n"
            "       FROM generate_series(1, %s) AS n) AS r",
            (SAID.type, encode(event).decode(), str(event_id), subject, str(number), count),
        )


def published(stage: Stage, total: int) -> Callable[[], int]:
    """Counts what has left the outbox by the first row that has not: rows leave in their order."""
    connection = psycopg.connect(stage.plain_url("speaker"), autocommit=True)

    def count() -> int:
        row = connection.execute(
            "SELECT min(position) FROM outbox_message WHERE published_at IS NULL"
        ).fetchone()
        return total if row is None or row[0] is None else int(row[0]) - 1

    return count


def watch(
    workers: Sequence["subprocess.Popen[str]"], done: Callable[[], int], total: int
) -> tuple[list[float], list[tuple[float, float]]]:
    """Follow a drain: seconds taken by each tenth of it; memory of each worker at its start and at most."""
    began = time.monotonic()
    memory = [(resident_mb(worker.pid),) * 2 for worker in workers]
    times: list[float] = []
    while len(times) < PARTS:
        if time.monotonic() - began > 10 * PATIENCE_S:
            raise TimeoutError(f"{done()} of {total}")
        found = done()
        now = [resident_mb(worker.pid) for worker in workers]
        memory = [
            (each, each) if found == 0 else (start, max(most, each))
            for (start, most), each in zip(memory, now, strict=True)
        ]
        while len(times) < PARTS and found >= total * (len(times) + 1) // PARTS:
            times.append(time.monotonic() - began - sum(times))
        time.sleep(SAMPLE_S)
    return times, memory


@click.command()
@click.option("--events", "count", default=1_000_000, show_default=True)
def main(count: int) -> None:
    """Measure and print the table."""
    table = Table(title=f"Draining {count:,} events")
    for column in ("", "events/s", "first tenth", "last tenth", "MB at start", "MB at most", "grew by"):
        table.add_column(column, justify="right")
    with tempfile.TemporaryDirectory(prefix="yuanban-bench-") as folder:
        stage = Stage(Path(folder))
        running: list[subprocess.Popen[str]] = []
        try:
            fill_outbox(stage, count)
            for name, services, done in (
                ("outbox → queue, one relay", ["speaker"], published(stage, count)),
                ("queue → effects, two workers", ["hearer", "hearer"], stage.effects),
            ):
                running = [stage.start("-m", "bench.events.suite", "worker", each) for each in services]
                times, memory = watch(running, done, count)
                end(running)
                tenth = count / PARTS
                table.add_row(
                    name,
                    f"{count / sum(times):,.0f}",
                    f"{tenth / times[0]:,.0f}",
                    f"{tenth / times[-1]:,.0f}",
                    " · ".join(f"{start:.0f}" for start, _most in memory),
                    " · ".join(f"{most:.0f}" for _start, most in memory),
                    " · ".join(f"{most - start:.0f}" for start, most in memory),
                )
        finally:
            end(running)
            stage.close()
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
