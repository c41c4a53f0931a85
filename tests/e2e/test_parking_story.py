"""A day at the car park with real processes in both shapes: reserved, driven in, paid, left, seen by all."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser

from facilities.living.parking.gates.devices import header_of
from facilities.living.parking.gates.simulating import PATH
from facilities.living.parking.stays.model import ParkingStay
from shared.database import Database
from tests.e2e.api import Json, Person, ask
from tests.e2e.conftest import HABITS, SHAPES, window_options
from tests.e2e.live_trade import WindowPages
from tests.e2e.separate import Separate
from tests.e2e.server import Server
from tests.e2e.views import DESKTOP, PHONE, View
from tests.e2e.windows import Window

# To start ten processes is time of the first test, and axe takes seconds a page on a busy machine.
pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]

PLATE = "新A·90618"
_HOURS = timedelta(hours=2, minutes=10)
"""So long the car has stood there: 5 yuan for the first hour and 1 for each of two more."""
_COST = 7


@dataclass(frozen=True, slots=True)
class Installation:
    """Where people find it, and the database in which cars stand."""

    url: str
    living: Database


@pytest.fixture(scope="module", params=SHAPES)
def installation(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """One process on SQLite, or ten on PostgreSQL and RabbitMQ."""
    if request.param == "embedded":
        server: Server = request.getfixturevalue("server")
        url, database_url = server.url, f"sqlite:///{server.folder}/living.sqlite3"
    else:
        started: Separate = request.getfixturevalue("separate")
        url, database_url = started.url, started.database_url.replace("{service}", "living")
    living = Database(database_url)
    yield Installation(url, living)
    living.engine.dispose()


class Camera:
    """A camera that the operator has put up at a lane; it signs what it tells."""

    def __init__(self, operator: Person, url: str, lane: Json) -> None:
        path = f"/living/parking/lanes/{lane['id']}/devices"
        version = operator.ask("GET", f"/living/parking/lots/{lane['lot_id']}").headers["ETag"]
        self._code, self._url = f"STORY-{uuid4().hex[:8].upper()}", url
        body = {"code": self._code, "kind": "camera"}
        self._secret = operator.ask("POST", path, body=body, If_Match=version).expect(201).json["secret"]

    def sees(self, plate: str) -> Json:
        """What it is answered about a car that stands before it now."""
        now = datetime.now(UTC)
        event = {"id": uuid4().hex, "plate": plate, "seen_at": now.isoformat(), "confidence": 96}
        data = json.dumps(event).encode()
        signed = header_of(self._code, self._secret, "POST", PATH, now, data)
        headers = {"Authorization": signed, "Content_Type": "application/json"}
        told: Json = ask(self._url, "POST", PATH, body=data, **headers).expect(200).json
        return told


@pytest.fixture
def open_pages(browser: Browser, installation: Installation) -> Iterator[Callable[[str, View], WindowPages]]:
    """Opens the window of somebody who has signed in."""
    opened = []

    def open_one(username: str, view: View) -> WindowPages:
        context = browser.new_context(base_url=installation.url, **HABITS, **window_options(view))
        opened.append(context)
        context.add_cookies([{"name": "lang", "value": view.language, "url": installation.url}])
        window = Window(context, view, installation.url)
        window.go("/sign-in")
        window.sign_in(username)
        window.page.wait_for_url("**/")
        return WindowPages(window)

    yield open_one
    for context in opened:
        context.close()


def test_a_resident_reserves_drives_in_pays_leaves_and_has_a_receipt_and_the_operator_sees_it(
    installation: Installation, open_pages: Callable[[str, View], WindowPages]
) -> None:
    operator = Person(installation.url, "operator")
    lot = next(each for each in operator.get("/living/parking/lots")["items"] if each["code"] == "P1")
    lanes = {
        each["code"]: {**each, "lot_id": lot["id"]}
        for each in operator.get(f"/living/parking/lots/{lot['id']}")["lanes"]
    }
    way_in, way_out = (Camera(operator, installation.url, lanes[code]) for code in ("E1", "E2"))
    resident = open_pages("resident", View(PHONE, "zh"))
    say = resident.words

    resident.html("/parking/cars")
    resident.press("/parking/cars", {"plate": PLATE})
    resident.html(f"/parking/reserve?lot={lot['id']}")
    resident.press("/parking/reserve", {"plate": PLATE})
    shown = resident.press("/parking/reserve", {})
    assert say("The bay is kept for you.") in shown
    reservation = resident.path
    told = way_in.sees(PLATE)
    assert (told["verdict"], told["reason"]) == ("open", "reservation")
    assert f"{reservation}/cancel" not in resident.html(reservation), "its use has begun"

    stay = told["stay_id"]
    _let_time_pass(installation.living, stay)
    assert way_out.sees(PLATE)["verdict"] == "pay"
    page = resident.html(f"/parking/stays/{stay}")
    assert say("%(amount)s yuan", amount=_COST) in page
    resident.html(unescape(_only(r'href="(/parking/pay\?[^"]+)"', page)))
    page = resident.press("/parking/pay", {})
    resident.html(_only(r'href="(/parking/orders/[0-9a-f-]+/sandbox)"', page))
    page = resident.press("/sandbox", {}, ("result", "paid"))
    assert say("It is paid") in page
    receipt = resident.html(_only(r'href="(/parking/receipts/[0-9a-f-]+)"', page))
    assert "新A***18" in receipt and PLATE not in receipt
    told = way_out.sees(PLATE)
    assert (told["verdict"], told["reason"]) == ("open", "paid")
    page = resident.html(f"/parking/stays/{stay}")
    assert say("Left") in page and "/parking/receipts/" in page and "/parking/pay?" not in page

    runs = open_pages("operator", View(DESKTOP, "en"))
    assert PLATE in runs.html(f"/parking/operating/{lot['id']}/live")
    page = runs.html(f"/parking/operating/stays/{stay}")
    assert "Left" in page and f"{_COST} yuan" in page and "0 yuan" in page
    assert "Sandbox" in runs.html(f"/parking/operating/{lot['id']}/money")


def _let_time_pass(living: Database, stay: str) -> None:
    """Nobody can turn the clock of real processes: the car has come in earlier."""
    with living.write() as session:
        kept = session.get_one(ParkingStay, UUID(stay))
        assert kept.entered_at is not None
        kept.entered_at -= _HOURS


def _only(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found is not None, (pattern, page)
    return found[1]


def test_the_simulated_cameras_of_the_demo_are_answered(server: Server) -> None:
    command = Path(sys.executable).with_name("yuanban")
    run = subprocess.run(
        [command, "parking", "simulate", "--address", server.url, "--rate", "1200", "--minutes", "0.025"],
        env={**os.environ, "YUANBAN_DEMO": "1", "YUANBAN_DATA_DIR": str(server.folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "of 30 answers" in run.stdout and "open drive_in" in run.stdout, run.stdout
    assert not re.search(r"^ +\d+  (\d{3}|unreachable|pay lost_entry)$", run.stdout, re.MULTILINE), run.stdout
