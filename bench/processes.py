"""Processes that take part in a measurement: started, ended, and what they used (Linux)."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]


def start(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path, *, feed: bool = False
) -> "subprocess.Popen[str]":
    """A Python process that appends what it says to `log`; with `feed` lines can be written to it."""
    with log.open("a") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )


def end(processes: Sequence["subprocess.Popen[str]"]) -> None:
    """Ask them to stop, and do not wait for ever."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and the children it waited for have used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    ticks = sum(int(fields[index]) for index in (11, 12, 13, 14))
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Resident memory of a process (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def servers_cpu_seconds() -> dict[str, float]:
    """Processor time of the database and the broker on this machine, other users' work included (Linux)."""
    spent = {"postgres": 0.0, "beam.smp": 0.0}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            name = (process / "comm").read_text().strip()
            if name in spent:
                spent[name] += cpu_seconds(int(process.name))
    return spent


def with_children(pid: int) -> list[int]:
    """A process and what it has started (Linux)."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found
