"""A browser window of one person."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from shared.config import DEMO_PASSWORD
from tests.e2e.judging import Watch, axe_problems, problems_of
from tests.e2e.views import View, Words

# Answers within this time are slow but may happen on a busy machine; tests wait for conditions, not for time.
PATIENCE_MS = 20_000


class Window:
    """A window with nobody signed in, Chinese by the browser's settings."""

    def __init__(self, context: BrowserContext, view: View, url: str) -> None:
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        self.view = view
        self.words = Words(view.language)
        self.watch = Watch(context, url)
        self.context = context
        self.page: Page = context.new_page()

    def go(self, path: str) -> int:
        """Open a page of the site; returns the status."""
        response = self.page.goto(path)
        assert response is not None
        return response.status

    def link(self, english: str, *, exact: bool = True, **values: Any) -> Locator:
        """A link in the main part, by the portal's words."""
        return self.main.get_by_role("link", name=self.words(english, **values), exact=exact)

    def button(self, english: str, *, exact: bool = True, **values: Any) -> Locator:
        """A button in the main part, by the portal's words."""
        return self.main.get_by_role("button", name=self.words(english, **values), exact=exact)

    def heading(self, english: str) -> Locator:
        """A heading of the portal."""
        return self.page.get_by_role("heading", name=self.words(english), exact=True)

    def region(self, english: str) -> Locator:
        """A titled part of the page."""
        return self.page.get_by_role("region", name=self.words(english), exact=True)

    @property
    def main(self) -> Locator:
        """The main part of the page."""
        return self.page.get_by_role("main")

    def choose_language(self) -> None:
        """Switch to the view's language, if another is shown."""
        if self.view.language == "en":
            self.page.get_by_role("link", name="English", exact=True).click()

    def sign_in(self, username: str) -> None:
        """Fill in the sign-in form that is shown."""
        self.page.get_by_label(self.words("User name"), exact=True).fill(username)
        self.page.get_by_label(self.words("Password"), exact=True).fill(DEMO_PASSWORD)
        self.button("Sign in").click()

    def download(self, link: Locator) -> bytes:
        """The file behind a link."""
        answer = self.context.request.get(link.get_attribute("href") or "")
        assert answer.ok, answer.status
        return answer.body()

    def resize(self, view: View) -> None:
        """Look in another size of window."""
        self.view = view
        width, height = view.size
        self.page.set_viewport_size({"width": width, "height": height})

    def check(self) -> None:
        """Nothing may be wrong with the page as it stands, or with what led to it."""
        self.page.wait_for_load_state()
        found = self.watch.take() + problems_of(self.page, self.view)
        if self.view.judged_by_axe:
            found += axe_problems(self.page)
        assert not found, "\n".join([f"{self.page.url} ({self.view})", *found])

    def says(self, *texts: str) -> None:
        """The main part shows these texts."""
        for text in texts:
            expect(self.main).to_contain_text(text)


OpenWindow = Callable[[View], Window]


def fill_section(window: Window, section: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Type answers into the page of a section, whatever its schema asks for."""
    _fill(window, window.main, section["schema"], answers)


def _fill(window: Window, place: Locator, schema: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    for key, part in schema["properties"].items():
        if key in answers:
            _answer(window, place, part, answers[key])


def _answer(window: Window, place: Locator, part: Mapping[str, Any], value: Any) -> None:
    ui = part["x-ui"]
    label = window.words.say(ui["label"])
    if ui["widget"] == "rows":
        _fill_rows(window, place, part, value)
    elif ui["widget"] == "radio":
        options = {str(option["value"]).lower(): option["label"] for option in ui["options"]}
        group = place.get_by_role("radiogroup", name=label, exact=True)
        group.get_by_role("radio", name=window.words.say(options[value]), exact=True).check()
    elif ui["widget"] == "checkbox":
        place.get_by_role("group", name=label, exact=True).get_by_role("checkbox").set_checked(
            value == "true"
        )
    elif ui["widget"] == "select":
        control(place, label).select_option(value)
    else:
        control(place, label).fill(value)


def control(place: Locator, label: str) -> Locator:
    """The control with that label, or with that label and a unit or a remark behind it."""
    return place.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*$"))


def _row_name(label: str, number: int) -> str:
    """The title of a row; one that has no place for its number has it behind."""
    return label.replace("{n}", str(number)) if "{n}" in label else f"{label} {number}"


def _fill_rows(
    window: Window, place: Locator, part: Mapping[str, Any], rows: list[Mapping[str, Any]]
) -> None:
    ui = part["x-ui"]
    for number, row in enumerate(rows, start=1):
        name = _row_name(window.words.say(ui["row_label"]), number)
        entry = place.get_by_role("group", name=name, exact=True)
        if number > part.get("minItems", 0) and not entry.count():
            window.button("Add: %(what)s", what=window.words.say(ui["label"])).click()
            expect(entry).to_be_visible()
        _fill(window, entry, part["items"], row)
