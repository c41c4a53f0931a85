"""Funds in the browser, without scripts: an objection answered to whoever made it, and the payment."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from shared.actor import Actor
from shared.clock import ManualClock
from shared.service import installed_services
from shared.testing.systems import SystemFactory
from tests.integration.approvals import funds
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import APPROVER, WINDOW, member_of
from tests.integration.portal.conftest import PASSWORD
from tests.integration.portal.test_desk import claim
from tests.integration.portal.test_notices import browser
from tests.park.park import API, EdgeClient

NAMES = {
    WINDOW.id: "window",
    APPROVER.id: "approver",
    funds.ECONOMY.id: "economy",
    funds.FINANCE.id: "finance",
    funds.TAX.id: "tax",
    funds.MARKET.id: "market",
}


class EdgeDesk(Desk):
    """The desk of the demo park's own people; whoever is no official is agent2, whose firm applies."""

    def client(self, actor: Actor | None, service: str = "enterprise") -> Any:
        """Sends requests as the one of them who has the actor's office."""
        name = NAMES.get(actor.id, "agent2") if actor else "agent2"
        return EdgeClient(self.system, f"{API}/{service}", self._token(name, self.system.clock.today()))

    @cache  # noqa: B019 - it lives as long as its test
    def _token(self, name: str, _day: date) -> str:
        signed_in = {"username": name, "password": PASSWORD}
        answer = self.system.edge_app.test_client().post("/api/v1/auth/token", json=signed_in)
        token: str = answer.get_json()["access_token"]
        return token


def test_an_objection_is_answered_to_whoever_made_it_and_what_is_granted_is_paid(
    make_sqlite_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_sqlite_system(installed_services(), clock=clock, demo=True)
    system.seed()
    system.settle()
    desk = EdgeDesk(system)
    granted = desk.get(None, "/cases?state=granted").json["items"][0]["id"]
    uscc = desk.get(None, f"/cases/{granted}").json["certificate"]["uscc"]
    case_id = funds.examined(desk, member_of(uscc), uscc)
    case = f"/desk/cases/{case_id}"
    place = f"/notices/{desk.case(APPROVER, case_id)['notice']['id']}"

    rival = browser(system, "agent")
    assert "Your objection" not in rival.get(place).text
    rival.get(f"{place}/object")
    rival.post(f"{place}/object", {"standing": "interested", "name": "示范竞争者", "reason": "研发费用不实"})
    assert "It has not been answered yet" in rival.follow().text

    economy = browser(system, "economy")
    claim(economy, case_id)
    assert "研发费用不实" in economy.get(f"{case}/objections").text
    incomplete = economy.post(
        f"{case}/objections", {"objection": economy.hidden("objection"), "text": "属实"}
    )
    assert incomplete.status_code == 422 and "属实</textarea>" in incomplete.text
    said = {"objection": economy.hidden("objection"), "outcome": "dismissed", "text": "经核查，费用属实"}
    economy.post(f"{case}/objections", said)
    assert "The objection is answered" in economy.follow().text
    answered = rival.get(place).text
    assert "Dismissed" in answered and "经核查，费用属实" in answered
    for somebody in ("", "agent2", "finance"):
        assert "经核查" not in browser(system, somebody).get(place).text

    clock.advance(timedelta(days=8))
    system.settle()
    assert funds.decide(desk, case_id).status_code == 200
    finance = browser(system, "finance")
    claim(finance, case_id)
    assert "50,000" in finance.get(f"{case}/payment").text and "6200" in finance.page.text  # type: ignore[union-attr]
    wrong = finance.post(f"{case}/payment", {"amount": "49999", "voucher": "拨付2026-0012"})
    assert wrong.status_code == 422 and 'value="49999"' in wrong.text
    assert finance.post(f"{case}/payment", {"amount": "很多", "voucher": ""}).status_code == 422
    finance.post(f"{case}/payment", {"amount": "50000", "voucher": "拨付2026-0012"})
    assert "拨付2026-0012" in finance.follow().text
    finance.get(case)
    again = finance.get(f"{case}/payment")
    assert again.status_code == 303, "paid once"
