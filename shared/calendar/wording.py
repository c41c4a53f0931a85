"""Dates in words, as a notice would write them, in both languages."""

from datetime import date

from shared.text import Text

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = (
    Text("星期一", "Monday"),
    Text("星期二", "Tuesday"),
    Text("星期三", "Wednesday"),
    Text("星期四", "Thursday"),
    Text("星期五", "Friday"),
    Text("星期六", "Saturday"),
    Text("星期日", "Sunday"),
)


def say_date(day: date) -> Text:
    """`2026年9月18日` / `18 September 2026`."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def say_weekday(day: date) -> Text:
    """`星期六` / `Saturday`."""
    return _WEEKDAYS[day.weekday()]


def say_period(first: date, last: date) -> Text:
    """`2026年9月25日至9月27日` / `25 to 27 September 2026`; one day is said as that day."""
    if first == last:
        return say_date(first)
    month, last_month = _MONTHS[first.month - 1], _MONTHS[last.month - 1]
    if first.year != last.year:
        return Text("{a}至{b}", "{a} to {b}").format(a=say_date(first), b=say_date(last))
    if first.month != last.month:
        english = f"{first.day} {month} to {last.day} {last_month} {last.year}"
    else:
        english = f"{first.day} to {last.day} {month} {last.year}"
    return Text(f"{first.year}年{first.month}月{first.day}日至{last.month}月{last.day}日", english)
