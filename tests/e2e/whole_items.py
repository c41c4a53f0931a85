"""The applicant of every item's story in a real browser."""

import re
from datetime import date
from typing import Any

from playwright.sync_api import Locator, expect

from tests.e2e.views import Words
from tests.e2e.windows import Window, fill_section
from tests.stories.stories import Story
from tests.unit.material_samples import pdf

Json = dict[str, Any]


class WindowApplicant:
    """Clicks, types and chooses; every page on the way is judged."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.words: Words = window.words

    def html(self, path: str = "") -> str:
        """The page at a path, or the one being shown."""
        if path:
            assert self.window.go(path) == 200, path
        self.window.check()
        return self.window.page.content()

    def file(self, path: str) -> bytes:
        """A file that the page leads to."""
        answer = self.window.context.request.get(path)
        assert answer.ok, (path, answer.status)
        return answer.body()

    def begin(self, story: Story, uscc: str | None) -> str:
        """Start from the guide."""
        self.html(f"/items/{story.slug}")
        expect(self.window.page.get_by_role("heading", level=1)).to_have_text(
            self.words.say(story.item.name.to_dict())
        )
        if uscc:
            self.window.page.get_by_label(self.words("On behalf of"), exact=True).first.select_option(uscc)
        self.window.button("Apply online").first.click()
        self._arrive("/applications/[0-9a-f-]{36}")
        return re.sub(r"^https?://[^/]+", "", self.window.page.url)

    def choose(self, application: str, route: str) -> None:
        """Choose the way of applying."""
        self._link(f"{application}/route").click()
        self._arrive(f"{application}/route")
        self.window.check()
        self.window.main.locator(f"input[name=route][value={route}]").check()
        self.window.main.locator("form [type=submit]").last.click()
        expect(self.window.main.get_by_role("status")).to_be_visible()

    def fill_in(self, application: str, story: Story, today: date) -> None:
        """From the task list to the first section, and on from each to the next."""
        item = self._item(story)
        answers = story.answers(today)
        self._link(f"{application}/sections/{item['form']['sections'][0]['key']}").first.click()
        for section in item["form"]["sections"]:
            self._arrive(f"{application}/sections/{section['key']}")
            fill_section(self.window, section, answers[section["key"]])
            self.window.check()
            self.window.button("Save and continue").click()
        self._arrive(f"{application}/materials")

    def upload(self, application: str, story: Story) -> None:
        """Every material on the page of materials."""
        names = {each["code"]: self.words.say(each["name"]) for each in self._item(story)["materials"]}
        for code in story.materials:
            card = self.window.main.get_by_role("region", name=names[code], exact=True)
            file = {"name": f"{code}.pdf", "mimeType": "application/pdf", "buffer": pdf()}
            card.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
            card.get_by_role("button", name=self.words("Upload")).click()
            expect(card.get_by_role("link", name=f"{code}.pdf")).to_be_visible()
        self.window.check()
        self.window.link("Continue to check and submit").click()

    def declare(self, application: str, story: Story) -> None:
        """Tick everything and send it."""
        if not self.window.page.url.endswith("/check"):
            self.html(application)
            self._link(f"{application}/check").first.click()
        self._arrive(f"{application}/check")
        self.window.check()
        for box in ("declaration", "promise"):
            if self.window.main.locator(f"#{box}").count():
                self.window.main.locator(f"#{box}").check()
        send = self.window.main.locator("form[action$='/submit'], form[action$='/publish-notice']")
        send.get_by_role(
            "button",
            name=re.compile("|".join(map(self.words, ("Submit the application", "Publish the notice")))),
        ).click()
        self._arrive(f"{application}(/done)?")
        self.window.check()

    def _link(self, path: str) -> Locator:
        return self.window.main.locator(f"a[href^='{path}']")

    def _arrive(self, path: str) -> None:
        self.window.page.wait_for_url(re.compile(rf"^https?://[^/]+{path}(\?|#|$)"))

    def _item(self, story: Story) -> Json:
        answer = self.window.context.request.get(f"/api/v1/enterprise/items/{story.slug}")
        assert answer.ok, answer.status
        found: Json = answer.json()
        return found
