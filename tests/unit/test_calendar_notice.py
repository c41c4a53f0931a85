"""A notice is believed only when it contradicts neither itself nor the week nor the statutory holidays."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.calendar.notice import MOST_LINES, Entered, Judged, Line, judge, read_csv
from shared.calendar import load_default_calendar
from shared.errors import FieldError
from shared.text import Text
from tests.unit.calendar_cases import CSV, TITLE, entered

CALENDAR = load_default_calendar()
TODAY = date(2026, 11, 26)
FIXED = "2027-01-01,off,元旦\n" + "\n".join(
    [f"2027-05-0{n},off,劳动节" for n in (1, 2)] + [f"2027-10-0{n},off,国庆节" for n in (1, 2, 3)]
)
LUNAR = "\n".join(
    [f"2027-02-0{n},off,春节" for n in (5, 6, 7, 8)]
    + ["2027-04-05,off,清明节", "2027-06-09,off,端午节", "2027-09-15,off,中秋节"]
)
STATUTORY = f"{FIXED}\n{LUNAR}"


def judged(given: Entered, year: int = 2027, today: date = TODAY) -> Judged:
    return judge(given, year, calendar=CALENDAR, today=today)


def codes(errors: tuple[FieldError, ...]) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in errors]


def test_a_sound_notice_is_read_with_its_days_in_order_and_known_english_names() -> None:
    found = judged(entered())

    assert found.errors == ()
    assert [day.day for day in found.days] == sorted(day.day for day in found.days)
    assert len(found.days) == len(CSV.splitlines()) - 1
    assert found.days[0].name == Text("元旦", "New Year's Day")
    assert {day.kind for day in found.days} == {"off", "work"}
    assert found.days[0].notice.title == TITLE
    assert CALENDAR.with_year(2027, "official", found.days).is_working_day(date(2027, 1, 10))


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_notice_that_ships_would_be_believed(year: int) -> None:
    """The rules are no stricter than the State Council."""
    entries = CALENDAR.entries_of(year)
    lines = [Line(f"/days/{n}", None, e.day.isoformat(), e.kind, e.name.zh) for n, e in enumerate(entries)]
    # The regulation of 2024-11-10 made 2 May statutory; in 2024 it was a day off all the same.
    found = judged(
        entered(csv=None, lines=lines, published_on=f"{year - 1}-11-12"), year, date(year - 1, 12, 1)
    )

    assert found.errors == ()
    assert [(e.day, e.kind, e.name) for e in found.days] == [(e.day, e.kind, e.name) for e in entries]


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("2028-01-02,off,元旦", "outside-year", "第14行：2028年1月2日不在2027年"),
        ("2027-05-02,off,劳动节", "twice", "第14行：2027年5月2日重复列出"),
        ("2027-05-02,work,劳动节", "both", "第14行：2027年5月2日既列为放假又列为上班"),
        (
            "2027-03-06,work,妇女节,Women's Day",
            "no-holiday",
            "第14行：“妇女节”没有列出放假的日期，不能为其调休上班",
        ),
        ("2027-05-05,work,劳动节", "ordinary-weekday", "第14行：2027年5月5日是星期三，本来就是工作日"),
        ("2027-05-08,holiday,劳动节", "kind", "第14行：类别应为 off（放假）或 work（调休上班）"),
        ("2027-05-08,,劳动节", "kind", "第14行：类别应为"),
        ("2027-02-30,off,春节", "date", "第14行：日期应写作2027-01-01的形式"),
        ("下周一,off,春节", "date", "第14行：日期应写作"),
        ("2027-W05-1,off,春节", "date", "第14行：日期应写作"),
        ("2027-05-08,off,", "required", "第14行：请写明节日名称"),
        ("2027-05-08,off,园庆日", "required", "第14行：没有“园庆日”的英文名称，请补充"),
        (f"2027-05-08,off,{'长' * 41},x", "too-long", "第14行：名称最多40个字符"),
        ("2027-05-08,off,劳动节,Labour Day,又一个", "cells", "第14行：每行应为"),
    ],
)
def test_a_line_that_cannot_be_true_is_named(line: str, code: str, said: str) -> None:
    (error,) = judged(entered(f"{STATUTORY}\n{line}")).errors

    assert (error.pointer, error.code) == ("/csv", code)
    assert error.message.zh.startswith(said)
    assert error.message.en.startswith("Line 14: ")


def test_every_wrong_line_and_field_is_named_at_once() -> None:
    lines = [
        Line("/days/0", None, "2026-12-31", "off", "元旦"),
        Line("/days/1", None, "", "", ""),
        Line("/days/2", None, "2027-01-04", "work", "元旦"),
        Line("/days/3", None, "2027-10-02", "work", "国庆节"),
    ]
    given = entered(csv=None, lines=lines, title=Text(" ", ""), published_on="2026-11-27", url="ftp://x")

    found = codes(judged(given).errors)

    assert found[:4] == [
        ("/title/zh", "required"),
        ("/title/en", "required"),
        ("/published_on", "future"),
        ("/url", "url"),
    ]
    assert found[4:11] == [
        ("/days/0/date", "outside-year"),
        ("/days/1/date", "date"),
        ("/days/1/kind", "kind"),
        ("/days/1/name/zh", "required"),
        ("/days/2/kind", "ordinary-weekday"),
        ("/days/3/name/zh", "no-holiday"),
        ("/days", "statutory"),
    ]
    assert found[11:] == [("/days", "statutory")] * 12  # 2 October is listed, but as a working day


def test_statutory_days_must_be_off() -> None:
    """全国年节及纪念日放假办法 (2024), a weekend or not: those of a fixed date, and the festivals of 2027."""
    for gone in STATUTORY.splitlines():
        kept = [line for line in STATUTORY.splitlines() if line != gone]
        (error,) = judged(entered("\n".join(kept))).errors
        assert error.code == "statutory"
        assert "法定节假日（全国年节及纪念日放假办法）" in error.message.zh
    by_notice = CALENDAR.with_year(2027, "official", judged(entered(STATUTORY)).days)
    again = judge(entered(FIXED), 2027, calendar=by_notice, today=TODAY)
    assert len(again.errors) == len(LUNAR.splitlines()), "the notice that mends it is judged alike"
    assert judged(entered(STATUTORY)).errors == ()  # 1 and 2 May 2027 are a weekend, and listed


@pytest.mark.parametrize(
    ("year", "code"), [(2025, "past"), (2026, None), (2027, None), (2028, "too-far"), (2100, "too-far")]
)
def test_a_notice_is_for_this_year_or_the_next(year: int, code: str | None) -> None:
    listed = STATUTORY if year == 2027 else FIXED.replace("2027", str(year))
    found = [error.code for error in judged(entered(listed), year).errors]
    assert found == ([code] if code else [])


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"published_on": ""}, ("/published_on", "required")),
        ({"published_on": "soon"}, ("/published_on", "date")),
        ({"published_on": "2026-11-27"}, ("/published_on", "future")),
        ({"published_on": "2025-11-04"}, ("/published_on", "too-early")),  # that of another year
        ({"url": "www.gov.cn"}, ("/url", "url")),
        ({"url": "https://"}, ("/url", "url")),
        ({"url": "https://[x"}, ("/url", "url")),
        ({"url": "javascript:alert(1)"}, ("/url", "url")),
        ({"csv": ""}, ("/csv", "required")),
        ({"csv": None}, ("/days", "required")),
        ({"lines": []}, ("/csv", "one-way")),
        ({"csv": "\n".join(["2027-01-01,off,元旦"] * (MOST_LINES + 1))}, ("/csv", "too-many")),
    ],
)
def test_what_is_said_of_the_notice_itself_is_judged_too(
    changes: dict[str, Any], wrong: tuple[str, str]
) -> None:
    assert codes(judged(entered(**changes)).errors) == [wrong]


def test_the_notice_may_have_been_published_today_and_lack_number_and_address() -> None:
    assert judged(entered(published_on="2026-11-26", document=" ", url="")).errors == ()


def test_lines_may_come_out_of_a_document_or_a_spreadsheet() -> None:
    written = (
        "\ufeff日期,类别,名称\n\n# 元旦\n2027年1月1日，休，元旦\n2027/5/1\toff\t劳动节\n2027-1-10,班,元旦,,\n"
    )

    lines, errors = read_csv(written)

    assert errors == []
    assert [(line.number, line.day, line.kind, line.name_zh) for line in lines] == [
        (4, "2027年1月1日", "休", "元旦"),
        (5, "2027/5/1", "off", "劳动节"),
        (6, "2027-1-10", "班", "元旦"),
    ]
    whole = f"{STATUTORY}\n2027/2/9\t休\t春节\n2027年2月20日，班，春节，Spring Festival"
    assert judged(entered(whole)).errors == ()


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_judged_and_never_breaks(text: str) -> None:
    found = judged(entered(text))
    assert found.errors
    assert all(error.message.zh and error.message.en for error in found.errors)


@given(st.dates(date(2027, 1, 1), date(2027, 12, 31)), st.sampled_from(["off", "work"]))
def test_one_more_day_is_accepted_unless_it_is_a_worked_weekday_or_listed(day: date, kind: str) -> None:
    found = judged(entered(f"{STATUTORY}\n{day},{kind},春节"))
    listed = day.isoformat() in STATUTORY
    ordinary = kind == "work" and day.weekday() < 5
    assert bool(found.errors) == (listed or ordinary)


def test_the_days_of_a_year_can_be_listed_whether_they_are_in_a_table_or_follow_the_rule() -> None:
    assert [len(CALENDAR.entries_of(year)) > 0 for year in (2026, 2027, 2031)] == [True] * 3
    for year in (2026, 2027, 2031):
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        listed = [day for day in days if day.year == year and CALENDAR.entry(day)]
        assert [entry.day for entry in CALENDAR.entries_of(year)] == listed
