"""Revoking what was granted at the desk, and the holder's statement, without scripts."""

from typing import Any

from tests.integration.portal.conftest import Browser
from tests.integration.portal.test_desk import claim, official
from tests.integration.portal.test_desk_time import granted


def test_a_revocation_is_proposed_answered_and_decided(open_browser: Any) -> None:
    case = granted(open_browser, "云销")
    page = f"/desk/cases/{case}/revocation"
    reviewer = official(open_browser, "reviewer")
    assert "Propose a revocation" in reviewer.get(f"/desk/cases/{case}").text
    assert "it has to be revoked" in reviewer.get(page).text
    wrong = reviewer.post(page, {"facts": "Kept facts"})
    assert wrong.status_code == 422 and 'href="#ground-abuse_of_power"' in wrong.text
    assert "Kept facts</textarea>" in wrong.text
    assert reviewer.post(page, {"ground": "obtained_by_deceit", "facts": ""}).status_code == 422
    proposal = {"ground": "obtained_by_deceit", "facts": "住所证明系伪造"}
    assert reviewer.post(page, proposal).status_code == 303
    assert "The revocation is proposed" in reviewer.follow().text
    assert reviewer.get(page).status_code == 303, "one at a time"
    assert reviewer.get(f"{page}/withdraw").status_code == 200
    assert reviewer.post(f"{page}/withdraw", {"reason": ""}).status_code == 422
    assert reviewer.post(f"{page}/withdraw", {"reason": "再核实"}).status_code == 303
    assert reviewer.get(page).status_code == 200
    assert reviewer.post(page, proposal).status_code == 303

    approver = official(open_browser, "approver")
    claim(approver, case)
    assert "The holder can still state and defend" in approver.get(f"/desk/cases/{case}").text
    assert approver.get(f"{page}/decide").status_code == 303, "the holder has not been heard"
    applicant: Browser = open_browser().sign_in("agent")
    seen = applicant.get(f"/applications/{case}").text
    assert "拟撤销许可" in seen and "住所证明系伪造" in seen
    objection = f"/applications/{case}/objection"
    assert "陈述、申辩" in applicant.get(objection).text
    assert applicant.post(objection, {"text": ""}).status_code == 422
    assert applicant.post(objection, {"text": "我方并不知情"}).status_code == 303
    assert applicant.get(objection).status_code == 303, "once"

    assert "我方并不知情" in approver.get(f"{page}/decide").text
    unchosen = approver.post(f"{page}/decide", {"reason": "Kept reasons"})
    assert unchosen.status_code == 422 and 'href="#choice-revoke"' in unchosen.text
    assert "Kept reasons</textarea>" in unchosen.text
    unsaid = approver.post(f"{page}/decide", {"choice": "drop", "reason": "Kept"})
    assert unsaid.status_code == 422 and 'href="#dropped_for-unfounded"' in unsaid.text
    decision = {"choice": "revoke", "reason": "申辩不能成立"}
    assert approver.post(f"{page}/decide", decision).status_code == 303
    assert "It is revoked" in approver.follow().text
    seen = applicant.get(f"/applications/{case}").text
    assert "许可已撤销" in seen and "申辩不能成立" in seen and "撤销行政许可决定书" in seen
    assert "审批人员" not in seen.split('id="revocation-title"')[1].split("</section>")[0]
