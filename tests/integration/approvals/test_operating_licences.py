"""Licences to operate a business, each from its form to its permit."""

from tests.integration.approvals.desk import Desk
from tests.integration.approvals.licences import (
    EMERGENCY,
    HOLDER,
    MARKET,
    MEMBER,
    accepted,
    drafted,
    enter_register,
    granted,
    handed_in,
    reviewed,
)
from tests.integration.approvals.refusals import refusal
from tests.unit.pdf_text import texts

FOOD = "food-business-licence"
CHEMICALS = "hazardous-chemicals-licence"
PREPACKAGED = "prepackaged-food-filing"


def test_a_food_business_is_licensed_after_two_inspectors_were_there(desk: Desk) -> None:
    enter_register(desk)
    case_id = accepted(desk, MARKET, handed_in(desk, drafted(desk, FOOD)))
    case = desk.case(MARKET.window, case_id)
    assert case["masked"] and case["answers"]["managers"]["rows"][0]["id_number"].count("*") > 3

    task = desk.claim(MARKET.reviewer, case_id)
    opinion = {"conclusion": "reject", "text": "不符合", "checks": []}
    errors = refusal(desk.on_task(MARKET.reviewer, task, "opinion", opinion), 422)["errors"]
    assert "/inspection" in {error["pointer"] for error in errors}
    desk.on_task(MARKET.reviewer, desk.task(MARKET.reviewer, case_id), "release")

    licence = granted(desk, MARKET, reviewed(desk, MARKET, case_id))
    assert (licence["uscc"], licence["issued_on"], licence["valid_until"]) == (
        HOLDER,
        "2026-11-23",
        "2031-11-22",
    )
    shown = {
        each["key"]: each["value"]["zh"]
        for each in desk.get(None, f"/verify/{licence['id']}").json["details"]
    }
    assert shown == {
        "address": "云澜大道8号2号楼一层",
        "kind": "餐饮服务经营者",
        "project": "热食类食品制售、自制饮品制售",
    }
    opinions = desk.case(MARKET.approver, case_id)["opinions"]
    assert opinions[-1]["inspection"]["inspectors"] == ["示范核查员甲", "示范核查员乙"]
    assert desk.case(MEMBER, case_id)["state"] == "granted"


def test_a_filing_that_is_complete_is_recorded_at_once(desk: Desk) -> None:
    enter_register(desk)
    wrong = drafted(desk, PREPACKAGED, sales={"way": "retail"})
    refusal(desk.act(MEMBER, wrong, "submit", {"declaration": True}), 422)

    case_id = handed_in(desk, drafted(desk, PREPACKAGED))
    case = desk.case(MEMBER, case_id)
    assert (case["state"], case["state_name"]["zh"], case["decision"]) == ("filed", "已备案", None)
    assert (case["actions"], case["due"], case["accepted_at"]) == ([], None, None)
    assert desk.get(MEMBER, f"/cases/{case_id}/deadline").json["clocks"] == []
    filing = case["certificate"]
    assert (filing["number"], filing["valid_until"]) == ("YB990101202600001", None)
    assert desk.get(None, f"/verify/{filing['id']}").json["valid"]
    timeline = desk.get(MEMBER, f"/cases/{case_id}/timeline").json["items"]
    assert [each["key"] for each in timeline] == ["received", "filed", "certificate_issued"]
    (receipt,) = desk.get(MEMBER, f"/cases/{case_id}/slips").json["items"]
    (page,) = texts(desk.client(MEMBER).get(receipt["url"].removeprefix("/api/v1/enterprise")).data)
    for words in ("备案凭证", "YB990101202600001", "第三十五条第一款", "不属于行政许可"):
        assert words in page, words
    desk.system.settle()
    told = desk.client(MEMBER, "notifications").get("/messages").json["items"]
    assert [each["title"]["zh"] for each in told] == ["备案已办结"]
    assert desk.get(MARKET.window, f"/cases/{case_id}/task").status_code == 204
    for verb, body in (("withdraw", {}), ("accept", {}), ("submit", {"declaration": True})):
        actor = MARKET.window if verb == "accept" else MEMBER
        refusal(desk.act(actor, case_id, verb, body), 409, "wrong-state")


def test_a_trade_in_hazardous_chemicals_is_licensed_or_sent_to_the_city(desk: Desk) -> None:
    enter_register(desk)
    toxic = {"way": "wholesale", "rows": [{"name": "氰化钠", "cas": "143-33-9", "hazard": "highly_toxic"}]}
    other = drafted(desk, CHEMICALS, chemicals=toxic)
    found = desk.act(MEMBER, other, "check").json
    assert found["valid"] and [each["code"] for each in found["warnings"]] == ["city_authority_kind"]
    desk.claim(EMERGENCY.window, handed_in(desk, other))
    ground = {"kind": "refused", "ground": "city_authority", "reason": "请向市应急管理局申请"}
    assert desk.act(EMERGENCY.window, other, "decline", ground).status_code == 200

    case_id = accepted(desk, EMERGENCY, handed_in(desk, drafted(desk, CHEMICALS)))
    clocks = desk.get(MEMBER, f"/cases/{case_id}/deadline").json["clocks"]
    statutory = next(clock for clock in clocks if clock["kind"] == "statutory")
    assert (statutory["limit"]["unit"], statutory["due_on"]) == ("calendar_day", "2026-12-23")
    licence = granted(desk, EMERGENCY, reviewed(desk, EMERGENCY, case_id))
    assert licence["valid_until"] == "2029-11-22"
    assert licence["renewable"]["apply_by"] == "2029-10-23"
    shown = desk.get(None, f"/verify/{licence['id']}").json["details"]
    assert shown[-1]["value"]["zh"] == "丙酮、乙醇"
