"""Series of machine bookings in the portal, without scripts, through the real services."""

import re
from typing import Any

import pytest

from gateway.portal.machines.recurring import rule_of
from tests.integration.portal import demo_park
from tests.integration.portal.conftest import Browser
from tests.integration.portal.demo_park import Park, local
from tests.integration.portal.trading import CHINESE, CUSTOMER, OWNER, found, held, own_texts, wish

clock, park, system = demo_park.clock, demo_park.park, demo_park.system
"""The demo park of the other pages about machines."""

CENTRE = "Five-axis machining centre"
WEEKLY = {"every": "WEEKLY", "interval": "1", "month_by": "date", "count": "3", "until": ""}


def hidden(page: Any) -> dict[str, str]:
    """The hidden values of the form that books."""
    tags = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return dict(tags)


def booked(browser: Browser, machine: str, asked: dict[str, str], **more: Any) -> Any:
    """The page of a series that was booked by the forms."""
    page = browser.get(f"{machine}/repeat/preview", query_string=asked)
    assert page.status_code == 200, page.text
    firm = re.search(r'<option value="([0-9A-Z]{18})"', page.text)
    assert firm
    form = {**hidden(page), "on_behalf_of": firm[1], "purpose": "trial parts", **more}
    posted = browser.post(f"{machine}/repeat", form)
    assert posted.status_code == 303, posted.text
    return browser.follow()


def test_a_firm_books_again_and_again_and_the_owner_approves_at_once(park: Park) -> None:
    customer, owner = park(CUSTOMER), park(OWNER)
    machine = found(customer, CENTRE)
    held(customer, machine, wish(22, "09:00", "11:00"))
    page = customer.get(f"{machine}/repeat", query_string=wish(15, "09:00", "11:00"))
    assert "How often" in page.text and f'value="{local(15, "09:00")}"' in page.text

    page = customer.get(f"{machine}/repeat/preview", query_string={**wish(15, "09:00", "11:00"), **WEEKLY})
    assert "2 free, 1 cannot be had, 0 later" in page.text and "every week, 3 times" in page.text
    assert "Free instead, to be booked by itself:" in page.text
    assert "Book without those that cannot be had" in page.text

    page = booked(customer, machine, {**wish(15, "09:00", "11:00"), **WEEKLY})
    assert "The series is booked as it stands below." in page.text
    assert page.text.count("Waiting for approval") == 2 and "Could not be had" in page.text
    path = page.request.path
    assert path in owner.get("/bookings/series?side=provider").text

    owner.get(path)
    owner.post(f"{path}/approve")
    page = owner.follow()
    assert "Every date that waited is approved." in page.text and page.text.count(">Booked<") == 2
    booking = re.search(r'href="(/bookings/[0-9a-f-]{36})"', page.text)
    assert booking and "This is one of a series of bookings" in customer.get(booking[1]).text


def test_dates_are_changed_and_given_up_in_part(park: Park) -> None:
    customer = park(CUSTOMER)
    machine = found(customer, CENTRE)
    page = booked(customer, machine, {**wish(16, "13:00", "14:00"), **WEEKLY})
    path = page.request.path
    second = re.findall(r"/change\?occurrence=([^\"]+)", page.text)[1].replace("%3A", ":")

    form = customer.get(f"{path}/change?occurrence={second}")
    assert 'value="13:00"' in form.text and "stays as it is" in form.text
    changing = {"scope": "following", "occurrence": second, "length_min": "60", "mode": "all"}
    wrong = customer.post(f"{path}/change", {**changing, "since": "half past"})
    assert wrong.status_code == 422 and 'href="#since"' in wrong.text and 'value="half past"' in wrong.text
    customer.post(f"{path}/change", {**changing, "since": "15:00"})
    page = customer.follow()
    assert "The dates are changed." in page.text and page.text.count("15:00 – 16:00") == 2
    assert page.request.path != path and path in page.text

    form = customer.get(f"{path}/cancel")
    assert "What comes back now" in form.text
    customer.post(f"{path}/cancel", {"scope": "all", "reason": "no parts"})
    page = customer.follow()
    assert "The dates are cancelled." in page.text and "nothing more is booked for it" in page.text


@pytest.mark.parametrize(
    ("more", "anchor"),
    [
        ({"count": "", "until": ""}, "#count"),
        ({"count": "3", "until": local(40, "")[:10]}, "#until"),
        ({"count": "400"}, "#count"),
        ({"count": "three"}, "#count"),
        ({"count": "", "until": "2026-02-30"}, "#until"),
        ({"weekdays": ["SU"]}, "#weekdays-MO"),
        ({"starts_at": local(-1, "09:00")}, "#starts-at"),
        ({"starts_at": "soon"}, "#starts-at"),
    ],
)
def test_what_is_wrong_is_named_where_it_was_typed(
    park: Park,
    more: dict[str, Any],
    anchor: str,
) -> None:
    customer = park(CUSTOMER)
    asked = {**wish(15, "15:00", "16:00"), **WEEKLY, **more}

    page = customer.get(f"{found(customer, CENTRE)}/repeat/preview", query_string=asked)

    assert page.status_code == 422 and f'href="{anchor}"' in page.text, page.text


def test_the_pages_speak_the_language_of_their_reader(park: Park) -> None:
    customer = park(CUSTOMER)
    machine = found(customer, CENTRE)
    asked = {**wish(17, "15:00", "16:00"), **WEEKLY}
    path = booked(customer, machine, asked).request.path
    pages = (f"{machine}/repeat", path, f"{path}/change", f"{path}/cancel", "/bookings/series")
    for page in (*map(customer.get, pages), customer.get(f"{machine}/repeat/preview", query_string=asked)):
        assert page.status_code == 200 and not CHINESE.search(own_texts(page)), own_texts(page)
    booking = re.findall(r'href="(/bookings/[0-9a-f-]{36})"', customer.get(path).text)[0]
    customer.get(f"{path}/change")
    customer.post(f"{path}/change", {"scope": "all", "since": "16:00", "length_min": "60", "mode": "all"})
    assert "The dates are changed." in customer.follow().text
    page = customer.get(booking)
    assert page.text.count("The series was changed") == 2 and not CHINESE.search(own_texts(page))
    customer.client.set_cookie("lang", "zh")
    assert "每周，共3次" in customer.get(path).text
    page = customer.get(booking)
    assert page.text.count("系列预订更改") == 2 and "The series was changed" not in page.text


def test_rules_are_made_of_plain_choices() -> None:
    first = {"starts_at": "2026-11-24T09:00", "weekdays": [], "until": "", **WEEKLY}
    assert rule_of({**first, "weekdays": ["TH", "TU"], "interval": "2"})[0] == (
        "FREQ=WEEKLY;INTERVAL=2;COUNT=3;BYDAY=TU,TH"
    )
    monthly = {**first, "every": "MONTHLY", "month_by": "weekday"}
    assert rule_of(monthly)[0] == "FREQ=MONTHLY;COUNT=3;BYDAY=4TU"
    assert rule_of({**monthly, "starts_at": "2026-12-31T09:00"})[0].endswith("BYDAY=-1TH")
    assert rule_of({**first, "count": "", "until": "2026-12-31"})[0] == "FREQ=WEEKLY;UNTIL=20261231T155959Z"
