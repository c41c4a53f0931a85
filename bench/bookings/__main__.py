"""`make bench-bookings`: a park of 2 000 resources with a million bookings, by the slot ledger and by a scan.

Both on PostgreSQL and on SQLite, taking turns; beside them the same park with a thousand bookings; then holds
over HTTP, and one resource that everybody wants. It ends with status 1 when a target is missed. See
docs/performance.md.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.bookings import hot, http
from bench.bookings.contest import Contest
from bench.cases.stage import Stage
from bench.measuring import Measured, print_table, ratio, rounds
from bench.processes import ROOT, end
from bench.server import as_in_production
from facilities.production.service import service
from shared.migrate import upgrade
from shared.service import Runtime, contracts_of

MILLION = 1_000_000
FEW = 1_000
WARM_UP = 30
HTTP_WARM_UP = 300
"""So that each thread's connection has its statements prepared."""
SLOWER = 1.5
"""What a search or a booking may cost at a million, in what it costs at a thousand."""
SEARCH_TARGETS = {"PostgreSQL": 0.6, "SQLite": 0.1}
BOOKING_TARGET = 2.0
HTTP_TARGET = 0.5
PROCESSES = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """A ratio and what it should be."""

    what: str
    found: float
    target: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.found >= self.target if self.at_least else self.found <= self.target

    def __str__(self) -> str:
        word = "at least" if self.at_least else "at most"
        return f"{'met   ' if self.met else 'MISSED'}  {self.what}: {self.found:.2f}, {word} {self.target}"


def contests(stage: Stage, folder: Path, bookings: int, resources: int) -> dict[str, tuple[Contest, Contest]]:
    """On each kind of database the full park and the one with a few bookings."""
    found = {}
    for kind, url in (("PostgreSQL", None), ("SQLite", f"sqlite:///{folder}/{{service}}.sqlite3")):
        pair = []
        for count in (bookings, min(FEW, bookings // 10)):
            began = time.monotonic()
            pair.append(Contest(_runtime(stage, folder, url, count, bookings), resources, count))
            print(f"{kind}: {count:,} bookings entered in {time.monotonic() - began:.0f} s", flush=True)
        found[kind] = (pair[0], pair[1])
    return found


def _runtime(stage: Stage, folder: Path, url: str | None, count: int, most: int) -> Runtime:
    if url is None and count == most:
        return stage.runtimes["production"]  # the service that is asked over HTTP finds the bookings there
    place = folder / f"{count}"
    settings = replace(
        stage.settings,
        data_dir=place,
        database_url=url.replace(str(folder), str(place)) if url else stage.another([service]),
    )
    runtime = Runtime(service, settings, contracts_of([service]))
    upgrade(runtime.database, service.migrations)
    return runtime


def compare(found: dict[str, tuple[Contest, Contest]], searches: int, bookings: int) -> list[Verdict]:
    """Every contest has its turn with each wish, so that a busy minute is everybody's."""
    everybody = [each for pair in found.values() for each in pair]
    for number in range(WARM_UP + max(searches, bookings)):
        if number == WARM_UP:
            for contest in everybody:
                for timer in contest.timers.values():
                    timer.times.clear()
        for contest in everybody[number % 4 :] + everybody[: number % 4]:
            if number < WARM_UP + searches:
                contest.search()
            if number < WARM_UP + bookings:
                contest.book()
    _print_times(found)
    return [verdict for kind, pair in found.items() for verdict in _verdicts(kind, *pair)]


def _print_times(found: dict[str, tuple[Contest, Contest]]) -> None:
    table = Table(title="Milliseconds, p50 / p99")
    for column in ("", "ledger", "scan", "ledger × scan"):
        table.add_column(column, justify="right" if column else "left")
    for kind, pair in found.items():
        for what in ("search", "booking"):
            for contest, many in zip(pair, ("all", f"{FEW:,}"), strict=True):
                ledger, scan = (contest.timers[f"{what} {who}"] for who in ("ledger", "scan"))
                times = (f"{timer.at(0.5):.2f} / {timer.at(0.99):.2f}" for timer in (ledger, scan))
                table.add_row(f"{kind}, {what}, {many}", *times, f"{ledger.at(0.5) / scan.at(0.5):.2f}")
    Console(width=110).print(table)


def _verdicts(kind: str, full: Contest, few: Contest) -> list[Verdict]:
    def middle(contest: Contest, what: str) -> float:
        return contest.timers[what].at(0.5)

    verdicts = []
    for what, target in (("search", SEARCH_TARGETS[kind]), ("booking", BOOKING_TARGET)):
        ledger, scan = middle(full, f"{what} ledger"), middle(full, f"{what} scan")
        verdicts.append(Verdict(f"{kind}, {what} by the ledger × by the scan", ledger / scan, target))
        less = middle(few, f"{what} ledger")
        verdicts.append(Verdict(f"{kind}, {what} at all × at {FEW:,}", ledger / less, SLOWER))
    return verdicts


def over_http(stage: Stage, folder: Path, requests: int, times: int) -> Verdict:
    """The service against the bare application, as many processes of each as production runs."""
    wishes = http.prepare(stage.runtimes["production"])
    everybody = http.targets(stage, wishes)
    try:
        for target in everybody.values():
            target.book(HTTP_WARM_UP)
        turns = {name: partial(target.book, requests) for name, target in everybody.items()}
        measured = rounds(turns, times)
    except BaseException:
        for log in folder.glob("*.log"):
            print(f"--- {log.name}\n{log.read_text()[-3000:]}")
        raise
    finally:
        end(list(stage.processes.values()))
    print_table(
        f"Holding a machine over HTTP, {http.CLIENTS} clients",
        "bookings/s",
        measured,
        ["bare", "bare, one process"],
    )
    served, bare, *_of_one = measured
    return Verdict(
        f"over HTTP, {http.PROCESSES} processes, service × bare application",
        ratio(served, bare)[0],
        HTTP_TARGET,
        True,
    )


def one_for_all(found: dict[str, tuple[Contest, Contest]], folder: Path, seconds: float, times: int) -> None:
    """Throughput of one resource, and of as many as there are processes."""
    measured: list[Measured] = []
    for kind, (full, _few) in found.items():
        resources = [hot.make(full.runtime) for _ in range(PROCESSES)]
        environment = _environment(full.runtime)
        turns = {
            f"{kind}, one process": [resources[0]],
            f"{kind}, {PROCESSES} processes at one resource": [resources[0]] * PROCESSES,
            f"{kind}, {PROCESSES} processes, each at its own": resources,
        }
        log = folder / "hot.log"
        measured += rounds(
            {name: partial(hot.rate, environment, these, seconds, log) for name, these in turns.items()},
            times,
        )
    print_table("Holds of one hot resource", "holds/s", measured, [])


def _environment(runtime: Runtime) -> dict[str, str]:
    settings = runtime.settings
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "YUANBAN_DATA_DIR": str(settings.data_dir),
        "YUANBAN_DATABASE_URL": settings.database_url,
        "YUANBAN_BLOBS_URL": settings.blobs_url,
        "YUANBAN_SECRET_KEY": settings.secret_key,
    }


@click.command()
@click.option("--bookings", default=MILLION, show_default=True)
@click.option("--resources", default=2_000, show_default=True)
@click.option("--searches", default=400, show_default=True, help="By each contender on each database.")
@click.option("--books", default=300, show_default=True, help="Bookings by each contender on each database.")
@click.option("--requests", default=200, show_default=True, help="Over HTTP, in one turn.")
@click.option("--seconds", default=5.0, show_default=True, help="A turn at the hot resource.")
@click.option("--rounds", "times", default=5, show_default=True)
def main(
    bookings: int, resources: int, searches: int, books: int, requests: int, seconds: float, times: int
) -> None:
    """Measure, print the tables, and judge; what was made smaller is not judged."""
    with as_in_production() as server, tempfile.TemporaryDirectory(prefix="yuanban-bench-") as name:
        folder = Path(name)
        stage = Stage(folder, "production", "bench.bookings.bare:create()", server)
        found: dict[str, tuple[Contest, Contest]] = {}
        try:
            found = contests(stage, folder, bookings, resources)
            verdicts = compare(found, searches, books)
            one_for_all(found, folder, seconds, times)
            verdicts.append(over_http(stage, folder, requests, times))
        finally:
            for contest in (each for pair in found.values() for each in pair):
                contest.runtime.close()
            stage.close()
    _judge(verdicts, whole=bookings >= MILLION)


def _judge(verdicts: Sequence[Verdict], *, whole: bool) -> None:
    for verdict in verdicts:
        print(verdict)
    if not whole:
        print("Fewer bookings than a million: nothing is judged.")
    elif not all(each.met for each in verdicts):
        sys.exit(1)


if __name__ == "__main__":
    main()
