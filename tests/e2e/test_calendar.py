"""An administrator enters next year's notice in the browser, looks at it and brings it into force."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.api import Person
from tests.e2e.server import Server
from tests.e2e.views import DESKTOP, PHONE, View
from tests.e2e.windows import OpenWindow, Window

pytestmark = pytest.mark.browser

VIEWS = (
    View(PHONE, "en"),
    pytest.param(View(DESKTOP, "zh"), marks=pytest.mark.slow),
    pytest.param(View(DESKTOP, "en", script=False, judged_by_axe=False), marks=pytest.mark.slow),
)
TITLE = "（测试虚构）部分节假日安排"


def _days(anybody: Person, year: int) -> list[str]:
    """An invented arrangement: the statutory days off, and New Year's bridge."""
    known = anybody.get(f"/enterprise/calendar/{year}")["days"]
    names = {day["date"]: day["name"]["zh"] for day in known if "补假" not in day["name"]["zh"]}
    return [f"{day},off,{name}" for day, name in {**names, f"{year}-01-02": "元旦"}.items()]


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_a_notice_is_entered_checked_and_brought_into_force(
    view: View, open_window: OpenWindow, server: Server
) -> None:
    anybody = Person(server.url, "agent")
    year = anybody.get("/enterprise/calendar")["items"][-1]["year"]
    days = _days(anybody, year)
    window = open_window(view)
    window.go("/sign-in?next=/calendar")
    window.choose_language()
    window.sign_in("admin")
    expect(window.heading("Working calendar")).to_be_visible()
    window.main.get_by_role("link", name=str(year), exact=True).click()
    window.link("Enter a notice").click()

    _fill(window, "Title in Chinese", TITLE)
    _fill(window, "Title in English", "(Invented for a test)")
    _fill(window, "Published on", "2026-01-01")
    _fill(window, "Days", "\n".join([*days, f"{year - 1}-12-31,off,元旦"]))
    window.button("Save and see what it changes").click()
    alert = window.page.get_by_role("alert")
    expect(alert).to_contain_text(
        re.compile(rf"(Line {len(days) + 1}: .*is not in {year}|第{len(days) + 1}行：.*不在{year}年)")
    )
    window.check()
    _fill(window, "Days", "\n".join(days))
    window.button("Save and see what it changes").click()

    expect(window.button("Bring into force")).to_be_visible()
    window.says(TITLE if view.language == "zh" else "(Invented for a test)")
    window.check()
    _fill(window, "Reason", "已逐日核对（测试）")
    window.button("Bring into force").click()

    told = window.main.get_by_role("status").filter(has_text=window.words("The notice is in force"))
    expect(told).to_be_visible()
    window.says(window.words("official"), "已逐日核对（测试）")
    window.check()


def _fill(window: Window, label: str, value: str) -> None:
    window.page.get_by_label(window.words(label), exact=True).fill(value)
