"""Charging points in the portal, for those who run car parks: what stands there, adding points, charges."""

import re
from datetime import timedelta
from typing import Any

from shared.clock import ManualClock
from shared.testing.systems import SystemUnderTest
from tests.integration.facilities.parking.charging import ChargingPoints
from tests.integration.portal import demo_park
from tests.integration.portal.conftest import Enter
from tests.integration.portal.operating import ANY_ID, CHINESE, OPERATOR, WATCHER, link, own_texts, sent

clock, system = demo_park.clock, demo_park.system
"""The demo park, new for this file."""

CAR, OTHER = "新AD30001", "新AD30002"


def points_of(at: ChargingPoints) -> str:
    return f"/parking/operating/zones/{at.zone}/charging-points"


def charges_of(at: ChargingPoints) -> str:
    return f"/parking/operating/{at.park.lot}/charges"


def rows(page: Any) -> dict[str, str]:
    """What the rows of the table say, without tags, by what stands first in them."""
    found = {}
    for row in re.findall(r'<tr role="row">\s*<th role="rowheader".*?</tr>', page.text, flags=re.S):
        text = " ".join(re.sub(r"<[^>]+>", " ", row).split())
        name, _, said = text.partition(" ")
        found[name] = said
    return found


def test_the_points_of_a_zone_say_whether_a_car_charges_is_charged_or_stands_on_and_owes(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at, operator = ChargingPoints(system, clock, code="P71"), enter(OPERATOR)
    page = operator.get(points_of(at))
    assert list(rows(page)) == ["C1", "C2", "C3"] and page.text.count(">free<") == 3
    at.come(CAR)
    at.tell(1, "n1", "started", CAR)
    at.tell(2, "n1", "started", None)
    said = rows(operator.get(points_of(at)))
    assert said["C1"] == "P71-C1 新A·D30001 charging since 23 Nov 2026, 09:00"
    assert said["C2"] == "P71-C2 not known charging since 23 Nov 2026, 09:00"

    clock.advance(timedelta(hours=1))
    at.tell(1, "n1", "ended", CAR)
    at.tell(2, "n1", "ended", None)
    said = rows(operator.get(points_of(at)))
    assert said["C1"] == "P71-C1 新A·D30001 charged free of charge until 23 Nov 2026, 10:30"
    assert said["C2"] == "P71-C2 not known charged since 23 Nov 2026, 10:00", "nobody knows who would pay"
    clock.advance(timedelta(minutes=50))
    page = operator.get(points_of(at))
    assert rows(page)["C1"] == "P71-C1 新A·D30001 overstaying since 23 Nov 2026, 10:30 · 4 yuan"
    assert CHINESE.search(own_texts(page).replace("新A·", "")) is None

    stay = operator.get(link(page, rf"/parking/operating/stays/{ANY_ID}"))
    assert "Bay C1" in stay.text and "overstaying" in stay.text and "Began to charge at 09:00" in stay.text
    assert "Standing on at charging bay C1: 2 × 15 min" in stay.text
    at.tell(1, "n1", "freed", CAR)
    at.tell(2, "n1", "freed", None)
    assert operator.get(points_of(at)).text.count(">free<") == 3


def test_an_operator_adds_a_charging_point_and_reads_its_secret_once(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at, operator = ChargingPoints(system, clock, code="P72", points=1), enter(OPERATOR)
    bays = f"/parking/operating/zones/{at.zone}/bays"
    page = operator.get(points_of(at))
    assert "Every bay with a number has one." in page.text and 'name="bay_id"' not in page.text
    operator.get(f"/parking/operating/zones/{at.zone}/edit")
    changed = {"name.zh": "充电区", "name.en": "Charging", "capacity": "3"}
    assert sent(operator, f"/parking/operating/zones/{at.zone}/edit", changed).status_code == 200
    page = sent(operator, bays, {"prefix": "C", "first": "2", "last": "3", "digits": "1"})
    assert points_of(at) in page.text

    page = operator.get(points_of(at))
    options = dict(re.findall(r'<option value="([^"]+)">(C\d)</option>', page.text))
    assert list(options.values()) == ["C2", "C3"], "C1 has one"
    bay = next(iter(options))
    for wrong, field in (
        ({"bay_id": "", "code": "P72-C2"}, "bay-id"),
        ({"bay_id": "no bay", "code": "P72-C2"}, "bay-id"),
        ({"bay_id": bay, "code": ""}, "code"),
        ({"bay_id": bay, "code": "P72 C2"}, "code"),
        ({"bay_id": bay, "code": "P72-C1"}, "code"),
    ):
        operator.get(points_of(at))
        refused = operator.post(points_of(at), wrong)
        assert refused.status_code in (422, 409), wrong
        assert f'<a href="#{field}">' in refused.text and f'id="{field}-error"' in refused.text, wrong
        assert f'value="{wrong["code"]}"' in refused.text
    nothing = operator.post(points_of(at), {"bay_id": "", "code": ""})
    assert 'href="#bay-id"' in nothing.text and 'href="#code"' in nothing.text, "all at once"
    operator.get(points_of(at))
    old = operator.hidden("version")
    made = operator.post(points_of(at), {"bay_id": bay, "code": "P72-C2"})
    assert made.status_code == 200 and "yo-secret" in made.text and "Bay C2" in made.text
    stale = operator.post(points_of(at), {"bay_id": list(options)[1], "code": "P72-C3", "version": old})
    assert stale.status_code == 412 and 'value="P72-C3"' in stale.text

    page = operator.get(points_of(at))
    device = re.findall(rf'href="(/parking/operating/devices/{ANY_ID})">P72-C2', page.text)[0]
    page = operator.get(device)
    assert "yo-secret" not in page.text and "Charging point" in page.text and points_of(at) in page.text
    operator.post(f"{device}/disable")
    page = operator.follow()
    assert "believed no more" in page.text and "nobody is charged for standing on there" in page.text
    assert "P72-C2 disabled" in rows(operator.get(points_of(at)))["C2"]
    operator.get(device)
    operator.post(f"{device}/enable")
    operator.follow()
    assert "yo-secret" in operator.post(f"{device}/renew-secret").text


def test_an_operator_says_whose_car_it_is_and_that_a_bay_is_free(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at, operator = ChargingPoints(system, clock, code="P73"), enter(OPERATOR)
    page = operator.get(charges_of(at))
    assert "No car is at a charging point." in page.text
    assert "No charging point has told anything yet." in operator.get(f"{charges_of(at)}?state=all").text
    at.come(OTHER)
    at.tell(1, "n1", "started", None)
    at.tell(2, "n1", "started", CAR)
    clock.advance(timedelta(hours=1))
    at.tell(1, "n1", "ended", None)
    clock.advance(timedelta(minutes=40))
    page = operator.get(charges_of(at))
    assert list(rows(page)) == ["C2", "C1"], "the one heard of last first"
    assert "not known 23 Nov 2026, 09:00 – 10:00 charged" in rows(page)["C1"]

    form = re.findall(rf'href="(/parking/operating/charges/{ANY_ID}/plate)">Whose car', page.text)[1]
    page = operator.get(form)
    assert "Whose car it is at C1" in page.text and "nobody knows whose car it is" in page.text
    for typed in ("", "not a plate", "新A3000"):
        operator.get(form)
        wrong = operator.post(form, {"plate": typed})
        assert wrong.status_code == 422 and 'href="#plate"' in wrong.text, typed
        assert f'value="{typed}"' in wrong.text
    operator.get(form)
    at_the_same_time = operator.post(form, {"plate": OTHER, "version": "1"})
    assert at_the_same_time.status_code == 412 and f'value="{OTHER}"' in at_the_same_time.text
    page = sent(operator, form, {"plate": OTHER})
    assert "It is noted whose car it is." in page.text
    stay = link(page, rf"/parking/operating/stays/{ANY_ID}")
    assert "Standing on at charging bay C1: 1 × 15 min" in operator.get(stay).text, "it is named, and owes"
    assert "新A·D30002" in operator.get(charges_of(at)).text

    frees = re.findall(rf'action="({charges_of(at)}/{ANY_ID}/freed)"', operator.get(charges_of(at)).text)
    assert len(frees) == 2
    stale = operator.post(frees[0], {"version": "77"})
    assert stale.status_code == 412 and "This is how it stands now." in stale.text
    for free in frees:
        shown = operator.get(charges_of(at)).text
        version = re.findall(rf'action="{free}">.*?name="version" value="(\d+)"', shown, flags=re.S)[0]
        operator.post(free, {"version": version})
        assert "It is noted that the bay is free." in operator.follow().text
    assert "No car is at a charging point." in operator.get(charges_of(at)).text
    page = operator.get(f"{charges_of(at)}?state=all")
    assert "gone 23 Nov 2026, 10:40 · 设施运营人员己 · 2 yuan" in rows(page)["C1"]
    assert "/freed" not in page.text
    operator.get(frees[0].removesuffix("/freed").replace(f"{at.park.lot}/", "") + "/plate")
    again = operator.post(frees[0])
    assert again.status_code == 409 and "error-summary" in again.text


def test_those_who_watch_car_parks_see_charges_and_change_nothing(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at, watcher = ChargingPoints(system, clock, code="P74"), enter(WATCHER)
    charge = at.tell(1, "n1", "started", CAR)["charge_id"]
    page = watcher.get(charges_of(at))
    assert "新A·D30001" in page.text and 'aria-current="page">Charging<' in page.text
    assert "/freed" not in page.text and "/plate" not in page.text and points_of(at) not in page.text
    assert points_of(at) not in watcher.get(f"/parking/operating/{at.park.lot}").text
    assert watcher.get(points_of(at)).status_code == 403
    assert watcher.get(f"/parking/operating/charges/{charge}/plate").status_code == 403
    resident = enter("resident")
    assert resident.get(charges_of(at)).status_code == 403
    operator = enter(OPERATOR)
    assert operator.get(f"/parking/operating/zones/{at.park.near}/charging-points").status_code == 404
    page = operator.get(f"/parking/operating/{at.park.lot}")
    assert points_of(at) in page.text and "Charging</a>" in page.text


def test_every_page_of_charging_and_counting_is_for_those_it_is_for(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at = ChargingPoints(system, clock, code="P76")
    charge = at.tell(1, "n1", "started", CAR)["charge_id"]
    pages = {
        charges_of(at): (200, 200, 403),
        f"{charges_of(at)}?state=all": (200, 200, 403),
        points_of(at): (200, 403, 403),
        f"/parking/operating/charges/{charge}/plate": (200, 403, 403),
        f"/parking/operating/devices/{at.device(1)}": (200, 403, 403),
        f"/parking/operating/zones/{at.zone}/count": (200, 403, 403),
    }
    readers = [enter(OPERATOR), enter(WATCHER), enter("resident")]
    visitor = system.edge_app.test_client()
    for path, statuses in pages.items():
        assert tuple(reader.get(path).status_code for reader in readers) == statuses, path
        turned_away = visitor.get(path)
        assert turned_away.status_code == 303 and "/sign-in" in turned_away.headers["Location"], path
    sent_there = (
        points_of(at),
        f"{charges_of(at)}/{charge}/freed",
        f"/parking/operating/charges/{charge}/plate",
        f"/parking/operating/zones/{at.zone}/count",
    )
    for path in sent_there:
        for reader in readers[1:]:
            reader.get("/parking")
            assert reader.post(path, {"version": "1"}).status_code == 403, path
    for odd in (f"{charges_of(at)}?cursor=x", f"{points_of(at)}?cursor=%00", f"{charges_of(at)}?state=²"):
        assert readers[0].get(odd).status_code in (200, 400, 422), odd
    nowhere = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e"
    for path in (f"charges/{nowhere}/plate", f"zones/{nowhere}/charging-points", f"zones/{nowhere}/count"):
        assert readers[0].get(f"/parking/operating/{path}").status_code == 404, path


def test_many_charges_and_points_are_shown_page_by_page_in_both_languages(
    system: SystemUnderTest, clock: ManualClock, enter: Enter
) -> None:
    at, operator = ChargingPoints(system, clock, code="P75", points=60), enter(OPERATOR)
    for number in range(1, 61):
        at.tell(number, "n1", "started", None)
    for language, following in (("en", "Next page"), ("zh", "下一页")):
        operator.client.set_cookie("lang", language)
        for path, name in ((points_of(at), "points"), (charges_of(at), "charges")):
            page = operator.get(path)
            seen = list(rows(page))
            while following in page.text:
                page = operator.get(link(page, r"[^\"]*cursor=[^\"]+").replace("&amp;", "&"))
                seen += rows(page)
            assert sorted(seen) == sorted(f"C{number}" for number in range(1, 61)), name
