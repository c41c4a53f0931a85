"""What a notice must be like to be believed: every line that contradicts it, the week or the law is named."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from shared.calendar import DayEntry, DayKind, Notice, WorkCalendar, say_date, say_weekday
from shared.errors import FieldError
from shared.text import Text

MOST_LINES = 200
LONGEST_NAME = 40
_SATURDAY = 5
_DAY = re.compile("([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_CELLS = 4
_FULL_WIDTH = str.maketrans({"，": ",", "\t": ","})
_KINDS: Mapping[str, DayKind] = {
    "off": "off", "休": "off", "放假": "off", "work": "work", "班": "work", "上班": "work",
}  # fmt: skip

_TITLES = {
    "zh": Text("请填写中文标题", "Enter the title in Chinese"),
    "en": Text("请填写英文标题", "Enter the title in English"),
}
_PUBLISHED = Text("请填写公布日期", "Enter the day of publication")
_DATE = Text("日期应写作2027-01-01的形式", "Write dates like 2027-01-01")
_FUTURE = Text("公布日期不能晚于今天", "The day of publication cannot lie in the future")
_EARLY = Text(
    "{year}年的放假安排最早在{before}年公布，请核对公布日期",
    "The arrangement for {year} is published in {before} at the earliest; check the day",
)
_URL = Text(
    "网址应以 http:// 或 https:// 开头", "The address must begin with http:// or https:// and name a site"
)
_NO_DAYS = Text("请列出放假和调休上班的日期", "List the days off and the make-up working days")
_ONE_WAY = Text("days 与 csv 只能填写一种", "Give either days or csv, not both")
_TOO_MANY = Text("最多{most}行", "At most {most} lines")
_PAST = Text("{year}年已经过去", "The year {year} is over")
_TOO_FAR = Text(
    "{year}年的放假安排尚不可能公布（最早在上一年公布）",
    "The arrangement for {year} cannot be published yet: notices come out in the year before",
)
_LINE = Text("第{n}行：{what}", "Line {n}: {what}")
_CELLS_WRONG = Text(
    "每行应为“日期,类别,名称”，可再加英文名称",
    "Each line is “date,kind,name”, with the English name as a fourth part if you like",
)
_OUTSIDE = Text("{day}不在{year}年", "{day} is not in {year}")
_KIND = Text("类别应为 off（放假）或 work（调休上班）", "The kind is off, or work for a make-up working day")
_BOTH = Text("{day}既列为放假又列为上班", "{day} is listed as a day off and as a working day")
_TWICE = Text("{day}重复列出", "{day} is listed twice")
_ORDINARY = Text(
    "{day}是{weekday}，本来就是工作日，不能列为调休上班",
    "{day} is a {weekday} and a working day anyway; it cannot be a make-up working day",
)
_NO_HOLIDAY = Text(
    "“{name}”没有列出放假的日期，不能为其调休上班",
    "No day off is listed for “{name}”, so there is nothing to make up for",
)
_NAME = Text("请写明节日名称", "Name the holiday")
_LONG_NAME = Text("名称最多{most}个字符", "A name has at most {most} characters")
_ENGLISH = Text("没有“{name}”的英文名称，请补充", "There is no English name for “{name}”; give one")
_STATUTORY = Text(
    "{day}（{name}）是法定节假日（{source}），应列为放假",
    "{day} ({name}) is a statutory holiday ({source}) and must be listed as a day off",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One day as it was entered: by JSON, named by its pointer, or in a CSV, named by its line."""

    pointer: str
    number: int | None
    day: str
    kind: str
    name_zh: str
    name_en: str = ""

    def wrong(self, part: str, code: str, message: Text) -> FieldError:
        """What is wrong with a part of it."""
        if self.number is None:
            return FieldError(f"{self.pointer}/{part}", code, message)
        return FieldError(self.pointer, code, _LINE.format(n=self.number, what=message))


@dataclass(frozen=True, slots=True)
class Entered:
    """A notice as somebody entered it, not judged yet."""

    title: Text
    document: str
    published_on: str
    url: str
    lines: Sequence[Line] | None
    csv: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of it: usable when there are no errors."""

    notice: Notice
    days: tuple[DayEntry, ...]
    errors: tuple[FieldError, ...]


def check_year(year: int, today: date) -> list[FieldError]:
    """A notice is for this year or the next one: each comes out in the year before, or mends its own."""
    if year < today.year:
        return [FieldError("/year", "past", _PAST.format(year=year))]
    if year > today.year + 1:
        return [FieldError("/year", "too-far", _TOO_FAR.format(year=year))]
    return []


def judge(entered: Entered, year: int, *, calendar: WorkCalendar, today: date) -> Judged:
    """Read a notice for `year`. `calendar` gives the statutory days and the known names of holidays."""
    errors = check_year(year, today)
    published_on = _read_date(entered.published_on)
    errors += _wrong_text(entered, year, published_on, today)
    notice = Notice(
        Text(entered.title.zh.strip(), entered.title.en.strip()),
        published_on or today,
        entered.document.strip(),
        entered.url.strip(),
    )
    lines, where = _lines(entered, errors)
    days: dict[date, DayEntry] = {}
    made_up: list[tuple[Line, DayEntry]] = []
    names = {entry.name.zh: entry.name.en for each in calendar.years for entry in calendar.entries_of(each)}
    for line in lines:
        found = _read_line(line, names, notice, errors)
        if found is None:
            continue
        wrong = _contradiction(line, found, year, days.get(found.day))
        if wrong is not None:
            errors.append(wrong)
        elif found.kind == "work":
            made_up.append((line, found))
        days.setdefault(found.day, found)
    errors += _made_up_for_nothing(made_up, days.values())
    if lines:
        errors += _missing(year, days, calendar, where)
    return Judged(notice, tuple(days[day] for day in sorted(days)), tuple(errors))


def read_csv(text: str) -> tuple[list[Line], list[FieldError]]:
    """The lines of `date,kind,name[,English name]`; blank lines, comments (#) and a heading are passed over.

    A line without commas may have full-width ones or tabs, as they come out of documents and spreadsheets.
    """
    lines: list[Line] = []
    errors: list[FieldError] = []
    for number, written in enumerate(text.replace("\ufeff", "").splitlines(), start=1):
        plain = (written if "," in written else written.translate(_FULL_WIDTH)).strip()
        if not plain or plain.startswith("#"):
            continue
        cells = [cell.strip() for cell in next(csv.reader([plain]))]
        if cells[0].lower() in {"date", "日期"}:
            continue
        while len(cells) > 1 and not cells[-1]:
            cells.pop()  # a spreadsheet writes as many commas as its longest row needs
        line = Line("/csv", number, *(cells + [""] * _CELLS)[:_CELLS])
        if len(cells) > _CELLS:
            errors.append(line.wrong("", "cells", _CELLS_WRONG))
        else:
            lines.append(line)
    return lines, errors


def _wrong_text(entered: Entered, year: int, published_on: date | None, today: date) -> Iterator[FieldError]:
    for language, said in (("zh", entered.title.zh), ("en", entered.title.en)):
        if not said.strip():
            yield FieldError(f"/title/{language}", "required", _TITLES[language])
    if not entered.published_on.strip():
        yield FieldError("/published_on", "required", _PUBLISHED)
    elif published_on is None:
        yield FieldError("/published_on", "date", _DATE)
    elif published_on > today:
        yield FieldError("/published_on", "future", _FUTURE)
    elif published_on.year < year - 1 <= today.year:
        yield FieldError("/published_on", "too-early", _EARLY.format(year=year, before=year - 1))
    if entered.url.strip() and not _is_web_address(entered.url.strip()):
        yield FieldError("/url", "url", _URL)


def _lines(entered: Entered, errors: list[FieldError]) -> tuple[Sequence[Line], str]:
    """The lines, and where it is said that one is missing."""
    if entered.csv is not None and entered.lines is not None:
        errors.append(FieldError("/csv", "one-way", _ONE_WAY))
        return (), "/csv"
    where = "/csv" if entered.csv is not None else "/days"
    lines: Sequence[Line] = entered.lines or ()
    wrong: list[FieldError] = []
    if entered.csv is not None:
        lines, wrong = read_csv(entered.csv)
        errors += wrong
    if len(lines) > MOST_LINES:
        errors.append(FieldError(where, "too-many", _TOO_MANY.format(most=MOST_LINES)))
        return (), where
    if not lines and not wrong:
        errors.append(FieldError(where, "required", _NO_DAYS))
    return lines, where


def _read_line(
    line: Line, names: Mapping[str, str], notice: Notice, errors: list[FieldError]
) -> DayEntry | None:
    """The day that the line speaks of; None when it does not say which, or what is to happen on it."""
    day, kind = _read_date(line.day), _KINDS.get(line.kind.strip().lower())
    if day is None:
        errors.append(line.wrong("date", "date", _DATE))
    if kind is None:
        errors.append(line.wrong("kind", "kind", _KIND))
    zh = line.name_zh.strip()
    en = line.name_en.strip() or names.get(zh, "")
    if not zh:
        errors.append(line.wrong("name/zh", "required", _NAME))
    elif not en:
        errors.append(line.wrong("name/en", "required", _ENGLISH.format(name=zh)))
    for language, name in (("zh", zh), ("en", en)):
        if len(name) > LONGEST_NAME:
            errors.append(line.wrong(f"name/{language}", "too-long", _LONG_NAME.format(most=LONGEST_NAME)))
    return DayEntry(day, kind, Text(zh, en), notice) if day and kind else None


def _contradiction(line: Line, found: DayEntry, year: int, known: DayEntry | None) -> FieldError | None:
    day = say_date(found.day)
    if found.day.year != year:
        return line.wrong("date", "outside-year", _OUTSIDE.format(day=day, year=year))
    if known is not None:
        if known.kind != found.kind:
            return line.wrong("kind", "both", _BOTH.format(day=day))
        return line.wrong("date", "twice", _TWICE.format(day=day))
    # A day off on a plain weekend is no mistake: notices list their holidays with the weekends in them.
    if found.kind == "work" and found.day.weekday() < _SATURDAY:
        message = _ORDINARY.format(day=day, weekday=say_weekday(found.day))
        return line.wrong("kind", "ordinary-weekday", message)
    return None


def _made_up_for_nothing(
    made_up: Iterable[tuple[Line, DayEntry]], days: Iterable[DayEntry]
) -> Iterator[FieldError]:
    """Make-up working days of a holiday on which, by the same notice, nobody is off."""
    holidays = {day.name.zh for day in days if day.kind == "off"}
    for line, day in made_up:
        if day.name.zh and day.name.zh not in holidays:
            yield line.wrong("name/zh", "no-holiday", _NO_HOLIDAY.format(name=day.name))


def _missing(
    year: int, days: Mapping[date, DayEntry], calendar: WorkCalendar, where: str
) -> Iterable[FieldError]:
    """Statutory days that are not off (全国年节及纪念日放假办法), as far as the tables know them."""
    for known in calendar.statutory_days(year):
        entry = days.get(known.day)
        if entry is None or entry.kind != "off":
            message = _STATUTORY.format(day=say_date(known.day), name=known.name, source=known.notice.title)
            yield FieldError(where, "statutory", message)


def _read_date(text: str) -> date | None:
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not any(map(str.isspace, text))
