"""A series of bookings: a rule, the wall times of the first one, and dates left out. Pure.

Wall times recur, in the zone of the place: at nine stays at nine when the clocks change. What lies in an hour
that is skipped begins after it, what lies in one that is repeated begins the first time (RFC 5545, 3.3.5).
Everything is bounded before it is computed, so that no rule takes long or goes on for ever.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from facilities.capacity.dates import dates
from facilities.capacity.grid import Span
from facilities.capacity.recurrence import Rule, read_rule
from shared.errors import FieldError, InvalidInput
from shared.text import Text

_MANY = Text("一个系列最多{most}次", "A series recurs {most} times at most")
_FAR = Text("一个系列最长{days}天", "A series reaches over {days} days at most")
_FIRST = Text("第一次的日期不符合重复规则", "The first date does not fit the rule")
_REACH = Text("开始时间不在可预订的年份内", "The beginning lies in no year that can be booked")
_NONE = Text("系列中没有这一次", "The series has no such occurrence")

_YEARS = range(1970, 2300)


@dataclass(frozen=True, slots=True)
class SeriesLimits:
    """How large a series may be."""

    most: int = 100
    """Occurrences, those that are left out too."""
    longest: timedelta = timedelta(days=366)
    """From the first beginning to the last one."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One of a series: the wall time by which it is known (RECURRENCE-ID), and its time."""

    wall: datetime
    span: Span


@dataclass(frozen=True, slots=True)
class Series:
    """The first one from when until when, by the wall, how it recurs, and which beginnings are left out."""

    rule: Rule
    tz: ZoneInfo
    starts: datetime
    ends: datetime
    skipped: frozenset[datetime] = frozenset()
    """EXDATE, as wall times; they count among the `count` of the rule."""

    def __post_init__(self) -> None:
        """Wall times, and not empty; ValueError otherwise."""
        if any(each.tzinfo for each in (self.starts, self.ends, *self.skipped)):
            raise ValueError("wall times have no offset")
        if self.ends <= self.starts:
            raise ValueError("a series of nothing")

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {
            "rule": str(self.rule),
            "tz": self.tz.key,
            "starts": self.starts.isoformat(),
            "ends": self.ends.isoformat(),
            "skipped": sorted(each.isoformat() for each in self.skipped),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Series":
        """Read what `to_json` has written."""
        return cls(
            rule=read_rule(kept["rule"]),
            tz=ZoneInfo(kept["tz"]),
            starts=datetime.fromisoformat(kept["starts"]),
            ends=datetime.fromisoformat(kept["ends"]),
            skipped=frozenset(datetime.fromisoformat(each) for each in kept["skipped"]),
        )


def occurrences(series: Series, limits: SeriesLimits) -> list[Occurrence]:
    """All of them in order, without those left out.

    Raises InvalidInput where they are too many or reach too far, and where the first date does not fit the
    rule: calendars would then not agree on what is meant.
    """
    return [_occurrence(series, wall) for wall in _walls(series, limits) if wall not in series.skipped]


def occurrence_at(series: Series, wall: datetime) -> Occurrence:
    """The time of an occurrence of that wall time, whether the series has one or had."""
    return _occurrence(series, wall)


def without(series: Series, wall: datetime, limits: SeriesLimits) -> Series:
    """The series with the one of that wall time left out: it is skipped, or changed for itself.

    Raises InvalidInput when it has no such one.
    """
    _place(series, wall, limits)
    return replace(series, skipped=series.skipped | {wall})


def divided(series: Series, wall: datetime, limits: SeriesLimits) -> tuple[Series | None, Series]:
    """The series before the one of that wall time, and from it on: together they are what it was.

    The first is None when it is the first one. Raises InvalidInput when it has no such one.
    """
    walls = _walls(series, limits)
    place = _place(series, wall, limits)
    rule, length = series.rule, series.ends - series.starts
    before = frozenset(each for each in series.skipped if each < wall)
    rest = replace(
        series,
        rule=replace(rule, count=rule.count - place) if rule.count else rule,
        starts=wall,
        ends=wall + length,
        skipped=series.skipped - before,
    )
    if not place:
        return None, rest
    last = _instant(walls[place - 1], series.tz)
    ended = replace(rule, count=place) if rule.count else replace(rule, until=last)
    return replace(series, rule=ended, skipped=before), rest


def at_other_times(series: Series, since: time, length: timedelta, limits: SeriesLimits) -> Series:
    """All of it on the same dates at another time of day, for so long by the wall."""
    last = datetime.combine(_walls(series, limits)[-1].date(), since)
    starts = datetime.combine(series.starts.date(), since)
    # With the old end the last one might be lost or another one gained.
    until = _instant(last, series.tz) if series.rule.until else None
    return replace(
        series,
        rule=replace(series.rule, until=until),
        starts=starts,
        ends=starts + length,
        skipped=frozenset(datetime.combine(each.date(), since) for each in series.skipped),
    )


def _walls(series: Series, limits: SeriesLimits) -> list[datetime]:
    """The beginnings by the wall, those left out too."""
    rule = series.rule
    if series.starts.year not in _YEARS:
        raise _refused("/starts_at", "out_of_reach", _REACH)
    latest = _instant(series.starts, series.tz) + limits.longest
    if rule.count is not None and rule.count > limits.most:
        raise _refused("/rule", "too_many", _MANY.format(most=limits.most))
    if rule.until is not None and rule.until > latest:
        raise _refused("/rule", "too_far", _FAR.format(days=limits.longest.days))
    found = list(islice(_expanded(series, min(rule.until or latest, latest)), rule.count or limits.most + 1))
    if not found or found[0] != series.starts:
        raise _refused("/rule", "first_date", _FIRST)
    if len(found) > limits.most:
        raise _refused("/rule", "too_many", _MANY.format(most=limits.most))
    if rule.count is not None and len(found) < rule.count:
        raise _refused("/rule", "too_far", _FAR.format(days=limits.longest.days))
    return found


def _expanded(series: Series, until: datetime) -> Iterator[datetime]:
    """What the rule makes of the first wall time, up to an instant."""
    last = until.astimezone(series.tz).date()
    for day in dates(series.rule, series.starts.date(), last):
        wall = datetime.combine(day, series.starts.time())
        if _instant(wall, series.tz) <= until:
            yield wall


def _occurrence(series: Series, wall: datetime) -> Occurrence:
    length = series.ends - series.starts
    start, end = _instant(wall, series.tz), _instant(wall + length, series.tz)
    # A change of the clocks may leave nothing of it: then it takes as long as it always does.
    return Occurrence(wall, Span(start, end if end > start else start + length))


def _place(series: Series, wall: datetime, limits: SeriesLimits) -> int:
    walls = _walls(series, limits)
    if wall in series.skipped or wall not in walls:
        raise _refused("/occurrence", "no_occurrence", _NONE)
    return walls.index(wall)


def _instant(wall: datetime, tz: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=tz, fold=0).astimezone(UTC)


def _refused(pointer: str, code: str, message: Text) -> InvalidInput:
    return InvalidInput(errors=[FieldError(pointer, code, message)])
