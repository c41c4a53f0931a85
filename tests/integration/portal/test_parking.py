"""Car parks, reservations, paying and stays in the portal."""

import json
import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.gates.codes import code_of
from facilities.living.parking.gates.devices import header_of
from facilities.living.parking.lots.model import Device, Lane, Lot
from facilities.living.parking.lots.queries import secrets_of
from shared.clock import ManualClock
from shared.testing.systems import SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.parking.cars import put_inside
from tests.integration.portal import demo_park
from tests.integration.portal.demo_park import Park, local
from tests.integration.portal.parking_steps import fill, lot_of

clock, park, system = demo_park.clock, demo_park.park, demo_park.system
"""The demo park, new for this file."""


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

    for registered in ("新A·30618", "新A·D70926", "新A·D52790", "新A·12345"):
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
