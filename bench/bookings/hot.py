"""One resource that everybody wants: processes that hold units of it as fast as they can.

A process finds the settings of its runtime in the environment, waits for the word, and prints how many holds
it has made.
"""

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from uuid import UUID

from bench.bookings.contest import ACTOR
from bench.bookings.filling import CUSTOMER
from bench.bookings.park import GRID, POLICY
from bench.processes import start
from facilities.capacity.bookings import commands
from facilities.capacity.bookings.commands import Order
from facilities.capacity.ledger import setup
from facilities.capacity.rules import Wish
from facilities.production.service import service
from shared.config import Settings
from shared.ids import new_id
from shared.service import Runtime, contracts_of

UNITS = 100_000
DAYS = 60
WARM_UP = 10
_READY = "ready"


def make(runtime: Runtime) -> UUID:
    """A resource of which there is enough for everybody: what is measured is the waiting for its row."""
    with runtime.transaction(ACTOR) as tx:
        made = new_id()
        setup.set_rules(tx, made, {setup.create_ledger(tx, GRID, UNITS).id: 1})
    return made


def rate(environment: dict[str, str], resources: Sequence[UUID], seconds: float, log: Path) -> float:
    """Holds a second of as many processes as there are resources named, each at its own of them."""
    log.write_text("")
    arguments = ("-m", "bench.bookings.hot", str(seconds))
    processes = [start((*arguments, str(each)), environment, log, feed=True) for each in resources]
    while log.read_text().count(_READY) < len(processes):
        if any(process.poll() is not None for process in processes):
            raise AssertionError(log.read_text())
        time.sleep(0.05)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.close()
    for process in processes:
        process.wait(60 + seconds)
    return sum(map(int, log.read_text().replace(_READY, "").split())) / seconds


def main() -> None:
    """Hold from the word on until the time is over."""
    seconds, resource = float(sys.argv[1]), UUID(sys.argv[2])
    runtime = Runtime(service, Settings.from_env(), contracts_of([service]))
    hold = partial(_hold, runtime, resource, Random())
    for _ in range(WARM_UP):
        hold()
    print(_READY, flush=True)
    sys.stdin.readline()
    until = time.monotonic() + seconds
    count = 0
    while time.monotonic() < until:
        count += hold()
    # In one piece: an unbuffered print writes number and end of line apart, and others write there too.
    sys.stdout.write(f"{count}\n")
    sys.stdout.flush()


def _hold(runtime: Runtime, resource: UUID, random: Random) -> int:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    starts_at = midnight + timedelta(days=1, minutes=15 * random.randrange(DAYS * 96))
    order = Order("machine", resource, Wish(starts_at, starts_at + timedelta(hours=1)), POLICY, CUSTOMER)
    with runtime.transaction(ACTOR) as tx:
        commands.hold(tx, order)
    return 1


if __name__ == "__main__":
    main()
