"""The demo park with all its services, and people who are signed in; for every test of a file."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

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
    made = factory(installed_services(), demo=True, parking_provider="sandbox")
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


def instant(days: int, clock_time: str) -> datetime:
    return datetime.fromisoformat(local(days, clock_time)).replace(tzinfo=PARK_TZ)
