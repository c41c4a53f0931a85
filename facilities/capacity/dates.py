"""Which dates a rule of recurrence makes, by RFC 5545. Pure.

Not left to dateutil, which looks for the next date of a rule that has none up to the year 9999, for seconds,
wherever it is told to stop, and reads some rules in other ways than the RFC (see the tests, which compare).
Here nothing beyond the last date is looked at.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from facilities.capacity.recurrence import Every, Rule


def dates(rule: Rule, first: date, last: date) -> Iterator[date]:
    """The dates of a rule that begins on `first`, in order, up to `last`; its own end is not looked at.

    `first` is among them only if it fits the rule.
    """
    for period in _periods(rule, first, last):
        fitting = [day for day in period if _fits(rule, first, day)]
        for day in _at_positions(fitting, rule.positions):
            if first <= day <= last:
                yield day


def _periods(rule: Rule, first: date, last: date) -> Iterator[Sequence[date]]:
    """The days, weeks or months that count, each with all of its dates."""
    start = first
    if rule.every is Every.WEEK:
        start -= timedelta(days=(first.weekday() - rule.week_start) % 7)
    elif rule.every is Every.MONTH:
        start = first.replace(day=1)
    while start <= last:
        length = {Every.DAY: 1, Every.WEEK: 7, Every.MONTH: _days_in(start)}[rule.every]
        yield [start + timedelta(days=number) for number in range(length)]
        if rule.every is Every.MONTH:
            years, months = divmod(start.month - 1 + rule.interval, 12)
            if start.year + years > last.year:
                return
            start = date(start.year + years, months + 1, 1)
        else:
            start += timedelta(days=length * rule.interval)


def _fits(rule: Rule, first: date, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    from_the_end = day.day - _days_in(day) - 1
    if rule.month_days and not {day.day, from_the_end} & set(rule.month_days):
        return False
    if rule.weekdays:
        nths = (0, (day.day + 6) // 7, -((6 - from_the_end) // 7))
        return any((nth, day.weekday()) in rule.weekdays for nth in nths)
    if rule.month_days or rule.every is Every.DAY:
        return True
    return day.weekday() == first.weekday() if rule.every is Every.WEEK else day.day == first.day


def _at_positions(days: Sequence[date], positions: Sequence[int]) -> Sequence[date]:
    if not positions:
        return days
    places = {place - 1 if place > 0 else len(days) + place for place in positions}
    return [day for place, day in enumerate(days) if place in places]


def _days_in(month: date) -> int:
    return monthrange(month.year, month.month)[1]
