"""`yuanban parking simulate`: devices that are made up, for the demo and for trying a car park out."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import click

from facilities.living.parking.charging.simulating import points_of, with_charging
from facilities.living.parking.gates.simulating import Outcome, Told, cameras_of, feed, tell
from shared.clock import SystemClock
from shared.installation import opened

_SERVICE = "living"
_AT_ONCE = 8
"""So many events may be on their way at the same time."""


@click.group()
def parking() -> None:
    """Car parks."""


@parking.command("simulate")
@click.option("--address", default="http://localhost:8000", show_default=True, help="Edge or living service.")
@click.option("--lot", type=click.UUID, default=None, help="Id of one car park; without it all.")
@click.option(
    "--rate", type=click.IntRange(1, 60_000), default=60, show_default=True, help="Events per minute."
)
@click.option("--minutes", type=click.FloatRange(0.01, 1440), default=1.0, show_default=True)
@click.option("--repeats", type=click.FloatRange(0, 1), default=0.1, show_default=True, help="Told twice.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same cars.")
def simulate(address: str, lot: UUID | None, rate: int, minutes: float, repeats: float, seed: int) -> None:
    """Let cars come and go at the cameras of a car park, some be charged, and print what was answered.

    It reads the devices' secrets from the database of the living service, so it runs where that does.
    """
    with opened(_SERVICE) as (runtime,), runtime.read() as session:
        cameras = cameras_of(session, runtime.context.cipher, lot)
        points = points_of(session, runtime.context.cipher, lot)
    if not cameras:
        raise click.ClickException("there is no enabled camera")
    clock, outcome = SystemClock(), Outcome()
    events = with_charging(feed(cameras, seed, repeats, clock), points, seed, clock, outcome.let_in)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for told in _paced(events, rate, int(rate * minutes)):
            pool.submit(tell, address, told, clock.now(), outcome)
    for said, times in outcome.verdicts.most_common():
        click.echo(f"{times:>7}  {said}")
    median, slow = (outcome.percentile_ms(share) for share in (0.5, 0.95))
    click.echo(f"p50 {median:.1f} ms, p95 {slow:.1f} ms of {len(outcome.seconds)} answers")


def _paced(events: Iterator[Told], rate: int, count: int) -> Iterator[Told]:
    """So many events at an even pace."""
    pause = threading.Event()
    for _ in range(count):
        yield next(events)
        pause.wait(60 / rate)
