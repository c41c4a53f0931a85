"""Filing on a written promise in the portal, and what the fire authority's officials do with it."""

import re
from io import BytesIO
from typing import Any

import pytest

from approvals.enterprise.service import service as enterprise
from gateway.service import service as gateway
from notifications.service import service as notifications
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.approvals.fire import ANSWERS, BOTH_WAYS, ITEM
from tests.integration.portal.conftest import Browser, Enter
from tests.integration.portal.test_desk import claim
from tests.integration.portal.test_forms import as_form
from tests.unit.material_samples import pdf


@pytest.fixture
def system(make_sqlite_system: SystemFactory) -> SystemUnderTest:
    """The demo park, with the organisations that its granted cases have founded."""
    made = make_sqlite_system([gateway, enterprise, notifications], demo=True)
    made.seed()
    made.settle()
    return made


def _organisation(applicant: Browser) -> str:
    page = applicant.get("/applications?state=granted")
    found = re.search(r'href="(/applications/[0-9a-f-]{36})"', page.text)
    assert found is not None
    code = re.search(r"\b9199010[0-9A-Z]{11}\b", applicant.get(found[1]).text)
    assert code is not None
    return code[0]


def _draft(applicant: Browser, uscc: str) -> str:
    applicant.get(f"/items/{ITEM}")
    applicant.post(f"/applications/new?item={ITEM}", {"on_behalf_of": uscc})
    application: str = applicant.follow().request.path
    for key, answers in ANSWERS.items():
        applicant.get(f"{application}/sections/{key}")
        applicant.post(f"{application}/sections/{key}", as_form(answers))
    return application


def _upload(applicant: Browser, application: str, *codes: str) -> None:
    for code in codes:
        applicant.get(f"{application}/materials")
        file = (BytesIO(pdf()), f"{code}.pdf", "application/pdf")
        applicant.post(f"{application}/materials/{code}", {"file": file, "etag": ""})


def _granted(applicant: Browser, enter: Enter, uscc: str) -> str:
    application = _draft(applicant, uscc)
    task_list = applicant.get(application)
    assert "In the ordinary way" in task_list.text
    choice = applicant.get(f"{application}/route")
    assert "How do you want to apply?" in choice.text and "CNY 30,000" in choice.text
    assert applicant.post(f"{application}/route", {"route": "fast"}).status_code == 422
    applicant.post(f"{application}/route", {"route": "promise"})
    chosen = applicant.follow()
    assert "Your choice is kept" in chosen.text and "Declaration for the inspection" not in chosen.text
    _upload(applicant, application, *BOTH_WAYS)

    check = applicant.get(f"{application}/check")
    assert "What you promise" in check.text
    unread = applicant.post(f"{application}/submit", {"declaration": "true"})
    assert unread.status_code == 422 and 'href="#promise"' in unread.text
    assert (
        applicant.post(f"{application}/submit", {"declaration": "true", "promise": "true"}).status_code == 303
    )
    case = application.rpartition("/")[2]
    assert "Written promise" in applicant.get(application).text

    window, approver = enter("firewindow"), enter("fireapprover")
    claim(window, case)
    window.get(f"/desk/cases/{case}/accept")
    assert window.post(f"/desk/cases/{case}/accept").status_code == 303
    claim(approver, case)
    assert "Written promise" in approver.get(f"/desk/cases/{case}/decide").text
    approver.post(f"/desk/cases/{case}/decide", {"choice": "grant", "action": "decide"})
    assert "The application is granted" in approver.follow().text
    return case


def test_a_promise_from_the_choice_to_the_second_check(enter: Enter) -> None:
    applicant, inspector = enter("agent2"), enter("fireinspector")
    case = _granted(applicant, enter, _organisation(applicant))
    claim(inspector, case)
    form = inspector.get(f"/desk/cases/{case}/check")
    assert "Is the promise kept?" in form.text and "What the authority tells you" in form.text
    nothing = inspector.post(f"/desk/cases/{case}/check", {"findings": ""})
    assert nothing.status_code == 422 and "Choose whether the promise is kept" in nothing.text
    found = {"choice": "not-kept", "findings": "疏散通道被占用"}
    undated = inspector.post(f"/desk/cases/{case}/check", found)
    assert undated.status_code == 422 and "To be corrected by: " in undated.text
    inspector.post(f"/desk/cases/{case}/check", {**found, "correct_by": "2027-03-01"})
    assert "the promise is not kept" in inspector.follow().text

    page = applicant.get(f"/applications/{case}")
    assert "疏散通道被占用" in page.text and "Order to Correct" in page.text
    assert "Limit of the later check" in page.text
    claim(inspector, case)
    assert "This is the second check." in inspector.get(f"/desk/cases/{case}/check").text
    early = inspector.post(f"/desk/cases/{case}/check", {"choice": "not-kept", "findings": "仍被占用"})
    assert early.status_code == 409 and "before that it cannot be found wanting" in early.text
    inspector.post(f"/desk/cases/{case}/check", {"choice": "kept", "findings": "已经清理"})
    assert "the promise is kept" in inspector.follow().text


def test_the_ordinary_way_asks_for_two_inspectors_and_a_ban_is_said(enter: Enter) -> None:
    applicant, inspector, manager = enter("agent2"), enter("fireinspector"), enter("manager")
    uscc = _organisation(applicant)
    application = _draft(applicant, uscc)
    manager.get("/credit/enter")
    manager.post("/credit/enter", {"uscc": uscc, "source": "示范通报", "reason": "虚假材料"})
    assert "A credit record stands" in applicant.get(application).text
    applicant.get(f"{application}/route")
    banned: Any = applicant.post(f"{application}/route", {"route": "promise"})
    assert banned.status_code == 409 and "虚假材料" in banned.text
    _upload(applicant, application, "declaration", *BOTH_WAYS)
    applicant.get(f"{application}/check")
    assert applicant.post(f"{application}/submit", {"declaration": "true"}).status_code == 303

    case, window = application.rpartition("/")[2], enter("firewindow")
    claim(window, case)
    window.get(f"/desk/cases/{case}/accept")
    assert window.post(f"/desk/cases/{case}/accept").status_code == 303
    claim(inspector, case)
    form = inspector.get(f"/desk/cases/{case}/review")
    assert "at least 2 different people" in form.text
    task = {"task": inspector.hidden("task"), "action": "give", "conclusion": "approve"}
    keys = re.findall(r'name="result:(\w+)" value="pass"', form.text)
    checked = {**task, **{f"result:{key}": "pass" for key in keys}}
    alone = {**checked, "inspectors": "检查人员甲", "inspected_on": "2026-11-23", "findings": "符合要求"}
    wrong = inspector.post(f"/desk/cases/{case}/review", alone)
    assert wrong.status_code == 422 and 'href="#inspectors"' in wrong.text
    inspector.post(f"/desk/cases/{case}/review", {**alone, "inspectors": "检查人员甲\n检查人员乙"})
    assert "检查人员甲, 检查人员乙" in inspector.follow().text
