"""Passes, visitors, firms' bays and coupons in the portal."""

import re
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.lots.model import Zone
from facilities.living.parking.rights.passes.commands import suspend
from facilities.living.parking.rights.passes.model import ParkingPass
from facilities.living.parking.rights.quotas.commands import set_rule
from shared.clock import ManualClock
from shared.testing.systems import SystemUnderTest
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.cars import put_inside
from tests.integration.portal import demo_park
from tests.integration.portal.demo_park import Park, instant, local
from tests.integration.portal.parking_steps import csrf, lot_of

clock, park, system = demo_park.clock, demo_park.park, demo_park.system
"""The demo park, new for this file."""


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


def test_visitors_are_invited_only_where_the_gate_lets_them_in(park: Park, system: SystemUnderTest) -> None:
    made = car_park(system.runtime("living"), code="P92", drive_in=False)
    host = park("agent")
    form = host.get("/parking/visits/new")
    assert str(made.lot) not in form.text and "Car park 2 (building)" in form.text
    assert str(made.lot) in host.get("/parking/reserve").text
    sign = host.get(f"/parking/lots/{made.lot}").text
    assert "only with a pass, a reservation or a firm's bay" in sign


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
