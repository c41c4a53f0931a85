"""The officials' desk without scripts: queue, claims, verbs, and what is said to who comes too late."""

import re
from io import BytesIO
from typing import Any

from shared.testing.answers import A1_MATERIALS, a1_answers
from tests.integration.portal.conftest import Browser
from tests.integration.portal.test_forms import as_form
from tests.unit.material_samples import pdf


def submitted(open_browser: Any, name: str) -> str:
    """Hands in an application for a company of that name; returns the identifier of the case."""
    applicant: Browser = open_browser().sign_in("agent")
    application = applicant.start()
    for key, answers in a1_answers(company={"trade_name": name}).items():
        applicant.get(f"{application}/sections/{key}")
        applicant.post(f"{application}/sections/{key}", as_form(answers))
    for code in A1_MATERIALS:
        applicant.get(f"{application}/materials")
        file = (BytesIO(pdf()), f"{code}.pdf", "application/pdf")
        applicant.post(f"{application}/materials/{code}", {"file": file, "etag": ""})
    applicant.get(f"{application}/check")
    assert applicant.post(f"{application}/submit", {"declaration": "true"}).status_code == 303
    return application.rpartition("/")[2]


def official(open_browser: Any, username: str) -> Browser:
    """A signed-in official who reads English."""
    browser: Browser = open_browser().sign_in(username)
    browser.client.set_cookie("lang", "en")
    return browser


def claim(browser: Browser, case: str) -> str:
    """Claims the open task of a case; returns the path of the task."""
    page = browser.get(f"/desk/cases/{case}")
    found = re.search(rf'action="(/desk/cases/{case}/tasks/[^"]+)/claim"', page.text)
    assert found is not None
    browser.post(f"{found[1]}/claim")
    assert "You have claimed the task" in browser.follow().text
    return found[1]


def test_the_desk_is_for_officials_alone(open_browser: Any) -> None:
    visitor: Browser = open_browser()
    assert visitor.get("/desk").headers["Location"].startswith("/sign-in")
    assert official(open_browser, "agent").get("/desk").status_code == 403
    auditor = official(open_browser, "auditor").get("/desk")
    assert auditor.status_code == 200
    assert "Take next" not in auditor.text


def test_the_next_task_is_taken_and_the_application_accepted(open_browser: Any) -> None:
    case = submitted(open_browser, "云岚")
    window = official(open_browser, "window")
    window.get("/desk?q=示范市示范区云岚")
    window.post("/desk/take-next", {"q": "云岚"})
    assert f"/desk/cases/{case}" in window.follow().request.path

    window.get(f"/desk/cases/{case}/accept")
    window.post(f"/desk/cases/{case}/accept")

    assert "The application is accepted" in window.follow().text
    window.get("/desk?q=云岚")
    window.post("/desk/take-next", {"q": "云岚"})
    assert "nothing left in this list" in window.follow().text


def test_two_clicks_on_one_button_take_one_task(open_browser: Any) -> None:
    cases = {submitted(open_browser, name) for name in ("双击甲", "双击乙")}
    window = official(open_browser, "window")
    window.get("/desk?q=双击")
    form = {name: window.hidden(name) for name in ("csrf_token", "idempotency_key")} | {"q": "双击"}

    first, second = (window.client.post("/desk/take-next", data=form) for _ in range(2))

    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert "You have claimed the task" in window.get(second.headers["Location"]).text
    mine = window.get("/desk?state=mine&q=双击").text
    assert [case for case in cases if f"/desk/cases/{case}" in mine] == [
        case for case in cases if case in first.headers["Location"]
    ]

    window.get("/desk?q=双击")
    window.post("/desk/take-next", {"q": "双击"})
    assert window.follow().request.path.rpartition("/")[2] in cases - {
        case for case in cases if case in first.headers["Location"]
    }


def test_an_old_page_of_the_queue_leads_to_a_new_one_when_its_task_is_done(open_browser: Any) -> None:
    case = submitted(open_browser, "旧页")
    window = official(open_browser, "window")
    window.get("/desk?q=旧页")
    form = {name: window.hidden(name) for name in ("csrf_token", "idempotency_key")} | {"q": "旧页"}
    window.client.post("/desk/take-next", data=form)
    window.get(f"/desk/cases/{case}/accept")
    window.post(f"/desk/cases/{case}/accept")

    again = window.client.post("/desk/take-next", data=form)

    assert again.headers["Location"].startswith("/desk?q=")


def test_the_button_after_a_step_carries_a_key_too(open_browser: Any) -> None:
    case = submitted(open_browser, "后续")
    window = official(open_browser, "window")
    claim(window, case)
    window.get(f"/desk/cases/{case}/accept")
    window.post(f"/desk/cases/{case}/accept")

    page = window.follow().text

    form = page.split('action="/desk/take-next"')[1].split("</form>")[0]
    assert re.search(r'name="idempotency_key" value="[0-9a-f-]{36}"', form)


def test_numbers_are_hidden_until_the_task_is_claimed(open_browser: Any) -> None:
    case = submitted(open_browser, "启明")
    window = official(open_browser, "window")
    before = window.get(f"/desk/cases/{case}").text
    claim(window, case)
    after = window.get(f"/desk/cases/{case}").text

    assert "13800000001" not in before
    assert "partly hidden" in before
    assert "13800000001" in after
    assert "partly hidden" not in after


def test_a_correction_notice_is_seen_whole_before_it_is_sent(open_browser: Any) -> None:
    case = submitted(open_browser, "澜川")
    window = official(open_browser, "window")
    claim(window, case)
    builder = f"/desk/cases/{case}/correction"
    window.get(builder)
    point = {"point": "/answers/company/trade_name"}
    said = {**point, "requirement:/answers/company/trade_name": "Choose another trade name"}

    assert "Tick at least one point" in window.post(builder, {"action": "preview"}).text
    unsaid = window.post(builder, {**point, "action": "preview"})
    assert unsaid.status_code == 422
    assert "#p-answers-company-trade_name-text" in unsaid.text
    preview = window.post(builder, {**said, "action": "preview"})
    assert "1 point to correct" in preview.text
    window.post(builder, {**said, "action": "send"})

    assert "The correction notice has been sent" in window.follow().text
    opinions = window.get(f"/desk/cases/{case}?tab=opinions").text
    assert "Choose another trade name" in opinions


def test_who_comes_too_late_learns_where_the_case_stands(open_browser: Any) -> None:
    case = submitted(open_browser, "恒泰")
    window, elsewhere = official(open_browser, "window"), official(open_browser, "window")
    task = claim(window, case)
    elsewhere.get(f"/desk/cases/{case}/decline")
    window.get(f"/desk/cases/{case}")
    window.post(f"{task}/release")

    answer = elsewhere.post(f"/desk/cases/{case}/decline", {"ground": "not_competent", "reason": "…"})

    assert answer.status_code == 409
    assert "The case has moved on" in answer.text
    assert f'href="/desk/cases/{case}"' in answer.text


def test_an_opinion_names_every_open_point_and_keeps_what_was_typed(open_browser: Any) -> None:
    case = submitted(open_browser, "博源")
    window = official(open_browser, "window")
    claim(window, case)
    window.get(f"/desk/cases/{case}/accept")
    window.post(f"/desk/cases/{case}/accept")
    reviewer = official(open_browser, "reviewer")
    claim(reviewer, case)
    review = f"/desk/cases/{case}/review"
    reviewer.get(review)
    typed = {"result:name": "fail", "note:capital": "Kept", "conclusion": "approve"}
    task = {"task": reviewer.hidden("task")}

    looked = reviewer.post(review, {**typed, **task, "look": "articles:1"})
    assert looked.status_code == 200
    assert "\nKept</textarea>" in looked.text
    page = reviewer.post(review, {**typed, **task, "action": "give"})

    assert page.status_code == 422
    for sentence in (
        "Point 1: Say what does not conform",
        "Point 8: This check is not done",
        "With a failed check the opinion cannot be to grant",
        "\nKept</textarea>",
    ):
        assert sentence in page.text


def test_the_audit_trail_is_a_part_of_the_case_for_auditors_alone(open_browser: Any) -> None:
    case = submitted(open_browser, "云审")
    page = f"/desk/cases/{case}?tab=audit"
    for username in ("auditor", "admin"):
        reader = official(open_browser, username)
        shown = reader.get(page).text
        assert f"{page}" in reader.get(f"/desk/cases/{case}").text
        for part in ("Audit trail", "Application submitted", "Material handed in", "127.0.0.1"):
            assert part in shown, part
        assert shown.index("Application submitted") < shown.index("Application started")
        assert 'rel="next"' not in shown
        assert reader.get(f"{page}&cursor=!").status_code == 400
    window = official(open_browser, "window")
    assert "tab=audit" not in window.get(f"/desk/cases/{case}").text
    assert "Application started" not in window.get(page).text
