"""Shared machines in the portal: two firms complete the trade without scripts, through the real services."""

import re

import pytest

from shared.clock import ManualClock
from shared.testing.systems import SystemUnderTest
from tests.integration.portal import demo_park
from tests.integration.portal.conftest import Browser
from tests.integration.portal.demo_park import Park, instant, local
from tests.integration.portal.trading import (
    CHINESE,
    CUSTOMER,
    OWNER,
    found,
    held,
    listed,
    own_texts,
    press,
    wish,
)

clock, park, system = demo_park.clock, demo_park.park, demo_park.system
"""The demo park, new for this file."""


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


def test_the_front_page_leads_to_the_machines(park: Park) -> None:
    firm, resident = park(CUSTOMER).get("/").text, park("resident").get("/").text
    for page in (firm, resident):
        assert 'class="btn" href="/machines"' in page
    assert 'class="btn" href="/bookings"' in firm and 'class="btn" href="/bookings"' not in resident


def test_the_search_marks_the_reader_s_own_machines_and_hands_on_what_was_asked(park: Park) -> None:
    page = park(CUSTOMER).get("/machines", query_string={"process": "measuring", "place": ""}).text
    assert "(your firm)" in page
    assert re.search(r'href="/machines/[0-9a-f-]{36}">Coordinate measuring machine<', page)


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
