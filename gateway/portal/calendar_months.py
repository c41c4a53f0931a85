"""A year of the calendar as months to look at and as periods to read."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from gateway.portal.context import Json
from gateway.portal.i18n import locale_name
from shared.calendar import say_period
from shared.text import Text

_MONTHS = range(1, 13)
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One day in a month; `kind` is `off` or `work` where a notice says so, else `weekend` or `plain`."""

    day: date
    kind: str
    name: Json | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday to Sunday; None stands for days of other months."""

    first: date
    weeks: list[list[Cell | None]]
    working_days: int

    @property
    def name(self) -> str:
        """`10月` / `October`."""
        return _said(self.first, "M月" if locale_name().startswith("zh") else "LLLL")


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row of one kind and name."""

    first: date
    last: date
    kind: str
    name: Json

    @property
    def text(self) -> Text:
        """The period in words."""
        return say_period(self.first, self.last)

    @property
    def length(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1


def months_of(year: int, days: list[Json]) -> list[Month]:
    """The twelve months of a year, with the days that a service lists as departing from the plain week."""
    listed = {date.fromisoformat(entry["date"]): entry for entry in days}
    found = []
    for month in _MONTHS:
        weeks = [
            [_cell(day, listed) if day.month == month else None for day in week]
            for week in Calendar().monthdatescalendar(year, month)
        ]
        working = sum(cell.kind in {"plain", "work"} for week in weeks for cell in week if cell)
        found.append(Month(date(year, month, 1), weeks, working))
    return found


def periods_of(days: list[Json]) -> list[Period]:
    """Listed days in their order, those in a row with one name and kind put together."""
    found: list[Period] = []
    for entry in days:
        day = date.fromisoformat(entry["date"])
        last = found[-1] if found else None
        if last and last.last + _DAY == day and (last.kind, last.name) == (entry["kind"], entry["name"]):
            found[-1] = Period(last.first, day, last.kind, last.name)
        else:
            found.append(Period(day, day, entry["kind"], entry["name"]))
    return found


def weekdays() -> list[tuple[str, str]]:
    """Monday to Sunday, as a narrow heading and in full."""
    monday = date(2026, 11, 23)
    return [(_said(day, "EEEEE"), _said(day, "EEEE")) for day in (monday + n * _DAY for n in range(7))]


def _cell(day: date, listed: dict[date, Json]) -> Cell:
    entry = listed.get(day)
    if entry is not None:
        return Cell(day, entry["kind"], entry["name"])
    return Cell(day, "weekend" if day.weekday() >= _SATURDAY else "plain")


def _said(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=locale_name())
