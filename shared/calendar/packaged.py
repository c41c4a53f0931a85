"""The calendar that ships with the code: three official years, one provisional, and a rule for the rest."""

from datetime import date

from shared.calendar.days import CalendarError, DayEntry, DayKind, FixedDay, Notice, WorkCalendar, YearStatus
from shared.tables import read_table
from shared.text import Text

_PACKAGE = "shared.calendar"


def load_default_calendar() -> WorkCalendar:
    """Read the tables in `shared/calendar/data`; raises CalendarError where they contradict themselves."""
    notices = _read_notices()
    return WorkCalendar(_read_days(notices), _read_years(), _read_fixed_days(notices))


def _read_notices() -> dict[str, Notice]:
    return {
        row["key"]: Notice(
            title=Text(row["title_zh"], row["title_en"]),
            published_on=date.fromisoformat(row["published_on"]),
            document=row["document"],
            url=row["url"],
        )
        for row in read_table(_PACKAGE, "notices.csv")
    }


def _read_days(notices: dict[str, Notice]) -> list[DayEntry]:
    return [
        DayEntry(
            day=date.fromisoformat(row["date"]),
            kind=_day_kind(row["kind"]),
            name=Text(row["name_zh"], row["name_en"]),
            notice=notices[row["notice"]],
        )
        for row in read_table(_PACKAGE, "cn_days.csv")
    ]


def _read_years() -> dict[int, YearStatus]:
    return {int(row["year"]): _year_status(row["status"]) for row in read_table(_PACKAGE, "years.csv")}


def _read_fixed_days(notices: dict[str, Notice]) -> list[FixedDay]:
    return [
        FixedDay(
            month=int(row["month"]),
            day=int(row["day"]),
            name=Text(row["name_zh"], row["name_en"]),
            notice=notices[row["notice"]],
        )
        for row in read_table(_PACKAGE, "fixed_statutory_days.csv")
    ]


def _day_kind(value: str) -> DayKind:
    match value:
        case "off" | "work":
            return value
    raise CalendarError(f"{value!r} is not a kind of day")


def _year_status(value: str) -> YearStatus:
    match value:
        case "official" | "provisional":
            return value
    raise CalendarError(f"{value!r} is not the standing of a year")
