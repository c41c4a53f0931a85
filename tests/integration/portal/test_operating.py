"""Running car parks in the portal, without scripts: set up, priced, and their money seen to."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.model import AlarmKind
from facilities.living.parking.lots.model import ParkingTariff
from facilities.living.parking.payments.commands import take_cash
from facilities.living.parking.payments.model import DifferenceKind, ParkingDifference
from facilities.living.parking.payments.queries import find_stay
from facilities.living.parking.rights.passes import commands as passes
from facilities.living.parking.tariffs.published import published
from shared.actor import Actor
from shared.clock import PARK_TZ, ManualClock
from shared.ids import new_id
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.parking.car_park import OPERATOR as OPERATOR_ACTOR
from tests.integration.facilities.parking.cars import put_inside
from tests.integration.portal.conftest import Browser

OPERATOR, WATCHER = "operator", "auditor"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ANY_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
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
def park(system: SystemUnderTest) -> Park:
    """Opens the browser of somebody who reads English."""

    def open_one(username: str) -> Browser:
        browser = Browser(system.edge_app.test_client()).sign_in(username)
        browser.client.set_cookie("lang", "en")
        return browser

    return open_one


def local(days: int, clock_time: str) -> str:
    """So many days after that Monday, by the wall clock of the park."""
    day = MONDAY_MORNING.astimezone(PARK_TZ).date() + timedelta(days=days)
    return f"{day.isoformat()}T{clock_time}"


def lot_of(browser: Browser, name: str) -> str:
    """The path of a car park that the list shows."""
    text = browser.get("/parking/operating").text
    match = re.search(rf'href="(/parking/operating/{ANY_ID})">{re.escape(name)}', text)
    assert match, text
    return match[1]


def link(page: Any, pattern: str) -> str:
    """The first link of a page whose address is like this."""
    match = re.search(rf'href="({pattern})"', page.text)
    assert match, page.text
    return match[1]


def own_texts(page: Any) -> str:
    """The main part without what people have typed in Chinese."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<(textarea|input|option)[^>]*>[^<]*", "", main)


def sent(browser: Browser, path: str, values: dict[str, Any]) -> Any:
    """A form that leads on: opened, sent and followed."""
    browser.get(path)
    browser.post(path, values)
    return browser.follow()


SIGN = {
    "code": "P9",
    "name.zh": "九号停车场",
    "name.en": "Car park 9",
    "place": "North gate",
    "operator_name": "Park services",
    "complaint_phone": "0990-5550199",
    "hours.1": "07:00-22:00",
    "hours.6": "22:00-06:00",
    "drive_in": "true",
    "early_min": "30",
    "rules.start_grid_min": "30",
    "rules.shortest_min": "30",
    "rules.longest_min": "1440",
    "rules.notice_min": "0",
    "rules.horizon_days": "14",
    "rules.most_open": "",
    "rules.no_show_min": "",
}


def test_an_operator_sets_up_a_car_park(park: Park) -> None:
    operator = park(OPERATOR)
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
    other = park(OPERATOR)
    sent(other, f"{lot}/edit", {**SIGN, "place": "Gate N"})
    stale = operator.post(f"{lot}/edit", {**SIGN, "place": "Gate S"})
    assert stale.status_code == 412 and 'value="Gate S"' in stale.text
    assert (
        CHINESE.search(re.sub("<header.*?</header>", "", re.sub(r'value="[^"]*"', "", again), flags=re.S))
        is None
    )


def test_those_who_watch_see_car_parks_and_change_nothing(park: Park) -> None:
    operator, resident = park(OPERATOR), park("resident")
    lot = lot_of(operator, "Car park 1 (outdoors)")
    page = operator.get(lot)
    edit = link(page, rf"/parking/operating/zones/{ANY_ID}/edit")
    assert resident.get("/parking/operating").status_code == 403
    watcher = park(WATCHER)
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


def typed_in_the_form(page: Any) -> dict[str, Any]:
    """What the form of a tariff would send, as it stands on the page."""
    form = page.text.partition('<form id="form"')[2].partition("</form>")[0]
    values: dict[str, Any] = {}
    for name, value in re.findall(r'<input class="form-control"[^>]* name="([^"]+)" value="([^"]*)"', form):
        values[name] = value
    for tag in re.findall(r"<input class=\"form-check-input\"[^>]*>", form):
        name, value = re.findall(r'name="([^"]+)" value="([^"]*)"', tag)[0]
        if " checked" in tag:
            values.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.S):
        chosen = re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options)
        values[name] = chosen[0]
    return values


def test_an_operator_tries_a_tariff_out_and_publishes_it(park: Park) -> None:
    operator = park(OPERATOR)
    lot = lot_of(operator, "Car park 2 (building)")
    page = operator.get(f"{lot}/tariffs")
    assert "in force" in page.text and "Up to 1.5 hours" not in page.text
    assert "new version" in page.text.lower()
    form = f"{lot}/tariffs/add"
    page = operator.get(form)
    own = typed_in_the_form(page)
    assert own["rates.1.classes"] == ["large"] and own["rates.0.unit.fen"] == "1", "that in force"

    page = operator.get(form, query_string={"from": "T2"})
    typed = typed_in_the_form(page)
    assert typed["rates.0.bands.0.since"] == "08:00" and typed["rates.0.bands.0.cap_fen"] == "40"
    assert len(typed["rates.0.bands.1.weekdays"]) == 7
    page = operator.post(form, {**typed, "action": "add:rates.0.period.caps_fen"})
    assert 'name="rates.0.period.caps_fen.0"' in page.text
    page = operator.post(form, {**typed_in_the_form(page), "action": "remove:rates.0.period.caps_fen:0"})
    assert "caps_fen.0" not in page.text
    page = operator.post(form, {**typed_in_the_form(page), "action": "add:rates"})
    more = typed_in_the_form(page)
    assert "rates.1.unit.minutes" in more
    page = operator.post(form, {**more, "action": "remove:rates:0"})
    assert "rates.1.unit.minutes" not in page.text and "bands.0" not in page.text, "the first one is gone"

    stay = {"vehicle": "small", "entered_at": local(0, "08:00"), "left_at": local(0, "22:10")}
    page = operator.post(form, {**typed, **stay, "action": "try"})
    assert page.status_code == 200 and "cost 42 yuan" in page.text, (
        "40 by day at most, two hours from 20:30 on"
    )
    assert "yp-fee" in page.text
    page = operator.post(form, {**typed, **stay, "coupons.0.fen": "5", "action": "try"})
    assert "cost 37 yuan" in page.text
    assert CHINESE.search(own_texts(page)) is None

    wrong = operator.post(
        form,
        {
            **typed,
            "name.en": "",
            "nev_discount_bp": "many",
            "rates.0.unit.fen": "-1",
            "rates.0.bands.0.until": "8 pm",
            "rates.0.bands.1.unit.minutes": "0",
            "left_at": "",
            "action": "try",
        },
    )
    assert wrong.status_code == 422
    fields = ("name-en", "nev-discount-bp", "rates-0-unit-fen", "rates-0-bands-0-until", "left-at")
    for field in (*fields, "rates-0-bands-1-unit-minutes"):
        assert f'href="#{field}"' in wrong.text, field
    assert 'value="8 pm"' in wrong.text and "Rate 1 · Hours 2 · Each unit lasts" in wrong.text

    overlap = operator.post(form, {**typed, "rates.0.bands.1.since": "19:00", "action": "publish"})
    assert overlap.status_code == 422 and 'href="#rates-0-bands-1-since"' in overlap.text
    past = operator.post(form, {**typed, "effective_on": local(-1, "00:00")[:10], "action": "publish"})
    assert past.status_code == 422 and 'href="#effective-on"' in past.text
    operator.post(form, {**typed, "effective_on": local(5, "00:00")[:10], "action": "publish"})
    page = operator.follow()
    assert "The tariff is published." in page.text and "to come" in page.text
    operator.get(form)
    again = operator.post(form, {**typed, "effective_on": local(5, "00:00")[:10], "action": "publish"})
    assert again.status_code == 409 and "error-summary" in again.text and 'value="08:00"' in again.text
    assert park(WATCHER).get(form).status_code == 403
    assert "New version" not in park(WATCHER).get(f"{lot}/tariffs").text


def lot_id(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


def resident() -> Actor:
    """Somebody who buys a pass."""
    return Actor(kind="account", id=new_id(), name="居民", roles=frozenset({"resident"}))


def test_an_operator_lists_vehicles_and_sees_to_passes_and_bays_of_firms(
    system: SystemUnderTest, park: Park
) -> None:
    operator, watcher = park(OPERATOR), park(WATCHER)
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
    assert park("resident").get(quotas).status_code == 403


def test_an_operator_sees_to_the_money_of_a_car_park(system: SystemUnderTest, park: Park) -> None:
    operator = park(OPERATOR)
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
    seen = park(WATCHER).get(f"{lot}/money")
    assert seen.status_code == 200 and "/refund" not in seen.text
    assert CHINESE.search(own_texts(seen)) is None


def test_an_operator_watches_the_lanes_and_sees_to_what_happens_there(
    system: SystemUnderTest, park: Park
) -> None:
    operator = park(OPERATOR)
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
    assert "The barrier is opened" in page.text and "新A·12391" in page.text and "opened</span>" in page.text
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

    watcher = park(WATCHER)
    for page_of in ("live", "events", "stays", "occupancy", "alarms"):
        shown = watcher.get(f"{lot}/{page_of}")
        assert shown.status_code == 200 and "Open by hand" not in shown.text, page_of
        text = re.sub("新A·[0-9A-Z]+", "", own_texts(shown))
        assert CHINESE.search(text) is None, page_of
    assert watcher.get(stock).status_code == 403


def test_every_published_example_passes_through_the_form_unchanged(
    system: SystemUnderTest, park: Park
) -> None:
    operator = park(OPERATOR)
    made = sent(operator, "/parking/operating/add", {**SIGN, "code": "P8", "name.en": "Car park 8"})
    lot = made.request.path
    form = f"{lot}/tariffs/add"
    for number, key in enumerate(published(), start=1):
        typed = typed_in_the_form(operator.get(form, query_string={"from": key}))
        day = local(number, "00:00")[:10]
        operator.post(form, {**typed, "effective_on": day, "action": "publish"})
        assert operator.follow().status_code == 200, key
    with system.runtime("living").read() as session:
        rows = sa.select(ParkingTariff).where(ParkingTariff.lot_id == lot_id(lot))
        kept = session.scalars(rows.order_by(ParkingTariff.number)).all()
    for row, (key, example) in zip(kept, published().items(), strict=True):
        same = {"number": row.number, "effective_on": row.effective_on.isoformat()}
        assert row.tariff == {**example.tariff.to_json(), **same}, key
