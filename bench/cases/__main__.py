"""`make bench-cases`: prepared applications are handed in by 8 clients at once.

At the service, through the gateway, and at a bare application that writes the same rows. Each is one process
with 8 threads, and so is the gateway. See docs/performance.md.
"""

import functools
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from uuid import UUID

import click
import urllib3

from bench.cases.drafts import prepare
from bench.cases.stage import Stage
from bench.measuring import print_table, rounds
from bench.processes import cpu_seconds, end, resident_mb, with_children
from gateway.accounts.queries import find_by_username, read_actor
from shared.actor import Actor

CLIENTS = 8
WARM_UP = 40
PINGS = 2000

Draft = tuple[UUID, int]


class Target:
    """One place to hand applications in at."""

    def __init__(self, base: str, drafts: Sequence[Draft], headers: dict[str, str]) -> None:
        self._base = base
        self._drafts = iter(drafts)
        self._headers = {**headers, "Content-Type": "application/json"}
        self._pool = urllib3.PoolManager(maxsize=CLIENTS, block=True, retries=False, timeout=30)
        self.times: list[float] = []

    def hand_in(self, count: int) -> float:
        """So many applications, by all clients; how many a second."""
        mine = iter([next(self._drafts) for _ in range(count)])
        lock = threading.Lock()
        failures: list[str] = []

        def client() -> None:
            while (draft := _next(mine, lock)) is not None and not failures:
                case_id, version = draft
                began = time.monotonic()
                answer = self._pool.request(
                    "POST",
                    f"{self._base}/cases/{case_id}/submit",
                    body=b'{"declaration": true}',
                    headers={**self._headers, "If-Match": f'"{version}"'},
                )
                self.times.append(time.monotonic() - began)
                if answer.status != 200:
                    failures.append(f"{answer.status}: {answer.data[:500]!r}")

        threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise AssertionError(failures[0])
        return count / (time.monotonic() - began)


def _next(drafts: Iterator[Draft], lock: threading.Lock) -> Draft | None:
    with lock:
        return next(drafts, None)


def actor_of(stage: Stage, username: str) -> Actor:
    """Somebody of the demo park as the gateway describes them to services."""
    with stage.runtimes["gateway"].read() as session:
        account = find_by_username(session, username)
        assert account is not None
        actor = read_actor(session, account.id, demo=True, address=None)
    assert actor is not None
    return actor


def targets(stage: Stage, count: int) -> dict[str, Target]:
    """Every place, with drafts of its own."""
    agent = actor_of(stage, "agent")
    drafts = prepare(stage.runtimes["enterprise"], agent, 3 * count)
    stage.serve()
    places = {
        "floor": (stage.url("floor"), ""),
        "service": (f"{stage.url('enterprise')}/api/v1/enterprise", stage.service_token(agent)),
        "gateway": (f"{stage.url('gateway')}/api/v1/enterprise", stage.gateway_token("agent")),
    }
    return {
        name: Target(base, drafts[index::3], {"Authorization": f"Bearer {token}"} if token else {})
        for index, (name, (base, token)) in enumerate(places.items())
    }


def ping(stage: Stage) -> float:
    """The floor's most trivial answer, asked by one client."""
    pool = urllib3.PoolManager(retries=False)
    began = time.monotonic()
    for _ in range(PINGS):
        pool.request("GET", f"{stage.url('floor')}/ping")
    return PINGS / (time.monotonic() - began)


def turn(stage: Stage, target: Target, count: int) -> float:
    """One turn, with what each process spent on it."""
    before = _spent(stage)
    rate = target.hand_in(count)
    spent = {name: 1e3 * (seconds - before[name]) / count for name, seconds in _spent(stage).items()}
    print("   ms of processor a request: " + ", ".join(f"{name} {ms:.1f}" for name, ms in spent.items()))
    return rate


def _spent(stage: Stage) -> dict[str, float]:
    return {
        name: sum(cpu_seconds(pid) for pid in with_children(process.pid))
        for name, process in stage.processes.items()
    }


def report(stage: Stage, everybody: dict[str, Target]) -> None:
    """How long one request took, and what the web workers hold in memory after all of it."""
    for name, target in everybody.items():
        ordered = sorted(target.times)
        late = ordered[int(len(ordered) * 0.99)]
        print(f"{name}: a request took {1e3 * median(ordered):.0f} ms (99 of 100 within {1e3 * late:.0f} ms)")
    for name, process in stage.processes.items():
        _master, *workers = with_children(process.pid)
        print(f"{name}: a web worker holds {max(map(resident_mb, workers)):.0f} MB")


@click.command()
@click.option("--requests", "count", default=400, show_default=True, help="In one turn.")
@click.option("--rounds", "times", default=5, show_default=True)
def main(count: int, times: int) -> None:
    """Measure and print the table."""
    with tempfile.TemporaryDirectory(prefix="yuanban-bench-") as folder:
        stage = Stage(Path(folder))
        try:
            everybody = targets(stage, times * count + WARM_UP)
            for target in everybody.values():
                target.hand_in(WARM_UP)
                target.times.clear()
            turns: dict[str, Callable[[], float]] = {"ping": lambda: ping(stage)}
            for name, target in everybody.items():
                turns[name] = functools.partial(turn, stage, target, count)
            measured = rounds(turns, times)
            report(stage, everybody)
        except BaseException:
            for log in Path(folder).glob("*.log"):
                print(f"--- {log.name}\n{log.read_text()[-3000:]}")
            raise
        finally:
            end(list(stage.processes.values()))
            stage.close()
    print_table(
        f"Handing in, {CLIENTS} clients, {times} rounds of {count}", "requests/s", measured, ["floor"]
    )


if __name__ == "__main__":
    main()
