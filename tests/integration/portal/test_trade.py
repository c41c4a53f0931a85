"""The stories of shared machines, played by two firms of the demo park in browsers without scripts."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlsplit

import pytest

from shared.clock import ManualClock
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.portal.conftest import Browser
from tests.stories.trade import BORROWER, LENDER, NEWCOMER, STORIES, Story, When, name_of
from tests.stories.trade_by_portal import PlainPages, PortalFirm

POSTGRES = pytest.param("postgres", marks=(pytest.mark.postgres, pytest.mark.slow))


class ParkStage:
    """The park in this process, on a clock that the story moves."""

    def __init__(self, system: SystemUnderTest, clock: ManualClock, place: str) -> None:
        self.place = place
        self._system = system
        self._clock = clock
        self._opened: dict[tuple[str, datetime], Browser] = {}

    @property
    def lender(self) -> PortalFirm:
        """Signed in until time has gone by."""
        return self._firm(*LENDER)

    @property
    def borrower(self) -> PortalFirm:
        """Signed in until time has gone by."""
        return self._firm(*BORROWER)

    @property
    def newcomer(self) -> PortalFirm:
        """Signed in until time has gone by."""
        return self._firm(*NEWCOMER)

    def _firm(self, username: str, name: str) -> PortalFirm:
        key = username, self._clock.now()
        if key not in self._opened:
            self._opened[key] = Browser(self._system.edge_app.test_client()).sign_in(username)
            self._opened[key].client.set_cookie("lang", "en")
        return PortalFirm(PlainPages(self._opened[key]), name)

    def now(self) -> datetime:
        """By that clock."""
        return self._clock.now()

    def go_to(self, _booking: str, when: When, since: timedelta) -> When:
        """Move the clock, and let happen what is due by then."""
        self._clock.set(when.start + since)
        self._system.settle()
        return when

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Whatever moves, moves now."""
        self._system.settle()
        assert reached(), what

    def read(self, url: str) -> str:
        """By a program that has no cookies."""
        answer = self._system.edge_app.test_client().get(urlsplit(url).path)
        assert answer.status_code == 200, answer.text
        return answer.text


_numbers = count(1)


@pytest.fixture(scope="module", params=["sqlite", POSTGRES])
def system(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SystemUnderTest]:
    """The demo park with all its services, for all stories; its clock only goes forward."""
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    factory = SystemFactory(databases, tmp_path_factory.mktemp("trade"), ManualClock(MONDAY_MORNING))
    made = factory(installed_services(), demo=True)
    made.seed()
    made.settle()
    yield made
    factory.close()


@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_two_firms_play(story: Story, system: SystemUnderTest) -> None:
    clock = system.clock
    assert isinstance(clock, ManualClock)
    story(ParkStage(system, clock, f"H{next(_numbers)}"))
