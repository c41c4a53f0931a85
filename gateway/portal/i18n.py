"""Languages of the portal: gettext for our own words, `{"zh", "en"}` documents for the services' words."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import Babel

from gateway.portal.context import current_language
from shared.clock import PARK_TZ
from shared.text import Text

_LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
_KIBI = 1024
_DATE_LENGTH = len("2026-11-27")


def register(app: Flask) -> None:
    """Set up translations and the template filters that show texts, dates, sizes and numbers."""
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", str(PARK_TZ))
    app.config.setdefault("BABEL_DEFAULT_LOCALE", _LOCALES["zh"])
    # The app's root is the gateway's; the translations lie beside this file.
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(Path(__file__).parent / "translations"))
    Babel(app, locale_selector=locale_name)
    for function in (say, day, weekday, weekday_name, moment, local_day, size, yuan):
        app.add_template_filter(function, function.__name__)


def locale_name() -> str:
    """Babel's name of the reader's language."""
    return _LOCALES[current_language()]


def _locale() -> Locale:
    return Locale.parse(locale_name())


def say(value: object) -> str:
    """A text of a service in the reader's language; plain strings pass unchanged, None becomes empty."""
    if value is None:
        return ""
    language = current_language()
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, Mapping):
        other = "en" if language == "zh" else "zh"
        return str(value.get(language) or value.get(other) or "")
    return str(value)


def _date_of(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value) == _DATE_LENGTH:
        return date.fromisoformat(value)
    return _instant_of(value).date()


def _instant_of(value: object) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return instant.astimezone(PARK_TZ)


def day(value: object) -> str:
    """A legal date (or the one of an instant) in words: 2026年11月27日 / 27 November 2026."""
    pattern = "y年M月d日" if current_language() == "zh" else "d MMMM y"
    return format_date(_date_of(value), pattern, locale=_locale()) if value else ""


def weekday(value: object) -> str:
    """A legal date with its weekday: 2026年11月27日 星期五 / Friday, 27 November 2026."""
    pattern = "y年M月d日 EEEE" if current_language() == "zh" else "EEEE, d MMMM y"
    return format_date(_date_of(value), pattern, locale=_locale()) if value else ""


def weekday_name(value: object) -> str:
    """The weekday alone: 星期五 / Friday."""
    return format_date(_date_of(value), "EEEE", locale=_locale()) if value else ""


def moment(value: object) -> str:
    """An instant in park time (Asia/Shanghai), to the minute."""
    pattern = "y年M月d日 HH:mm" if current_language() == "zh" else "d MMM y, HH:mm"
    return format_datetime(_instant_of(value), pattern, tzinfo=PARK_TZ, locale=_locale()) if value else ""


def local_day(value: object) -> str:
    """The legal date (ISO) on which an instant falls."""
    return _instant_of(value).date().isoformat()


def size(value: int) -> str:
    """A file size in bytes as KB or MB (of 1024)."""
    if value >= _KIBI * _KIBI:
        return f"{value / _KIBI / _KIBI:.1f}".removesuffix(".0") + " MB"
    return f"{max(1, round(value / _KIBI))} KB"


def yuan(fen: int) -> str:
    """An amount in fen as yuan, with the separators of the reader's language; jiao never without fen."""
    pattern = "#,##0.00" if fen % 100 else "#,##0"
    return format_decimal(Decimal(fen) / 100, format=pattern, locale=_locale())
