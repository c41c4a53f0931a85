"""Special procedures, extensions and deliveries at the desk without scripts, and on the applicant's page."""

from typing import Any

from tests.integration.portal.conftest import Browser
from tests.integration.portal.test_desk import claim, official, submitted


def _reviewing(open_browser: Any, name: str) -> tuple[str, Browser]:
    """A case that the reviewer has claimed."""
    case = submitted(open_browser, name)
    window = official(open_browser, "window")
    claim(window, case)
    window.get(f"/desk/cases/{case}/accept")
    window.post(f"/desk/cases/{case}/accept")
    reviewer = official(open_browser, "reviewer")
    claim(reviewer, case)
    return case, reviewer


def test_a_special_procedure_is_started_seen_and_ended(open_browser: Any) -> None:
    case, reviewer = _reviewing(open_browser, "云鉴")
    page = f"/desk/cases/{case}/procedure"
    assert "written notice" in reviewer.get(page).text
    wrong = reviewer.post(page, {"reason": "Kept reason", "expected_days": "many"})
    assert wrong.status_code == 422
    assert 'id="error-summary"' in wrong.text and 'href="#kind-hearing"' in wrong.text
    assert (
        '<a href="#days">Working days needed: ' in wrong.text  # the summary says which field it means
        and "Kept reason</textarea>" in wrong.text
        and 'value="many"' in wrong.text
    )

    right = {"kind": "hearing", "reason": "New process", "expected_days": "5"}
    assert reviewer.post(page, right).status_code == 303
    shown = reviewer.follow().text
    for part in (
        "The time limits stand still",
        "End: Hearing",
        "standing still",
        "New process",
        "art. 45",
    ):
        assert part in shown, part
    assert "Check and give an opinion" not in shown
    assert "standing still, expected to go on then" in reviewer.get("/desk?light=suspended&q=云鉴").text
    reviewer.get(page)
    twice = reviewer.post(page, right)
    assert twice.status_code == 409 and "A procedure of this kind is running: Hearing" in twice.text

    applicant: Browser = open_browser().sign_in("agent")
    seen = applicant.get(f"/applications/{case}").text
    for part in ("办理期限停止计算", "听证", "New process", "特别程序所需时间告知书"):
        assert part in seen, part
    assert "/desk/cases/" not in seen

    end = f"/desk/cases/{case}/procedure/hearing/end"
    reviewer.get(end)
    early = reviewer.post(end, {"ended_on": "2026-11-20"})
    assert early.status_code == 422 and 'href="#ended-on"' in early.text and "before it started" in early.text
    assert reviewer.post(end, {"ended_on": ""}).status_code == 303
    assert "The special procedure has ended" in reviewer.follow().text
    assert "Check and give an opinion" in reviewer.get(f"/desk/cases/{case}").text
    assert reviewer.get(end).status_code == 303, "nothing is left to end"


def test_an_extension_is_asked_for_and_approved_by_somebody_else(open_browser: Any) -> None:
    case, reviewer = _reviewing(open_browser, "云延")
    page = f"/desk/cases/{case}/extension"
    assert "3 working days" in reviewer.get(page).text
    nothing = reviewer.post(page, {"reason": ""})
    assert nothing.status_code == 422 and 'href="#reason"' in nothing.text
    assert reviewer.post(page, {"reason": "Foreign shareholder"}).status_code == 303
    assert "on the approvers" in reviewer.follow().text
    assert reviewer.get(page).status_code == 303, "it is asked for once"

    approver = official(open_browser, "approver")
    claim(approver, case)
    decide = f"{page}/decide"
    assert "Foreign shareholder" in approver.get(decide).text
    unchosen = approver.post(decide, {"note": "Kept note"})
    assert unchosen.status_code == 422 and 'href="#choice-approve"' in unchosen.text
    assert "Kept note</textarea>" in unchosen.text
    unexplained = approver.post(decide, {"choice": "refuse"})
    assert unexplained.status_code == 422 and 'href="#note"' in unexplained.text
    assert approver.post(decide, {"choice": "approve"}).status_code == 303
    shown = approver.follow().text
    assert "The extension is approved" in shown and "Extension by 3 working days" in shown
    applicant: Browser = open_browser().sign_in("agent")
    seen = applicant.get(f"/applications/{case}").text
    assert "法定办理期限已延长3个工作日" in seen and "Foreign shareholder" in seen
    assert "审查人员丙" not in seen, "officials are not named to the applicant"


def test_a_delivery_is_recorded_at_the_window_or_by_opening_the_certificate(open_browser: Any) -> None:
    handed, opened = granted(open_browser, "云达"), granted(open_browser, "云启")
    window = official(open_browser, "window")
    claim(window, handed)
    page = f"/desk/cases/{handed}/delivery"
    assert 'name="recipient" value="企业经办人甲"' in window.get(page).text
    wrong = window.post(page, {"recipient": "", "delivered_on": "2026-11-20", "method": "post"})
    assert wrong.status_code == 422 and 'href="#recipient"' in wrong.text
    empty = window.post(page, {"recipient": "", "delivered_on": "", "method": ""})
    assert empty.status_code == 422 and 'href="#method-in_person"' in empty.text
    given = {"method": "in_person", "recipient": "企业经办人甲"}
    assert window.post(page, given).status_code == 303
    shown = window.follow().text
    assert "The delivery is recorded" in shown and "Record of Delivery" in shown

    applicant: Browser = open_browser().sign_in("agent")
    assert "剩余" in applicant.get(f"/applications/{opened}").text
    assert applicant.get(f"/applications/{opened}/certificate").status_code == 200
    assert "电子送达" in applicant.get(f"/applications/{opened}").text


def test_what_was_withdrawn_was_not_decided(open_browser: Any) -> None:
    case = submitted(open_browser, "云撤")
    applicant: Browser = open_browser().sign_in("agent")
    applicant.get(f"/applications/{case}/withdraw")
    assert applicant.post(f"/applications/{case}/withdraw", {"reason": "重新申请"}).status_code == 303
    page = applicant.get(f"/applications/{case}").text
    assert "<dt>办结</dt>" in page and "决定时间" not in page


def granted(open_browser: Any, name: str) -> str:
    """A case with its licence, not delivered yet."""
    case, reviewer = _reviewing(open_browser, name)
    review = f"/desk/cases/{case}/review"
    reviewer.get(review)
    checks = ("name", "capital", "shareholders", "premises", "scope", "officers", "articles", "signatures")
    typed = {f"result:{key}": "pass" for key in checks}
    task = {"task": reviewer.hidden("task"), "conclusion": "approve", "action": "give"}
    assert reviewer.post(review, {**typed, **task}).status_code == 303
    approver = official(open_browser, "approver")
    claim(approver, case)
    approver.get(f"/desk/cases/{case}/decide")
    assert (
        approver.post(f"/desk/cases/{case}/decide", {"choice": "grant", "action": "decide"}).status_code
        == 303
    )
    return case
