"""The form rules of A1 reach whoever uses the API: everything wrong at once, in the reader's language."""

from typing import Any

from shared.testing.answers import A1_MATERIALS, a1_answers, a1_row
from tests.integration.approvals.desk import ITEM, Desk
from tests.integration.approvals.people import AGENT, APPROVER, OTHER_AGENT
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs

WRONG: dict[str, Any] = {
    "company": {"registered_capital": "none"},
    **a1_row("shareholders", 0, document_number="990101199001010018", contribution_kind="labour"),
    "people": {"legal_representative_mobile": "1380000"},
}
NAME = {"trade_name": "云栖同名"}


def test_everything_wrong_is_said_at_once_in_the_readers_language(lasting_desk: Desk) -> None:
    draft = lasting_desk.draft(**WRONG)
    etag = lasting_desk.get(AGENT, f"/cases/{draft}").headers["ETag"]
    answers = {}
    for language in ("zh-CN", "en"):
        headers = {"If-Match": etag, "Accept-Language": language}
        with nothing_changes(lasting_desk.system):
            answer = lasting_desk.client(AGENT).post(
                f"/cases/{draft}/submit", json={"declaration": True}, headers=headers
            )
        answers[language] = refusal(answer, 422, "invalid-input")
    expected = {
        "/answers/company/registered_capital",
        "/answers/shareholders/rows/0/document_number",
        "/answers/shareholders/rows/0/contribution_kind",
        "/answers/people/legal_representative_mobile",
    }
    assert expected <= set(wrongs(answers["en"])) == set(wrongs(answers["zh-CN"]))
    assert all(error["message"].isascii() is False for error in answers["zh-CN"]["errors"])
    assert all(
        "\u4e00" > char for error in answers["en"]["errors"] for char in error["message"] if char != "“"
    )


def test_check_says_the_same_without_changing_anything(lasting_desk: Desk) -> None:
    draft = lasting_desk.draft(**WRONG)
    client = lasting_desk.client(AGENT)
    with nothing_changes(lasting_desk.system):
        whole = client.post(f"/cases/{draft}/check").json
        section = client.post(f"/cases/{draft}/check?section=people").json
        clean = client.post(f"/cases/{draft}/check?section=agent").json
        assert wrongs(refusal(client.post(f"/cases/{draft}/check?section=nowhere"), 422)) == {
            "/section": "unknown"
        }
    submitted = lasting_desk.act(AGENT, draft, "submit", {"declaration": True}).json
    assert [e["pointer"] for e in whole["errors"]] == [e["pointer"] for e in submitted["errors"]]
    assert (
        not whole["valid"]
        and not section["valid"]
        and clean
        == {
            "valid": True,
            "errors": [],
            "warnings": [],
        }
    )
    assert [e["pointer"] for e in section["errors"]] == ["/answers/people/legal_representative_mobile"]
    assert all(error["message"]["zh"] and error["message"]["en"] for error in whole["errors"])


def test_what_was_typed_is_kept_exactly_as_typed(enterprise_desk: Desk) -> None:
    client = enterprise_desk.client(AGENT)
    case_id = client.post("/cases", json={"item_code": ITEM}).json["id"]
    typed = {
        "company": {"registered_capital": " ５００ ", "trade_name": "<b>云栖</b>\n", "business_term": None}
    }
    assert enterprise_desk.save(AGENT, case_id, typed).status_code == 200
    assert enterprise_desk.case(AGENT, case_id)["answers"] == typed
    other = {"agent": {"has_agent": False}}
    assert enterprise_desk.save(AGENT, case_id, other).status_code == 200
    assert enterprise_desk.case(AGENT, case_id)["answers"] == {**typed, **other}


def test_missing_materials_and_sections_are_all_named(lasting_desk: Desk) -> None:
    client = lasting_desk.client(AGENT)
    case_id = client.post("/cases", json={"item_code": ITEM}).json["id"]
    with nothing_changes(lasting_desk.system):
        problem = refusal(lasting_desk.act(AGENT, case_id, "submit", {"declaration": True}), 422)
    named = wrongs(problem)
    assert {f"/materials/{code}" for code in A1_MATERIALS} <= set(named)
    assert "/answers/company/trade_name" in named and "/answers/shareholders/rows" in named
    assert (
        lasting_desk.save(AGENT, case_id, a1_answers(company={"trade_name": "云栖缺件"})).status_code == 200
    )
    with nothing_changes(lasting_desk.system):
        problem = refusal(lasting_desk.act(AGENT, case_id, "submit", {"declaration": True}), 422)
    assert set(wrongs(problem)) == {f"/materials/{code}" for code in A1_MATERIALS}


def test_a_name_that_is_registered_is_refused_on_submission(enterprise_desk: Desk) -> None:
    desk = Desk(enterprise_desk.system, company=NAME)
    desk.decided()
    draft = desk.draft(OTHER_AGENT)
    with nothing_changes(desk.system):
        problem = refusal(desk.act(OTHER_AGENT, draft, "submit", {"declaration": True}), 422)
    assert wrongs(problem) == {"/answers/company/trade_name": "name-taken"}
    assert "云栖同名" in problem["errors"][0]["message"]


def test_of_two_cases_with_one_name_the_second_decision_fails_whole(enterprise_desk: Desk) -> None:
    desk = Desk(enterprise_desk.system, company=NAME)
    first, second = desk.reviewed(), desk.reviewed()
    for case_id in (first, second):
        desk.claim(APPROVER, case_id)
    assert desk.act(APPROVER, first, "decide", {"granted": True}).status_code == 200
    with nothing_changes(desk.system):
        refusal(desk.act(APPROVER, second, "decide", {"granted": True}), 409, "name-taken")
    assert desk.case(AGENT, second)["state"] == "deciding"
    body = {"granted": False, "reason": "名称已被登记"}
    assert desk.act(APPROVER, second, "decide", body).json["state"] == "refused"
