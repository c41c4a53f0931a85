"""What a charging point has told of one charge, and where a car stood charging during a stay. Pure.

A point tells when a charge began, when it ended and when the bay was free; late, twice or in another order.
The times that follow are the same in whatever order they are told, and none lies before the one before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from facilities.living.parking.tariffs.overstaying import Charging


class Phase(StrEnum):
    """What a point tells of a charge."""

    STARTED = "started"
    ENDED = "ended"
    """The car is charged, or was taken off the point; it may stand there still."""
    FREED = "freed"
    """The bay is free again."""


@dataclass(frozen=True, slots=True)
class Said:
    """One phase of a charge as it was told."""

    said_at: datetime
    """By the clock of the point."""
    at: datetime
    """What counts: the same, or the receipt where that clock was not believed."""
    mark: str | None = None
    """Whose car it is, as far as the point has told with it."""

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {"said_at": self.said_at.isoformat(), "at": self.at.isoformat(), "mark": self.mark}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Said":
        """Read what `to_json` has written."""
        said_at, at = (datetime.fromisoformat(kept[name]) for name in ("said_at", "at"))
        return cls(said_at, at, kept["mark"])


@dataclass(frozen=True, slots=True)
class Times:
    """The times of a charge, as far as they are known."""

    started_at: datetime | None
    ended_at: datetime | None
    freed_at: datetime | None


def times_told(
    told: Mapping[Phase, Said], seen_free: datetime | None = None, next_start: datetime | None = None
) -> Times:
    """What it comes to, what was told of a charge.

    A bay is free when the point or somebody who was there (`seen_free`) says so, whichever is earlier; where
    nobody does, the next charge at it shows that the car was gone (`next_start`).
    """
    started = told[Phase.STARTED].at if Phase.STARTED in told else None
    ended = _latest(told[Phase.ENDED].at, started) if Phase.ENDED in told else None
    said = [each for each in (told[Phase.FREED].at if Phase.FREED in told else None, seen_free) if each]
    free = min(said, default=next_start)
    return Times(started, ended, None if free is None else _latest(free, started, ended))


def mark_told(told: Mapping[Phase, Said]) -> str | None:
    """Whose car it is: what was told with the earliest phase that names one."""
    return next((told[phase].mark for phase in Phase if phase in told and told[phase].mark is not None), None)


@dataclass(frozen=True, slots=True)
class AtPoint:
    """One charge of a car, wherever in the car park."""

    id: UUID
    bay: str
    """The number of the bay."""
    started_at: datetime | None
    ended_at: datetime | None
    freed_at: datetime | None

    @property
    def since(self) -> datetime | None:
        """From when on the car is known to have stood there."""
        return self.started_at or self.ended_at


def during(charges: Iterable[AtPoint], entered_at: datetime, until: datetime | None) -> tuple[AtPoint, ...]:
    """Those of these charges of a car that belong to its stay from an entry on, the latest last.

    What began before the car came in, or ended after it had left (`until`), was another car's, or is wrong. A
    car stands at one point at a time: the next one shows that it has left the one before, and the exit that
    it has left all.
    """

    def within(at: datetime | None) -> bool:
        return at is not None and entered_at <= at and (until is None or at <= until)

    mine = [each for each in charges if within(each.since)]
    mine.sort(key=lambda each: (each.since, each.id))
    found = []
    for number, each in enumerate(mine, 1):
        ended = each.ended_at if within(each.ended_at) else None
        gone = [each.freed_at, *(later.since for later in mine[number : number + 1]), until]
        left = min((at for at in gone if at is not None), default=None)
        freed = None if left is None else _latest(left, each.started_at, ended)
        found.append(replace(each, ended_at=ended, freed_at=freed))
    return tuple(found)


def charged(times: Sequence[AtPoint]) -> tuple[Charging, ...]:
    """Those of them where charging has ended, as the fee takes them."""
    return tuple(
        Charging(each.bay, each.ended_at, each.freed_at) for each in times if each.ended_at is not None
    )


def _latest(at: datetime, *others: datetime | None) -> datetime:
    return max([at, *(each for each in others if each is not None)])
