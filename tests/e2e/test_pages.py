"""Every kind of page, in both widths and both languages: accessible, in one language, and fitting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Reader
from tests.e2e.kinds import (
    APPLICANT,
    CREDIT,
    DESK,
    MACHINES,
    OPERATORS,
    PROMISES,
    PUBLIC,
    REGISTER,
    TIME,
    Kind,
)
from tests.e2e.parking_kinds import OPERATING, PARKING
from tests.e2e.places import Places, moved_places, usual_places
from tests.e2e.server import Server
from tests.e2e.views import DESKTOP, PHONE, View
from tests.e2e.windows import Window

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def places(server: Server) -> Places:
    """Cases in every state."""
    return usual_places(server)


@pytest.fixture(scope="session")
def moved(server: Server, places: Places) -> Places:
    """Those too whose clocks stand still or whose limit was moved."""
    return moved_places(server, places)


# Every page is looked at in all four ways: axe judges it in one of them here, turn by turn, and in all four
# among the slow tests.
LOOKS = (View(DESKTOP, "zh"), View(PHONE, "en"))
OTHER_LOOKS = (View(PHONE, "zh"), View(DESKTOP, "en"))
OFFICES = (*DESK, *OPERATORS, *CREDIT, *REGISTER, *OPERATING)
KINDS = (*PUBLIC, *APPLICANT, *OFFICES, *PROMISES, *MACHINES, *PARKING)
PAIRS = [
    pytest.param(
        kind,
        view,
        id=f"{kind}-{view}",
        marks=() if (number + turn) % 2 and not kind.rare else pytest.mark.slow,
    )
    for number, kind in enumerate(KINDS)
    for turn, view in enumerate(LOOKS)
]


@pytest.mark.parametrize(("kind", "view"), PAIRS)
def test_page(kind: Kind, view: View, places: Places, reader: Reader, output_path: str) -> None:
    other = next(each for each in OTHER_LOOKS if each.language == view.language)
    window = reader(kind.who, view)
    with _pictured(window, output_path):
        _look(kind, window, places)
        window.resize(replace(other, judged_by_axe=False))
        window.check()


@pytest.mark.slow
@pytest.mark.parametrize("view", LOOKS, ids=str)
def test_pages_about_time(view: View, moved: Places, reader: Reader, output_path: str) -> None:
    other = next(each for each in OTHER_LOOKS if each.language == view.language)
    for kind in TIME:
        window = reader(kind.who, view)
        with _pictured(window, output_path):
            _look(kind, window, moved)
            window.resize(other)
            window.check()
            window.resize(view)


@pytest.mark.slow
@pytest.mark.parametrize("view", OTHER_LOOKS, ids=str)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_page_in_the_other_size(
    kind: Kind, view: View, places: Places, reader: Reader, output_path: str
) -> None:
    window = reader(kind.who, view)
    with _pictured(window, output_path):
        _look(kind, window, places)


@pytest.mark.parametrize("view", [View(PHONE, "zh"), View(PHONE, "en")], ids=str)
def test_on_a_phone_the_queue_leaves_names_their_room(
    view: View, reader: Reader, places: Places, output_path: str
) -> None:
    window = reader("manager", view)
    with _pictured(window, output_path):
        window.go("/desk")
        rows = window.main.get_by_role("row").filter(has=window.page.get_by_role("rowheader")).all()
        assert len(rows) > 3, places
        for row in rows:
            whole, name = row.bounding_box(), row.get_by_role("rowheader").bounding_box()
            assert whole and name
            assert name["width"] > 0.8 * whole["width"], row.inner_text()


@contextmanager
def _pictured(window: Window, folder: str) -> Iterator[None]:
    """Keep a picture of a page with which something is wrong, beside those of the other browser tests."""
    try:
        yield
    except Exception:
        window.page.screenshot(path=Path(folder) / "page.png", full_page=True)
        raise


def _look(kind: Kind, window: Window, places: Places) -> None:
    window.watch.take()
    status = window.go(kind.path.format(**places))
    if kind.then:
        kind.then(window)
    assert status == kind.status
    window.check()


def test_the_api_description_is_shown_and_tried_without_leaving_this_server(
    page: Page, server: Server
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"{server.url}/api/docs")
    # Groups come closed: with all of more than a hundred operations open Swagger UI stops drawing.
    page.get_by_role("heading", name="enterprise: items").click()
    page.get_by_role("button", name="GET /api/v1/enterprise/items", exact=False).first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute", exact=True).click()

    answered = page.locator(".live-responses-table .response-col_status").last
    expect(answered).to_contain_text("200")
    assert len(asked) > 4
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []
    assert complaints == []
