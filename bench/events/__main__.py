"""`make bench-events`: 20 000 events end to end, all of it going on at the same time.

A producer, a relay and two consuming worker processes; the clock starts with the first event after a
warm-up and stops with the last effect. See docs/performance.md.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import psycopg
from kombu import Connection, Exchange, Queue

from bench.events.services import PER_COMMIT
from bench.events.stage import Stage
from bench.measuring import print_table, rounds
from bench.processes import cpu_seconds, end, servers_cpu_seconds, with_children

WARM_UP = 500
PING = 400

Role = tuple[str, ...]


def turn(stage: Stage, workers: Sequence[Role], producers: Sequence[Role], count: int) -> float:
    """One turn of one contender: events a second."""
    stage.empty()
    running = [stage.start("-m", *role) for role in workers]
    sources = [stage.start("-m", *role, feed=True) for role in producers]
    everybody = [*running, *sources]
    try:
        _say(sources, WARM_UP)
        stage.wait_for_effects(WARM_UP)
        busy = [_spent(process) for process in everybody]
        servers = servers_cpu_seconds()
        began = time.monotonic()
        _say(sources, count)
        stage.wait_for_effects(WARM_UP + count)
        took = time.monotonic() - began
        spent = [_spent(process) - before for process, before in zip(everybody, busy, strict=True)]
        named = zip([*workers, *producers], spent, strict=True)
        each = [f"{' '.join(role[1:3]) or 'publish'} {1e6 * seconds / count:.0f}" for role, seconds in named]
        for name, seconds in servers_cpu_seconds().items():
            each.append(f"{name} {1e6 * (seconds - servers[name]) / count:.0f}")
        print(f"   µs of processor an event: {', '.join(each)}")
    finally:
        end(everybody)
        stage.empty_queues()
    stage.check_effects(WARM_UP + count)
    return count / took


def _spent(process: "subprocess.Popen[str]") -> float:
    return sum(cpu_seconds(pid) for pid in with_children(process.pid))


def _say(sources: Sequence["subprocess.Popen[str]"], count: int) -> None:
    for number, source in enumerate(sources):
        assert source.stdin is not None
        share = count // len(sources) + (number < count % len(sources))
        source.stdin.write(f"{share}\n")
        source.stdin.flush()


def ping(stage: Stage) -> float:
    """The same trivial thing every time: a confirmed message and a committed row, one after the other."""
    name = f"{stage.prefix}ping"
    with (
        Connection(stage.settings.broker_url, transport_options={"confirm_publish": True}) as line,
        psycopg.connect(stage.plain_url("hearer"), autocommit=True) as database,
    ):
        channel = line.channel()
        queue = Queue(name, Exchange(name, auto_delete=True), name, auto_delete=True)(channel)
        queue.declare()
        producer = line.Producer(channel)
        database.execute("CREATE TABLE IF NOT EXISTS ping (id bigint GENERATED ALWAYS AS IDENTITY)")
        began = time.monotonic()
        for _ in range(PING):
            producer.publish("ping", exchange=name, routing_key=name)
            database.execute("INSERT INTO ping DEFAULT VALUES")
        took = time.monotonic() - began
        database.execute("TRUNCATE ping")
        queue.delete()
    return PING / took


def contenders(stage: Stage, count: int) -> dict[str, Callable[[], float]]:
    """Who takes part. Each consumes with two processes."""
    suite, limit, celery = "bench.events.suite", "bench.events.limit", "bench.events.celery_tasks"
    ours = [(suite, "worker", "speaker"), (suite, "worker", "hearer"), (suite, "worker", "hearer")]
    theirs = (
        "celery", "-A", celery, "worker", "--concurrency=2", "--loglevel=ERROR", "--without-gossip",
        "--without-mingle", "--without-heartbeat",
    )  # fmt: skip
    return {
        "ping": lambda: ping(stage),
        "yuanban": lambda: turn(stage, ours, [(suite, "say", str(PER_COMMIT))], count),
        "yuanban, a command an event": lambda: turn(stage, ours, [(suite, "say", "1")], count),
        "limit": lambda: turn(
            stage, [(limit, "relay"), (limit, "consume"), (limit, "consume")], [(limit, "produce")], count
        ),
        "celery": lambda: turn(stage, [theirs], [(celery,)], count),
        "celery, 2 publishers": lambda: turn(stage, [theirs], [(celery,)] * 2, count),
    }


@click.command()
@click.option("--events", "count", default=20_000, show_default=True)
@click.option("--rounds", "times", default=5, show_default=True)
@click.option("--only", multiple=True, help="Only these contenders, for trying things out.")
def main(count: int, times: int, only: tuple[str, ...]) -> None:
    """Measure and print the table."""
    with tempfile.TemporaryDirectory(prefix="yuanban-bench-") as folder:
        stage = Stage(Path(folder))
        try:
            everybody = contenders(stage, count)
            chosen = {name: run for name, run in everybody.items() if not only or name in only}
            measured = rounds(chosen, times)
        except BaseException:
            for log in Path(folder).glob("*.log"):
                print(f"--- {log.name}\n{log.read_text()[-2000:]}")
            raise
        finally:
            stage.close()
    title = f"{count:,} events end to end, two consuming processes, {times} rounds"
    print_table(
        title,
        "events/s",
        measured,
        [name for name in ("celery", "celery, 2 publishers", "limit") if name in chosen],
    )


if __name__ == "__main__":
    main()
