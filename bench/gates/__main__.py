"""`make bench-gates`: how long a barrier waits for its answer, in quiet and in a storm of gate events.

On PostgreSQL and on SQLite: quiet and storm in turn, several rounds of it, quiet in the end; one event in
five is told again. What counts is the ratio, taken round by round, and of the rounds the middle one: a
machine that others use is slow for a while now and then. In the end nothing may be lost or doubled. It ends
with status 1 when it is, or when an answer in the storm takes more than twice as long. See
docs/performance.md.
"""

import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median

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
@click.option("--rounds", default=3, show_default=True, help="How many storms.")
@click.option("--seconds", default=30.0, show_default=True, help="How long a storm lasts.")
@click.option("--quiet-seconds", default=12.0, show_default=True, help="Before each, and after the last.")
@click.option("--repeats", default=0.2, show_default=True, help="Which share says again what was said.")
@click.option("--lots", default=20, show_default=True)
def main(
    per_minute: int, rounds: int, seconds: float, quiet_seconds: float, repeats: float, lots: int
) -> None:
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
                    turns = _turns(rounds, per_minute, seconds, quiet_seconds)
                    failed |= _measure(site, turns, repeats)
                finally:
                    site.runtime.close()
    finally:
        databases.close()
    sys.exit(failed)


Turn = tuple[float, float]
"""Events a minute, and for how many seconds."""


def _turns(rounds: int, per_minute: int, seconds: float, quiet_s: float) -> list[Turn]:
    """A warm-up; then quiet and storm in turn, quiet in the end."""
    quiet, storm = (QUIET_PER_MINUTE, quiet_s), (per_minute, seconds)
    return [(per_minute / 4, 10.0), *[quiet, storm] * rounds, quiet]


def _measure(site: Site, turns: list[Turn], repeats: float) -> bool:
    """Whether anything is wrong."""
    processes = site.serve()
    feeds: list[Feed] = []
    try:
        for rate, length in turns:
            feeds.append(send(site.addresses, plan(site.grounds, rate, length, repeats)))
            site.settle()
    finally:
        end(processes)
    wrong = [fault for feed in feeds for fault in feed.failures[:5]]
    wrong += list(faults(site.runtime, feeds))
    for fault in wrong[:20]:
        print(f"WRONG  {fault}", flush=True)
    return _judge(site.kind, feeds[1:]) or bool(wrong)


def _judge(kind: str, feeds: list[Feed]) -> bool:
    """Whether the storms slowed the answers down by more than they may; a storm stands between two quiets."""
    quiets, storms = feeds[::2], feeds[1::2]
    ratios = [
        2 * storm.p50_ms() / (before.p50_ms() + after.p50_ms())
        for storm, (before, after) in zip(storms, pairwise(quiets), strict=True)
    ]
    table = Table(title=f"{kind}: milliseconds from when an event is due until it is answered")
    for column in ("", "events", "told again", "p50", "p95", "× quiet"):
        table.add_column(column, justify="right" if column else "left")
    for number, feed in enumerate(feeds):
        name, ratio = ("storm", f"{ratios[number // 2]:.2f}") if number % 2 else ("quiet", "")
        again = f"{feed.tellings - len(feed.told):,}"
        table.add_row(
            name, f"{feed.tellings:,}", again, f"{feed.p50_ms():.1f}", f"{feed.p95_ms():.1f}", ratio
        )
    Console(width=110).print(table)
    slower = median(ratios)
    word = "met   " if slower <= SLOWER else "MISSED"
    print(f"{word}  {kind}, p50 in the storm × in quiet: {slower:.2f}, at most {SLOWER}", flush=True)
    return slower > SLOWER


if __name__ == "__main__":
    main()
