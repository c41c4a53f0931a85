"""What firms have paid, entered by the park's management in a browser without scripts."""

import re

from tests.integration.portal import demo_park
from tests.integration.portal.demo_park import Park
from tests.integration.portal.trading import CHINESE, CUSTOMER, OWNER, own_texts

clock, park, system = demo_park.clock, demo_park.park, demo_park.system
"""The demo park, new for this file."""

MANAGER = "manager"
FIRM = "91990101MA0DEM048E"
PAID = {
    "firm": FIRM,
    "direction": "received",
    "amount_fen": "1,234.50",
    "paid_on": "2026-11-20",
    "reference": "B-0048",
}


def test_a_manager_enters_a_payment_and_takes_it_back(park: Park) -> None:
    manager = park(MANAGER)
    assert 'href="/firm-payments"' in manager.get("/").text
    assert CHINESE.search(own_texts(manager.get("/firm-payments"))) is None
    refused = manager.post("/firm-payments", {**PAID, "firm": "X", "amount_fen": "1.234"})
    assert refused.status_code == 422 and 'href="#amount-fen"' in refused.text
    assert 'value="B-0048"' in refused.text and "two decimals" in refused.text
    refused = manager.post("/firm-payments", {**PAID, "firm": "91990101MA0DEM0000"})
    assert refused.status_code == 422 and 'href="#firm"' in refused.text
    manager.get("/firm-payments")
    refused = manager.post("/firm-payments", {**PAID, "direction": "paid_out", "amount_fen": "99999999"})
    assert refused.status_code == 409 and 'href="#form"' in refused.text and "no more" in refused.text
    manager.get("/firm-payments")
    manager.post("/firm-payments", PAID)
    listed = manager.follow()
    assert "The payment is entered" in listed.text and "1,234.50" in listed.text

    customer = park(CUSTOMER)
    months = re.findall(r'href="(/statements/[0-9A-Z]+/2026-11)"', customer.get("/statements").text)
    assert months == [f"/statements/{FIRM}/2026-11"]
    statement = customer.get(months[0]).text
    assert "Received on 2026-11-20, reference B-0048" in statement and "-1,234.50" in statement
    assert not re.search(r"<a[^>]*>Received on", statement), "there is no booking to be shown"

    back = re.search(r'href="(/firm-payments/[0-9a-f-]+/take-back)"', listed.text)
    assert back
    assert manager.get(back[1]).status_code == 200
    refused = manager.post(back[1], {"reason": ""})
    assert refused.status_code == 422 and 'href="#reason"' in refused.text
    manager.post(back[1], {"reason": "typed twice"})
    shown = manager.follow()
    assert "may be entered anew" in shown.text and "(typed twice)" in shown.text
    assert CHINESE.search(own_texts(shown)) is None
    assert back[1] not in shown.text
    manager.get(back[1])
    assert manager.follow().request.path == "/firm-payments"
    assert "Correction: Received on 2026-11-20" in customer.get(months[0]).text


def test_others_are_offered_nothing_to_enter(park: Park) -> None:
    for name in (OWNER, "auditor"):
        browser = park(name)
        page = browser.get("/firm-payments")
        assert page.status_code == 200 and "Enter a payment" not in page.text
        assert 'href="/firm-payments"' not in browser.get("/").text
        assert browser.post("/firm-payments", PAID).status_code == 403
    assert park("").get("/firm-payments").status_code == 303
