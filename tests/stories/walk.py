"""The walk through a story: the applicant in some kind of window, the officials in one without scripts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

from approvals.handovers.simulator.app import Simulator
from shared.clock import ManualClock
from shared.service import installed_services
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.e2e.views import Words
from tests.integration.approvals.tax import PACE, SECRET, connected
from tests.integration.portal.conftest import Browser
from tests.stories.html_forms import Typed, form_of
from tests.stories.stories import Deed, Ending, Story, founding
from tests.unit.item_cases import TODAY

_CERTIFICATE = re.compile(r'href="(/verify/[^"]+)"')
_USCC = re.compile(r"<dd[^>]*>(9199\w{14})</dd>")
_TITLE = re.compile(r"<h1>([^<]+)</h1>")
VOUCHER = "拨付2026-0012"
_WRONG = re.compile(r'<li><a href="[^"]*#[^"]*">([^<]+)</a></li>')
_STEPS_OUTSIDE = 5


class Applicant(Protocol):
    """Somebody's window on the portal, signed in as who applies."""

    words: Words

    def html(self, path: str = "") -> str:
        """The page at a path, or the one being shown."""

    def begin(self, story: Story, uscc: str | None) -> str:
        """Read the guide and start from it on behalf of a company; returns the path of the application."""

    def choose(self, application: str, route: str) -> None:
        """Choose the way of applying."""

    def fill_in(self, application: str, story: Story, today: date) -> None:
        """Every section of the form, one after the other."""

    def upload(self, application: str, story: Story) -> None:
        """Every material."""

    def declare(self, application: str, story: Story) -> None:
        """Look over everything, tick what has to be ticked, and send it: the notice or the application."""

    def file(self, path: str) -> bytes:
        """A file that the page leads to."""


class Park:
    """The demo park with a clock that the story moves, the tax authority's simulator, and its officials."""

    def __init__(self, make_system: SystemFactory, clock: ManualClock, folder: Path) -> None:
        self.clock = clock
        simulator = Simulator(folder / "tax.sqlite3", SECRET, pace_s=PACE.total_seconds(), clock=clock)
        services = [
            connected(each, simulator) if each.name == "enterprise" else each for each in installed_services()
        ]
        self.system: SystemUnderTest = make_system(services, clock=clock, demo=True)
        self.system.seed()
        self.system.settle()
        self._browsers: dict[str, Browser] = {}

    def browser(self, username: str) -> Browser:
        """The browser of somebody who reads English; signed in until time has gone by."""
        if username not in self._browsers:
            opened = Browser(self.system.edge_app.test_client()).sign_in(username)
            opened.client.set_cookie("lang", "en")
            self._browsers[username] = opened
        return self._browsers[username]

    def wait(self, by: timedelta) -> None:
        """Let time go by, and whatever is due happen."""
        if by:
            self.clock.advance(by)
            self._browsers.clear()
        self.system.settle()


Enter = Callable[[], Applicant]
"""Opens the applicant's window, signed in; anew after time has gone by."""


def walk(park: Park, enter: Enter, story: Story, uscc: str | None) -> str:
    """From the guide to the outcome; returns the path of the application."""
    applicant = enter()
    application = applicant.begin(story, uscc)
    if story.route:
        applicant.choose(application, story.route)
    applicant.fill_in(application, story, park.clock.today())
    applicant.upload(application, story)
    applicant.declare(application, story)
    if story.announced:
        park.wait(timedelta(days=story.announced))
        applicant = enter()
        applicant.declare(application, story)
    if story.ending == "outside":
        for _ in range(_STEPS_OUTSIDE):
            park.wait(PACE)
        applicant = enter()
    for step in story.steps:
        if step.after:
            park.wait(timedelta(days=step.after))
            applicant = enter()
        _DEEDS[step.does](park.browser(step.official), application.rpartition("/")[2], park.clock.today())
    park.system.settle()
    return application


@dataclass(frozen=True, slots=True)
class Company:
    """A company that was set up in the portal, with the path of the check of its licence."""

    uscc: str
    name: str
    licence: str


def found_company(park: Park, enter: Enter, trade_name: str) -> Company:
    """Set one up, by the story of its item."""
    page = enter().html(walk(park, enter, founding(trade_name), None))
    uscc, licence, name = (_only(pattern, page) for pattern in (_USCC, _CERTIFICATE, _TITLE))
    return Company(uscc, name, licence)


def ends_well(applicant: Applicant, story: Story, application: str, company: Company) -> None:
    """The applicant has what was applied for, and whoever asks about it is told the same."""
    page = applicant.html(application)
    assert ">None<" not in page
    slips = set(re.findall(rf'href="({application}/slips/[^"]+)"', page))
    assert bool(slips) == (story.ending != "outside"), "another authority's papers are not ours"
    for slip in slips:
        assert applicant.file(slip).startswith(b"%PDF")
    _is_told_what_comes_next(applicant, story, application)
    _ENDINGS[story.ending](applicant, story, application, company)


def _is_told_what_comes_next(applicant: Applicant, story: Story, application: str) -> None:
    """After handing in: of a window and of a reviewer only where there is one."""
    page, deeds = applicant.html(f"{application}/done"), [step.does for step in story.steps]
    window = (
        "The window checks whether the materials are complete. "
        "If something is missing you are told everything at once."
    )
    reviewer = "After acceptance a reviewer examines the application and another official decides."
    assert (applicant.words(window) in page) == ("accept" in deeds)
    assert (applicant.words(reviewer) in page) == (deeds.count("review") == 1)


def _certified(applicant: Applicant, _story: Story, application: str, _company: Company) -> str:
    """There is a paper, and everybody may ask whether it is valid."""
    certificate = _only(_CERTIFICATE, applicant.html(application))
    assert applicant.file(f"{application}/certificate").startswith(b"%PDF")
    page = applicant.html(certificate)
    assert applicant.words("This certificate is valid") in page
    return page


def _changed(applicant: Applicant, story: Story, application: str, company: Company) -> None:
    new_name = story.answers(TODAY)["name"]["new_name"]
    assert new_name in _certified(applicant, story, application, company) and new_name != company.name
    assert applicant.words("A newer certificate stands in the place of this one") in applicant.html(
        company.licence
    )


def _deregistered(applicant: Applicant, story: Story, application: str, company: Company) -> None:
    assert _CERTIFICATE.search(applicant.html(application)) is None
    assert applicant.words("This certificate was cancelled") in applicant.html(company.licence)
    assert company.uscc not in applicant.html(f"/items/{story.slug}"), "nobody applies for it any more"


def _outside(applicant: Applicant, _story: Story, application: str, _company: Company) -> None:
    page = applicant.html(application)
    assert _CERTIFICATE.search(page) is None and applicant.words("At the authority") in page
    (paper,) = set(re.findall(rf'href="({application}/outside-documents/[^"]+)"', page))
    assert applicant.file(paper).startswith(b"%PDF")


def _paid(applicant: Applicant, _story: Story, application: str, _company: Company) -> None:
    page = applicant.html(application)
    assert VOUCHER in page and applicant.words("Paid") in page


_ENDINGS: Mapping[Ending, Callable[[Applicant, Story, str, Company], object]] = {
    "licence": _certified,
    "changed": _changed,
    "deregistered": _deregistered,
    "filed": _certified,
    "outside": _outside,
    "paid": _paid,
}


def _only(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    assert found is not None, pattern.pattern
    return found[1]


def press(browser: Browser, action: str, typed: Typed, button: tuple[str, str] = ("", "")) -> Any:
    """Fill in the form of the page being shown, press a button, and go where that leads."""
    assert browser.page is not None
    form = form_of(browser.page.text, action)
    browser.page = browser.client.post(form.action, data=form.filled(typed, button))
    assert browser.page.status_code == 303, [form.action, *_WRONG.findall(browser.page.text)]
    return browser.follow()


def _claim(browser: Browser, case: str) -> None:
    browser.get(f"/desk/cases/{case}")
    press(browser, "/claim", {})


def _accept(browser: Browser, case: str, _today: date) -> None:
    _claim(browser, case)
    browser.get(f"/desk/cases/{case}/accept")
    assert "The application is accepted" in press(browser, "/accept", {}).text


def _review(browser: Browser, case: str, today: date) -> None:
    _claim(browser, case)
    page = browser.get(f"/desk/cases/{case}/review").text
    names = form_of(page, "/review").controls
    typed = {name: "pass" for name in names if name.startswith("result:")}
    if "inspectors" in names:
        seen = {
            "inspectors": "示范核查员甲\n示范核查员乙",
            "inspected_on": today.isoformat(),
            "findings": "符合",
        }
        typed |= seen
    said = {**typed, "conclusion": "approve", "text": "材料齐全"}
    assert "Your opinion is on file" in press(browser, "/review", said, ("action", "give")).text


def _grant(browser: Browser, case: str, _today: date) -> None:
    _claim(browser, case)
    browser.get(f"/desk/cases/{case}/decide")
    assert (
        "The application is granted"
        in press(browser, "/decide", {"choice": "grant"}, ("action", "decide")).text
    )


def _check(browser: Browser, case: str, _today: date) -> None:
    _claim(browser, case)
    browser.get(f"/desk/cases/{case}/check")
    assert (
        "the promise is kept" in press(browser, "/check", {"choice": "kept", "findings": "与承诺一致"}).text
    )


def _pay(browser: Browser, case: str, _today: date) -> None:
    _claim(browser, case)
    page = browser.get(f"/desk/cases/{case}/payment").text
    (amount,) = set(re.findall(r"<dt>Amount granted</dt><dd><strong>([\d,.]+) yuan", page))
    typed = {"amount": amount.replace(",", ""), "voucher": VOUCHER}
    assert "The payment is recorded" in press(browser, "/payment", typed).text


_DEEDS: Mapping[Deed, Callable[[Browser, str, date], None]] = {
    "accept": _accept,
    "review": _review,
    "grant": _grant,
    "check": _check,
    "pay": _pay,
}
