"""Owners of machines in the portal: listing, pricing, closing, what was used and owed."""

import re

from shared.clock import ManualClock
from shared.testing.systems import SystemUnderTest
from tests.integration.portal import demo_park
from tests.integration.portal.demo_park import Park, instant, local
from tests.integration.portal.trading import (
    CHINESE,
    CUSTOMER,
    DRAFT,
    OWNER,
    form_of,
    found,
    held,
    listed,
    own_texts,
    press,
    wish,
)

clock, park, system = demo_park.clock, demo_park.park, demo_park.system
"""The demo park, new for this file."""


def test_an_owner_sees_how_its_machines_are_used(park: Park) -> None:
    owner = park(OWNER)
    ahead = {"since": local(9, "00:00")[:10], "by": "week"}
    page = owner.get("/my-machines/utilisation", query_string=ahead)
    assert page.status_code == 422 and 'href="#until"' in page.text, "the last day is today, which is earlier"
    days = {"since": local(0, "00:00")[:10], "until": local(6, "00:00")[:10]}
    page = owner.get("/my-machines/utilisation", query_string=days)
    assert page.status_code == 200 and page.text.count('class="ym-idle"') == 7 + 1
    assert 'role="img"' in page.text and "<title" in page.text and "Five-axis machining centre" in page.text
    assert CHINESE.search(own_texts(page)) is None
    sheet = owner.get("/my-machines/utilisation/csv", query_string=days)
    assert sheet.content_type.startswith("text/csv") and len(sheet.text.splitlines()) == 8
    assert owner.get("/my-machines/utilisation?firm=91990101MA0DEM0000").status_code == 404


def test_both_firms_read_their_statements_and_the_owner_corrects_a_line(
    park: Park, clock: ManualClock
) -> None:
    customer, owner = park(CUSTOMER), park(OWNER)
    booking = held(customer, found(customer, "Five-axis machining centre"), wish(4, "16:00", "18:00"))
    press(customer, booking, "confirm")
    press(owner, booking, "approve")
    clock.set(instant(4, "16:00"))
    customer, owner = park(CUSTOMER), park(OWNER)
    press(owner, booking, "no-show")

    page = owner.get(booking).text
    correct = re.search(rf'href="({booking}/charges/[0-9a-f-]+/correct)"', page)
    assert correct and "/correct" not in customer.get(booking).text
    owner.get(correct[1])
    refused = owner.post(correct[1], {"instead_fen": "9999999", "reason": ""})
    assert refused.status_code == 422 and 'href="#reason"' in refused.text
    owner.post(correct[1], {"instead_fen": "1", "reason": "charged twice"})
    shown = owner.follow().text
    assert "The line is corrected" in shown and "undone by a counter-entry" in shown
    assert "Account corrected" in customer.get(booking).text

    listed = customer.get("/statements").text
    statement = re.search(r'href="(/statements/[0-9A-Z]+/2026-11)"', listed)
    assert statement and "not closed yet" in listed
    month = customer.get(statement[1])
    assert "counter-entry to no. 1 of the booking" in month.text and "Balance now" in month.text
    assert CHINESE.search(own_texts(month)) is None
    sheet = customer.get(f"{statement[1]}/csv")
    assert sheet.content_type.startswith("text/csv") and "Opening balance" in sheet.text
    paper = customer.get(f"{statement[1]}/pdf")
    assert paper.content_type == "application/pdf" and paper.data.startswith(b"%PDF-")
    assert owner.get(statement[1]).status_code == 404


def test_an_owner_names_a_crew_and_chooses_it_for_a_machine(park: Park) -> None:
    owner = park(OWNER)
    owner.get("/my-machines/crews")
    missing = owner.post("/my-machines/crews", {"owner": DRAFT["owner"], "people": "many"})
    assert (
        missing.status_code == 422 and 'href="#people"' in missing.text and 'href="#name-zh"' in missing.text
    )
    assert 'value="many"' in missing.text
    crew = {"owner": DRAFT["owner"], "name.zh": "夜班", "name.en": "Night crew", "people": "3"}
    owner.post("/my-machines/crews", crew)
    page = owner.follow()

    assert "The crew is named." in page.text and "Night crew" in page.text and "3 people" in page.text
    assert "Night crew" in owner.get("/my-machines/add").text
    assert park("resident").get("/my-machines/crews").status_code == 403


def test_an_owner_lists_offers_changes_and_takes_off_a_machine(park: Park) -> None:
    owner, customer = park(OWNER), park(CUSTOMER)
    path = listed(owner)
    public = path.replace("/my-machines", "/machines")
    assert customer.get(public).status_code == 404
    owner.get(path)
    owner.post(f"{path}/publish")
    assert "The machine is offered now." in owner.follow().text
    page = customer.get(public)
    assert "Laser cutter" in page.text and "120.50 yuan / h" in page.text

    edit = owner.get(f"{path}/edit")
    assert 'value="08:00-12:00, 13:00-18:00"' in edit.text
    values = form_of(edit)
    owner.post(
        f"{path}/edit",
        {
            **values,
            "place": "Hall 4",
            "cancellation.tiers.1.hours": "2",
            "cancellation.tiers.1.price_percent": "30",
        },
    )
    assert "The description is changed." in owner.follow().text
    page = customer.get(public)
    assert "Hall 4" in page.text and "2 hours ahead or earlier" in page.text
    stale = owner.post(f"{path}/edit", {**values, "place": "Hall 5"})
    assert stale.status_code == 412 and 'value="Hall 5"' in stale.text

    owner.get(path)
    owner.post(f"{path}/withdraw")
    assert "offered no more" in owner.follow().text
    assert customer.get(public).status_code == 404


def test_the_demo_shows_what_was_used_before_and_what_came_of_it(park: Park) -> None:
    customer = park(CUSTOMER)
    page = customer.get("/bookings?state=done").text
    assert "Five-axis machining centre" in page and "Coordinate measuring machine" in page
    customer.client.set_cookie("lang", "zh")
    assert '<option value="done" selected>已完成</option>' in customer.get("/bookings?state=done").text
    customer.client.set_cookie("lang", "en")
    assert "No month is closed yet." not in customer.get("/statements").text
    assert "150" in customer.get("/disputes").text
    assert "5.0 of 5 from 2 ratings" in customer.get("/machines?process=five_axis").text


def test_a_day_may_end_at_24_00(park: Park) -> None:
    owner = park(OWNER)
    path = listed(owner, **{"hours.6": "00:00-24:00"})
    assert form_of(owner.get(f"{path}/edit"))["hours.6"] == "00:00-24:00"
    wrong = owner.post("/my-machines/add", {**DRAFT, "hours.6": "08:00-25:00"})
    assert "Saturday: Write times like 08:00-12:00, 13:00-18:00" in wrong.text


def test_a_form_with_errors_names_each_and_keeps_everything(park: Park) -> None:
    owner = park(OWNER)
    values = form_of(owner.get("/my-machines/add"))
    wrong = {
        **DRAFT,
        "name.en": "",
        "hours.2": "8 till late",
        "price.unit_fen": "a lot",
        "rules.shortest_min": "45",
        "cancellation.tiers.1.hours": "48",
        "cancellation.tiers.1.price_percent": "100",
    }
    page = owner.post("/my-machines/add", {**values, **wrong})

    assert page.status_code == 422
    for place in ("name-en", "hours-2", "price-unit-fen"):
        assert f'href="#{place}"' in page.text, place
    assert 'value="8 till late"' in page.text and 'value="a lot"' in page.text
    assert 'value="stainless" checked' in page.text
    assert "8 till late" not in park(OWNER).get("/my-machines").text

    shape_is_right = {**wrong, "name.en": "Cutter", "hours.2": "", "price.unit_fen": "9"}
    page = owner.post("/my-machines/add", {**values, **shape_is_right})
    assert page.status_code == 422 and 'href="#rules-shortest-min"' in page.text


def test_another_price_holds_from_its_day_and_twice_on_a_day_is_refused(park: Park) -> None:
    owner = park(OWNER)
    path = listed(owner)
    values = form_of(owner.get(f"{path}/prices"))
    assert values["unit_fen"] == "120.50"
    later = {**values, "effective_on": local(20, "00:00")[:10], "unit_fen": "150"}
    owner.post(f"{path}/prices", later)
    page = owner.follow()
    assert (
        "The new price is entered." in page.text and "Version 2" in page.text and "150 yuan / h" in page.text
    )

    again = owner.post(
        f"{path}/prices",
        {**form_of(owner.get(f"{path}/prices")), "effective_on": later["effective_on"], "unit_fen": "160"},
    )
    assert again.status_code == 409 and 'value="160"' in again.text


def test_a_closure_names_the_bookings_in_its_way(park: Park) -> None:
    owner, customer = park(OWNER), park(CUSTOMER)
    machine = found(customer, "Five-axis machining centre")
    booking = held(customer, machine, wish(14, "10:00", "12:00"))
    closures = f"/my-machines{machine.removeprefix('/machines')}/closures"

    owner.get(closures)
    refused = owner.post(closures, {**wish(14, "08:00", "20:00"), "reason": "maintenance"})
    assert refused.status_code == 409
    day = local(14, "")[:10]
    said = f'<a href="{booking}">Move or cancel the booking of {day} 09:30–12:00 first (set-up included)</a>'
    assert said in refused.text and 'value="maintenance"' in refused.text

    owner.get(closures)
    owner.post(closures, {**wish(15, "08:00", "20:00"), "reason": "maintenance"})
    assert "The machine is closed for that time." in owner.follow().text
    page = owner.get(closures)
    reopen = re.search(r'action="([^"]+/reopen)"', page.text)
    assert reopen
    owner.post(reopen[1])
    assert "The closure is taken back." in owner.follow().text


def test_a_firm_subscribes_to_its_bookings_and_makes_the_address_void(
    park: Park, system: SystemUnderTest
) -> None:
    owner = park(OWNER)
    page = owner.get("/bookings/feeds")
    machine = re.search(r'<option value="([0-9A-Z]{18}/[0-9a-f-]{36})">Bookings of Five-axis', page.text)
    assert machine
    owner.post("/bookings/feeds", {"of": machine[1]})
    page = owner.follow()
    address = re.search(r'value="https?://[^/"]+(/api/v1/production/machine-feeds/[^"]+)"', page.text)
    assert address and "The feed is made." in page.text
    program = system.edge_app.test_client()
    read = program.get(address[1])
    assert read.status_code == 200 and read.text.startswith("BEGIN:VCALENDAR")
    again = program.get(address[1], headers={"If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304 and "Set-Cookie" not in read.headers

    revoke = re.search(r'action="(/bookings/feeds/[0-9a-f-]+/revoke)"', page.text)
    assert revoke
    old = {
        "version": owner.hidden("version"),
        "idempotency_key": "once",
        "csrf_token": owner.hidden("csrf_token"),
    }
    owner.post(revoke[1], old)
    assert "The address is void." in owner.follow().text
    assert program.get(address[1]).status_code == 404
    assert owner.post(revoke[1], {**old, "idempotency_key": "twice"}).status_code == 412
    assert owner.post("/bookings/feeds", {"of": machine[1]}).status_code == 409
    assert park("resident").get("/bookings/feeds").status_code == 403
