"""What is free of a resource over time, as a row of stretches, and where else a wish would fit. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from facilities.capacity.grid import Grid, Span
from facilities.capacity.refusals import Alternative
from facilities.capacity.rules import Policy

MOST_ALTERNATIVES = 3
OTHER_DAYS = 7
"""Days before and after that are looked at for the same time of day."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time over which equally many units are free."""

    span: Span
    free: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is free, without gaps from the first stretch to the last."""

    stretches: tuple[Stretch, ...]

    def least(self, span: Span) -> int:
        """Units that are free all through a span, which has to lie within the timeline."""
        return min(each.free for each in self.stretches if each.span.overlaps(span))


def stretches(grid: Grid, slots: range, free: Sequence[int], units: int) -> Iterator[Stretch]:
    """A ledger's slots as what is free for a resource of which one unit takes `units`."""
    first = slots.start
    for slot, left in zip(slots, free, strict=True):
        following = slot + 1 - slots.start
        if slot + 1 == slots.stop or free[following] != left:
            yield Stretch(grid.span_of(range(first, slot + 1)), max(left, 0) // units)
            first = slot + 1


def overlay(span: Span, lines: Iterable[Sequence[Stretch]]) -> Timeline:
    """What is free on all of these lines at once, within the span; each of them covers it."""
    many = [list(line) for line in lines]
    cuts = {span.start, span.end}
    cuts |= {each.span.start for line in many for each in line if span.start < each.span.start < span.end}
    places = [0] * len(many)
    found: list[Stretch] = []
    for start, end in pairwise(sorted(cuts)):
        for index, line in enumerate(many):
            while line[places[index]].span.end <= start:
                places[index] += 1
        free = min(line[place].free for line, place in zip(many, places, strict=True))
        if found and found[-1].free == free:
            found[-1] = Stretch(Span(found[-1].span.start, end), free)
        else:
            found.append(Stretch(Span(start, end), free))
    return Timeline(tuple(found))


def reach_of_alternatives(span: Span, policy: Policy) -> Span:
    """How much of the timeline `alternatives` looks at."""
    day = span.start.astimezone(policy.tz).date()
    first = datetime.combine(day - timedelta(days=OTHER_DAYS), time(), policy.tz)
    last = datetime.combine(day + timedelta(days=OTHER_DAYS + 1), time(), policy.tz)
    return Span(first, last.astimezone(UTC) + span.length).padded(policy.padding)


def alternatives(
    timeline: Timeline,
    span: Span,
    quantity: int,
    policy: Policy,
    allowed: Callable[[Span], bool],
) -> list[Alternative]:
    """Up to three other times: the nearest earlier and later on the day, shorter, the same on another day.

    `allowed` says whether the owner's rules let a time be booked; the timeline says whether it is free.
    """

    def fits(candidate: Span) -> bool:
        return timeline.least(candidate.padded(policy.padding)) >= quantity and allowed(candidate)

    found: list[Alternative] = []
    for kind, candidates in (
        ("earlier", _on_the_day(span, policy, -1)),
        ("later", _on_the_day(span, policy, 1)),
        ("shorter", _shorter(span, policy)),
        ("other_day", _other_days(span, policy)),
    ):
        first = next((each for each in candidates if fits(each)), None)
        if first is not None:
            found.append(Alternative(kind, first))
    return found[:MOST_ALTERNATIVES]


def _on_the_day(span: Span, policy: Policy, direction: int) -> Iterator[Span]:
    day = span.start.astimezone(policy.tz).date()
    start = span.start + direction * policy.start_grid
    while start.astimezone(policy.tz).date() == day:
        yield Span(start, start + span.length)
        start += direction * policy.start_grid


def _shorter(span: Span, policy: Policy) -> Iterator[Span]:
    length = span.length - policy.start_grid
    while length >= policy.shortest and length > timedelta(0):
        yield Span(span.start, span.start + length)
        length -= policy.start_grid


def _other_days(span: Span, policy: Policy) -> Iterator[Span]:
    """The same wall times, the nearest day first."""
    start, end = (each.astimezone(policy.tz) for each in (span.start, span.end))
    for distance in range(1, OTHER_DAYS + 1):
        for days in (timedelta(days=distance), timedelta(days=-distance)):
            # Wall times of one zone: they stay the same, but where the clocks skip an hour.
            first, last = ((each + days).astimezone(UTC) for each in (start, end))
            if first < last:
                yield Span(first, last)
