"""Shared machines in the portal: two firms complete the trade without scripts, through the real services."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.clock import PARK_TZ, ManualClock
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.portal.conftest import Browser

CUSTOMER, OWNER = "agent", "agent2"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
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
def clock(system: SystemUnderTest) -> Iterator[ManualClock]:
    """The park's clock; it stands on Monday morning again after the test."""
    found = system.clock
    assert isinstance(found, ManualClock)
    yield found
    found.set(MONDAY_MORNING)


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


def instant(days: int, clock_time: str) -> datetime:
    return datetime.fromisoformat(local(days, clock_time)).replace(tzinfo=PARK_TZ)


def wish(days: int, since: str, until: str, **more: str) -> dict[str, str]:
    return {"starts_at": local(days, since), "ends_at": local(days, until), **more}


def found(browser: Browser, name: str) -> str:
    """The path of a machine that the search shows."""
    text = browser.get("/machines").text
    match = re.search(rf'href="(/machines/[0-9a-f-]+)[^"]*">{name}<', text)
    assert match, text
    return match[1]


def held(browser: Browser, machine: str, asked: dict[str, str]) -> str:
    """The path of a booking that is held, by the forms of the portal."""
    page = browser.get(f"{machine}/wish", query_string=asked)
    assert page.status_code == 200, page.text
    hidden = {name: browser.hidden(name) for name in ("starts_at", "ends_at", "with_operator")}
    firm = re.search(r'<option value="([0-9A-Z]{18})"', page.text)
    assert firm
    posted = browser.post(f"{machine}/hold", {**hidden, "on_behalf_of": firm[1], "purpose": "trial part"})
    assert posted.status_code == 303, posted.text
    return browser.follow().request.path


def press(browser: Browser, booking: str, verb: str) -> Any:
    """Press one of the buttons of a booking's page."""
    browser.get(booking)
    browser.post(f"{booking}/{verb}")
    return browser.follow()


def own_texts(page: Any) -> str:
    """The main part without what people have typed in Chinese."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r"<(textarea|input)[^>]*>", "", main)
    return re.sub(r"[^<>]*(示范市|1号楼|2号楼|演示|恒温|配刀库)[^<>]*", "", main)


def test_two_firms_complete_the_trade(park: Park, clock: ManualClock) -> None:
    customer, owner = park(CUSTOMER), park(OWNER)
    asked = wish(1, "10:00", "12:00", with_operator="true")
    page = customer.get("/machines", query_string={**asked, "process": "five_axis", "material": "titanium"})
    assert "Five-axis machining centre" in page.text and "free" in page.text
    assert "Coordinate measuring machine" not in page.text

    machine = found(customer, "Five-axis machining centre")
    page = customer.get(f"{machine}?days=14")
    assert page.text.count('role="rowheader"') >= 14
    assert "08:00–20:00" in page.text and "24 hours ahead or earlier" in page.text

    page = customer.get(f"{machine}/wish", query_string=asked)
    assert "830" in page.text, "2 h at 280, the operator at 60, 150 for the set-up"
    assert "Deposit, given back after the use" in page.text
    booking = held(customer, machine, asked)
    page = customer.get(booking)
    assert "15 minutes left" in page.text and "trial part" in page.text

    page = press(customer, booking, "confirm")
    assert "Waiting for approval" in page.text and "Nothing is owed yet." in page.text
    assert "Approve" not in re.findall(r">([^<]+)</button>", page.text)
    assert booking in owner.get("/bookings?side=provider&state=pending").text
    assert "The booking is approved." in press(owner, booking, "approve").text

    ready = owner.get(booking)
    assert "Hand the machine over" not in ready.text and "Nobody has come" not in ready.text
    clock.set(instant(1, "11:59"))
    owner = park(OWNER)
    owner.get(booking)
    clock.set(instant(1, "12:00"))
    late = owner.post(f"{booking}/start")
    assert late.status_code == 409 and "error-summary" in late.text
    clock.set(instant(1, "10:00"))
    owner = park(OWNER)
    assert "The use has begun." in press(owner, booking, "start").text
    using = park(CUSTOMER).get(booking).text
    assert "scan the code at the machine again" in using and "1号楼 精密车间" in using
    assert "What a cancellation gives back" not in using

    clock.set(instant(1, "13:00"))
    owner, customer = park(OWNER), park(CUSTOMER)
    form = owner.get(f"{booking}/finish")
    assert f'value="{local(1, "10:00")}"' in form.text
    longer = owner.post(f"{booking}/finish", {"action": "add", "runs.0.started_at": local(1, "10:00")})
    assert "Run 2, beginning" in longer.text and f'value="{local(1, "10:00")}"' in longer.text
    log = {"runs.0.started_at": local(1, "10:00"), "runs.0.ended_at": local(1, "12:45")}
    owner.post(f"{booking}/finish", {**log, "action": "finish"})
    page = owner.follow()
    assert "The use has ended and is billed." in page.text
    assert "315" in page.text, "three quarters of an hour over the end at 420"
    assert "The deposit is given back" in customer.get(booking).text


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


def test_a_cancellation_says_first_what_comes_back(park: Park, clock: ManualClock) -> None:
    customer = park(CUSTOMER)
    machine = found(customer, "Five-axis machining centre")
    booking = held(customer, machine, wish(3, "09:00", "11:00"))
    press(customer, booking, "confirm")
    press(park(OWNER), booking, "approve")
    clock.set(instant(2, "20:00"))
    customer = park(CUSTOMER)

    page = customer.get(f"{booking}/cancel")
    assert "What comes back now" in page.text and "355" in page.text, "half of 710, 13 hours ahead"
    customer.post(f"{booking}/cancel", {"reason": "no part yet"})
    page = customer.follow()

    assert "The booking is cancelled." in page.text and "no part yet" in page.text
    assert customer.get(f"{booking}/cancel").status_code == 303, "there is nothing to cancel any more"


def test_a_booking_is_moved_after_its_page_has_said_what_that_brings(park: Park) -> None:
    customer, owner = park(CUSTOMER), park(OWNER)
    booking = held(customer, found(customer, "Five-axis machining centre"), wish(17, "09:00", "11:00"))
    press(customer, booking, "confirm")
    press(owner, booking, "approve")

    page = customer.get(f"{booking}/move")
    assert f'value="{local(17, "09:00")}"' in page.text and page.text.count('role="rowheader"') >= 14
    wrong = customer.get(f"{booking}/move", query_string=wish(17, "09:00", "09:10"))
    assert wrong.status_code == 422 and 'href="#ends-at"' in wrong.text
    asked = wish(17, "10:00", "13:00")
    page = customer.get(f"{booking}/move", query_string=asked)
    assert "The owner has to approve the new time." in page.text and "990" in page.text
    customer.post(f"{booking}/move", {**asked, "reason": "part comes later"})
    assert "the owner has to approve the new time" in customer.follow().text
    assert "part comes later" in press(owner, booking, "approve").text

    page = owner.get(f"{booking}/move", query_string=wish(17, "14:00", "16:00"))
    assert "You move it as the owner" in page.text
    owner.post(f"{booking}/move", wish(17, "14:00", "16:00"))
    assert "The booking is moved." in owner.follow().text
    page = customer.get(booking)
    assert "14:00" in page.text and "Waiting for approval" not in page.text


def test_whoever_scans_the_code_at_a_machine_checks_in_and_out(
    park: Park, clock: ManualClock, system: SystemUnderTest
) -> None:
    customer, owner = park(CUSTOMER), park(OWNER)
    machine = found(customer, "Five-axis machining centre")
    booking = held(customer, machine, wish(18, "09:00", "11:00"))
    press(customer, booking, "confirm")
    press(owner, booking, "approve")
    poster = owner.get(f"/my-machines{machine.removeprefix('/machines')}/check-in-code")
    scanned = re.search(r"https?://[^/<]+(/machines/[^<]+/check-in/[^<]+)<", poster.text)
    assert scanned and '<svg viewBox="' in poster.text and "style=" not in poster.text
    code = scanned[1]

    visitor = Browser(system.edge_app.test_client()).get(code)
    assert visitor.status_code == 303 and "/sign-in?next=" in visitor.headers["Location"]
    clock.set(instant(17, "12:00"))
    assert "It is too early" in park(CUSTOMER).get(code).text
    clock.set(instant(18, "09:00"))
    customer = park(CUSTOMER)
    assert "Check in and begin" in customer.get(code).text
    customer.post(f"{code}{booking.removeprefix('/bookings')}/check-in")
    assert "You are checked in" in customer.follow().text
    assert "Checked in at the machine" in customer.get(booking).text
    customer.get(code)
    customer.post(f"{code}{booking.removeprefix('/bookings')}/check-out")
    assert "The use has ended and is billed." in customer.follow().text

    assert "no booking of this machine" in park(OWNER).get(code).text
    void = customer.get(f"{code[:-3]}abc")
    assert void.status_code == 403 and "The code is void" in void.text


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


def test_machines_of_one_name_are_told_apart_by_their_places(park: Park) -> None:
    owner = park(OWNER)
    for place in ("Hall 7", "Hall 8"):
        path = listed(owner, **{"name.en": "Engraver", "name.zh": "雕刻机", "place": place})
        owner.get(path)
        owner.post(f"{path}/publish")
    page = owner.get("/bookings/feeds").text
    choices = re.findall(r'value="([0-9A-Z]{18}/[0-9a-f-]{36})">Bookings of (Engraver[^<]*)<', page)
    assert sorted(name for _value, name in choices) == ["Engraver · Hall 7", "Engraver · Hall 8"]
    for value, _name in choices:
        owner.get("/bookings/feeds")
        owner.post("/bookings/feeds", {"of": value})
    page = owner.follow().text
    titles = re.findall(r'id="feed-[0-9]+">(Bookings of Engraver[^<]*)<', page)
    assert sorted(titles) == ["Bookings of Engraver · Hall 7", "Bookings of Engraver · Hall 8"]


def test_a_booking_is_not_approved_without_a_reason(park: Park) -> None:
    customer, owner = park(CUSTOMER), park(OWNER)
    booking = held(customer, found(customer, "Five-axis machining centre"), wish(7, "09:00", "11:00"))
    press(customer, booking, "confirm")

    owner.get(f"{booking}/reject")
    missing = owner.post(f"{booking}/reject", {"reason": ""})
    assert missing.status_code == 422 and 'href="#reason"' in missing.text
    owner.post(f"{booking}/reject", {"reason": "under repair"})
    owner.follow()

    page = customer.get(booking)
    assert "Not approved" in page.text and "under repair" in page.text


def test_broken_rules_are_named_and_what_was_typed_is_kept(park: Park) -> None:
    customer = park(CUSTOMER)
    machine = found(customer, "Five-axis machining centre")

    page = customer.get(f"{machine}/wish", query_string=wish(1, "10:10", "10:30"))
    assert page.status_code == 422
    assert 'href="#starts-at"' in page.text and 'href="#ends-at"' in page.text
    assert f'value="{local(1, "10:10")}"' in page.text

    page = customer.get(f"{machine}/wish", query_string={"starts_at": "tomorrow", "ends_at": ""})
    assert page.status_code == 422 and 'value="tomorrow"' in page.text
    assert (
        "Enter a date and a time that there are" in page.text and "Enter the date and the time" in page.text
    )

    page = customer.get("/machines", query_string={"max_fen": "12.345", "place": "1号楼"})
    assert page.status_code == 422 and 'value="12.345"' in page.text and 'value="1号楼"' in page.text
    assert 'href="#max-fen"' in page.text


def test_what_is_taken_meanwhile_is_refused_with_other_times(park: Park) -> None:
    first, second = park(CUSTOMER), park(CUSTOMER)
    machine = found(first, "Five-axis machining centre")
    asked = wish(9, "10:00", "12:00")
    second.get(f"{machine}/wish", query_string=asked)
    firm = re.search(r'<option value="([0-9A-Z]{18})"', second.page.text if second.page else "")
    assert firm
    held(first, machine, asked)

    late = second.post(f"{machine}/hold", {**asked, "on_behalf_of": firm[1]})
    assert late.status_code == 409 and "That time is not free any more." in late.text
    again = second.get(f"{machine}/wish", query_string=asked)
    assert "It is not free at that time" in again.text
    instead = re.findall(r'class="btn" href="(/machines/[^"]+/wish\?[^"]+)"', again.text)
    assert 1 <= len(instead) <= 3
    assert "Keep this time" in second.get(instead[0].replace("&amp;", "&")).text


def test_a_second_click_repeats_the_first_answer_and_an_old_page_is_told(park: Park) -> None:
    customer = park(CUSTOMER)
    booking = held(customer, found(customer, "Five-axis machining centre"), wish(10, "10:00", "12:00"))
    customer.get(booking)
    old = {name: customer.hidden(name) for name in ("version", "idempotency_key", "csrf_token")}

    answers = [customer.post(f"{booking}/confirm", old).status_code for _click in range(2)]
    assert answers == [303, 303]
    stale = customer.post(f"{booking}/confirm", {**old, "idempotency_key": "another"})

    assert stale.status_code == 412 and "It changed while this page was open" in stale.text


def test_others_meet_nothing_of_a_booking_or_a_draft(park: Park) -> None:
    customer, stranger = park(CUSTOMER), park("resident")
    booking = held(customer, found(customer, "Five-axis machining centre"), wish(11, "10:00", "12:00"))

    assert stranger.get(booking).status_code == 404
    assert stranger.get("/my-machines").status_code == 403
    assert "Our machines" not in stranger.get("/").text
    assert booking in park("auditor").get("/bookings").text


def test_a_visitor_is_asked_to_sign_in_and_comes_back(system: SystemUnderTest) -> None:
    visitor = Browser(system.edge_app.test_client())
    for path in ("/machines", "/bookings", "/my-machines"):
        answer = visitor.get(path)
        assert answer.status_code == 303 and answer.headers["Location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00", "9999-12-31T23:59", "2026-02-30T10:00", "2026-11-24T10:00Z", "²", "'" * 300],
)
def test_no_time_that_is_none_breaks_a_page(park: Park, moment: str) -> None:
    customer = park(CUSTOMER)
    machine = found(customer, "Five-axis machining centre")
    asked = {"starts_at": moment, "ends_at": moment}

    assert customer.get(f"{machine}/wish", query_string=asked).status_code == 422
    assert customer.get("/machines", query_string=asked).status_code in {200, 422}
    assert customer.get(machine, query_string={**asked, "first": moment, "days": moment}).status_code == 200
    customer.get(machine)
    assert customer.post(f"{machine}/hold", asked).status_code == 422


def form_of(page: Any) -> dict[str, Any]:
    """The values of the form that a page shows, as a browser would send them."""
    values: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page.text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") == "checkbox":
            if " checked" in tag:
                values.setdefault(attributes["name"], []).append(attributes["value"])
        elif "name" in attributes:
            values[attributes["name"]] = attributes.get("value", "")
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner) or re.search(r'value="([^"]*)"', inner)
        values[name] = chosen[1] if chosen else ""
    for name, inner in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page.text, re.DOTALL
    ):
        values[name] = inner
    return values


def listed(owner: Browser, **changes: Any) -> str:
    """The path of a draft, listed by the form."""
    values = form_of(owner.get("/my-machines/add"))
    owner.post("/my-machines/add", {**values, **DRAFT, **changes})
    page = owner.follow()
    assert "listed as a draft" in page.text
    return page.request.path


DRAFT = {
    "owner": "91990101MA0DEM013U",
    "name.zh": "激光切割机",
    "name.en": "Laser cutter",
    "process": "laser_cutting",
    "materials": ["stainless", "aluminium"],
    "place": "Hall 3",
    "confidentiality": "open",
    "price.unit_fen": "120.50",
    "hours.1": "08:00-12:00, 13:00-18:00",
}


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


def test_the_front_page_leads_to_the_machines(park: Park) -> None:
    firm, resident = park(CUSTOMER).get("/").text, park("resident").get("/").text
    for page in (firm, resident):
        assert 'class="btn" href="/machines"' in page
    assert 'class="btn" href="/bookings"' in firm and 'class="btn" href="/bookings"' not in resident


def test_the_search_marks_the_reader_s_own_machines_and_hands_on_what_was_asked(park: Park) -> None:
    page = park(CUSTOMER).get("/machines", query_string={"process": "measuring", "place": ""}).text
    assert "(your firm)" in page
    assert re.search(r'href="/machines/[0-9a-f-]{36}">Coordinate measuring machine<', page)


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


def test_every_page_is_in_english_for_those_who_read_it(park: Park) -> None:
    customer, owner = park(CUSTOMER), park(OWNER)
    machine = found(customer, "Five-axis machining centre")
    own = f"/my-machines{machine.removeprefix('/machines')}"
    booking = held(customer, machine, wish(16, "10:00", "12:00", with_operator="true"))
    press(customer, booking, "confirm")
    pages = [
        (customer, "/machines"),
        (customer, machine),
        (customer, f"{machine}/wish?starts_at={local(17, '10:00')}&ends_at={local(17, '12:00')}"),
        (customer, "/bookings"),
        (customer, booking),
        (customer, f"{booking}/cancel"),
        (owner, f"{booking}/reject"),
        (owner, "/my-machines"),
        (owner, own),
        (owner, f"{own}/edit"),
        (owner, f"{own}/prices"),
        (owner, f"{own}/closures"),
        (owner, "/my-machines/add"),
    ]
    broken = f"{machine}/wish?starts_at={local(1, '03:10')}&ends_at={local(1, '03:00')}"
    for browser, path, status in [*((*each, 200) for each in pages), (customer, broken, 422)]:
        page = browser.get(path)
        assert page.status_code == status, path
        assert CHINESE.findall(own_texts(page)) == [], path


def test_a_firm_waits_for_what_is_full_and_confirms_what_is_held_for_it(park: Park) -> None:
    customer, owner = park(CUSTOMER), park(OWNER)
    asked = wish(44, "10:00", "12:00", with_operator="true")
    machine = found(customer, "Five-axis machining centre")
    own = machine.replace("/machines/", "/my-machines/")
    closure = {
        "starts_at": asked["starts_at"],
        "ends_at": local(44, "18:00"),
        "capacity": "0",
        "reason": "Service",
    }
    owner.get(f"{own}/closures")
    owner.post(f"{own}/closures", closure)
    owner.follow()

    page = customer.get(f"{machine}/wish", query_string=asked)
    assert "Join the waitlist" in page.text and "These times are free instead" in page.text
    firm = re.search(r'<option value="([0-9A-Z]{18})"', page.text)
    assert firm
    posted = customer.post(f"{machine}/wait", {**asked, "on_behalf_of": firm[1], "purpose": "trial part"})
    assert posted.status_code == 303, posted.text
    page = customer.follow()
    entry = page.request.path
    assert "You are on the waitlist" in page.text and not CHINESE.search(own_texts(page))
    assert "Five-axis machining centre" in customer.get("/waitlist").text
    shown = owner.get(own)
    assert "1 waits" in shown.text and not CHINESE.search(own_texts(shown))

    closures = owner.get(f"{own}/closures").text
    remove = re.findall(rf'action="({own}/closures/[0-9a-f-]+[^"]*)"', closures)
    owner.post(remove[-1])
    page = customer.get(entry)
    booking = re.search(r'href="(/bookings/[0-9a-f-]+)"', page.text)
    assert booking and "Leave the waitlist" not in page.text, page.text
    assert "to be confirmed" in customer.get(booking[1]).text
    assert "Waiting for approval" in press(customer, booking[1], "confirm").text


def test_whoever_waits_can_leave(park: Park) -> None:
    customer, owner = park(CUSTOMER), park(OWNER)
    machine = found(customer, "Five-axis machining centre")
    own = machine.replace("/machines/", "/my-machines/")
    closure = {
        "starts_at": local(4, "08:00"),
        "ends_at": local(4, "20:00"),
        "capacity": "0",
        "reason": "Service",
    }
    owner.get(f"{own}/closures")
    owner.post(f"{own}/closures", closure)
    page = customer.get(f"{machine}/wish", query_string=wish(4, "10:00", "12:00"))
    firm = re.search(r'<option value="([0-9A-Z]{18})"', page.text)
    assert firm
    asked = {**wish(4, "10:00", "12:00"), "on_behalf_of": firm[1]}
    customer.post(f"{machine}/wait", asked)
    entry = customer.follow().request.path
    again = customer.post(f"{machine}/wait", asked)
    assert again.status_code == 409 and "You wait for that time already" in again.text
    customer.get(entry)
    customer.post(f"{entry}/leave")
    page = customer.follow()
    assert "You have left the waitlist." in page.text and "Leave the waitlist" not in page.text
