"""The lanes of car parks in the portal: live, opened by hand, alarms, stays, taking stock."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.model import AlarmKind
from shared.clock import ManualClock
from shared.ids import new_id
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.parking.car_park import OPERATOR as OPERATOR_ACTOR
from tests.integration.facilities.parking.cars import put_inside
from tests.integration.facilities.parking.gates import Gates
from tests.integration.portal.conftest import Enter
from tests.integration.portal.operating import (
    ANY_ID,
    CHINESE,
    OPERATOR,
    WATCHER,
    link,
    lot_id,
    lot_of,
    own_texts,
    sent,
)


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


def test_an_operator_watches_the_lanes_and_sees_to_what_happens_there(
    system: SystemUnderTest, enter: Enter
) -> None:
    operator = enter(OPERATOR)
    lot = lot_of(operator, "Car park 2 (building)")
    live = f"{lot}/live"
    page = operator.get(live)
    assert 'hx-trigger="portal:poll from:body"' in page.text and "South gate in" in page.text
    by_hand = link(page, rf"/parking/operating/lanes/{ANY_ID}/open")
    operator.get(by_hand)
    wrong = operator.post(by_hand, {"reason": "", "plate": "新A·12391"})
    assert wrong.status_code == 422 and 'href="#reason"' in wrong.text and 'value="新A·12391"' in wrong.text
    wrong = operator.post(by_hand, {"reason": "camera is dirty", "plate": "no plate"})
    assert wrong.status_code == 422 and 'href="#plate"' in wrong.text
    page = sent(operator, by_hand, {"reason": "camera is dirty", "plate": "新A·12391"})
    assert "The barrier is opened" in page.text and "新A·12391" in page.text
    assert "opened by hand</span>" in page.text and "camera is dirty · 设施运营人员己" in page.text
    page = operator.get(f"{lot}/events?plate=新A12391")
    assert page.text.count('role="rowheader"') == 1
    assert "There are no such events." in operator.get(f"{lot}/events?plate=新A00000").text

    page = operator.get(f"{lot}/stays?state=inside&plate=新A12391")
    stay = link(page, rf"/parking/operating/stays/{ANY_ID}")
    page = operator.get(stay)
    assert "drive-in" in page.text and "Version 1" in page.text and "This car at the lanes" in page.text
    assert "/cash" not in page.text, "nothing is due yet"
    owing = put_inside(system.runtime("living"), lot_id(lot), "新A12392", 200)
    stay = f"/parking/operating/stays/{owing}"
    page = operator.get(stay)
    assert "Take cash" in page.text and "yp-fee" in page.text
    cash = f"{stay}/cash"
    page = operator.get(cash)
    assert 'value="7"' in page.text, "5 for the first two hours, 1 an hour for two more"
    wrong = operator.post(cash, {"amount_fen": "7.001", "receipt": ""})
    assert wrong.status_code == 422 and 'href="#amount-fen"' in wrong.text and 'href="#receipt"' in wrong.text
    page = sent(operator, cash, {"amount_fen": "7", "receipt": "N-1"})
    assert "The cash is entered." in page.text and "Take cash" not in page.text
    assert "N-1" in operator.get(f"{lot}/money").text

    page = operator.get(f"{lot}/occupancy")
    assert page.text.count('<svg class="yo-chart"') == 2 and "Ground floor (80)" in page.text
    assert operator.get(f"{lot}/occupancy?on=never").status_code == 422
    stock = f"{lot}/stock-take"
    operator.get(stock)
    wrong = operator.post(stock, {"plates": ""})
    assert wrong.status_code == 422 and 'href="#plates"' in wrong.text
    wrong = operator.post(stock, {"plates": "新A12391\nnot a plate"})
    assert (
        wrong.status_code == 422 and "not a plate: " in wrong.text and "新A12391\nnot a plate" in wrong.text
    )
    operator.get(stock)
    page = operator.post(stock, {"plates": "新A12391\n新A12393"})
    assert page.status_code == 200 and "What was put right" in page.text
    assert "新A·12392" in page.text and "新A·12393" in page.text

    with system.runtime("living").transaction(OPERATOR_ACTOR) as tx:
        raise_alarm(tx, lot_id(lot), AlarmKind.UNEXPLAINED, new_id(), details={"device": "P2-S1-BARRIER"})
    page = operator.get(f"{lot}/alarms")
    assert "Device P2-S1-BARRIER" in page.text
    assert re.search(r"alarms? to see to</a>", operator.get(live).text)
    page = operator.get(f"{lot}/alarms")
    alarm = re.search(rf'action="({lot}/alarms/{ANY_ID})" novalidate>(?:(?!</form>).)*', page.text, re.S)
    assert alarm
    version = re.search(r'name="version" value="(\d+)"', alarm[0])
    assert version
    wrong = operator.post(alarm[1], {"note": "", "version": version[1]})
    assert wrong.status_code == 422 and 'href="#note"' in wrong.text
    operator.post(alarm[1], {"note": "a delivery was let in", "version": version[1]})
    assert "noted what was found" in operator.follow().text
    assert "a delivery was let in" in operator.get(f"{lot}/alarms?seen=yes").text
    operator.get(f"{lot}/alarms")
    assert operator.post(alarm[1], {"note": "again", "version": version[1]}).status_code in (409, 412)

    watcher = enter(WATCHER)
    for page_of in ("live", "events", "stays", "occupancy", "alarms"):
        shown = watcher.get(f"{lot}/{page_of}")
        assert shown.status_code == 200 and "Open by hand" not in shown.text, page_of
        text = re.sub("新A·[0-9A-Z]+|设施运营人员己", "", own_texts(shown))
        assert CHINESE.search(text) is None, page_of
    assert watcher.get(stock).status_code == 403


def test_a_way_into_an_open_car_park_that_leads_nowhere_is_refused_in_its_form(enter: Enter) -> None:
    operator = enter(OPERATOR)
    lot = lot_of(operator, "Car park 1 (outdoors)")
    lane = {"code": "N9", "direction": "in", "name.zh": "北门入口", "name.en": "North gate in"}
    operator.get(f"{lot}/lanes/add")
    refused = operator.post(f"{lot}/lanes/add", lane)
    assert refused.status_code == 422 and 'value="N9"' in refused.text
    assert "No zone can be reached from the way in N9: say how far they are" in refused.text


def test_what_is_told_late_stands_in_the_list_and_displaces_no_car_that_waits(
    system: SystemUnderTest, enter: Enter
) -> None:
    clock = system.clock
    assert isinstance(clock, ManualClock)
    at, operator = Gates(system, clock, code="P93"), enter(OPERATOR)
    seen = [clock.now() - timedelta(hours=19, minutes=each) for each in range(60)]
    at.come("新A60001")
    clock.advance(timedelta(minutes=1))
    late = [f"新A6{number:04}" for number in range(100, 160)]
    for plate, moment in zip(late, seen, strict=True):
        at.come(plate, seen_at=moment.isoformat(), waiting=False)
    page = operator.get(f"/parking/operating/{at.park.lot}/live").text
    cards, _, listed = page.partition('id="newest-title"')
    assert re.findall(r'class="yo-plate">([^<]+)<', cards) == ["新A·60001"]
    assert "新A·60159" in listed and listed.count('role="rowheader"') == 12
    assert "Nothing lately." in cards, "at the way out"
