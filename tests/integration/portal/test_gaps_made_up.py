"""Acceptance with gaps in the portal without scripts: promised, accepted, made up, or too late."""

from io import BytesIO
from typing import Any

from shared.testing.answers import A1_MATERIALS, a1_answers
from tests.integration.portal.conftest import Browser
from tests.integration.portal.test_desk import claim, official
from tests.integration.portal.test_forms import as_form
from tests.unit.material_samples import pdf


def _draft(applicant: Browser, name: str) -> str:
    """The path of an application in which only the papers on the premises are missing."""
    application = applicant.start()
    for key, answers in a1_answers(company={"trade_name": name}).items():
        applicant.get(f"{application}/sections/{key}")
        applicant.post(f"{application}/sections/{key}", as_form(answers))
    for code in A1_MATERIALS:
        if code != "premises":
            _upload(applicant, application, code)
    return application


def _upload(applicant: Browser, application: str, code: str) -> Any:
    applicant.get(f"{application}/materials")
    file = (BytesIO(pdf()), f"{code}.pdf", "application/pdf")
    return applicant.post(f"{application}/materials/{code}", {"file": file, "etag": ""})


def test_a_gap_is_promised_accepted_and_made_up(open_browser: Any) -> None:
    applicant: Browser = open_browser().sign_in("agent")
    application = _draft(applicant, "云缺口")
    case = application.rpartition("/")[2]
    page = applicant.get(f"{application}/check").text
    for words in ("可容缺后补的材料", "自受理之日的次日起1个工作日内", "尚缺，可容缺后补", "未核实"):
        assert words in page, words
    assert "还有" not in page.partition("<h1>")[0], "what may follow is no open point"
    without = applicant.post(f"{application}/submit", {"declaration": "true"})
    assert without.status_code == 422 and f"{application}/materials" in without.text
    ticked = {"declaration": "true", "defer": "premises"}
    unpromised = applicant.post(f"{application}/submit", ticked)
    assert unpromised.status_code == 422
    assert 'href="#defer-promise"' in unpromised.text and 'value="premises" checked' in unpromised.text
    undeclared = applicant.post(f"{application}/submit", {"defer": "premises", "defer-promise": "true"})
    assert undeclared.status_code == 422 and 'name="defer-promise" value="true" checked' in undeclared.text
    assert applicant.post(f"{application}/submit", {**ticked, "defer-promise": "true"}).status_code == 303
    assert "容缺受理承诺书" in applicant.follow().text
    assert "已承诺后补部分材料" in applicant.get(application).text

    window = official(open_browser, "window")
    claim(window, case)
    shown = window.get(f"/desk/cases/{case}/accept").text
    for words in ("promised to follow", "Papers on the premises", "Accept with gaps", "Ask for a correction"):
        assert words in shown, words
    assert "Not everything is there" not in shown
    assert window.post(f"/desk/cases/{case}/accept", {"with_gaps": "true"}).status_code == 303
    assert "Accepted with gaps" in window.follow().text

    page = applicant.get(application).text
    for words in (
        "容缺受理：有材料需要补齐",
        "2026年11月24日",
        "容缺受理通知书",
        "容缺材料补齐期限",
        "补齐容缺材料",
    ):
        assert words in page, words
    make_up = applicant.get(f"{application}/materials").text
    assert "住所（经营场所）相关文件" in make_up and "公司章程" not in make_up
    missing = applicant.post(f"{application}/make-up")
    assert missing.status_code == 422 and 'href="#file-premises"' in missing.text
    assert _upload(applicant, application, "premises").status_code == 303
    applicant.get(f"{application}/materials")
    assert applicant.post(f"{application}/make-up").status_code == 303
    assert "容缺材料已补齐" in applicant.follow().text
    assert applicant.get(f"{application}/materials").status_code == 303, "nothing is left to hand in"
    assert "made up" in window.get(f"/desk/cases/{case}").text.lower()


def test_a_correction_may_leave_a_gap_that_was_not_asked_for(open_browser: Any) -> None:
    applicant: Browser = open_browser().sign_in("agent")
    application = _draft(applicant, "云补正")
    case = application.rpartition("/")[2]
    applicant.get(f"{application}/check")
    promise = {"defer": "premises", "defer-promise": "true"}
    assert applicant.post(f"{application}/submit", {"declaration": "true", **promise}).status_code == 303
    window = official(open_browser, "window")
    claim(window, case)
    window.get(f"/desk/cases/{case}/correction")
    point = {"point": "/materials/articles", "requirement:/materials/articles": "Signatures are missing"}
    window.post(f"/desk/cases/{case}/correction", {**point, "action": "preview"})
    assert window.post(f"/desk/cases/{case}/correction", {**point, "action": "send"}).status_code == 303
    applicant.get(f"{application}/materials")
    file = (BytesIO(pdf(2)), "articles.pdf", "application/pdf")
    applicant.post(f"{application}/materials/articles", {"file": file, "etag": '"1"'})
    assert "可容缺后补的材料" in applicant.get(f"{application}/correction").text
    refused = applicant.post(f"{application}/correction", {"defer": "premises"})
    assert refused.status_code == 422 and 'href="#defer-promise"' in refused.text
    assert applicant.post(f"{application}/correction", promise).status_code == 303
