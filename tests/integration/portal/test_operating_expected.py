"""Who is expected at a car park, as those see it who run it: reservations and visitors."""

from collections.abc import Iterator

import pytest

from shared.clock import ManualClock
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.portal.conftest import Enter
from tests.integration.portal.operating import OPERATOR, WATCHER, lot_of


@pytest.fixture(scope="module")
def system(
    sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SystemUnderTest]:
    """The demo park, in which a resident has reserved and firms have invited."""
    factory = SystemFactory(sqlite_databases, tmp_path_factory.mktemp("park"), ManualClock(MONDAY_MORNING))
    made = factory(installed_services(), demo=True)
    made.seed()
    made.settle()
    yield made
    factory.close()


def test_an_operator_sees_what_is_reserved_and_whom_firms_have_invited(enter: Enter) -> None:
    operator = enter(OPERATOR)
    lot = lot_of(operator, "Car park 1 (outdoors)")
    page = operator.get(f"{lot}/reservations")
    assert "新A·30618" in page.text and "09:00" in page.text
    assert "新A·30618" in operator.get(f"{lot}/reservations?state=confirmed").text
    assert "There are none here" in operator.get(f"{lot}/reservations?state=no_show").text
    visitors = operator.get(f"{lot}/visits")
    assert "新C·20457" in visitors.text and "91990101MA0DEM048E" in visitors.text
    assert "There are none here" in operator.get(f"{lot}/visits?state=come").text
    elsewhere = lot_of(operator, "Car park 2 (building)")
    assert "新A·30618" not in operator.get(f"{elsewhere}/reservations").text


def test_a_state_that_there_is_not_shows_all_of_them(enter: Enter) -> None:
    operator = enter(OPERATOR)
    lot = lot_of(operator, "Car park 1 (outdoors)")
    page = operator.get(f"{lot}/visits?state=in_use")
    assert page.status_code == 200 and "新C·20457" in page.text


def test_who_watches_sees_it_too_and_nobody_else(enter: Enter) -> None:
    watcher = enter(WATCHER)
    lot = lot_of(watcher, "Car park 1 (outdoors)")
    for kind in ("reservations", "visits"):
        assert watcher.get(f"{lot}/{kind}").status_code == 200
        assert enter("resident").get(f"{lot}/{kind}").status_code == 403
