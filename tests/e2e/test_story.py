"""One approval from application to certificate, in the browser: wide, narrow, zh, en, without scripts."""

from dataclasses import dataclass

import pytest

from shared.testing.answers import a1_answers
from tests.e2e import applicant, officials
from tests.e2e.api import ITEM, Json, Person
from tests.e2e.server import Server, wait_until
from tests.e2e.views import DESKTOP, PHONE, View
from tests.e2e.windows import OpenWindow, Window

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Plan:
    """One way through the story."""

    view: View
    trade_name: str

    @property
    def company(self) -> str:
        """The company that comes into being."""
        return f"示范市示范区{self.trade_name}精密传动有限公司"

    def __str__(self) -> str:
        return str(self.view)


# Axe has judged every kind of page elsewhere; one way through judges also what scripts change in between. The
# slow tests go all the way in the other looks, too, and axe judges every page.
PLANS = (
    pytest.param(Plan(View(PHONE, "en"), "听泉湾"), marks=pytest.mark.slow),
    Plan(View(DESKTOP, "zh", script=False, judged_by_axe=False), "鹤鸣湾"),
)
WHOLE = (
    Plan(View(DESKTOP, "zh"), "枕月湾"),
    Plan(View(DESKTOP, "en"), "揽星湾"),
    Plan(View(PHONE, "zh"), "拾翠湾"),
    # Axe is a script itself and cannot run where there are none.
    Plan(View(PHONE, "zh", script=False, judged_by_axe=False), "栖霞湾"),
)


@pytest.mark.slow
@pytest.mark.parametrize("plan", WHOLE, ids=str)
def test_the_whole_way_in_every_look(plan: Plan, open_window: OpenWindow, server: Server) -> None:
    test_from_application_to_certificate(plan, open_window, server)


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_from_application_to_certificate(plan: Plan, open_window: OpenWindow, server: Server) -> None:
    api = Person(server.url, "agent")
    item = api.get(f"/enterprise/items/{ITEM}")
    agent = open_window(plan.view)
    applicant.read_the_guide(agent, item)
    applicant.start(agent, "agent")
    answers = a1_answers(company={"trade_name": plan.trade_name})
    applicant.fill_in_the_form(agent, item, answers, "agent")
    applicant.upload_the_materials(agent, item)
    number = applicant.check_and_submit(agent, plan.company)
    case_id = agent.page.url.rpartition("/")[2]
    assert api.case(case_id)["number"] == number

    _decide_in_the_browser(plan, number, item, agent, open_window)

    wait_until(lambda: bool(api.case(case_id)["certificate"]), "the certificate")
    steps = 6  # the correction and its answer, and the certificate, among them
    wait_until(lambda: len(_about(api, case_id)) >= steps, "a message for every step")
    certificate = applicant.receive_the_licence(agent, case_id, steps)
    applicant.verify(open_window(plan.view), certificate, plan.company)
    _everybody_knows(server, api, api.case(case_id)["certificate"]["uscc"], plan.company)


def _decide_in_the_browser(
    plan: Plan, number: str, item: Json, agent: Window, open_window: OpenWindow
) -> None:
    window, reviewer, approver = (open_window(plan.view) for _ in range(3))
    officials.enter(window, "window")
    officials.claim(window, number)
    officials.request_a_correction(window, item)
    applicant.answer_the_correction(agent, item)
    assert applicant.handed_in(agent, plan.company) == number
    officials.claim(window, number)
    officials.accept(window)
    officials.enter(reviewer, "reviewer")
    officials.claim(reviewer, number)
    officials.review(reviewer, item)
    officials.enter(approver, "approver")
    officials.claim(approver, number)
    officials.decide(approver)


def _about(person: Person, case_id: str) -> list[str]:
    messages = person.get("/notifications/messages")["items"]
    return [each["id"] for each in messages if case_id in (each["link"] or "")]


def _everybody_knows(server: Server, agent: Person, uscc: str, company: str) -> None:
    """The organisation of the applicant, and the copies the facilities keep."""

    def organisations() -> dict[str, str]:
        found = [each["organisation"] for each in agent.get("/me")["memberships"]]
        return {each["uscc"]: each["name"] for each in found}

    wait_until(lambda: organisations().get(uscc) == company, "the applicant's organisation")
    operator = Person(server.url, "operator")
    for service in ("living", "production"):
        copy = f"/{service}/enterprises/{uscc}"
        wait_until(lambda path=copy: operator.ask("GET", path).status == 200, copy)  # type: ignore[misc]
        assert operator.get(copy)["name"] == company
