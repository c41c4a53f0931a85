"""Working days of mainland China: which days count, who said so, and which years are still a forecast."""

from shared.calendar.days import (
    MAX_WORKING_DAYS,
    CalendarError,
    DayEntry,
    DayKind,
    FixedDay,
    Notice,
    WorkCalendar,
    YearStatus,
)
from shared.calendar.packaged import load_default_calendar
from shared.calendar.wording import say_date, say_period, say_weekday

__all__ = [
    "MAX_WORKING_DAYS",
    "CalendarError",
    "DayEntry",
    "DayKind",
    "FixedDay",
    "Notice",
    "WorkCalendar",
    "YearStatus",
    "load_default_calendar",
    "say_date",
    "say_period",
    "say_weekday",
]
