"""`make bench-gates`: how long a barrier waits for its answer, in quiet and in a storm of gate events.

On PostgreSQL and on SQLite: some quiet minutes' traffic, the storm with a share of repeats, quiet again. In
the end nothing may be lost or doubled. It ends with status 1 when it is, or when an answer in the storm takes
more than twice as long. See docs/performance.md.
"""

import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.gates.checking import faults
from bench.gates.feed import Feed, plan, send
from bench.gates.grounds import Site
from bench.processes import end
from facilities.living.service import service
from shared.testing.databases import PostgresDatabases, postgres_url

QUIET_PER_MINUTE = 300
SLOWER = 2.0
"""How many times as long the middle answer may take in the storm."""


@click.command()
@click.option("--per-minute", default=10_000, show_default=True, help="Events of the storm.")
@click.option("--seconds", default=60.0, show_default=True, help="How long the storm lasts.")
@click.option("--quiet-seconds", default=20.0, show_default=True, help="Before it, and after it.")
@click.option("--repeats", default=0.2, show_default=True, help="Which share says again what was said.")
@click.option("--lots", default=20, show_default=True)
def main(per_minute: int, seconds: float, quiet_seconds: float, repeats: float, lots: int) -> None:
    """Measure, print the table, and judge."""
    databases = PostgresDatabases(postgres_url())
    failed = False
    try:
        with tempfile.TemporaryDirectory() as folder:
            urls = {
                "PostgreSQL": databases.create([service]).partition("?")[0],
                "SQLite": f"sqlite:///{folder}/{{service}}.sqlite3",
            }
            for kind, url in urls.items():
                place = Path(folder) / kind
                place.mkdir()
                site = Site(kind, url, place, lots)
                try:
                    failed |= _measure(site, per_minute, seconds, quiet_seconds, repeats)
                finally:
                    site.runtime.close()
    finally:
        databases.close()
    sys.exit(failed)


def _measure(site: Site, per_minute: int, seconds: float, quiet_s: float, repeats: float) -> bool:
    """Whether anything is wrong."""
    turns = (
        ("warm-up", per_minute / 4, 10.0),
        ("quiet, before", QUIET_PER_MINUTE, quiet_s),
        ("storm", per_minute, seconds),
        ("quiet, after", QUIET_PER_MINUTE, quiet_s),
    )
    processes = site.serve()
    feeds: dict[str, Feed] = {}
    try:
        for name, rate, length in turns:
            feeds[name] = send(site.addresses, plan(site.grounds, rate, length, repeats))
            site.settle()
    finally:
        end(processes)
    wrong = [fault for feed in feeds.values() for fault in feed.failures[:5]]
    wrong += list(faults(site.runtime, list(feeds.values())))
    for fault in wrong[:20]:
        print(f"WRONG  {fault}", flush=True)
    del feeds["warm-up"]
    return _judge(site.kind, feeds) or bool(wrong)


def _judge(kind: str, feeds: dict[str, Feed]) -> bool:
    table = Table(title=f"{kind}: milliseconds from when an event is due until it is answered")
    for column in ("", "events", "told again", "p50", "p95"):
        table.add_column(column, justify="right" if column else "left")
    for name, feed in feeds.items():
        again = feed.tellings - len(feed.told)
        row = (f"{feed.tellings:,}", f"{again:,}", f"{feed.p50_ms():.1f}", f"{feed.p95_ms():.1f}")
        table.add_row(name, *row)
    Console(width=110).print(table)
    before, storm, after = feeds.values()
    quiet_ms = (before.p50_ms() + after.p50_ms()) / 2
    slower = storm.p50_ms() / quiet_ms
    word = "met   " if slower <= SLOWER else "MISSED"
    print(f"{word}  {kind}, p50 in the storm × in quiet: {slower:.2f}, at most {SLOWER}", flush=True)
    return slower > SLOWER


if __name__ == "__main__":
    main()
