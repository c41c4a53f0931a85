"""How much one enterprise may have: open bookings, and hours a day, week or month. Pure.

Hours are hours of one unit: two machines for three hours are six. A booking counts in every period that it
touches, by the hours that lie in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from facilities.capacity.grid import Span
from shared.errors import FieldError
from shared.text import Text

_OPEN = Text(
    "同一企业最多可有{limit}个未完成的预订，现有{taken}个",
    "An enterprise can have {limit} open bookings at most, and has {taken}",
)
_HOURS = Text(
    "同一企业每{period}最多可预订{limit}小时，{on}起的{period}已订{taken}小时",
    "An enterprise can book {limit} hours a {period} at most, and has {taken} in that of {on}",
)


class Period(StrEnum):
    """What hours are counted in; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_NAMES = {Period.DAY: Text("日", "day"), Period.WEEK: Text("周", "week"), Period.MONTH: Text("月", "month")}


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many hours a period, or without a period so many open bookings."""

    limit: int
    period: Period | None = None

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {"limit": self.limit, "period": self.period}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Quota":
        """Read what `to_json` has written."""
        return cls(kept["limit"], Period(kept["period"]) if kept["period"] else None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the enterprise has already of the same trade."""

    open_bookings: int = 0
    taken: Sequence[tuple[Span, int]] = ()
    """Times and units of what takes capacity, at least within `reach`."""


def over_quota(
    span: Span, quantity: int, quotas: Sequence[Quota], tz: ZoneInfo, standing: Standing
) -> Iterator[FieldError]:
    """What would be too much, were this booking added."""
    for quota in quotas:
        if quota.period is None:
            if standing.open_bookings >= quota.limit:
                said = _OPEN.format(limit=quota.limit, taken=standing.open_bookings)
                yield FieldError("/", "quota_open", said)
            continue
        for each in _periods(quota.period, span, tz):
            taken = sum((_within(one, each) * units for one, units in standing.taken), timedelta(0))
            if taken + _within(span, each) * quantity > timedelta(hours=quota.limit):
                said = _HOURS.format(
                    limit=quota.limit,
                    period=_NAMES[quota.period],
                    on=each.start.astimezone(tz).date().isoformat(),
                    taken=f"{taken / timedelta(hours=1):g}",
                )
                yield FieldError("/", f"quota_{quota.period}", said)


def reach(span: Span, quotas: Sequence[Quota], tz: ZoneInfo) -> Span | None:
    """Within which time other bookings matter to these quotas; None when none of them counts hours."""
    periods = [each for q in quotas if q.period for each in _periods(q.period, span, tz)]
    if not periods:
        return None
    return Span(min(each.start for each in periods), max(each.end for each in periods))


def _periods(period: Period, span: Span, tz: ZoneInfo) -> Iterator[Span]:
    """Every period that the span touches."""
    first = _first_day(period, span.start.astimezone(tz).date())
    while (start := _midnight(first, tz)) < span.end:
        first = _first_day(period, first + timedelta(days={"day": 1, "week": 7, "month": 32}[period]))
        yield Span(start, _midnight(first, tz))


def _first_day(period: Period, day: date) -> date:
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period is Period.MONTH else day


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tz).astimezone(UTC)


def _within(span: Span, period: Span) -> timedelta:
    return max(min(span.end, period.end) - max(span.start, period.start), timedelta(0))
