"""Taking turns, and saying what came out: medians with their ranges, ratios paired by round.

Machines are shared and noisy, so figures of different runs cannot be compared. Within one run the contenders
take turns, each round in another order, beside a ping that does the same trivial thing every time: where the
ping swings, so does everything else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

PING_SWING = 1.5  # beyond this factor between its slowest and its fastest round, a run says little


@dataclass(frozen=True, slots=True)
class Measured:
    """What one contender reached in each round; the larger, the better."""

    name: str
    rates: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of its rounds."""
        return median(self.rates)


def rounds(contenders: Mapping[str, Callable[[], float]], count: int) -> list[Measured]:
    """Let every contender have its turn `count` times, each round starting with another one."""
    names = list(contenders)
    rates: dict[str, list[float]] = {name: [] for name in names}
    for number in range(count):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            rate = contenders[name]()
            rates[name].append(rate)
            print(f"round {number + 1}/{count}  {name}: {rate:,.0f}/s", flush=True)
    return [Measured(name, tuple(found)) for name, found in rates.items()]


def ratio(one: Measured, other: Measured) -> tuple[float, float, float]:
    """How many times `other` one is, round by round: median, least, most."""
    pairs = [mine / theirs for mine, theirs in zip(one.rates, other.rates, strict=True)]
    return median(pairs), min(pairs), max(pairs)


def print_table(title: str, unit: str, measured: Sequence[Measured], against: Sequence[str]) -> None:
    """One row a contender, and its ratio to each of `against`."""
    by_name = {each.name: each for each in measured}
    table = Table(title=title)
    table.add_column("")
    table.add_column(f"{unit}, median (range)", justify="right")
    for name in against:
        table.add_column(f"× {name}", justify="right")
    for each in measured:
        rates = f"{each.median:,.0f} ({min(each.rates):,.0f}–{max(each.rates):,.0f})"
        ratios = [ratio(each, by_name[name]) for name in against]
        table.add_row(each.name, rates, *(f"{mid:.2f} ({low:.2f}–{high:.2f})" for mid, low, high in ratios))
    Console(width=110).print(table)
    ping = by_name.get("ping")
    if ping is not None and max(ping.rates) > PING_SWING * min(ping.rates):
        print(f"The ping swung by more than {PING_SWING}: the machine was busy elsewhere; run it again.")
