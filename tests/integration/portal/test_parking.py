"""Parking in the portal, without scripts: what everybody sees, and what residents and firms do there."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from shared.clock import PARK_TZ, ManualClock
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.portal.conftest import Browser

Park = Callable[[str], Browser]


@pytest.fixture(scope="module")
def system(
    sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SystemUnderTest]:
    """The demo park with all its services, for every test of this file."""
    factory = SystemFactory(sqlite_databases, tmp_path_factory.mktemp("park"), ManualClock(MONDAY_MORNING))
    made = factory(installed_services(), demo=True)
    made.seed()
    made.settle()
    yield made
    factory.close()


@pytest.fixture
def clock(system: SystemUnderTest) -> Iterator[ManualClock]:
    """The park's clock; it stands on Monday morning again after the test."""
    found = system.clock
    assert isinstance(found, ManualClock)
    yield found
    found.set(MONDAY_MORNING)


@pytest.fixture
def park(system: SystemUnderTest) -> Park:
    """Opens the browser of somebody who reads English; of a visitor for the empty name."""

    def open_one(username: str) -> Browser:
        browser = Browser(system.edge_app.test_client())
        browser = browser.sign_in(username) if username else browser
        browser.client.set_cookie("lang", "en")
        return browser

    return open_one


def local(days: int, clock_time: str) -> str:
    """So many days after that Monday, by the wall clock of the park."""
    day = MONDAY_MORNING.astimezone(PARK_TZ).date() + timedelta(days=days)
    return f"{day.isoformat()}T{clock_time}"


def lot_of(browser: Browser, name: str) -> str:
    """The path of a car park that the first page shows."""
    text = browser.get("/parking").text
    match = re.search(rf'href="(/parking/lots/[0-9a-f-]+)">{re.escape(name)}', text)
    assert match, text
    return match[1]


def test_everybody_sees_what_the_sign_says_and_what_a_stay_would_cost(park: Park) -> None:
    visitor = park("")
    listed = visitor.get("/parking").text
    assert "5 yuan the first hour, 10 a day" in listed and "0990-5550101" in listed
    assert "open day and night" in listed

    lot = lot_of(visitor, "Car park 1 (outdoors)")
    page = visitor.get(lot).text
    assert "First 1 hour: 5 yuan" in page and "After paying you have 15 minutes to leave" in page
    assert "New-energy vehicles pay 20 % less" in page and "East gate in" in page

    stay = {"vehicle": "small", "entered_at": local(0, "08:00"), "left_at": local(0, "11:00")}
    page = visitor.get(lot, query_string=stay).text
    assert "It would cost 7 yuan" in page, "the first hour 5, two more at 1"
    electric = visitor.get(lot, query_string={**stay, "vehicle": "nev_small"}).text
    assert "It would cost 5.60 yuan" in electric

    turned = visitor.get(lot, query_string={**stay, "left_at": local(0, "07:00")})
    assert turned.status_code == 422 and "error-summary" in turned.text
    assert f'value="{local(0, "07:00")}"' in turned.text
    unreadable = visitor.get(lot, query_string={**stay, "entered_at": "yesterday"})
    assert unreadable.status_code == 422 and "Enter a date and a time that there are" in unreadable.text
    assert 'value="yesterday"' in unreadable.text
    assert visitor.get("/parking/lots/01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e").status_code == 404
