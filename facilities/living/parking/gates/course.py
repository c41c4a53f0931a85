"""The visits of a plate to a car park, worked out from all its passages whatever order they came in. Pure.

What was let through is kept; visits are derived from it. So a passage that comes late, twice or before an
earlier one changes nothing but what it has to: the same passages always give the same visits. A car is inside
once at most; visits do not overlap.

    nowhere --in--> inside --out--> nowhere      left
    inside  --in--> inside                       the exit before was missed
    nowhere --out-> nowhere                      the entry was missed
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from facilities.living.parking.gates.readings import DEFAULT_LIMITS, Direction, Limits
from shared.text import Text


@dataclass(frozen=True, slots=True)
class Passage:
    """A car has gone through a lane: of one plate and one car park."""

    id: str
    """Of the event as we keep it: unlike the device's own, no other device has it."""
    lane: str
    direction: Direction
    at: datetime
    """As `readings.moment_of` has it."""


class State(StrEnum):
    """How a visit stands."""

    INSIDE = "inside"
    LEFT = "left"
    EXIT_MISSED = "exit_missed"
    """The car came again without having left: it left at some time before."""
    ENTRY_MISSED = "entry_missed"
    """The car left without having come."""


STATE_NAMES: dict[State, Text] = {
    State.INSIDE: Text("在场", "Inside"),
    State.LEFT: Text("已离场", "Left"),
    State.EXIT_MISSED: Text("缺少离场记录", "No record of the exit"),
    State.ENTRY_MISSED: Text("缺少入场记录", "No record of the entry"),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """From an entry to an exit, as far as they are known."""

    entered_at: datetime | None
    left_at: datetime | None
    """Where the exit was missed: when the car came again, before which it must have left."""
    state: State
    passages: frozenset[str]
    """All that belong to it, those that only said a thing again too."""


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of a visit; None where there was or is none."""

    was: Visit | None
    now: Visit | None


def course(passages: Iterable[Passage], limits: Limits = DEFAULT_LIMITS) -> list[Visit]:
    """The visits that these passages make, in order; an id counts once.

    To be given all passages of the plate, or those since a time at which the car was outside.
    """
    found: list[Visit] = []
    for first, ids in _in_order(_once_each(passages, limits)):
        inside = found[-1] if found and found[-1].state is State.INSIDE else None
        if first.direction is Direction.IN:
            if inside is not None:
                found[-1] = replace(inside, left_at=first.at, state=State.EXIT_MISSED)
            found.append(Visit(first.at, None, State.INSIDE, ids))
        elif inside is not None:
            found[-1] = replace(inside, left_at=first.at, state=State.LEFT, passages=inside.passages | ids)
        else:
            found.append(Visit(None, first.at, State.ENTRY_MISSED, ids))
    return found


def changes(before: Sequence[Visit], after: Sequence[Visit]) -> list[Change]:
    """How visits have become others: a visit goes on in the first one that has a passage of it.

    What stays as it is, is no change.
    """
    left = list(after)
    found = []
    for was in before:
        now = next((each for each in left if each.passages & was.passages), None)
        if now is not None:
            left.remove(now)
        if now != was:
            found.append(Change(was, now))
    return [*found, *(Change(None, now) for now in left)]


_Counted = tuple[Passage, frozenset[str]]


def _once_each(passages: Iterable[Passage], limits: Limits) -> Iterator[_Counted]:
    """Each passage once, with the ids of those that said it again."""
    by_lane: dict[tuple[Direction, str], list[Passage]] = defaultdict(list)
    seen: set[str] = set()
    for passage in sorted(passages, key=_key):
        if passage.id not in seen:
            seen.add(passage.id)
            by_lane[passage.direction, passage.lane].append(passage)
    for each in by_lane.values():
        kept: list[Passage] = []
        for passage in each:
            if kept and passage.at - kept[-1].at > limits.repeat:
                yield kept[0], frozenset(one.id for one in kept)
                kept = []
            kept.append(passage)
        yield kept[0], frozenset(one.id for one in kept)


def _in_order(counted: Iterable[_Counted]) -> Iterator[_Counted]:
    """By time; of the same instant first what ends or begins a visit, and not what leaves one half known."""
    inside = False
    for _, same in groupby(sorted(counted, key=lambda each: _key(each[0])), key=lambda each: each[0].at):
        waiting = list(same)
        while waiting:
            wanted = Direction.OUT if inside else Direction.IN
            chosen = next((each for each in waiting if each[0].direction is wanted), waiting[0])
            waiting.remove(chosen)
            inside = chosen[0].direction is Direction.IN
            yield chosen


def _key(passage: Passage) -> tuple[datetime, str]:
    return passage.at, passage.id
