"""Charging in the portal, for whoever is charged: by when to move, and what standing on costs."""

import re
from datetime import timedelta

from shared.clock import ManualClock
from shared.testing.systems import SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.parking.charging import ChargingPoints
from tests.integration.portal import demo_park
from tests.integration.portal.conftest import Browser
from tests.integration.portal.demo_park import Park
from tests.integration.portal.operating import CHINESE, own_texts

clock, park, system = demo_park.clock, demo_park.park, demo_park.system
"""The demo park, new for this file."""

CAR = "新AD40001"


def registered(park: Park, plate: str, username: str = "resident") -> Browser:
    """Somebody with a car of their own."""
    resident = park(username)
    resident.get("/parking/cars")
    resident.post("/parking/cars", {"plate": plate, "name": ""})
    assert resident.follow().status_code == 200
    return resident


def stay_of(resident: Browser, plate: str) -> str:
    """The path of the stay of a car that is inside."""
    listed = resident.get("/parking/stays").text
    found = re.search(rf'href="(/parking/stays/[0-9a-f-]+)">{plate}', listed)
    assert found, listed
    return found[1]


def test_whoever_is_charged_reads_by_when_to_move_what_it_costs_after_that_and_what_it_has_cost(
    park: Park, system: SystemUnderTest, clock: ManualClock
) -> None:
    at, resident = ChargingPoints(system, clock, code="P81"), registered(park, CAR)
    clock.set(MONDAY_MORNING + timedelta(minutes=1))
    at.come(CAR)
    stay = stay_of(resident, "新A·D40001")
    assert "charging-title" not in resident.get(stay).text, "it has not been at a charging point"
    at.tell(1, "n1", "started", CAR)
    page = resident.get(stay).text
    assert "Bay C1" in page and "Began to charge at 09:01" in page
    assert "Please move your car within 30 minutes once it is charged. After that it costs" in page
    assert "After that it costs 2 yuan every 15 minutes, at most 40 yuan, beside the parking fee." in page

    clock.advance(timedelta(minutes=50))
    at.tell(1, "n1", "ended", CAR)
    page = resident.get(stay).text
    assert "Charged at 09:51" in page and "Please move your car by 10:21." in page
    assert "yb-note-warning" in page and "Standing on" not in page
    clock.advance(timedelta(minutes=31))
    shown = resident.get(stay)
    page = shown.text
    assert "The free time was over at 10:21. Please move your car." in page and "yb-note-danger" in page
    assert "Until you do, it costs 2 yuan every 15 minutes, at most 40 yuan" in page
    assert "Standing on at charging bay C1: 1 × 15 min from 2026-11-23 10:21, 2.00 yuan each" in page
    assert CHINESE.search(own_texts(shown).replace("新A", "").replace("园区", "")) is None

    resident.client.set_cookie("lang", "zh")
    chinese = resident.get(stay).text
    assert "免费时间已于10:21结束，请尽快驶离车位。驶离之前每15分钟2元，封顶40元" in chinese
    resident.client.set_cookie("lang", "en")

    at.tell(1, "n1", "freed", CAR)
    at.tell(2, "n1", "started", CAR)
    page = resident.get(stay).text
    assert "Left the bay at 10:22" in page and page.index("Bay C2") < page.index("Bay C1")
    assert "yb-note-danger" not in page and page.count(">charging<") == 1 and page.count(">gone<") == 1
    system.settle()
    told = resident.get("/messages").text
    assert "Your car is charged; please leave the charging bay" in told and f'href="{stay}"' in told
    other = park("agent")
    assert other.get(stay).status_code == 404


def test_a_stay_where_standing_on_costs_nothing_asks_nobody_to_move(
    park: Park, system: SystemUnderTest, clock: ManualClock
) -> None:
    at, resident = ChargingPoints(system, clock, code="P82", overstay=None), registered(park, "新AD40002")
    clock.set(MONDAY_MORNING + timedelta(minutes=1))
    at.come("新AD40002")
    at.tell(1, "n1", "started", "新AD40002")
    clock.advance(timedelta(hours=2))
    at.tell(1, "n1", "ended", "新AD40002")
    page = resident.get(stay_of(resident, "新A·D40002")).text
    assert "Charged at 11:01" in page and ">charged<" in page
    assert "move" not in page.partition('id="charging-title"')[2].partition("</section>")[0]


def test_a_charge_of_another_day_is_said_with_its_day_and_is_over_when_the_car_has_left(
    park: Park, system: SystemUnderTest, clock: ManualClock
) -> None:
    at, resident = (
        ChargingPoints(system, clock, code="P83", tariff="T2"),
        registered(park, "新AD40003", "agent"),
    )
    clock.set(MONDAY_MORNING + timedelta(minutes=1))
    at.come("新AD40003")
    stay = stay_of(resident, "新A·D40003")
    at.tell(1, "n1", "started", "新AD40003")
    clock.advance(timedelta(hours=24))
    resident = park("agent")
    assert "Began to charge at 23 Nov 2026, 09:01" in resident.get(stay).text
    at.tell(1, "n1", "ended", "新AD40003")
    lot = str(at.park.lot)
    resident.get(f"/parking/pay?lot={lot}")
    resident.post("/parking/pay", {"lot_id": lot, "plate": "新AD40003"})
    order = resident.follow().request.path
    resident.get(f"{order}/sandbox")
    resident.post(f"{order}/sandbox", {"result": "paid"})
    resident.follow()
    clock.advance(timedelta(minutes=5))
    at.go("新AD40003")
    page = park("agent").get(stay).text
    assert "What it costs</h2>" in page and ">gone<" in page and "Left the bay at 09:06" in page
    assert "Please move" not in page
