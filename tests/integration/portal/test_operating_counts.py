"""Counting the cars of a zone in the portal: a number, and what it says about what was known."""

import re
from datetime import timedelta
from typing import Any

from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.model import AlarmKind
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.ids import new_id
from shared.testing.systems import SystemUnderTest
from tests.integration.facilities.parking.gates import Gates
from tests.integration.portal import demo_park
from tests.integration.portal.conftest import Browser, Enter
from tests.integration.portal.operating import CHINESE, OPERATOR, WATCHER, link, own_texts

clock, system = demo_park.clock, demo_park.system
"""The demo park, new for this file."""


def counted(browser: Browser, at: Gates, cars: str) -> Any:
    """The page that answers a number typed in for the near zone."""
    form = f"/parking/operating/zones/{at.park.near}/count"
    browser.get(form)
    return browser.post(form, {"cars": cars})


def facts(page: Any) -> dict[str, str]:
    """What was found, by what it is called."""
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page.text))


def row(page: Any, zone: str) -> str:
    """What the table of zones says about one, without tags."""
    found = re.search(
        rf'<tr role="row"><th role="rowheader" scope="row">{zone}</th>.*?</tr>', page.text, re.S
    )
    assert found, page.text
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_a_count_says_how_many_cars_nobody_knew_of_and_which_known_ones_are_doubted(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at, operator = Gates(system, clock, code="P91", near=10), enter(OPERATOR)
    plates = ["新A50001", "新A50002", "新A50003"]
    for plate in plates:
        at.come(plate)
        clock.advance(timedelta(minutes=1))
    occupancy = f"/parking/operating/{at.park.lot}/occupancy"
    page = operator.get(occupancy)
    assert row(page, "A").startswith("A 10 3 3 7 not counted yet Count the cars (A)")
    form = link(page, rf"/parking/operating/zones/{at.park.near}/count")
    assert operator.get(form).status_code == 200

    more = counted(operator, at, "5")
    assert more.status_code == 200 and "5 cars counted" in more.text
    assert facts(more) == {"Known to be inside": "3", "Unknown cars": "2", "Doubted cars": "0"}
    assert "2 cars came in unseen. They take room until as many have left" in more.text
    assert row(operator.get(occupancy), "A").startswith("A 10 5 5 5 23 Nov 2026, 09:03 2 unknown cars")

    fewer = counted(operator, at, "1")
    assert "1 car counted" in fewer.text
    assert facts(fewer) == {"Known to be inside": "3", "Unknown cars": "0", "Doubted cars": "2"}
    listed = re.findall(r'<li><a href="([^"]+)">(新A·\d+)</a></li>', fewer.text)
    assert [plate for _href, plate in listed] == ["新A·50001", "新A·50002"], "those that came first"
    assert "So many must have left unseen." in fewer.text
    assert CHINESE.search(own_texts(fewer).replace("新A", "")) is None
    stays = operator.get(listed[0][0].replace("&amp;", "&"))
    assert stays.status_code == 200 and "新A·50001" in stays.text and "新A·50003" not in stays.text
    assert row(operator.get(occupancy), "A").startswith("A 10 1 1 9 23 Nov 2026, 09:03 2 doubted cars")

    same = counted(operator, at, "3")
    assert "It is as was known." in same.text and facts(same)["Doubted cars"] == "0"
    assert "unknown car" not in row(operator.get(occupancy), "A")


def test_a_number_that_cannot_be_is_said_at_its_field_in_both_languages(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at, operator = Gates(system, clock, code="P92", near=10), enter(OPERATOR)
    for language, label in (("zh", "在场车辆数"), ("en", "How many cars stand there")):
        operator.client.set_cookie("lang", language)
        for typed in ("", "many", "-1", "1.5", "²", "101", "9" * 5000):
            wrong = counted(operator, at, typed)
            assert wrong.status_code == 422, (language, typed)
            assert f'<a href="#cars">{label}' in wrong.text, (language, typed)
            assert 'id="cars-error"' in wrong.text and f'value="{typed}"' in wrong.text


def test_the_alarm_of_the_nightly_check_says_what_was_put_right(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at, operator = Gates(system, clock, code="P94"), enter(OPERATOR)
    right = {"slots": 2, "ended": [str(new_id())], "changed": [], "begun": [str(new_id()), str(new_id())]}
    details = {"zone_id": str(at.park.near), "counted": 1, "inside": 2, "put_right": right}
    with at.runtime.transaction(SYSTEM) as tx:
        raise_alarm(tx, at.park.lot, AlarmKind.DRIFT, "a night", details=details)
    alarms = f"/parking/operating/{at.park.lot}/alarms"
    assert (
        "Put right by itself: 2 cars counted that were left out; 1 car counted no more that had gone; "
        "2 half hours added up anew"
    ) in operator.get(alarms).text
    operator.client.set_cookie("lang", "zh")
    assert (
        "已自动更正：补计2辆在场车辆；取消1辆已离场车辆的计数；重算2个半小时时段" in operator.get(alarms).text
    )


def test_whoever_watches_car_parks_counts_nothing(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at, watcher = Gates(system, clock, code="P93"), enter(WATCHER)
    page = watcher.get(f"/parking/operating/{at.park.lot}/occupancy")
    assert "/count" not in page.text and "Last count" not in page.text
    form = f"/parking/operating/zones/{at.park.near}/count"
    assert watcher.get(form).status_code == 403
    assert watcher.post(form, {"cars": "1"}).status_code == 403
    assert enter("resident").get(form).status_code == 403
