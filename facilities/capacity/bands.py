"""Hours of the week that cost more, such as nights and weekends: which of them a time falls into. Pure.

Bands are wall times of the place, over midnight too; at a change of the clocks they are read like opening
hours. Where several bands meet, the first one of the list counts and no other.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from facilities.capacity.grid import Span
from shared.text import Text

_A_DAY = timedelta(days=1)


class Boundary(StrEnum):
    """What becomes of a billing step in which a band begins or ends."""

    FOLLOW_THROUGH = "follow_through"
    """All of it belongs where it begins."""
    SPLIT = "split"
    """Each part of it belongs where it lies."""


BOUNDARY_NAMES: dict[Boundary, Text] = {
    Boundary.FOLLOW_THROUGH: Text(
        "跨时段的计费段按其开始时所在时段计价", "A billing step is priced by the hours in which it begins"
    ),
    Boundary.SPLIT: Text(
        "跨时段的计费段按各时段内的时长分别计价", "A billing step is divided by the time in each hours"
    ),
}


class Recurring(Protocol):
    """Hours that come back on some weekdays; what they mean for the price is for each kind of them to say."""

    @property
    def weekdays(self) -> frozenset[int]:
        """On which they begin; 1 is Monday."""
        ...

    @property
    def since(self) -> time:
        """When they begin, by the wall."""
        ...

    @property
    def until(self) -> time:
        """When they end; not later than `since` is the next day."""
        ...


@dataclass(frozen=True, slots=True)
class Band:
    """Hours of some weekdays (1 is Monday) and by how much they cost more.

    The weekday is that on which they begin; an end that is not later is the next day's, 00:00 to 00:00 is the
    whole day.
    """

    name: Text
    weekdays: frozenset[int]
    since: time
    until: time
    surcharge_bp: int
    """On the unit price, in basis points."""

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {
            "name": self.name.to_dict(),
            "weekdays": sorted(self.weekdays),
            "since": f"{self.since:%H:%M}",
            "until": f"{self.until:%H:%M}",
            "surcharge_bp": self.surcharge_bp,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Band":
        """Read what `to_json` has written."""
        return cls(
            name=Text.of(kept["name"]),
            weekdays=frozenset(kept["weekdays"]),
            since=time.fromisoformat(kept["since"]),
            until=time.fromisoformat(kept["until"]),
            surcharge_bp=kept["surcharge_bp"],
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time that belongs to one band, by its place in the list; None for none."""

    start: datetime
    end: datetime
    band: int | None


def stretches(span: Span, bands: Sequence[Recurring], tz: ZoneInfo) -> list[Stretch]:
    """The span cut where another band begins to count; together they are the span."""
    changes = sorted(_changes(span, bands, tz))
    active: Counter[int] = Counter()
    found: list[Stretch] = []
    since = span.start
    for at, change, number in [*changes, (span.end, 0, 0)]:
        if since < (until := min(at, span.end)):
            _append(found, Stretch(since, until, min(+active, default=None)))
            since = until
        active[number] += change
    return found


def _changes(span: Span, bands: Sequence[Recurring], tz: ZoneInfo) -> Iterator[tuple[datetime, int, int]]:
    """When which band begins (1) and ends (-1), at least within the span."""
    day = span.start.astimezone(tz).date() - _A_DAY  # its last hours may be ours
    while day <= span.end.astimezone(tz).date():
        for number, band in enumerate(bands):
            if day.isoweekday() in band.weekdays:
                start = _instant(day, band.since, tz)
                end = _instant(day if band.until > band.since else day + _A_DAY, band.until, tz)
                if start < end:  # all of it may lie in the hour that a change of the clocks skips
                    yield start, 1, number
                    yield end, -1, number
        day += _A_DAY


def _append(found: list[Stretch], stretch: Stretch) -> None:
    if found and found[-1].band == stretch.band:
        stretch = Stretch(found.pop().start, stretch.end, stretch.band)
    found.append(stretch)


def _instant(day: date, wall: time, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, tz).astimezone(UTC)
