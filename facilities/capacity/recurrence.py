"""How often something recurs, by a rule of RFC 5545 (RRULE): read, refused with the reason, written. Pure.

Only what a booking needs is understood: days, weeks and months, and an end by COUNT or by UNTIL (in UTC, as
the RFC asks of times with a zone). What recurs within a day, or without end, is refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from shared.errors import FieldError, InvalidInput
from shared.text import Text

LONGEST_TEXT = 500
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_FORM = Text("重复规则格式有误：{part}", "The rule cannot be read: {part}")
_TWICE = Text("重复规则中{part}出现两次", "{part} stands twice in the rule")
_PART = Text("不支持{part}", "{part} is not supported")
_FREQ = Text("只支持按日、周、月重复", "It can recur by day, week or month only")
_ENDLESS = Text(
    "请说明重复次数（COUNT）或截止时间（UNTIL）", "Say how many times (COUNT) or until when (UNTIL)"
)
_BOTH = Text("COUNT与UNTIL只能选一个", "Use either COUNT or UNTIL")
_UNTIL = Text("UNTIL应为UTC时间，如20270131T155959Z", "UNTIL is a time in UTC such as 20270131T155959Z")
_VALUE = Text("{part}的取值有误", "The value of {part} is not valid")
_NTH = Text("只有按月重复时才能写第几个星期几", "Which weekday of a month is asked for by month only")
_MONTHDAY = Text("按周重复时不能指定日期", "What recurs by week has no days of the month")
_SETPOS = Text(
    "BYSETPOS须与BYDAY、BYMONTHDAY或BYMONTH同用", "BYSETPOS goes with BYDAY, BYMONTHDAY or BYMONTH"
)


class Every(StrEnum):
    """By what it recurs."""

    DAY = "DAILY"
    WEEK = "WEEKLY"
    MONTH = "MONTHLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that ends: after `count` times or at `until` (UTC, inclusive)."""

    every: Every
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    """Negative ones count from the end of the month."""
    weekdays: tuple[tuple[int, int], ...] = ()
    """Which one of the month (0 for every one, negative from its end) and which weekday (0 is Monday)."""
    positions: tuple[int, ...] = ()
    """Which ones of those that the rest of the rule finds in a day, week or month."""
    week_start: int = 0

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it, always in the same order."""
        parts = {
            "FREQ": self.every.value,
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "COUNT": str(self.count or ""),
            "UNTIL": f"{self.until:%Y%m%dT%H%M%SZ}" if self.until else "",
            "BYMONTH": ",".join(map(str, self.months)),
            "BYMONTHDAY": ",".join(map(str, self.month_days)),
            "BYDAY": ",".join(f"{nth or ''}{WEEKDAYS[day]}" for nth, day in self.weekdays),
            "BYSETPOS": ",".join(map(str, self.positions)),
            "WKST": WEEKDAYS[self.week_start] if self.week_start else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def read_rule(text: str, pointer: str = "/rule") -> Rule:
    """Read a rule, with or without `RRULE:` before it. InvalidInput names everything that is wrong."""
    written = text.strip().upper().removeprefix("RRULE:")
    if not written or len(written) > LONGEST_TEXT:
        raise _refused(pointer, [("rule_form", _FORM.format(part=_shown(written)))])
    parts: dict[str, str] = {}
    wrong: list[tuple[str, Text]] = []
    for each in written.split(";"):
        name, equals, value = each.partition("=")
        if not equals or not value:
            wrong.append(("rule_form", _FORM.format(part=_shown(each))))
        elif name not in _PARTS:
            wrong.append(("rule_part", _PART.format(part=_shown(name))))
        elif name in parts:
            wrong.append(("rule_twice", _TWICE.format(part=name)))
        parts[name] = value
    wrong += [
        ("rule_value", _VALUE.format(part=name))
        for name, value in parts.items()
        if name in _CHECKED and not _CHECKED[name](value)
    ]
    wrong += _of_frequency(parts) + _of_end(parts)
    if wrong:
        raise _refused(pointer, wrong)
    return _read(parts)


def _of_frequency(parts: Mapping[str, str]) -> list[tuple[str, Text]]:
    if parts.get("FREQ") not in set(Every):
        return [("rule_freq", _FREQ)]
    every, wrong = Every(parts["FREQ"]), []
    if every is not Every.MONTH and re.search(r"\d", parts.get("BYDAY", "")):
        wrong.append(("rule_nth", _NTH))
    if every is Every.WEEK and "BYMONTHDAY" in parts:
        wrong.append(("rule_month_day", _MONTHDAY))
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY", "BYMONTH"} & set(parts):
        wrong.append(("rule_positions", _SETPOS))
    return wrong


def _of_end(parts: Mapping[str, str]) -> list[tuple[str, Text]]:
    if "COUNT" in parts and "UNTIL" in parts:
        return [("rule_both", _BOTH)]
    if "UNTIL" in parts:
        return [] if _instant(parts["UNTIL"]) else [("rule_until", _UNTIL)]
    return [] if "COUNT" in parts else [("rule_endless", _ENDLESS)]


def _read(parts: Mapping[str, str]) -> Rule:
    return Rule(
        every=Every(parts["FREQ"]),
        interval=int(parts.get("INTERVAL", 1)),
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        until=_instant(parts["UNTIL"]) if "UNTIL" in parts else None,
        months=_numbers(parts.get("BYMONTH", "")),
        month_days=_numbers(parts.get("BYMONTHDAY", "")),
        weekdays=tuple(
            sorted(
                {(int(each[:-2] or 0), WEEKDAYS.index(each[-2:])) for each in _list(parts.get("BYDAY", ""))}
            )
        ),
        positions=_numbers(parts.get("BYSETPOS", "")),
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
    )


def _instant(value: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", value):
        return None
    try:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _list(value: str) -> list[str]:
    return value.split(",") if value else []


def _numbers(value: str) -> tuple[int, ...]:
    return tuple(sorted({int(each) for each in _list(value)}))


def _within(
    least: int, most: int, *, from_the_end: bool = False, several: bool = True
) -> Callable[[str], bool]:
    """A check of numbers: within these limits, or as far from the end."""

    def check(value: str) -> bool:
        written = _list(value) if several else [value]
        if not all(re.fullmatch(r"[+-]?[0-9]{1,4}", each) for each in written):
            return False
        numbers = [int(each) for each in written]
        return all(least <= (abs(each) if from_the_end else each) <= most for each in numbers)

    return check


def _are_weekdays(value: str) -> bool:
    return all(re.fullmatch(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", each) for each in value.split(","))


_CHECKED: dict[str, Callable[[str], bool]] = {
    "INTERVAL": _within(1, 9_999, several=False),
    "COUNT": _within(1, 9_999, several=False),
    "BYMONTH": _within(1, 12),
    "BYMONTHDAY": _within(1, 31, from_the_end=True),
    "BYDAY": _are_weekdays,
    "BYSETPOS": _within(1, 366, from_the_end=True),
    "WKST": lambda value: value in WEEKDAYS,
}
_PARTS = frozenset({"FREQ", "UNTIL", *_CHECKED})


def _shown(part: str) -> str:
    """So much of what somebody has typed as can be repeated in any message."""
    return part[:20].encode("ascii", "replace").decode()


def _refused(pointer: str, wrong: list[tuple[str, Text]]) -> InvalidInput:
    return InvalidInput(errors=[FieldError(pointer, code, message) for code, message in wrong])
