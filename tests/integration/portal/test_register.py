"""The register in the portal: officials look enterprises up, one who decides enters suspensions."""

from typing import Any

from tests.integration.portal.conftest import Browser

USCC = "91990101MA0DEM013U"


def test_a_decider_suspends_and_resumes_and_others_only_look(open_browser: Any) -> None:
    approver: Browser = open_browser().sign_in("approver")
    approver.client.set_cookie("lang", "en")
    assert USCC in approver.get(f"/register?q={USCC}").text
    path = f"/register/{USCC}"
    approver.get(path)
    nothing = approver.post(f"{path}/suspend", {"reason": " "})
    assert nothing.status_code == 422 and 'href="#reason"' in nothing.text
    old = {name: approver.hidden(name) for name in ("version", "idempotency_key")}
    approver.post(f"{path}/suspend", {"reason": "受灾停产"})
    page = approver.follow()
    assert "Entered: its business is suspended." in page.text and "受灾停产" in page.text
    assert "business suspended" in page.text
    assert approver.post(f"{path}/suspend", {**old, "idempotency_key": "o", "reason": "x"}).status_code == 412

    window: Browser = open_browser().sign_in("window")
    looked = window.get(path).text
    assert "受灾停产" in looked and f"{path}/resume" not in looked
    assert open_browser().sign_in("agent").get(path).status_code == 403

    approver.get(path)
    approver.post(f"{path}/resume", {"reason": "复工"})
    assert "Entered: it does business again." in approver.follow().text
