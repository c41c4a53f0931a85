"""The dates of a rule, against dateutil; and that a rule without any takes no time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from dateutil import rrule
from hypothesis import assume, example, given
from hypothesis import strategies as st

from facilities.capacity.dates import dates
from facilities.capacity.recurrence import Every, Rule

DAYS = st.integers(1, 31) | st.integers(-31, -1)
FREQUENCIES = {Every.DAY: rrule.DAILY, Every.WEEK: rrule.WEEKLY, Every.MONTH: rrule.MONTHLY}


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that can be read, of those that RFC 5545 gives a meaning."""
    every = draw(st.sampled_from(Every))
    # Not both: of `MO,1TU` dateutil makes days that are both, where the RFC has days that are either.
    by_place = every is Every.MONTH and draw(st.booleans())
    nths = st.integers(1, 5) | st.integers(-5, -1) if by_place else st.just(0)
    months = draw(st.sets(st.integers(1, 12), max_size=8))
    month_days = draw(st.sets(DAYS, max_size=5)) if every is not Every.WEEK else set()
    weekdays = draw(st.sets(st.tuples(nths, st.integers(0, 6)), max_size=5))
    positions = draw(st.sets(st.integers(1, 4) | st.integers(-4, -1), max_size=3))
    return Rule(
        every,
        interval=draw(st.integers(1, 4)),
        count=1,
        months=tuple(sorted(months)),
        month_days=tuple(sorted(month_days)),
        weekdays=tuple(sorted(weekdays)),
        positions=tuple(sorted(positions)) if months or month_days or weekdays else (),
        week_start=draw(st.integers(0, 6)),
    )


def _by_dateutil(rule: Rule, first: date, last: date) -> Iterator[date]:
    begin, weekdays = first, rule.weekdays
    if rule.every is Every.WEEK:
        # It counts positions of the first week from the first date on, where the RFC counts all of it.
        begin -= timedelta(days=(first.weekday() - rule.week_start) % 7)
        weekdays = weekdays or ((0, first.weekday()),)
    found = rrule.rrule(
        FREQUENCIES[rule.every],  # type: ignore[arg-type]
        dtstart=datetime.combine(begin, datetime.min.time()),
        until=datetime.combine(last, datetime.min.time()),
        interval=rule.interval,
        wkst=rule.week_start,
        bymonth=rule.months or None,
        bymonthday=rule.month_days or None,
        byweekday=[rrule.weekday(day, nth or None) for nth, day in weekdays] or None,
        bysetpos=rule.positions or None,
    )
    return (each.date() for each in found if each.date() >= first)


@given(rules(), st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(0, 1500))
@example(Rule(Every.MONTH, count=1, weekdays=((5, 0), (-5, 6))), date(2027, 2, 1), 400)
@example(Rule(Every.MONTH, count=1, month_days=(-31, 31)), date(2028, 2, 29), 400)
@example(Rule(Every.MONTH, count=1, interval=4), date(2027, 8, 31), 400)
@example(Rule(Every.WEEK, count=1, interval=2, weekdays=((0, 6), (0, 0)), week_start=6), date(2027, 1, 3), 40)
def test_dates_are_those_of_dateutil(rule: Rule, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    # Where no date follows, dateutil is busy for seconds; the next test is about those.
    assume(any(each > last for each in dates(rule, first, last + timedelta(days=1_500))))
    assert list(dates(rule, first, last)) == list(_by_dateutil(rule, first, last))


def test_weekdays_of_a_month_by_place_and_without_are_either() -> None:
    rule = Rule(Every.MONTH, count=1, weekdays=((0, 0), (1, 1)))
    found = [each.day for each in dates(rule, date(2027, 2, 1), date(2027, 2, 28))]
    assert found == [1, 2, 8, 15, 22]


@pytest.mark.parametrize(
    "rule",
    [
        Rule(Every.DAY, count=1, months=(2,), month_days=(30,)),
        Rule(Every.DAY, count=1, weekdays=((0, 6),), positions=(2,)),
        Rule(Every.WEEK, count=1, weekdays=((0, 6),), positions=(9, -9)),
        Rule(Every.MONTH, count=1, months=(2,), month_days=(31,)),
        Rule(Every.MONTH, count=1, interval=9_999, weekdays=((1, 0), (1, 1)), positions=(200,)),
    ],
)
def test_a_rule_without_a_date_has_none(rule: Rule) -> None:
    assert list(dates(rule, date(2027, 2, 1), date(2047, 1, 1))) == []


@given(rules(), st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(-400, 400))
def test_no_date_lies_outside_what_is_asked_for(rule: Rule, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    found = list(dates(rule, first, last))
    assert found == sorted(set(found))
    assert all(first <= each <= last for each in found)
