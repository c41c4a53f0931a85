"""When a certificate can be renewed (延续), and when its holder is reminded."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.items.model import Limit, Renewal
from approvals.renewals.window import Moment, reminders, window_of
from shared.calendar import load_default_calendar
from shared.text import Text

CALENDAR = load_default_calendar()
END = date(2026, 11, 22)


def before(n: int, unit: str = "natural_day") -> Limit:
    assert unit in ("natural_day", "working_day")
    return Limit(n, "working_day" if unit == "working_day" else "natural_day", True, None)


def terms(apply_before: Limit | None, opens: Limit | None = None, *remind: int) -> Renewal:
    return Renewal(Text.same("延续"), True, None, apply_before, opens, remind)


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 8, 23), Moment.EARLY),
        (date(2026, 8, 24), Moment.IN_TIME),
        (date(2026, 10, 23), Moment.IN_TIME),  # thirty days are left after this one
        (date(2026, 10, 24), Moment.LATE),
        (END, Moment.LATE),
        (date(2026, 11, 23), Moment.OVER),
    ],
)
def test_days_lie_before_in_and_after_the_window(day: date, moment: Moment) -> None:
    """行政许可法 art. 50(1): 应当在该行政许可有效期届满三十日前…提出申请."""
    window = window_of(terms(before(30), before(90)), END, CALENDAR)
    assert window is not None and window.moment(day) is moment


def test_working_days_are_counted_backwards_over_holidays() -> None:
    window = window_of(terms(before(5, "working_day")), date(2026, 10, 9), CALENDAR)
    # Between lie National Day (1 to 7 October) and Mid-Autumn (25 to 27 September).
    assert window is not None and window.apply_by == date(2026, 9, 24)


def test_what_has_no_end_or_no_terms_is_not_renewed() -> None:
    assert window_of(None, END, CALENDAR) is None
    assert window_of(terms(None), END, CALENDAR) is None
    assert window_of(terms(before(30)), None, CALENDAR) is None


@given(
    end=st.dates(date(2026, 1, 1), date(2040, 1, 1)), in_time=st.integers(1, 120), more=st.integers(0, 200)
)
def test_there_is_always_a_day_in_time_and_each_reminder_comes_once(
    end: date, in_time: int, more: int
) -> None:
    renewal = terms(before(in_time), before(in_time + more), in_time, in_time)
    window = window_of(renewal, end, CALENDAR)
    assert window is not None and window.opens_on is not None
    assert window.moment(window.opens_on) is window.moment(window.apply_by) is Moment.IN_TIME
    assert window.moment(window.apply_by + timedelta(days=1)) is Moment.LATE
    days = reminders(renewal, window)
    assert days == tuple(sorted(set(days))) and set(days) == {window.opens_on, window.apply_by}
