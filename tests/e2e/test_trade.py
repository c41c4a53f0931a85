"""The stories of shared machines with real processes in both shapes: by the API, and in a browser."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext

from shared.database import Database
from tests.e2e.api import Person
from tests.e2e.conftest import HABITS, SHAPES, window_options
from tests.e2e.live_trade import LiveStage, WindowPages, wait_for_the_firms
from tests.e2e.separate import Separate
from tests.e2e.server import Server
from tests.e2e.views import DESKTOP, PHONE, View
from tests.e2e.windows import Window
from tests.stories.trade import STORIES, Firm, Story, name_of
from tests.stories.trade_by_api import ApiFirm
from tests.stories.trade_by_portal import PortalFirm

# To start ten processes is time of the first test, and axe takes seconds a page on a busy machine.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass(frozen=True, slots=True)
class Installation:
    """Where people find it, and the database of the service that carries the trade."""

    url: str
    production: Database


@pytest.fixture(scope="module", params=SHAPES)
def installation(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """One process on SQLite, or the ten."""
    if request.param == "embedded":
        server: Server = request.getfixturevalue("server")
        yield from _known(server.url, f"sqlite:///{server.folder}/{{service}}.sqlite3")
    else:
        started: Separate = request.getfixturevalue("separate")
        yield from _known(started.url, started.database_url)


def _known(url: str, database_url: str) -> Iterator[Installation]:
    wait_for_the_firms(url)
    production = Database(database_url.replace("{service}", "production"))
    yield Installation(url, production)
    production.engine.dispose()


@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_by_the_api(story: Story, installation: Installation) -> None:
    def enter(username: str, name: str) -> Firm:
        return ApiFirm(Person(installation.url, username), name)

    story(LiveStage(installation.production, enter))


@pytest.fixture
def open_context(browser: Browser, installation: Installation) -> Iterator[Callable[[View], BrowserContext]]:
    """Opens windows on the installation."""
    opened: list[BrowserContext] = []

    def open_one(view: View) -> BrowserContext:
        opened.append(browser.new_context(base_url=installation.url, **HABITS, **window_options(view)))
        opened[-1].add_cookies([{"name": "lang", "value": view.language, "url": installation.url}])
        return opened[-1]

    yield open_one
    for context in opened:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("view", [View(PHONE, "zh"), View(DESKTOP, "en")], ids=str)
@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_in_the_browser(
    story: Story, view: View, installation: Installation, open_context: Callable[[View], BrowserContext]
) -> None:
    def enter(username: str, name: str) -> Firm:
        window = Window(open_context(view), view, installation.url)
        window.go("/sign-in")
        window.sign_in(username)
        window.page.wait_for_url("**/")
        return PortalFirm(WindowPages(window), name)

    story(LiveStage(installation.production, enter))
