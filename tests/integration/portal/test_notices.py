"""Public notices in the browser, without scripts: publishing, reading, objecting, handing in afterwards."""

import re
from datetime import timedelta
from typing import Any

from shared.actor import Actor
from shared.clock import ManualClock
from shared.service import installed_services
from shared.testing.answers import A9, A9_ANSWERS, A9_MATERIALS
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import member_of
from tests.integration.portal.conftest import PASSWORD, Browser
from tests.integration.portal.test_calendar import CHECK, FORM, prepare
from tests.park.park import API, EdgeClient

LINK = re.compile(r'href="(/notices/[0-9a-f-]{36})"')


class Owner(Desk):
    """The desk of the one whose company is on notice, signed in at the edge."""

    def client(self, actor: Actor | None, service: str = "enterprise") -> Any:
        """Sends requests as agent2, whoever is named."""
        signed_in = {"username": "agent2", "password": PASSWORD}
        answer = self.system.edge_app.test_client().post("/api/v1/auth/token", json=signed_in)
        return EdgeClient(self.system, f"{API}/{service}", answer.get_json()["access_token"])


def browser(system: SystemUnderTest, name: str = "") -> Browser:
    """Somebody's browser in English, or a visitor's."""
    opened = Browser(system.edge_app.test_client())
    if name:
        opened.sign_in(name)
    opened.client.set_cookie("lang", "en")
    return opened


def test_a_notice_is_read_objected_to_published_anew_and_followed_by_the_application(
    make_sqlite_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_sqlite_system(installed_services(), clock=clock, demo=True)
    clock.advance(timedelta(days=4))
    system.seed()
    system.settle()

    keeper = browser(system, "admin")
    prepare(keeper)
    moved = keeper.follow().text.partition('id="moves-title"')[2].partition("</table>")[0]
    assert "Time to apply after the notice" in moved, "what is on notice has no number yet"
    assert ">None<" not in moved and "示范市云栖湾精密传动有限公司</a>" in moved
    keeper.get(CHECK)
    assert keeper.post(f"{FORM}/discard").status_code == 303

    visitor = browser(system)
    listed = visitor.get("/notices?state=running&item=simple-deregistration").text
    (place,) = LINK.findall(listed)
    page = visitor.get(place).text
    assert "Sign in and object" in page and "13800000004" not in page
    assert visitor.get(f"{place}/object").headers["Location"].startswith("/sign-in?next=")

    creditor = browser(system, "agent")
    creditor.get(f"{place}/object")
    again = creditor.post(f"{place}/object", {"standing": "creditor", "name": "", "reason": "尚有货款"})
    assert again.status_code == 422 and 'href="#name"' in again.text and "尚有货款" in again.text
    creditor.post(f"{place}/object", {"standing": "creditor", "name": "示范债权人", "reason": "尚有货款"})
    assert "Your objection has been lodged" in creditor.follow().text
    assert creditor.get(f"{place}/object").status_code == 303  # it is over
    assert "示范债权人" not in visitor.get(place).text

    owner = browser(system, "agent2")
    (case,) = set(re.findall(r"/applications/[0-9a-f-]{36}", owner.get("/applications?state=objected").text))
    assert "liquidated" in owner.get(case).text and "示范债权人" not in owner.page.text  # type: ignore[union-attr]
    window = browser(system, "window")
    assert "示范债权人" in window.get(f"{case.replace('applications', 'desk/cases')}/objections").text

    uscc = re.findall(r"<dd>(9199\w{14})</dd>", visitor.get(place).text)[0]
    draft = Owner(system).draft_of(member_of(uscc), A9, A9_ANSWERS, A9_MATERIALS, uscc)
    case = f"/applications/{draft}"
    assert "publish the notice, then submit" in owner.get(case).text
    owner.get(f"{case}/check")
    assert owner.post(f"{case}/publish-notice").status_code == 422
    owner.get(f"{case}/check")
    owner.post(f"{case}/publish-notice", {"declaration": "true"})
    assert "Nothing can be handed in" in owner.follow().text
    assert owner.get(f"{case}/check").status_code == 303

    clock.advance(timedelta(days=22))
    system.settle()
    assert "hand the application in now" in browser(system, "agent2").get(case).text
    owner = browser(system, "agent2")
    assert "/sections/" not in owner.get(f"{case}/check").text
    owner.post(f"{case}/submit", {"declaration": "true"})
    assert "/done" in owner.page.headers["Location"]  # type: ignore[union-attr]
