"""The applicant in a browser without scripts."""

import re
from datetime import date
from io import BytesIO
from typing import Any

from tests.e2e.views import Words
from tests.integration.portal.conftest import Browser
from tests.stories.html_forms import form_of
from tests.stories.stories import Story
from tests.stories.walk import press
from tests.unit.material_samples import pdf

_CONTINUE = ("action", "continue")


class PlainApplicant:
    """Follows the links of the pages and fills in their forms, as they are."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.words = Words("en")

    def html(self, path: str = "") -> str:
        """The page at a path, or the one being shown."""
        page = self.browser.get(path) if path else self.browser.page
        assert page is not None and page.status_code == 200, page
        return page.text

    def file(self, path: str) -> bytes:
        """A file that the page leads to."""
        answer = self.browser.client.get(path)
        assert answer.status_code == 200, path
        content: bytes = answer.data
        return content

    def begin(self, story: Story, uscc: str | None) -> str:
        """Start from the guide."""
        guide = self.html(f"/items/{story.slug}")
        assert str(story.item.name.en) in guide
        begun = press(self.browser, "/applications/new.*", {"on_behalf_of": uscc} if uscc else {})
        application: str = begun.request.path
        return application

    def choose(self, application: str, route: str) -> None:
        """Choose the way of applying."""
        self._follow(f"{application}/route")
        assert "Your choice is kept" in press(self.browser, "/route", {"route": route}).text

    def fill_in(self, application: str, story: Story, today: date) -> None:
        """From the task list to the first section, and on from each to the next."""
        answers = story.answers(today)
        self._follow(f"{application}/sections/{story.item.form.sections[0].key}")
        for section in story.item.form.sections:
            place = f"/sections/{section.key}"
            assert self._path.endswith(place), self._path
            self._add_rows(place, answers[section.key].get("rows", []))
            press(self.browser, place, flat(answers[section.key]), _CONTINUE)
        assert self._path == f"{application}/materials", self._path

    def _add_rows(self, place: str, rows: list[Any]) -> None:
        """Press the button until there is a row for everything."""
        while rows and f'name="rows.rows" value="{len(rows) - 1}"' not in self.html():
            form = form_of(self.html(), place)
            self.browser.page = self.browser.client.post(
                form.action, data=form.filled({}, ("action", "add:rows"))
            )

    def upload(self, application: str, story: Story) -> None:
        """Every material on the page of materials."""
        for code in story.materials:
            typed = {"file": (BytesIO(pdf()), f"{code}.pdf", "application/pdf")}
            press(self.browser, f"/materials/{code}", typed)
        self._follow(f"{application}/check")

    def declare(self, application: str, story: Story) -> None:
        """Tick everything and send it."""
        if self._path != f"{application}/check":
            self.html(application)
            self._follow(f"{application}/check")
        form = form_of(self.html(), "/(submit|publish-notice)")
        boxes: dict[str, str] = {name: "true" for name in ("declaration", "promise") if name in form.controls}
        press(self.browser, "/(submit|publish-notice)", boxes)
        assert self._path in (f"{application}/done", application), self._path

    @property
    def _path(self) -> str:
        assert self.browser.page is not None
        return self.browser.page.request.path

    def _follow(self, path: str) -> None:
        """Go on by a link of the page being shown."""
        assert re.search(rf'href="{re.escape(path)}["#?]', self.html()), f"no link to {path} on {self._path}"
        self.html(path)


def flat(answers: dict[str, Any]) -> dict[str, str]:
    """Answers of a section by the names of their controls."""
    rows = {
        f"rows.{number}.{name}": value
        for number, row in enumerate(answers.get("rows", []))
        for name, value in row.items()
    }
    return {name: value for name, value in answers.items() if name != "rows"} | rows
