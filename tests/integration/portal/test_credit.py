"""Credit records in the portal: a manager enters and repairs them, the subject reads its own."""

from typing import Any

from tests.integration.portal.conftest import Browser


def test_a_manager_enters_and_repairs_a_record_and_others_see_nothing(open_browser: Any) -> None:
    manager: Browser = open_browser().sign_in("manager")
    manager.client.set_cookie("lang", "en")
    assert "Credit records" in manager.get("/").text
    manager.get("/credit/enter")
    wrong = manager.post("/credit/enter", {"uscc": "123", "since": "2999-01-01"})
    assert wrong.status_code == 422
    assert all(f'href="#{place}"' in wrong.text for place in ("uscc",))
    values = {"uscc": "91990101MA0DEM013U", "name": "示范公司", "source": "示范通报", "reason": "虚假材料"}
    manager.post("/credit/enter", values)
    page = manager.follow()
    assert "The record is entered." in page.text and "not repaired" in page.text
    path = page.request.path
    assert "示范公司" in manager.get("/credit?q=示范").text

    stranger = open_browser().sign_in("agent")
    assert "示范公司" not in stranger.get("/credit").text
    assert stranger.get(path).status_code == 404
    assert stranger.get("/credit/enter").status_code == 403

    manager.get(path)
    missing = manager.post(f"{path}/repair", {"reason": ""})
    assert missing.status_code == 422 and "Say why the credit counts as repaired" in missing.text
    old = {name: manager.hidden(name) for name in ("version", "idempotency_key")}
    manager.post(f"{path}/repair", {"reason": "已核实"})
    assert "The record is repaired." in manager.follow().text
    again = manager.post(f"{path}/repair", {**old, "idempotency_key": "other", "reason": "已核实"})
    assert again.status_code == 412
