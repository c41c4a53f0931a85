"""Where the stories of shared machines are played by the clock on the wall: with real processes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import urllib3
from playwright.sync_api import Locator

from facilities.capacity.bookings.model import Booking
from shared.database import Database
from tests.e2e.api import Person
from tests.e2e.server import wait_until
from tests.e2e.windows import Window
from tests.stories.html_forms import Typed
from tests.stories.trade import BORROWER, LENDER, NEWCOMER, Firm, When

_PATIENCE_S = 60

Enter = Callable[[str, str], Firm]
"""Opens what somebody acts through, by the user name and by a part of the name of the firm."""


class LiveStage:
    """Real processes. Nobody can turn their clock, so time is let go by in that a booking is moved."""

    def __init__(self, production: Database, enter: Enter) -> None:
        self.place = f"L{uuid4().hex[:8]}"
        self._production = production
        self._enter = enter
        self._firms: dict[tuple[str, str], Firm] = {}

    @property
    def lender(self) -> Firm:
        """Signed in once."""
        return self._firm(LENDER)

    @property
    def borrower(self) -> Firm:
        """Signed in once."""
        return self._firm(BORROWER)

    @property
    def newcomer(self) -> Firm:
        """Signed in once."""
        return self._firm(NEWCOMER)

    def _firm(self, who: tuple[str, str]) -> Firm:
        if who not in self._firms:
            self._firms[who] = self._enter(*who)
        return self._firms[who]

    def now(self) -> datetime:
        """By the clock on the wall."""
        return datetime.now(UTC)

    def go_to(self, booking: str, when: When, since: timedelta) -> When:
        """Move the booking so far into the past, to the minute, which is what forms take."""
        start = self.now().replace(second=0, microsecond=0) - since
        moved = When(start, start + (when.end - when.start))
        with self._production.write() as session:
            kept = session.get_one(Booking, UUID(booking))
            kept.starts_at, kept.ends_at = moved.start, moved.end
        return moved

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Events take their time."""
        wait_until(reached, what, _PATIENCE_S)

    def read(self, url: str) -> str:
        """Without cookies and without a token."""
        answer = urllib3.request("GET", url, retries=False, timeout=30)
        assert answer.status == 200, answer.data
        return answer.data.decode()


class WindowPages:
    """In a real browser; every page on the way is judged."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.words = window.words

    @property
    def path(self) -> str:
        """By the address line."""
        return urlsplit(self._window.page.url).path

    def html(self, path: str = "") -> str:
        """What scripts have made of it."""
        if path:
            assert self._window.go(path) == 200, path
        self._window.check()
        return self._window.page.content()

    def press(self, action: str, typed: Typed, button: tuple[str, str] = ("", "")) -> str:
        """Click, type and choose."""
        form = self._form(action)
        for name, value in typed.items():
            _fill(form, name, str(value))
        name, value = button
        wanted = f'[name="{name}"][value="{value}"]' if name else ":not([name]):not([formaction])"
        with self._window.page.expect_navigation() as landed:
            form.locator(f"button[type=submit]{wanted}").first.click()
        assert landed.value.status == 200, (self._window.page.url, self._window.main.inner_text())
        return self.html()

    def _form(self, action: str) -> Locator:
        for form in self._window.main.locator("form").all():
            if re.search(f"{action}$", form.get_attribute("action") or ""):
                return form
        raise AssertionError(f"no form for {action} at {self.path}")


def _fill(form: Locator, name: str, value: str) -> None:
    field = form.locator(f'[name="{name}"]')
    kind = field.first.evaluate("each => each.type")
    if kind in ("checkbox", "radio"):
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif kind == "select-one":
        field.select_option(value)
    else:
        field.fill(value)


def wait_for_the_firms(url: str) -> None:
    """Return once everybody whom the stories need is a member of their firm, and production knows it."""
    operator = Person(url, "operator")

    def known(username: str, name: str) -> bool:
        firms = [each["organisation"] for each in Person(url, username).get("/me")["memberships"]]
        found = [each["uscc"] for each in firms if name in each["name"]]
        return bool(found) and operator.ask("GET", f"/production/enterprises/{found[0]}").status == 200

    for username, name in (LENDER, BORROWER, NEWCOMER):
        wait_until(lambda: known(username, name), f"{username} of {name}", _PATIENCE_S)  # noqa: B023 - used at once
