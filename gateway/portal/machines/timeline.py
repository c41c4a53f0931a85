"""The free times of a day, as a line of the table and as a bar of 24 hours beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.portal.context import Json
from shared.clock import PARK_TZ

_DAY_MIN = 24 * 60
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A free time of one day, by the wall clock of the park."""

    since: str
    until: str
    free: int
    left: int
    """Minutes since midnight."""
    width: int
    """Minutes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One day."""

    day: str
    stretches: tuple[Stretch, ...]


def lines_of(days: Iterable[Json]) -> list[Line]:
    """The days of a calendar."""
    return [Line(day["day"], tuple(_stretch(day["day"], each) for each in day["free"])) for day in days]


def _stretch(day: str, free: Json) -> Stretch:
    midnight = datetime.fromisoformat(day).replace(tzinfo=PARK_TZ)
    since, until = (
        min(max((datetime.fromisoformat(free[name]) - midnight) // _MINUTE, 0), _DAY_MIN)
        for name in ("starts_at", "ends_at")
    )
    return Stretch(_clock(since), _clock(until), free["free"], since, until - since)


def _clock(minutes: int) -> str:
    """Minutes since midnight as `08:30`; the end of the day is `24:00`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
