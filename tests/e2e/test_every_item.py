"""Every item that can be applied for, in a real browser, on the phone.

The park is in this process and on a clock of the test's: public notices stand for weeks.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
from playwright.sync_api import Browser
from structlog.testing import capture_logs
from werkzeug.serving import WSGIRequestHandler, make_server

from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.e2e.conftest import HABITS, window_options
from tests.e2e.views import PHONE, View
from tests.e2e.whole_items import WindowApplicant
from tests.e2e.windows import Window
from tests.stories.stories import STORIES
from tests.stories.walk import Applicant, Company, Enter, Park, ends_well, found_company, walk
from tests.stories.without_scripts import PlainApplicant

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What was logged; kept, since printing it all would be slow."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture(scope="module")
def park(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Park]:
    """One for the whole file; its clock only goes forward."""
    folder, clock = tmp_path_factory.mktemp("every-item"), ManualClock(MONDAY_MORNING)
    factory = SystemFactory(sqlite_databases, folder, clock)
    yield Park(factory, clock, folder)
    factory.close()


@pytest.fixture(scope="module")
def url(park: Park) -> Iterator[str]:
    """Where the park is served."""
    with _served(park.system.edge_app) as address:
        yield address


@pytest.fixture(scope="module")
def company(park: Park) -> Company:
    """A company that stays."""
    return found_company(park, lambda: PlainApplicant(park.browser("agent")), "万象湾")


@pytest.mark.parametrize("number", range(len(STORIES)), ids=[str(story) for story in STORIES])
def test_from_the_guide_to_the_outcome(
    number: int, park: Park, company: Company, url: str, browser: Browser
) -> None:
    story = STORIES[number]
    if story.own_company:
        company = found_company(park, lambda: PlainApplicant(park.browser("agent")), "终章湾")
    with _windows(browser, View(PHONE, ("en", "zh")[number % 2]), url, park) as enter:
        application = walk(park, enter, story, None if story.founds else company.uscc)
        ends_well(enter(), story, application, company)


class _Silent(WSGIRequestHandler):
    """Writes no line for a request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The park has its own access lines."""


@contextmanager
def _served(app: WSGIApplication) -> Iterator[str]:
    server = make_server("localhost", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _windows(browser: Browser, view: View, url: str, park: Park) -> Iterator[Enter]:
    """Windows of the one who applies; a new one once time has gone by, which ends sign-ins."""
    opened: dict[datetime, Window] = {}

    def enter() -> Applicant:
        now = park.clock.now()
        if now not in opened:
            context = browser.new_context(base_url=url, **HABITS, **window_options(view))
            context.add_cookies([{"name": "lang", "value": view.language, "url": url}])
            opened[now] = Window(context, view, url)
            opened[now].go("/sign-in")
            opened[now].sign_in("agent")
            opened[now].page.wait_for_url("**/")
        return WindowApplicant(opened[now])

    yield enter
    for window in opened.values():
        window.context.close()
