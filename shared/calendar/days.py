"""Working days. Dates are legal dates (Asia/Shanghai); nothing here knows the time of day.

A year is *official* when the State Council's notice for it is in the table: then every day off and every
make-up working day (调休上班) of that year is known. Every other year is *provisional*, and what is assumed
then is little enough to be stated in full:

* Saturdays and Sundays are off and nobody works on them: there are no make-up working days;
* the statutory days off listed for the year are off (2027: all of them, lunar festivals included);
* in a year without any entry, only the statutory days with a fixed solar date are known (1 January,
  1–2 May, 1–3 October); the lunar festivals and Qingming are counted as ordinary days;
* a statutory day that falls on a weekend is made good on the next ordinary working days, as the
  regulation promises; which days the notice will choose is not known.

So a date that lies in a provisional year can move when the notice is published, and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.text import Text

DayKind = Literal["off", "work"]
YearStatus = Literal["official", "provisional"]

MAX_WORKING_DAYS = 10_000
"""The longest count that is answered (about forty years); a longer one is a mistake in the data."""

_DAY = timedelta(days=1)
_SATURDAY = 5
_IN_LIEU = "（逢周末补假）"
_LIEU = Text("{name}" + _IN_LIEU, "{name} (weekday in lieu of a weekend)")


class CalendarError(ValueError):
    """A calendar that contradicts itself, or a count that makes no sense."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The text that a day comes from."""

    title: Text
    published_on: date
    document: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One day that departs from the plain week: 休 (`off`) or 班 (`work`, a make-up working day)."""

    day: date
    kind: DayKind
    name: Text
    notice: Notice


@dataclass(frozen=True, slots=True)
class FixedDay:
    """A statutory day off on the same solar date every year."""

    month: int
    day: int
    name: Text
    notice: Notice


class WorkCalendar:
    """Answers whether a day is a working day and counts working days; never changes."""

    def __init__(
        self,
        entries: Iterable[DayEntry],
        statuses: Mapping[int, YearStatus],
        fixed_days: Iterable[FixedDay] = (),
        statutory: Mapping[int, tuple[DayEntry, ...]] | None = None,
    ) -> None:
        """Raises CalendarError when one day is given twice.

        `statutory`: what is known of the statutory days of years whose days a notice has replaced.
        """
        self._entries: dict[date, DayEntry] = {}
        for entry in entries:
            if entry.day in self._entries:
                raise CalendarError(f"{entry.day} is in the calendar twice")
            self._entries[entry.day] = entry
        self._statuses = dict(statuses)
        self._fixed_days = tuple(fixed_days)
        self._statutory = dict(statutory or {})
        self._known_years = {day.year for day in self._entries} | self._statuses.keys()
        self._years_by_rule: dict[int, dict[date, DayEntry]] = {}

    def status(self, year: int) -> YearStatus:
        """Whether the days of `year` are published (`official`) or a forecast (`provisional`)."""
        return self._statuses.get(year, "provisional")

    @property
    def years(self) -> tuple[int, ...]:
        """The years that are in the tables, the earliest first; every other year follows the rule."""
        return tuple(sorted(self._known_years))

    def statutory_days(self, year: int) -> tuple[DayEntry, ...]:
        """The days that the regulation itself makes off, whatever a notice arranges around them, in order.

        Those on a fixed solar date are known of every year; the lunar festivals and Qingming where the year
        was in the tables before its notice.
        """
        if year in self._statutory:
            return self._statutory[year]
        known = {
            (day := date(year, fixed.month, fixed.day)): DayEntry(day, "off", fixed.name, fixed.notice)
            for fixed in self._fixed_days
        }
        if self.status(year) == "provisional":
            days_off = (entry for entry in self.entries_of(year) if not entry.name.zh.endswith(_IN_LIEU))
            known |= {entry.day: entry for entry in days_off}
        return tuple(known[day] for day in sorted(known))

    def entries_of(self, year: int) -> tuple[DayEntry, ...]:
        """Every day of `year` that departs from the plain week, in order."""
        if year in self._known_years:
            return tuple(self._entries[day] for day in sorted(self._entries) if day.year == year)
        found = self._by_rule(year)
        return tuple(found[day] for day in sorted(found))

    def is_provisional(self, day: date) -> bool:
        """Whether `day` lies in a year without an official arrangement."""
        return self.status(day.year) == "provisional"

    def entry(self, day: date) -> DayEntry | None:
        """Why `day` departs from the plain week; None for an ordinary weekday or weekend."""
        if day.year in self._known_years:
            return self._entries.get(day)
        return self._by_rule(day.year).get(day)

    def is_working_day(self, day: date) -> bool:
        """Whether `day` counts as a working day (行政许可法 art. 82: statutory holidays excluded)."""
        entry = self.entry(day)
        if entry is not None:
            return entry.kind == "work"
        return day.weekday() < _SATURDAY

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += _DAY
        while not self.is_working_day(day):
            day += _DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`."""
        day -= _DAY
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def working_day_on_or_after(self, day: date) -> date:
        """`day` itself when it is a working day, else the next one (民法典 art. 203)."""
        return day if self.is_working_day(day) else self.next_working_day(day)

    def add_working_days(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; the first day is not counted (民法典 art. 201).

        Raises CalendarError unless `count` is between 0 and `MAX_WORKING_DAYS`; 0 gives `start`.
        """
        if not 0 <= count <= MAX_WORKING_DAYS:
            raise CalendarError(f"cannot count {count} working days")
        day = start
        for _ in range(count):
            day = self.next_working_day(day)
        return day

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie in `after < day <= until`; negative when `until` is the earlier one."""
        if until < after:
            return -self.working_days_between(until, after)
        days = (after + timedelta(days=offset) for offset in range(1, (until - after).days + 1))
        return sum(1 for day in days if self.is_working_day(day))

    def with_year(self, year: int, status: YearStatus, entries: Iterable[DayEntry]) -> "WorkCalendar":
        """The same calendar with the days of `year` replaced, as when its notice is published.

        Raises CalendarError when an entry lies in another year.
        """
        fresh = tuple(entries)
        for entry in fresh:
            if entry.day.year != year:
                raise CalendarError(f"{entry.day} is not in {year}")
        kept = (entry for day, entry in self._entries.items() if day.year != year)
        statutory = {**self._statutory, year: self.statutory_days(year)}
        return WorkCalendar((*kept, *fresh), {**self._statuses, year: status}, self._fixed_days, statutory)

    def _by_rule(self, year: int) -> dict[date, DayEntry]:
        # Filled on first use; two threads that race compute the same value.
        found = self._years_by_rule.get(year)
        if found is None:
            found = self._years_by_rule[year] = statutory_days_by_rule(year, self._fixed_days)
        return found


def statutory_days_by_rule(year: int, fixed_days: Iterable[FixedDay]) -> dict[date, DayEntry]:
    """The days off in `year` that follow from fixed solar dates alone, made good where on a weekend."""
    entries = {
        (day := date(year, fixed.month, fixed.day)): DayEntry(day, "off", fixed.name, fixed.notice)
        for fixed in fixed_days
    }
    for entry in list(entries.values()):
        if entry.day.weekday() < _SATURDAY:
            continue
        lieu = entry.day
        while lieu in entries or lieu.weekday() >= _SATURDAY:
            lieu += _DAY
        entries[lieu] = DayEntry(lieu, "off", _LIEU.format(name=entry.name), entry.notice)
    return entries
