"""The capacity that the rules give a slot: opening hours, closures, changes of capacity. Pure.

Opening hours are wall times of the place, by weekday, several a day, over midnight too. A slot is open when
all of it is; a slot of a day when its weekday has any hours. An hour that a change of the clocks skips or
repeats is read the first way: what ends at 02:30 and what begins at 02:30 still meet.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from facilities.capacity.grid import Grid, Span
from shared.errors import FieldError
from shared.text import Text

_NOT_HOURS = Text(
    "开放时间应含星期（1–7）和起止时刻（HH:MM）", "Hours have a weekday (1 to 7) and two times (HH:MM)"
)


@dataclass(frozen=True, slots=True)
class Hours:
    """Open from when until when, on a weekday (1 is Monday); an end that is not later is the next day's.

    00:00 to 00:00 is the whole day.
    """

    weekday: int
    since: time
    until: time


@dataclass(frozen=True, slots=True)
class Opening:
    """The hours of a week; with none it is never open."""

    hours: tuple[Hours, ...]

    @classmethod
    def from_json(cls, value: Iterable[Mapping[str, Any]]) -> "Opening":
        """Read `[{"weekday": 1, "since": "08:00", "until": "17:30"}, …]`; ValueError for anything else."""
        return cls(tuple(_read(each) for each in value))

    @staticmethod
    @lru_cache(maxsize=1024)
    def from_text(value: str) -> "Opening":
        """Read the text of such a document; those who open alike share what comes out."""
        return Opening.from_json(json.loads(value))

    def to_json(self) -> list[dict[str, Any]]:
        """The form in which it is stored."""
        return [
            {"weekday": each.weekday, "since": f"{each.since:%H:%M}", "until": f"{each.until:%H:%M}"}
            for each in self.hours
        ]

    def open_slots(self, grid: Grid, slots: range) -> list[bool]:
        """Of each slot, whether it is open."""
        if grid.by_day:
            weekdays = {each.weekday for each in self.hours}
            return [date.fromordinal(slot).isoweekday() in weekdays for slot in slots]
        found = [False] * len(slots)
        for span in self._spans(grid.tz, grid.span_of(slots)):
            inside = _common(grid.slots_within(span), slots)
            found[inside.start - slots.start : inside.stop - slots.start] = [True] * len(inside)
        return found

    def _spans(self, tz: ZoneInfo, around: Span) -> Iterator[Span]:
        """When it is open around a span; what touches is one."""
        day = around.start.astimezone(tz).date() - timedelta(days=1)  # its last hours may be ours
        last = around.end.astimezone(tz).date()
        running: Span | None = None
        for span in sorted(self._each(tz, day, last), key=lambda span: span.start):
            if running is not None and span.start <= running.end:
                running = Span(running.start, max(running.end, span.end))
                continue
            if running is not None:
                yield running
            running = span
        if running is not None:
            yield running

    def _each(self, tz: ZoneInfo, day: date, last: date) -> Iterator[Span]:
        while day <= last:
            for each in self.hours:
                if each.weekday == day.isoweekday():
                    ends_on = day if each.until > each.since else day + timedelta(days=1)
                    start, end = _instant(day, each.since, tz), _instant(ends_on, each.until, tz)
                    if start < end:  # all of it may lie in the hour that a change of the clocks skips
                        yield Span(start, end)
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Another capacity than usual for some slots, 0 for a closure. Two of one ledger never overlap."""

    slots: range
    capacity: int


def capacities(
    grid: Grid, slots: range, usual: int, opening: Opening | None, exceptions: Sequence[Exceptional]
) -> list[int]:
    """The capacity of each slot by the rules: the exception's where there is one, 0 where it is not open.

    Without `opening` it is open always. A change of capacity opens nothing that is closed.
    """
    found = [usual] * len(slots)
    for each in exceptions:
        inside = _common(each.slots, slots)
        found[inside.start - slots.start : inside.stop - slots.start] = [each.capacity] * len(inside)
    if opening is None:
        return found
    open_ = opening.open_slots(grid, slots)
    return [capacity if is_open else 0 for capacity, is_open in zip(found, open_, strict=True)]


def wrong_hours(value: Sequence[Mapping[str, Any]], pointer: str = "/hours") -> list[FieldError]:
    """What is wrong with hours that somebody has typed, each place named."""
    wrong = []
    for number, each in enumerate(value):
        try:
            _read(each)
        except ValueError:
            wrong.append(FieldError(f"{pointer}/{number}", "hours", _NOT_HOURS))
    return wrong


def _read(value: Mapping[str, Any]) -> Hours:
    try:
        weekday = int(value["weekday"])
        since, until = (time.fromisoformat(value[key]) for key in ("since", "until"))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no hours: {value!r}") from error
    if not 1 <= weekday <= 7 or since.tzinfo or until.tzinfo:
        raise ValueError(f"no hours: {value!r}")
    return Hours(weekday, since, until)


def _instant(day: date, wall: time, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, tz).astimezone(UTC)


def _common(one: range, other: range) -> range:
    """The slots of both; an empty range inside `other` where there are none."""
    start = min(max(one.start, other.start), other.stop)
    return range(start, max(start, min(one.stop, other.stop)))
