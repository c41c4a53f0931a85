"""How often a wish recurs: what the form asks in plain controls, the rule made of it, and a rule in words."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, pointer_of
from gateway.portal.i18n import day, weekday_name
from shared.clock import PARK_TZ

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WHOLE = re.compile(r"[0-9]{1,4}")

EVERY = Control(
    "every",
    _l("Repeat"),
    "choice",
    options=(
        Option("DAILY", _l("every day")),
        Option("WEEKLY", _l("every week")),
        Option("MONTHLY", _l("every month")),
    ),
)
INTERVAL = Control("interval", _l("Only every … day, week or month"), "whole", hint=_l("1: each of them"))
WEEKDAYS = Control(
    "weekdays",
    _l("Weekdays"),
    "many",
    hint=_l("By week: without any, the weekday of the first date. The first date has to be one of them."),
    options=(
        Option("MO", _l("Monday")),
        Option("TU", _l("Tuesday")),
        Option("WE", _l("Wednesday")),
        Option("TH", _l("Thursday")),
        Option("FR", _l("Friday")),
        Option("SA", _l("Saturday")),
        Option("SU", _l("Sunday")),
    ),
)
MONTH_BY = Control(
    "month_by",
    _l("By month, on"),
    "choice",
    options=(
        Option("date", _l("the same day of the month")),
        Option("weekday", _l("the same weekday, such as the second Tuesday")),
    ),
)
COUNT = Control("count", _l("How many times"), "whole", hint=_l("Or say until when."))
UNTIL = Control(
    "until", _l("Until (that day too)"), "day", hint=_l("Leave empty where you said how many times.")
)
CONTROLS = (EVERY, INTERVAL, WEEKDAYS, MONTH_BY, COUNT, UNTIL)
USUAL: Typed = {
    "every": "WEEKLY",
    "interval": "1",
    "weekdays": [],
    "month_by": "date",
    "count": "8",
    "until": "",
}

_PLACES = {
    "first_date": "weekdays",
    "too_many": "count",
    "too_far": "count",
    "rule_endless": "count",
    "rule_both": "until",
    "rule_until": "until",
}


def rule_of(typed: Typed) -> tuple[str, dict[str, str]]:
    """The rule that was chosen, and the page's own sentences by pointer about what cannot be read."""
    own: dict[str, str] = {}
    parts = [f"FREQ={typed['every']}"]
    for control, name in ((INTERVAL, "INTERVAL"), (COUNT, "COUNT")):
        said = typed[control.name]
        if said and not _WHOLE.fullmatch(said):
            own[control.pointer] = _("Enter a whole number")
        elif said and not (control is INTERVAL and said == "1"):
            parts.append(f"{name}={said}")
    if typed["until"]:
        last = _date(typed["until"])
        if last is None:
            own[UNTIL.pointer] = _("Enter a date that there is")
        else:
            end = datetime.combine(last, time(23, 59, 59), PARK_TZ).astimezone(UTC)
            parts.append(f"UNTIL={end:%Y%m%dT%H%M%SZ}")
    if typed["every"] == "WEEKLY" and typed["weekdays"]:
        parts.append("BYDAY=" + ",".join(each for each in _DAYS if each in typed["weekdays"]))
    elif typed["every"] == "MONTHLY" and typed["month_by"] == "weekday":
        parts += _nth(typed["starts_at"])
    return ";".join(parts), own


def placed(errors: Iterable[Json]) -> list[Json]:
    """Errors of a rule at the controls of which it was made."""
    return [
        {**each, "pointer": pointer_of(_PLACES.get(each.get("code", ""), "every"))}
        if each["pointer"] == "/rule"
        else each
        for each in errors
    ]


def words_of(rule: str) -> str:
    """A rule as somebody would say it; what was not made by our form is shown as it is written."""
    parts = dict(each.partition("=")[::2] for each in rule.split(";"))
    often = _often(parts)
    if often is None or set(parts) - {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL"}:
        return rule
    if "COUNT" in parts:
        count = int(parts["COUNT"])
        end = ngettext("%(num)d time", "%(num)d times", count)
    else:
        last = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        end = _("until %(time)s", time=day(last.astimezone(PARK_TZ).date()))
    return str(_("%(often)s, %(end)s", often=often, end=end))


def _often(parts: Mapping[str, str]) -> str | None:
    number = int(parts.get("INTERVAL", "1"))
    days = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    if parts["FREQ"] == "DAILY" and not days:
        return _times(number, _("every day"), _("every %(num)d days", num=number))
    if parts["FREQ"] == "WEEKLY" and set(days) <= set(_DAYS):
        often = _times(number, _("every week"), _("every %(num)d weeks", num=number))
        names = _(", ").join(_weekday(each) for each in days)
        return str(_("%(often)s on %(days)s", often=often, days=names)) if names else often
    if parts["FREQ"] != "MONTHLY":
        return None
    often = _times(number, _("every month"), _("every %(num)d months", num=number))
    if not days:
        return often
    nth = re.fullmatch(r"(-1|[1-5])(MO|TU|WE|TH|FR|SA|SU)", days[0])
    if nth is None or len(days) > 1:
        return None
    name = _weekday(nth[2])
    if nth[1] == "-1":
        return str(_("%(often)s on the last %(day)s", often=often, day=name))
    return str(_("%(often)s on %(day)s no. %(nth)s", often=often, day=name, nth=nth[1]))


def _times(number: int, each: str, others: str) -> str:
    return each if number == 1 else others


def _weekday(code: str) -> str:
    # The 23rd of November 2026 is a Monday.
    return weekday_name(date(2026, 11, 23 + _DAYS.index(code)))


def _nth(starts_at: str) -> list[str]:
    """Which weekday of the month the first date is; the fifth one counts as the last."""
    first = _date(starts_at[:10])
    if first is None:
        return []
    number = (first.day + 6) // 7
    return [f"BYDAY={-1 if number > 4 else number}{_DAYS[first.weekday()]}"]


def _date(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None
