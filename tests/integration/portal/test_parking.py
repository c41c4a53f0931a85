"""Parking in the portal, without scripts: what everybody sees, and what residents and firms do there."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.capacity.grid import Span
from facilities.capacity.ledger.changing import close
from facilities.living.parking.gates.codes import code_of
from facilities.living.parking.gates.devices import header_of
from facilities.living.parking.lots.model import Device, Lane, Lot, Zone
from facilities.living.parking.lots.queries import secrets_of
from facilities.living.parking.rights.passes.commands import suspend
from facilities.living.parking.rights.passes.model import ParkingPass
from facilities.living.parking.rights.quotas.commands import set_rule
from shared.clock import PARK_TZ, ManualClock
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.cars import put_inside
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


def csrf(browser: Browser) -> str:
    """The token by which this site knows its own forms."""
    browser.get("/parking/cars")
    return browser.hidden("csrf_token")


def fill(system: SystemUnderTest, lot: str, since: str, until: str) -> None:
    """Leave no bay for ordinary cars at that time, as what is closed there does."""
    runtime = system.runtime("living")
    span = Span(*(datetime.fromisoformat(each).replace(tzinfo=PARK_TZ) for each in (since, until)))
    with runtime.transaction(OPERATOR) as tx:
        zones = tx.session.scalars(sa.select(Zone).where(Zone.lot_id == UUID(lot)).order_by(Zone.ledger_id))
        for zone in zones.all():
            close(tx, zone.ledger_id, span, "resurfacing")


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


def test_a_resident_registers_cars_and_reserves_moves_and_gives_up_a_bay(
    park: Park, clock: ManualClock
) -> None:
    resident = park("resident")
    resident.get("/parking/cars")
    wrong = resident.post("/parking/cars", {"plate": "新A·1234", "name": "Blue one"})
    assert wrong.status_code == 422 and 'value="新A·1234"' in wrong.text and 'value="Blue one"' in wrong.text
    assert 'aria-invalid="true"' in wrong.text and "error-summary" in wrong.text
    resident.get("/parking/cars")
    resident.post("/parking/cars", {"plate": "新a12345", "name": "Blue one"})
    page = resident.follow()
    assert "The car is registered." in page.text and "新A·12345" in page.text
    again = resident.post("/parking/cars", {"plate": "新A12345", "name": ""})
    assert again.status_code == 409 and "You have registered this plate already" in again.text

    lot = lot_of(resident, "Car park 1 (outdoors)").rpartition("/")[2]
    form = resident.get(f"/parking/reserve?lot={lot}")
    assert '<option value="新A·12345">Blue one</option>' in form.text
    assert f'value="{local(0, "09:00")}"' in form.text, "from the next half hour on"
    asked = {
        "lot_id": lot,
        "plate": "新A·12345",
        "starts_at": local(1, "09:00"),
        "ends_at": local(1, "12:00"),
    }
    backwards = resident.get("/parking/reserve", query_string={**asked, "ends_at": local(1, "08:00")})
    assert backwards.status_code == 422 and "The end has to be later than the beginning" in backwards.text
    unnamed = resident.get("/parking/reserve", query_string={**asked, "lot_id": "", "plate": ""})
    assert unnamed.status_code == 422 and "Choose a car park" in unnamed.text

    preview = resident.get("/parking/reserve", query_string=asked)
    assert "Zone A: 39" in preview.text and "7 yuan" in preview.text
    assert "up to 30 minutes early" in preview.text
    resident.post("/parking/reserve", asked)
    shown = resident.follow()
    reservation = shown.request.path
    assert "The bay is kept for you." in shown.text and "Zone A" in shown.text and "08:30" in shown.text
    assert reservation in resident.get("/parking/reservations").text
    assert park("agent").get(reservation).status_code == 404

    resident.get(f"{reservation}/move")
    early = resident.post(
        f"{reservation}/move", {"starts_at": local(-1, "09:00"), "ends_at": local(-1, "10:00")}
    )
    assert early.status_code == 422 and f'value="{local(-1, "09:00")}"' in early.text
    resident.post(f"{reservation}/move", {"starts_at": local(2, "09:00"), "ends_at": local(2, "10:00")})
    assert "The reservation is moved." in resident.follow().text
    stale = resident.post(f"{reservation}/cancel", {"version": "1", "idempotency_key": "k1"})
    assert stale.status_code == 412 and "This has changed meanwhile" in stale.text
    resident.get(f"{reservation}/cancel")
    resident.post(f"{reservation}/cancel", {"reason": "<i>by bus</i>"})
    over = resident.follow()
    assert "given up; it costs nothing" in over.text and "&lt;i&gt;by bus" in over.text
    assert "/move" not in over.text

    for registered in ("新A·30618", "新A·D70926", "新A·12345"):
        listed = resident.get("/parking/cars").text
        assert registered in listed
        car = re.search(r'action="(/parking/cars/[0-9a-f-]+/remove)"', listed[listed.index(registered) :])
        assert car
        resident.post(car[1])
    assert "You have registered no car yet." in resident.follow().text


def test_a_full_car_park_offers_other_times_to_pick(park: Park, system: SystemUnderTest) -> None:
    resident = park("resident")
    lot = lot_of(resident, "Car park 1 (outdoors)").rpartition("/")[2]
    fill(system, lot, local(3, "09:00"), local(3, "12:00"))
    asked = {
        "lot_id": lot,
        "plate": "新A·54321",
        "starts_at": local(3, "10:00"),
        "ends_at": local(3, "11:00"),
    }
    full = resident.get("/parking/reserve", query_string=asked)
    assert "All bays are taken at that time" in full.text
    others = [
        unescape(each)
        for each in re.findall(r'href="(/parking/reserve\?lot_id=[^"]+starts_at[^"]+)"', full.text)
    ]
    others = [each for each in others if "change" not in each]
    assert others, full.text
    resident.get(others[0])
    resident.post("/parking/reserve", {name: resident.hidden(name) for name in asked})
    reservation = resident.follow().request.path
    resident.get(f"{reservation}/move")
    moved = resident.post(
        f"{reservation}/move", {"starts_at": local(3, "10:00"), "ends_at": local(3, "11:00")}
    )
    assert moved.status_code == 409 and "These times are free instead:" in moved.text
    late = resident.post("/parking/reserve", asked)
    assert late.status_code == 409 and "These times are free instead:" in late.text


def test_whoever_names_a_plate_pays_without_an_account_and_gets_a_receipt(
    park: Park, system: SystemUnderTest, clock: ManualClock
) -> None:
    visitor = park("")
    lot = lot_of(visitor, "Car park 1 (outdoors)").rpartition("/")[2]
    put_inside(system.runtime("living"), UUID(lot), "新A20001", 150)
    form = visitor.get(f"/parking/pay?lot={lot}")
    assert f'<option value="{lot}" selected>' in form.text
    for wrong, sentence in (
        ({"plate": "", "ticket": ""}, "Enter the number plate"),
        ({"plate": "新A20001", "ticket": "AB12CD34"}, "Enter either the number plate or the ticket"),
        ({"plate": "新A2000"}, "error-summary"),
        ({"plate": "新A20002"}, "No such car is inside, or owes anything"),
    ):
        visitor.get(f"/parking/pay?lot={lot}")
        refused = visitor.post("/parking/pay", {"lot_id": lot, **wrong})
        assert refused.status_code in (422, 404) and sentence in refused.text, wrong
        assert 'id="plate-error"' in refused.text or 'id="ticket-error"' in refused.text, wrong

    visitor.post("/parking/pay", {"lot_id": lot, "plate": "新A 20001"})
    order = visitor.follow()
    assert "7 yuan" in order.text and "Inside since" in order.text and "新A" not in order.text
    sandbox = visitor.get(f"{order.request.path}/sandbox")
    assert "Nobody pays any money here" in sandbox.text
    visitor.post(sandbox.request.path, {"result": "failed"})
    failed = visitor.follow()
    assert "Paying has failed" in failed.text and f"/parking/pay?lot={lot}" in failed.text

    visitor.get(f"/parking/pay?lot={lot}")
    visitor.post("/parking/pay", {"lot_id": lot, "plate": "新A20001"})
    order = visitor.follow()
    visitor.get(f"{order.request.path}/sandbox")
    twice = {"csrf_token": visitor.hidden("csrf_token"), "result": "paid"}
    visitor.post(f"{order.request.path}/sandbox", twice)
    paid = visitor.follow()
    assert "Leave by 23 Nov 2026, 09:15" in paid.text
    visitor.post(f"{order.request.path}/sandbox", twice)
    receipt = visitor.get(re.findall(r'href="(/parking/receipts/[0-9a-f-]+)"', visitor.follow().text)[0])
    assert "7 yuan paid" in receipt.text and "no tax invoice" in receipt.text
    assert "新A20001" not in receipt.text and "新A" in receipt.text
    assert visitor.get(f"{order.request.path}/sandbox").status_code == 303, "there is nothing to pay any more"
    visitor.get(f"/parking/pay?lot={lot}")
    again = visitor.post("/parking/pay", {"lot_id": lot, "plate": "新A20001"})
    assert again.status_code == 200 and "Nothing is to be paid now" in again.text


def test_orders_of_a_signed_in_resident_are_kept_for_them_and_expire(
    park: Park, system: SystemUnderTest, clock: ManualClock
) -> None:
    resident = park("resident")
    lot = lot_of(resident, "Car park 2 (building)").rpartition("/")[2]
    put_inside(system.runtime("living"), UUID(lot), "新A20003", 180)
    resident.get(f"/parking/pay?lot={lot}&plate=新A20003")
    resident.post("/parking/pay", {"lot_id": lot, "plate": "新A20003"})
    order = resident.follow()
    listed = resident.get("/parking/orders")
    assert order.request.path in listed.text and "To be paid" in listed.text
    assert order.request.path not in park("agent").get("/parking/orders").text
    clock.set(MONDAY_MORNING + timedelta(minutes=6))
    expired = park("").get(order.request.path)
    assert "The time to pay this is over" in expired.text and "/sandbox" not in expired.text
    assert park("").get("/parking/orders").status_code == 303


def test_a_pass_is_bought_paid_changed_and_shows_why_it_is_suspended(
    park: Park, system: SystemUnderTest, clock: ManualClock
) -> None:
    resident = park("resident")
    lot = lot_of(resident, "Car park 2 (building)").rpartition("/")[2]
    form = resident.get(f"/parking/passes/new?lot={lot}")
    assert "200 yuan" in form.text and "120 yuan" in form.text
    asked = {"lot_id": lot, "plates": "新A30001\n新A3000\n新A30001", "bays": "1", "months": "2", "since": ""}
    wrong = resident.post("/parking/passes/new", asked)
    assert wrong.status_code == 422 and "新A3000: " in wrong.text and "新A30001: " in wrong.text
    assert "新A30001\n新A3000\n新A30001</textarea>" in wrong.text
    many = resident.post("/parking/passes/new", {**asked, "plates": "新A30001", "bays": "five"})
    assert many.status_code == 422 and 'value="five"' in many.text
    unnamed = resident.post("/parking/passes/new", {**asked, "lot_id": ""})
    assert unnamed.status_code == 422 and "Choose a car park" in unnamed.text
    resident.get("/parking/passes/new")
    resident.post("/parking/passes/new", {**asked, "plates": "新A30001\n新A30002"})
    ordered = resident.follow()
    assert "To be paid: 240 yuan" in ordered.text and "The pass is ordered." in ordered.text
    found = ordered.request.path
    keys = {"version": resident.hidden("version"), "idempotency_key": "p1"}
    resident.post(f"{found}/pay", keys)
    order = resident.follow()
    assert "240 yuan" in order.text and "Pass" in order.text
    resident.get(f"{order.request.path}/sandbox")
    resident.post(f"{order.request.path}/sandbox", {"result": "paid"})
    assert 'href="/parking/passes"' in resident.follow().text
    late = resident.post(f"{found}/give-up", {**keys, "csrf_token": "", "idempotency_key": "p2"})
    assert late.status_code == 400, "without the form's token nothing is done"
    page = resident.get(found)
    assert "23 November 2026 – 22 January 2027" in page.text and "25 January 2027" in page.text
    assert f"{found}/renew" not in page.text, "it is too early"
    assert resident.get(f"{found}/renew").status_code == 303
    resident.get(f"{found}/cars")
    resident.post(f"{found}/cars", {"plates": "新A30003"})
    changed = resident.follow()
    assert "The cars are changed." in changed.text and "新A·30003" in changed.text
    stale = resident.post(
        f"{found}/cars",
        {"plates": "新A30004", "version": "1", "idempotency_key": "p3", "csrf_token": csrf(resident)},
    )
    assert stale.status_code == 412 and "This has changed meanwhile" in stale.text
    assert park("agent").get(found).status_code == 404

    pass_id = found.rpartition("/")[2]
    with system.runtime("living").transaction(OPERATOR) as tx:
        suspend(tx, tx.session.get_one(ParkingPass, UUID(pass_id)), "<b>two cars</b>")
    suspended = resident.get(found)
    assert "Suspended: its cars are not let in on it" in suspended.text
    assert "&lt;b&gt;two cars&lt;/b&gt;" in suspended.text
    clock.set(instant(55, "09:00"))
    resident = park("resident")
    resident.get(f"{found}/renew")
    resident.post(f"{found}/renew", {"months": "1"})
    renewed = resident.follow()
    assert "To be paid: 120 yuan" in renewed.text and "More months are ordered." in renewed.text
    resident.post(f"{found}/give-up", {"idempotency_key": "p4"})
    assert "nothing is to be paid" in resident.follow().text


def test_visitors_are_invited_see_their_page_without_an_account_and_can_be_withdrawn(
    park: Park, clock: ManualClock
) -> None:
    host = park("agent")
    lot = lot_of(host, "Car park 1 (outdoors)").rpartition("/")[2]
    form = host.get(f"/parking/visits/new?lot={lot}")
    firm = re.search(r'<option value="([0-9A-Z]{18})" selected', form.text)
    assert firm, form.text
    asked = {
        "lot_id": lot,
        "plate": "粤B12345",
        "starts_at": local(1, "09:00"),
        "ends_at": local(1, "18:00"),
        "minutes": "120",
        "on_behalf_of": firm[1],
    }
    wrong = host.post("/parking/visits/new", {**asked, "minutes": "481", "ends_at": local(1, "08:00")})
    assert wrong.status_code == 422 and 'value="481"' in wrong.text
    host.get("/parking/visits/new")
    host.post("/parking/visits/new", asked)
    shown = host.follow()
    assert "The visitor is invited." in shown.text and "2 hours" in shown.text and "<svg" in shown.text
    address = re.search(r'href="https?://[^/"]+(/parking/visits/[^"/]+/[^"/]+)"', shown.text)
    assert address
    visitor = park("")
    seen = visitor.get(address[1])
    assert "You are invited to park" in seen.text and "园区东门内" in seen.text
    assert "粤B12345" not in seen.text and "粤B·12345" not in seen.text
    assert visitor.get(f"{address[1][:-2]}zz").status_code == 404
    host.get(shown.request.path)
    host.post(f"{shown.request.path}/withdraw")
    assert "The invitation is withdrawn." in host.follow().text
    assert "lets no car in any more" in visitor.get(address[1]).text
    assert "粤B·12345" in host.get("/parking/visits").text

    alone = park("resident")
    form = alone.get("/parking/visits/new")
    assert 'name="on_behalf_of"' not in form.text
    refused = alone.post("/parking/visits/new", {**asked, "on_behalf_of": ""})
    assert refused.status_code == 409 and "holders of a pass" in refused.text


def test_a_firm_names_cars_for_its_bays_and_hands_out_coupons_that_anybody_uses_once(
    park: Park, system: SystemUnderTest, clock: ManualClock
) -> None:
    member = park("agent")
    lot = lot_of(member, "Car park 1 (outdoors)").rpartition("/")[2]
    with system.runtime("living").transaction(OPERATOR) as tx:
        zone = tx.session.scalars(sa.select(Zone).where(Zone.lot_id == UUID(lot), Zone.code == "B")).one()
        set_rule(tx, zone.id, 2)
    system.settle()
    listed = member.get("/parking/firm")
    quota = re.findall(r'href="(/parking/firm/[0-9a-f-]+)"', listed.text)
    assert quota and "2 bays" in listed.text
    page = member.get(quota[0])
    assert "Kept for you" in page.text
    wrong = member.post(quota[0], {"plates": "新A40001\nwrong"})
    assert wrong.status_code == 422 and "wrong: " in wrong.text and "新A40001\nwrong</textarea>" in wrong.text
    member.get(quota[0])
    member.post(quota[0], {"plates": "新A40001\n新A40002"})
    assert "The cars are changed." in member.follow().text
    stale = member.post(quota[0], {"plates": "", "version": "1", "idempotency_key": "q1"})
    assert stale.status_code == 412 and "what you have typed is still there" in stale.text
    member.get(quota[0])
    member.post(quota[0], {"plates": ""})
    assert "新A·40001" not in member.follow().text
    assert park("resident").get("/parking/firm").status_code == 403

    form = member.get("/parking/coupons/new")
    firm = re.search(r'<option value="([0-9A-Z]{18})" selected', form.text)
    assert firm
    asked = {
        "giver": firm[1],
        "lot_id": lot,
        "name.zh": "午餐券",
        "name.en": "Lunch",
        "minutes": "60",
        "fen": "",
        "valid_until": local(9, "12:00"),
        "count": "2",
    }
    both = member.post("/parking/coupons/new", {**asked, "fen": "5.5"})
    assert both.status_code == 422 and 'value="5.5"' in both.text and 'id="fen-error"' in both.text
    member.get("/parking/coupons/new")
    member.post("/parking/coupons/new", asked)
    made = member.follow()
    lunch = [each for each in made.text.split("<tr ") if "Lunch" in each]
    codes = re.findall(r'class="yb-mono">([0-9A-Z]{12})<', "".join(lunch))
    assert "The coupons are made" in made.text and len(codes) == 2 and "1 hour free" in made.text
    sheet = member.get("/parking/coupons/sheet")
    assert sheet.text.count("<svg") > 2 and codes[0] in sheet.text

    put_inside(system.runtime("living"), UUID(lot), "新A50001", 150)
    guest = park("")
    guest.get(f"/parking/coupons/{codes[0]}?lot={lot}")
    elsewhere = guest.post(f"/parking/coupons/{codes[0]}", {"lot_id": lot, "plate": "新A59999", "ticket": ""})
    assert elsewhere.status_code == 404 and 'value="新A59999"' in elsewhere.text
    guest.get(f"/parking/coupons/{codes[0]}?lot={lot}")
    used = guest.post(f"/parking/coupons/{codes[0]}", {"lot_id": lot, "plate": "新A50001", "ticket": ""})
    assert used.status_code == 200 and "6 yuan" in used.text, "an hour less"
    assert "plate=%E6%96%B0A50001" in used.text
    guest.get(f"/parking/coupons/{codes[0]}?lot={lot}")
    again = guest.post(f"/parking/coupons/{codes[0]}", {"lot_id": lot, "plate": "新A50001", "ticket": ""})
    assert again.status_code == 409 and "The coupon was used already" in again.text
    assert codes[0] in member.get("/parking/coupons?used=true").text


def test_a_resident_sees_their_car_inside_with_its_cost_and_keeps_what_they_have_paid(
    park: Park, system: SystemUnderTest, clock: ManualClock
) -> None:
    resident = park("resident")
    lot = lot_of(resident, "Car park 1 (outdoors)").rpartition("/")[2]
    resident.get("/parking/cars")
    resident.post("/parking/cars", {"plate": "新A60001", "name": ""})
    clock.set(MONDAY_MORNING + timedelta(hours=3))
    put_inside(system.runtime("living"), UUID(lot), "新A60001", 150)
    resident, other = park("resident"), park("agent")
    listed = resident.get("/parking/stays")
    stay = re.search(r'href="(/parking/stays/[0-9a-f-]+)"', listed.text)
    assert stay and "新A·60001" in listed.text
    page = resident.get(stay[1])
    assert "To be paid now" in page.text and "7 yuan" in page.text and "What it costs so far" in page.text
    assert other.get(stay[1]).status_code == 404 and "新A·60001" not in other.get("/parking/stays").text
    pay = re.search(r'href="(/parking/pay\?[^"]+)"', page.text)
    assert pay
    form = resident.get(unescape(pay[1]))
    assert 'value="新A·60001"' in form.text
    resident.post("/parking/pay", {"lot_id": lot, "plate": "新A·60001"})
    order = resident.follow().request.path
    resident.get(f"{order}/sandbox")
    resident.post(f"{order}/sandbox", {"result": "paid"})
    resident.follow()
    paid = resident.get(stay[1])
    assert "Leave by" in paid.text and "/parking/receipts/" in paid.text
    system.settle()
    told = resident.get("/messages").text
    assert "Your 7.00 yuan for parking have arrived" in told and "/parking/receipts/" in told


def test_a_driver_without_a_number_plate_scans_the_code_on_the_way_in_and_out(
    park: Park, system: SystemUnderTest, clock: ManualClock
) -> None:
    driver, runtime = park(""), system.runtime("living")
    with runtime.read() as session:
        lot = session.scalars(sa.select(Lot).where(Lot.code == "P1")).one()
        lanes = {each.code: each.id for each in session.scalars(sa.select(Lane).where(Lane.lot_id == lot.id))}
        devices = {each.code: each.id for each in session.scalars(sa.select(Device))}
        secrets = secrets_of(session, runtime.context.cipher, lot.id)

    def unread(lane: str) -> str:
        """The camera tells of a car whose plate it cannot read; where the lane's code leads."""
        path, name = "/api/v1/living/parking/gate-events", f"P1-{lane}-CAMERA"
        said = {"id": f"{lane}-1", "plate": None, "seen_at": clock.now().isoformat()}
        body = json.dumps(said).encode()
        signed = header_of(name, secrets[devices[name]], "POST", path, clock.now(), body)
        headers = {"Authorization": signed, "Content-Type": "application/json"}
        told = driver.client.post(path, data=body, headers=headers)
        assert told.status_code == 200, told.text
        return f"/parking/lanes/{lanes[lane]}/tickets/{code_of(runtime.context.settings, lanes[lane])}"

    way_in = f"/parking/lanes/{lanes['E1']}/tickets/{code_of(runtime.context.settings, lanes['E1'])}"
    driver.get(way_in)
    early = driver.post(way_in, {"ticket": ""})
    assert early.status_code == 409 and "Drive up to the camera first" in early.text
    assert driver.post(f"{way_in[:-2]}zz", {"ticket": ""}).status_code == 403
    driver.get(unread("E1"))
    come = driver.post(way_in, {"ticket": ""})
    ticket = re.search(r">(#[0-9A-Z]{8})<", come.text)
    assert come.status_code == 200 and ticket and "Your ticket" in come.text

    clock.advance(timedelta(hours=2))
    way_out = unread("E2")
    driver.get(way_out)
    unnamed = driver.post(way_out, {"ticket": ""})
    assert unnamed.status_code == 422 and "Enter the ticket that was given at the entry" in unnamed.text
    driver.get(way_out)
    owes = driver.post(way_out, {"ticket": ticket[1][1:].lower()})
    assert "yb-note-warning" in owes.text and f"ticket=%23{ticket[1][1:]}" in owes.text
    driver.get(f"/parking/pay?lot={lot.id}&ticket=%23{ticket[1][1:]}")
    driver.post("/parking/pay", {"lot_id": str(lot.id), "plate": "", "ticket": ticket[1]})
    order = driver.follow().request.path
    driver.get(f"{order}/sandbox")
    driver.post(f"{order}/sandbox", {"result": "paid"})
    assert "Leave by" in driver.follow().text
