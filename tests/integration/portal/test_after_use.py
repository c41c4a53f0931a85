"""After the use of a machine in the portal: its quality, a dispute and ratings, without scripts."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import ManualClock
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.portal.conftest import Browser
from tests.integration.portal.demo_park import instant
from tests.integration.portal.trading import found, held, press, wish
from tests.unit.material_samples import pdf

CUSTOMER, OWNER, OPERATOR = "agent", "agent2", "operator"


@pytest.fixture
def system(
    sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SystemUnderTest]:
    """The demo park with all its services."""
    factory = SystemFactory(sqlite_databases, tmp_path_factory.mktemp("park"), ManualClock(MONDAY_MORNING))
    made = factory(installed_services(), demo=True)
    made.seed()
    made.settle()
    yield made
    factory.close()


def reader(system: SystemUnderTest, username: str, language: str = "en") -> Browser:
    """The browser of somebody; signed in anew, since sign-ins do not last for days."""
    browser = Browser(system.edge_app.test_client()).sign_in(username)
    browser.client.set_cookie("lang", language)
    return browser


def used(system: SystemUnderTest) -> str:
    """The path of the page of a booking whose use is over."""
    clock = system.clock
    assert isinstance(clock, ManualClock)
    customer = reader(system, CUSTOMER)
    booking = held(
        customer,
        found(customer, "Five-axis machining centre"),
        wish(1, "10:00", "12:00", with_operator="true"),
    )
    press(customer, booking, "confirm")
    press(reader(system, OWNER), booking, "approve")
    clock.set(instant(1, "10:00"))
    press(reader(system, OWNER), booking, "start")
    clock.set(instant(1, "12:00"))
    owner = reader(system, OWNER)
    owner.get(f"{booking}/finish")
    owner.post(f"{booking}/finish", {"action": "finish"})
    assert owner.follow().status_code == 200
    return booking


def fill(browser: Browser, path: str, values: dict[str, Any], **options: Any) -> Any:
    """Open a form, send it, and go where it leads."""
    assert browser.get(path).status_code == 200
    page = browser.post(path, values, **options)
    return browser.follow() if page.status_code == 303 else page


def test_quality_dispute_and_ratings_by_the_forms(system: SystemUnderTest) -> None:
    booking = used(system)
    owner, customer = reader(system, OWNER), reader(system, CUSTOMER)

    page = fill(owner, f"{booking}/quality", {"accepted_pieces": "many"})
    assert page.status_code == 422 and "Enter a whole number" in page.text
    page = fill(owner, f"{booking}/quality", {"accepted_pieces": "96", "rejected_pieces": "4"})
    assert "The quality is recorded." in page.text and "To be accepted by the customer" in page.text
    report = {"file": (io.BytesIO(b"<html>"), "report.pdf")}
    page = fill(owner, f"{booking}/quality/report/upload", report, content_type="multipart/form-data")
    assert page.status_code == 415 and "error-summary" in page.text
    report = {"file": (io.BytesIO(pdf()), "检测.pdf")}
    page = fill(owner, f"{booking}/quality/report/upload", report, content_type="multipart/form-data")
    assert "The report is handed in." in page.text
    assert customer.get(f"{booking}/quality/report").data == pdf()

    page = fill(customer, f"{booking}/propose", {"text": "four out of tolerance", "reduction_fen": "99999"})
    assert page.status_code == 422 and "more than the" in page.text
    page = fill(customer, f"{booking}/propose", {"text": "four out of tolerance", "reduction_fen": "80"})
    assert "The concession is proposed" in page.text and "waits for an answer" in page.text
    owner.get(booking)
    owner.post(f"{booking}/quality/agree")
    assert "Price reduction for accepted deviations" in owner.follow().text

    page = fill(customer, f"{booking}/dispute", {"reason": "", "text": "", "claimed_fen": ""})
    assert page.status_code == 422 and page.text.count("yb-field-wrong") == 3
    claim = {"reason": "delay", "text": "two days late", "claimed_fen": "100"}
    page = fill(customer, f"{booking}/dispute", claim)
    assert "The dispute is open" in page.text
    dispute = page.request.path
    customer.post(
        f"{dispute}/evidence",
        {"file": (io.BytesIO(pdf(2)), "photo.pdf"), "number": customer.hidden("number")},
        content_type="multipart/form-data",
    )
    assert "photo.pdf" in customer.follow().text
    owner.get(dispute)
    owner.post(f"{dispute}/state", {"state-text": "the material came late"})
    assert "the material came late" in owner.follow().text
    assert "Rate the other side" not in owner.get(booking).text

    operator = reader(system, OPERATOR)
    assert dispute in operator.get("/disputes").text
    assert operator.get(f"{dispute}/evidence/1").data == pdf(2)
    operator.get(dispute)
    page = operator.post(f"{dispute}/decide", {"decide-amount_fen": "50", "decide-reason": ""})
    assert page.status_code == 422 and "decide-reason-error" in page.text
    operator.post(f"{dispute}/decide", {"decide-amount_fen": "50", "decide-reason": "half of it"})
    assert "The dispute is decided" in operator.follow().text
    assert "half of it" in customer.get(dispute).text
    assert "Decision of a dispute" in customer.get(booking).text

    assert "Your rating is kept" in fill(customer, f"{booking}/rating", {"stars": "4", "text": "exact"}).text
    assert "exact" not in owner.get(booking).text
    page = fill(owner, f"{booking}/rating", {"stars": "5", "text": ""})
    assert "exact" in page.text
    machine = found(customer, "Five-axis machining centre")
    page = customer.get(machine)
    firm = re.search(r"/firms/([0-9A-Z]{18})/ratings", page.text)
    assert firm and "4.7 of 5 from 3 ratings" in page.text
    answer = re.search(r"/ratings/[0-9a-f-]+/answer", owner.get(booking).text)
    hide = re.search(r"/ratings/[0-9a-f-]+/hide", operator.get(f"/firms/{firm[1]}/ratings").text)
    assert answer and hide
    assert "thank you" in fill(owner, answer[0], {"text": "thank you"}).text
    page = fill(operator, hide[0], {"reason": "names a person"})
    assert "exact" not in page.text and "names a person" in page.text
    assert "the park's operator" in customer.get(booking).text

    assert reader(system, "resident").get(dispute).status_code == 404
    chinese = reader(system, OWNER, "zh")
    for path in (booking, dispute, "/disputes?running=false", f"{booking}/rating"):
        assert chinese.get(path).status_code == 200


def test_the_park_sees_when_it_may_decide(system: SystemUnderTest) -> None:
    booking = used(system)
    customer = reader(system, CUSTOMER)
    page = fill(customer, f"{booking}/dispute", {"reason": "other", "text": "x", "claimed_fen": "1"})
    dispute = page.request.path
    assert "Decide the dispute" not in reader(system, OPERATOR).get(dispute).text
    clock = system.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(days=7))

    assert "Decide the dispute" in reader(system, OPERATOR).get(dispute).text
