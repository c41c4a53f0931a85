"""One real server for all browser tests of a test process, and windows to look at it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext

from shared.testing.databases import Databases
from tests.e2e.separate import Separate, separate_services
from tests.e2e.server import Server, running
from tests.e2e.views import View
from tests.e2e.windows import OpenWindow, Window

HABITS: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce"}
"""How everybody in the park has set up the browser."""


SHAPES = (
    "embedded",
    pytest.param("separate", marks=(pytest.mark.postgres, pytest.mark.rabbitmq)),
)
"""The shapes in which stories are played: in the one process of `server`, or in the ten of `separate`."""


def _chromium() -> str | None:
    """The browser: the one named by CHROMIUM, else where Debian and Ubuntu put it."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo park on a port of its own."""
    with running(Server(tmp_path_factory.mktemp("server") / "data")) as started:
        yield started


@pytest.fixture(scope="session")
def separate(
    postgres_databases: Databases, rabbitmq: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Separate]:
    """Ten processes on PostgreSQL and RabbitMQ, started once."""
    with separate_services(postgres_databases, rabbitmq, tmp_path_factory.mktemp("separate")) as started:
        yield started


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    """Where paths that tests open begin."""
    return server.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; without one its tests are skipped, in CI they fail."""
    path = _chromium()
    if path is None or not Path(path).exists():
        reason = "NO BROWSER: install chromium (Debian: apt install chromium), or name one in CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return {**browser_type_launch_args, "executable_path": path, "args": ["--lang=zh-CN"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Windows of somebody in the park, with Chinese as the browser's language."""
    return {**browser_context_args, **HABITS}


def window_options(view: View) -> dict[str, Any]:
    """What the browser must know to look in this way."""
    width, height = view.size
    return {"viewport": {"width": width, "height": height}, "java_script_enabled": view.script}


@pytest.fixture
def open_window(new_context: Callable[..., BrowserContext], server: Server) -> OpenWindow:
    """Opens windows of people who share nothing with one another."""

    def open_one(view: View) -> Window:
        return Window(new_context(**window_options(view)), view, server.url)

    return open_one


class Reader(Protocol):
    """Gives the window of a person (nobody: None) who reads in a language; opened once, then used again."""

    def __call__(self, username: str | None, view: View) -> Window:
        """That window, in the size of the view."""
        ...


@pytest.fixture(scope="session")
def reader(browser: Browser, browser_context_args: dict[str, Any], base_url: str) -> Iterator[Reader]:
    """Windows that stay open for all tests which only look at pages."""
    opened: dict[tuple[str | None, str], Window] = {}

    def open_once(username: str | None, view: View) -> Window:
        key = (username, view.language)
        if key not in opened:
            context = browser.new_context(**browser_context_args, **window_options(view))
            context.add_cookies([{"name": "lang", "value": view.language, "url": base_url}])
            opened[key] = Window(context, view, base_url)
            if username:
                opened[key].go("/sign-in")
                opened[key].sign_in(username)
                opened[key].page.wait_for_url("**/")
        opened[key].resize(view)
        return opened[key]

    yield open_once
    for window in opened.values():
        window.context.close()
