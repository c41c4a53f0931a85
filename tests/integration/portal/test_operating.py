"""Running car parks in the portal, without scripts: set up, lists of vehicles, rights and money."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from facilities.living.parking.payments.commands import take_cash
from facilities.living.parking.payments.model import DifferenceKind, ParkingDifference
from facilities.living.parking.payments.queries import find_stay
from facilities.living.parking.rights.passes import commands as passes
from shared.actor import Actor
from shared.clock import ManualClock
from shared.ids import new_id
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.parking.car_park import OPERATOR as OPERATOR_ACTOR
from tests.integration.facilities.parking.cars import put_inside
from tests.integration.portal.conftest import Enter
from tests.integration.portal.operating import (
    ANY_ID,
    CHINESE,
    OPERATOR,
    SIGN,
    WATCHER,
    link,
    local,
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


def test_an_operator_sets_up_a_car_park(enter: Enter) -> None:
    operator = enter(OPERATOR)
    operator.get("/parking/operating/add")
    wrong = operator.post(
        "/parking/operating/add",
        {**SIGN, "code": "P 9", "name.en": "", "hours.1": "7 to 10", "early_min": "x"},
    )
    assert wrong.status_code == 422
    for field in ("code", "name-en", "hours-1", "early-min"):
        assert f'href="#{field}"' in wrong.text, field
    assert 'value="7 to 10"' in wrong.text and 'value="九号停车场"' in wrong.text
    operator.post("/parking/operating/add", SIGN)
    page = operator.follow()
    lot = page.request.path
    assert "entered as a draft" in page.text and "Saturday 22:00–06:00" in page.text
    assert "no limit" in page.text and "Not in use yet" in page.text
    operator.get("/parking/operating/add")
    twice = operator.post("/parking/operating/add", SIGN)
    assert twice.status_code == 409 and 'value="P9"' in twice.text

    tabs = ("live", "events", "alarms", "stays", "money", "day", "passes", "quotas", "lists", "tariffs")
    assert [operator.get(f"{lot}/{tab}").status_code for tab in tabs] == [200] * len(tabs)
    assert "was never open" in operator.get(f"{lot}/occupancy").text
    operator.get(lot)
    early = operator.post(f"{lot}/open")
    assert early.status_code == 409 and "error-summary" in early.text, "nobody could park there yet"

    zone = {"code": "A", "name.zh": "A区", "name.en": "Zone A", "capacity": "0", "kind": "general"}
    operator.get(f"{lot}/zones/add")
    wrong = operator.post(f"{lot}/zones/add", zone)
    assert wrong.status_code == 422 and 'href="#capacity"' in wrong.text
    operator.post(f"{lot}/zones/add", {**zone, "capacity": "5"})
    page = operator.follow()
    assert "The zone is added." in page.text
    bays = link(page, rf"/parking/operating/zones/{ANY_ID}/bays")
    operator.get(bays)
    wrong = operator.post(bays, {"prefix": "A-", "first": "1", "last": "6", "digits": "3"})
    assert wrong.status_code in (409, 422) and 'value="6"' in wrong.text, "more than the zone holds"
    page = sent(
        operator, bays, {"prefix": "A-", "first": "1", "last": "2", "digits": "3", "accessible": "true"}
    )
    assert "A-002" in page.text and "2 of 5 bays have numbers" in page.text

    metres = re.search(ANY_ID, bays)
    assert metres
    lane = {"code": "N1", "direction": "in", "name.zh": "北门入口", "name.en": "North in"}
    operator.get(f"{lot}/lanes/add")
    wrong = operator.post(f"{lot}/lanes/add", {**lane, f"metres.{metres[0]}": "far"})
    assert wrong.status_code == 422 and f'href="#metres-{metres[0]}"' in wrong.text
    operator.post(f"{lot}/lanes/add", {**lane, f"metres.{metres[0]}": "25"})
    page = operator.follow()
    assert "A 25 m" in page.text
    sent(operator, f"{lot}/lanes/add", {**lane, "code": "N2", "direction": "out", "name.en": "North out"})
    page = operator.get(lot)
    edit = link(page, rf"/parking/operating/lanes/{ANY_ID}/edit")
    page = sent(
        operator, edit, {"name.zh": "北门", "name.en": "Northern way in", f"metres.{metres[0]}": "30"}
    )
    assert "Northern way in" in page.text and "A 30 m" in page.text

    poster = operator.get(link(page, rf"/parking/operating/lanes/{ANY_ID}/code"))
    assert 'class="ym-code"' in poster.text and re.search(rf"/parking/lanes/{ANY_ID}/tickets/", poster.text)
    operator.get(lot)
    add = link(page, rf"/parking/operating/lanes/{ANY_ID}/devices/add")
    operator.get(add)
    wrong = operator.post(add, {"code": "", "kind": "camera"})
    assert wrong.status_code == 422 and 'href="#code"' in wrong.text
    made = operator.post(add, {"code": "P9-N1-CAM", "kind": "camera"})
    assert made.status_code == 200
    secret = re.search(r'class="yo-secret">([^<]+)<', made.text)
    device = re.search(rf"/parking/operating/devices/{ANY_ID}", made.text)
    assert secret and device and "never again" in made.text
    assert secret[1] not in operator.get(device[0]).text
    operator.post(f"{device[0]}/disable")
    assert "The device is believed no more." in operator.follow().text
    renewed = operator.post(f"{device[0]}/renew-secret").text
    assert 'class="yo-secret"' in renewed and secret[1] not in renewed
    operator.get(device[0])
    operator.post(f"{device[0]}/enable")
    assert "believed again" in operator.follow().text

    page = sent(operator, f"{lot}/edit", {**SIGN, "place": "Northern gate"})
    assert "Northern gate" in page.text
    again = operator.get(f"{lot}/edit").text
    assert 'value="07:00-22:00"' in again and 'value="22:00-06:00"' in again
    other = enter(OPERATOR)
    sent(other, f"{lot}/edit", {**SIGN, "place": "Gate N"})
    stale = operator.post(f"{lot}/edit", {**SIGN, "place": "Gate S"})
    assert stale.status_code == 412 and 'value="Gate S"' in stale.text
    assert (
        CHINESE.search(re.sub("<header.*?</header>", "", re.sub(r'value="[^"]*"', "", again), flags=re.S))
        is None
    )


def test_a_draft_is_left_out_of_the_page_for_everybody(enter: Enter) -> None:
    operator = enter(OPERATOR)
    draft = sent(operator, "/parking/operating/add", {**SIGN, "code": "P8", "name.en": "Car park 8"})
    lot = draft.request.path
    public = f"/parking/lots/{lot.rpartition('/')[2]}"
    for person in (operator, enter("manager"), enter(WATCHER)):
        page = person.get("/parking")
        assert page.status_code == 200 and "Car park 1 (outdoors)" in page.text
        assert "Car park 8" not in page.text
        led = person.get(public)
        assert led.status_code == 303 and led.headers["Location"] == lot
        assert person.get(lot).status_code == 200
    assert public not in operator.get(f"{lot}/tariffs").text
    assert enter("resident").get(public).status_code == 404


def test_those_who_watch_see_car_parks_and_change_nothing(enter: Enter) -> None:
    operator, resident = enter(OPERATOR), enter("resident")
    lot = lot_of(operator, "Car park 1 (outdoors)")
    page = operator.get(lot)
    edit = link(page, rf"/parking/operating/zones/{ANY_ID}/edit")
    assert resident.get("/parking/operating").status_code == 403
    watcher = enter(WATCHER)
    seen = watcher.get(lot)
    assert seen.status_code == 200 and edit not in seen.text and "Close the car park" not in seen.text
    assert watcher.get(edit).status_code == 403
    assert "Zone A" in page.text and "East gate in" in page.text and "P1-E1-CAMERA" in page.text
    page = sent(operator, edit, {"name.zh": "A区", "name.en": "Zone A", "capacity": "41"})
    assert "The zone is changed." in page.text and ">41<" in page.text
    operator.get(lot)
    operator.post(f"{lot}/close")
    assert "The car park is closed" in operator.follow().text
    operator.post(f"{lot}/open")
    assert "The car park is open." in operator.follow().text


def resident() -> Actor:
    """Somebody who buys a pass."""
    return Actor(kind="account", id=new_id(), name="居民", roles=frozenset({"resident"}))


def test_an_operator_lists_vehicles_and_sees_to_passes_and_bays_of_firms(
    system: SystemUnderTest, enter: Enter
) -> None:
    operator, watcher = enter(OPERATOR), enter(WATCHER)
    lot = lot_of(operator, "Car park 1 (outdoors)")
    lists = f"{lot}/lists"
    operator.get(lists)
    wrong = operator.post(lists, {"plate": "1234", "kind": "exempt", "why": ""})
    assert wrong.status_code == 422 and 'value="1234"' in wrong.text
    assert 'href="#why"' in wrong.text
    wrong = operator.post(lists, {"plate": "1234", "kind": "exempt", "why": "x"})
    for field in ("plate", "exemption"):
        assert f'href="#{field}"' in wrong.text, field
    said = {"plate": "新A·12345", "kind": "exempt", "exemption": "ambulance", "why": "of the clinic"}
    page = sent(operator, lists, said)
    assert "The vehicle is on the list." in page.text and "Ambulance" in page.text
    operator.get(lists)
    assert operator.post(lists, said).status_code == 409
    assert "新A·12345" not in operator.get(f"{lists}?kind=banned").text
    one = operator.get(f"{lists}?plate=12345")
    assert "新A·12345" in one.text and "新A·D61203" not in one.text
    short = operator.get(f"{lists}?plate=1")
    assert short.status_code == 422 and 'href="#wanted-plate"' in short.text
    seen = watcher.get(lists).text
    assert "新A·12345" not in seen and "Put it on the list" not in seen
    gone = re.search(rf'action="({lists}/{ANY_ID}/remove)"', one.text)
    assert gone
    operator.get(f"{lists}?plate=12345")
    operator.post(gone[1])
    assert "off the list" in operator.follow().text and "新A·12345" not in operator.get(lists).text

    other = lot_of(operator, "Car park 2 (building)")
    zone = re.search(rf"/parking/operating/zones/({ANY_ID})/edit", operator.get(other).text)
    assert zone
    with system.runtime("living").transaction(resident()) as tx:
        bought = passes.buy(tx, lot_id(other), UUID(zone[1]), ["新A12377", "新A12378"], 2, 1, None, None)
        one_pass = f"/parking/operating/passes/{bought.id}"
    fewer = f"/parking/operating/zones/{zone[1]}/edit"
    operator.get(fewer)
    kept = operator.post(fewer, {"name.zh": "一层", "name.en": "Ground floor", "capacity": "1"})
    assert kept.status_code == 409 and "stands in the way" in kept.text, kept.text
    assert str(bought.id) not in kept.text

    assert one_pass in operator.get(f"{other}/passes?state=waiting").text
    assert one_pass not in operator.get(f"{other}/passes?state=active").text
    page = operator.get(one_pass)
    assert "新A·12377, 新A·12378" in page.text and "240" in page.text
    operator.post(f"{one_pass}/paid-at-booth")
    assert "noted as paid at the booth" in operator.follow().text
    suspend = f"{one_pass}/suspend"
    operator.get(suspend)
    assert 'href="#reason"' in operator.post(suspend, {"reason": ""}).text
    page = sent(operator, suspend, {"reason": "lent to strangers"})
    assert "lent to strangers" in page.text and "Suspended" in page.text
    assert "Let its cars in again" not in watcher.get(one_pass).text
    operator.post(f"{one_pass}/resume")
    assert "let in again" in operator.follow().text

    quotas = f"{lot}/quotas"
    charging = operator.get(lot).text.partition("Charging zone")[2]
    zone = re.search(rf"/parking/operating/zones/({ANY_ID})/edit", charging)
    assert zone
    operator.get(quotas)
    wrong = operator.post(quotas, {"zone_id": zone[1], "bays": "few"})
    assert wrong.status_code == 422 and 'href="#bays"' in wrong.text and 'value="few"' in wrong.text
    page = sent(operator, quotas, {"zone_id": zone[1], "bays": "4"})
    assert "The rule holds." in page.text and "4 bays for each firm" in page.text
    system.settle()
    page = operator.get(quotas)
    assert "short" in page.text, "eight bays are not enough for all firms"
    rule = f"/parking/operating/quota-rules/{zone[1]}"
    assert "The rule is changed." in sent(operator, rule, {"bays": "0"}).text
    assert enter("resident").get(quotas).status_code == 403


def test_an_operator_sees_to_the_money_of_a_car_park(system: SystemUnderTest, enter: Enter) -> None:
    operator = enter(OPERATOR)
    lot = lot_of(operator, "Car park 1 (outdoors)")
    runtime = system.runtime("living")
    stay = put_inside(runtime, lot_id(lot), "新A12390", 90)
    with runtime.transaction(OPERATOR_ACTOR) as tx:
        take_cash(tx, find_stay(tx.session, stay), amount_fen=600, receipt="R-17", reason="")
    page = operator.get(f"{lot}/money")
    assert "R-17" in page.text and ">6<" in page.text
    paid = page.text[page.text.index("R-17") :]
    refund = re.findall(rf'href="(/parking/operating/payments/{ANY_ID}/refund)"', paid)[0]
    page = operator.get(refund)
    assert 'value="6"' in page.text and "Cash is handed out" in page.text
    wrong = operator.post(refund, {"amount_fen": "6.01", "reason": ""})
    assert wrong.status_code == 422 and 'value="6.01"' in wrong.text and 'href="#reason"' in wrong.text
    operator.get(refund)
    much = operator.post(refund, {"amount_fen": "6.01", "reason": "too long"})
    assert much.status_code == 422 and 'href="#amount-fen"' in much.text
    page = sent(operator, refund, {"amount_fen": "2.50", "reason": "gate was stuck"})
    assert "gate was stuck" in page.text and "2.50" in page.text
    day = local(0, "00:00")[:10]
    assert "Nothing was paid" in operator.get(f"{lot}/money?on={local(-30, '00:00')[:10]}").text
    assert operator.get(f"{lot}/money?on=yesterday").status_code == 422

    page = operator.get(f"{lot}/day?on={day}")
    assert "Cash" in page.text and "3.50" not in page.text and "2.50" in page.text
    assert operator.get(f"{lot}/day?on=x").status_code == 422
    with runtime.transaction(OPERATOR_ACTOR) as tx:
        found = ParkingDifference(
            id=new_id(),
            lot_id=lot_id(lot),
            provider="sandbox",
            day=tx.today,
            reference="S-1",
            kind=DifferenceKind.OURS_ONLY,
            ours_fen=400,
            theirs_fen=None,
            found_at=tx.now,
            settled_by="",
            note="",
        )
        tx.session.add(found)
    page = operator.get(f"{lot}/day?on={day}")
    settle = re.search(rf'action="({lot}/differences/{ANY_ID}/settle)"', page.text)
    assert settle and "ours: 4 yuan, theirs: –" in page.text and "waits to be cleared up" in page.text
    wrong = operator.post(settle[1], {"note": "", "on": day})
    assert wrong.status_code == 422 and 'href="#note"' in wrong.text and 'id="note"' in wrong.text
    operator.post(settle[1], {"note": "the provider has booked it today", "on": day})
    assert "the provider has booked it today" in operator.follow().text
    seen = enter(WATCHER).get(f"{lot}/money")
    assert seen.status_code == 200 and "/refund" not in seen.text
    assert CHINESE.search(own_texts(seen)) is None
