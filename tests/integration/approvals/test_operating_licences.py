"""Licences to operate a business, each from its form to its permit."""

from tests.integration.approvals.desk import Desk
from tests.integration.approvals.licences import (
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

FOOD = "food-business-licence"


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
