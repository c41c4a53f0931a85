"""An administrator deals with what is stuck, in the browser: wide and narrow, zh and en."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.api import Person
from tests.e2e.server import Server, wait_until
from tests.e2e.stuck import give_up, park_unknown
from tests.e2e.views import DESKTOP, PHONE, View
from tests.e2e.windows import OpenWindow, Window

pytestmark = pytest.mark.browser

# Axe judges each of these pages among all kinds of pages; one way through judges what comes in between.
VIEWS = (
    View(PHONE, "en"),
    pytest.param(View(DESKTOP, "zh", judged_by_axe=False), marks=pytest.mark.slow),
    pytest.param(View(DESKTOP, "en", script=False, judged_by_axe=False), marks=pytest.mark.slow),
    pytest.param(View(PHONE, "zh", judged_by_axe=False), marks=pytest.mark.slow),
)


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_what_the_broker_gave_up_is_replayed_and_arrives(
    view: View, open_window: OpenWindow, server: Server
) -> None:
    person = Person(server.url, "operator")
    before = len(person.get("/notifications/messages")["items"])
    replayed = give_up(server, person.get("/me")["id"])
    discarded = park_unknown(server)
    window = open_window(view)
    window.go("/sign-in?next=/stuck-events")
    window.choose_language()
    window.sign_in("admin")
    expect(window.heading("Stuck events")).to_be_visible()
    window.check()

    _open(window, replayed)
    window.says(window.words("Trying again is safe: what has taken effect once is never applied twice."))
    window.button("Try again now").click()
    _told(window, "It is being tried again. If it fails once more, it comes back to this list.")
    wait_until(lambda: len(person.get("/notifications/messages")["items"]) == before + 1, "the message")

    _open(window, discarded)
    window.link("Discard …").click()
    window.button("Discard for good").click()
    expect(window.page.get_by_role("alert")).to_contain_text(window.words("Say why the event is discarded"))
    window.page.get_by_label(window.words("Reason"), exact=True).fill("示范原因")
    window.check()
    window.button("Discard for good").click()
    _told(window, "It is discarded. Your reason is in the audit trail.")
    for event_id in (replayed, discarded):
        expect(window.main).not_to_contain_text(event_id)


def _open(window: Window, event_id: str) -> None:
    """From the list to the page of one event."""
    window.page.get_by_role("row").filter(has_text=event_id).get_by_role("link").click()
    window.page.wait_for_url(re.compile(event_id))
    window.check()


def _told(window: Window, english: str) -> None:
    expect(window.main.get_by_role("status").filter(has_text=window.words(english))).to_be_visible()
    window.check()
