"""How numbers and dates are said in both languages."""

import calendar
from datetime import date
from decimal import Decimal

from shared.text import Text

_MONTHS = "January February March April May June July August September October November December".split()


def number_text(number: Decimal | int) -> str:
    """A number without exponent and trailing zeros: `Decimal("100.50")` is `100.5`."""
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def date_text(day: date) -> Text:
    """A legal date in words."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def years_after(day: date, years: int) -> date:
    """The corresponding day `years` later, or the last of the month where there is none (民法典 art. 202)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_after(day: date, months: int) -> date:
    """The corresponding day `months` later, or the month's last where there is none (民法典 art. 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def lower_first(text: str) -> str:
    """An English label inside a sentence; `ID number` keeps its capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
