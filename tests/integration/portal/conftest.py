"""The portal in front of the real services, and a browser without scripts to use it with."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from approvals.enterprise.service import service as enterprise
from gateway.service import service as gateway
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING

ITEM = "00013112700401"
PASSWORD = "yuanban-demo"


class Browser:
    """Gets pages and sends their forms, hidden fields included."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: TestResponse | None = None

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        self.page = self.client.get(path, **options)
        return self.page

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the page being shown."""
        assert self.page is not None
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page.text)
        return unescape(found[1]) if found else ""

    def post(self, path: str, values: Any = None, **options: Any) -> TestResponse:
        """Send a form of the page being shown; `values` win over its hidden fields."""
        guards = {name: self.hidden(name) for name in ("csrf_token", "version", "idempotency_key")}
        self.page = self.client.post(path, data={**guards, **(values or {})}, **options)
        return self.page

    def follow(self) -> TestResponse:
        """Go where the last answer leads."""
        assert self.page is not None
        assert self.page.status_code == 303, self.page.text
        return self.get(self.page.headers["Location"])

    def sign_in(self, username: str) -> "Browser":
        """Sign in at the sign-in page."""
        self.get("/sign-in")
        self.post("/sign-in", {"username": username, "password": PASSWORD})
        self.follow()
        return self

    def start(self) -> str:
        """Open a draft from the guide; returns the path of the application."""
        self.get(f"/items/{ITEM}")
        self.post(f"/applications/new?item={ITEM}")
        return self.follow().request.path


Enter = Callable[[str], Browser]


@pytest.fixture(scope="module")
def site(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SystemFactory]:
    """Makes systems for a whole module."""
    factory = SystemFactory(sqlite_databases, tmp_path_factory.mktemp("site"), ManualClock(MONDAY_MORNING))
    yield factory
    factory.close()


@pytest.fixture(scope="module")
def open_browser(site: SystemFactory) -> Any:
    """Opens browsers on one demo park; its tests bring their own applications."""
    system = site([gateway, enterprise, notifications], demo=True)
    system.seed()
    return lambda: Browser(system.edge_app.test_client())


@pytest.fixture
def visitor(open_browser: Any) -> Browser:
    """A visitor's browser."""
    made: Browser = open_browser()
    return made


@pytest.fixture
def applicant(open_browser: Any) -> Browser:
    """The browser of somebody who applies."""
    made: Browser = open_browser()
    return made.sign_in("agent")


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What was logged; kept, since printing unexpected errors would be slow."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def enter(system: SystemUnderTest) -> Enter:
    """Opens the browser of somebody who reads English."""

    def open_one(username: str) -> Browser:
        browser = Browser(system.edge_app.test_client()).sign_in(username)
        browser.client.set_cookie("lang", "en")
        return browser

    return open_one


@pytest.fixture
def admin(enter: Enter) -> Browser:
    return enter("admin")
