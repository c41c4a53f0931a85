"""Funds: examined by several departments, put on notice, decided within the budget, paid once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.funds.model import FundBudget
from shared.actor import SYSTEM, Actor
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.funds import (
    ASKED_FEN,
    ECONOMY,
    FINANCE,
    FUNDS,
    JOINT,
    MARKET,
    TAX,
    answers,
    applied,
    decide,
    drafted,
    examined,
    found,
    let_the_notice_end,
    object_to,
    opine,
    taken_up,
)
from tests.integration.approvals.people import APPROVER, OTHER_AGENT, WINDOW, official
from tests.integration.approvals.refusals import refusal
from tests.integration.approvals.services import enterprise
from tests.unit.pdf_text import texts

ELSEWHERE = official("reviewer", 51, "11990101MB0DEM279A")
AFTER_THE_NOTICE = timedelta(days=8)
"""Five working days and the weekend between them."""


@pytest.fixture
def desk(make_system: SystemFactory, clock: ManualClock) -> Desk:
    """The enterprise service with its shipped items."""
    return Desk(make_system([enterprise], clock=clock, demo=True))


def states(case: dict[str, Any]) -> dict[str, str]:
    """How far each stage is."""
    return {stage["key"]: stage["state"] for stage in case["stages"]}


def test_departments_examine_one_after_the_other_and_at_once(desk: Desk) -> None:
    member = found(desk)
    case_id = taken_up(desk, member)
    assert desk.case(ECONOMY, case_id)["masked"]
    for nobody_yet in (*JOINT, ELSEWHERE):
        refusal(desk.get(nobody_yet, f"/cases/{case_id}"), 404)
        assert desk.get(nobody_yet, "/cases").json["items"] == []
    refusal(desk.get(FINANCE, f"/cases/{case_id}/task"), 404)

    task = desk.task(ECONOMY, case_id)
    assert task["checks"] == ["figures", "amount"] and "初审" in task["kind_name"]["zh"]
    assert task["stage"]["on"] == "2026-11-25"
    opine(desk, ECONOMY, case_id)
    seen = desk.case(member, case_id)
    assert seen["state"] == "reviewing" and seen["opinions"] == []
    assert states(seen) == {
        "intake": "done",
        "first_review": "done",
        "joint_review": "running",
        "notice": "pending",
        "decision": "pending",
        "payment": "pending",
    }
    joint = next(stage for stage in seen["stages"] if stage["key"] == "joint_review")
    assert (
        joint["due"]["on"] == "2026-11-25"
        and [each["state"] for each in joint["departments"]] == ["running"] * 3
    )

    claimed = desk.claim(TAX, case_id)
    wrong = [{"key": "figures", "result": "pass", "note": ""}]
    answer = desk.on_task(TAX, claimed, "opinion", {"conclusion": "approve", "text": "", "checks": wrong})
    assert {error["pointer"] for error in refusal(answer, 422)["errors"]} == {
        "/checks/0/key",
        "/checks/taxes",
    }
    refusal(desk.on_task(MARKET, claimed, "opinion", {"conclusion": "approve", "checks": []}), 404)
    checks = [{"key": "taxes", "result": "fail", "note": "欠税"}]
    against = {"conclusion": "reject", "text": "尚有欠税", "checks": checks}
    assert desk.on_task(TAX, claimed, "opinion", against).status_code == 200
    opine(desk, FINANCE, case_id)
    assert desk.case(FINANCE, case_id)["state"] == "reviewing"
    assert desk.get(APPROVER, f"/cases/{case_id}/task").status_code == 204
    opine(desk, MARKET, case_id)

    case = desk.case(APPROVER, case_id)
    assert case["state"] == "deciding" and len(case["opinions"]) == 4
    by_stage = [(each["stage"], each["department_name"]["zh"]) for each in case["opinions"]]
    assert by_stage[:2] == [("first_review", "示范区发展和改革局"), ("joint_review", "示范区税务局（演示）")]
    bound = case["opinions"][0]["seen"]
    assert [each["version"] for each in bound["materials"]] == [1, 1, 1]
    assert not bound["answers_changed"] and bound["materials_changed"] == []
    keys = [entry["key"] for entry in desk.get(member, f"/cases/{case_id}/timeline").json["items"]]
    assert keys[2:] == [
        "review_started",
        "stage_reviewed",
        "opinion_given",
        "opinion_given",
        "reviewed",
        "examination_notice_published",
    ]
    assert desk.get(ELSEWHERE, f"/cases/{case_id}").status_code == 404


def test_objections_are_answered_before_the_decision_and_a_grant_is_paid_once(
    desk: Desk, clock: ManualClock
) -> None:
    member = found(desk)
    case_id = examined(desk, member)
    notice = desk.case(member, case_id)["notice"]
    assert (notice["state"], notice["last_on"]) == ("running", "2026-11-30")
    shown = desk.get(None, f"/notices/{notice['id']}").json["facts"]
    assert "50000 元" in {fact["value"]["en"].replace("yuan", "元") for fact in shown}
    assert "6200" not in str(shown)
    desk.claim(APPROVER, case_id)
    assert "decide" not in desk.case(APPROVER, case_id)["actions"]
    refusal(decide(desk, case_id), 409, "notice-running")
    refusal(desk.act(APPROVER, case_id, "publish-notice", {"declaration": True}), 409, "no-notice")

    object_to(desk, OTHER_AGENT, case_id)
    clock.advance(AFTER_THE_NOTICE)
    refusal(decide(desk, case_id), 409, "objection-open")
    task = desk.claim(ECONOMY, case_id)
    assert task["kind"] == "objection"
    (objection,) = desk.get(ECONOMY, f"/cases/{case_id}/objections").json["items"]
    body = {"objection_id": objection["id"], "outcome": "dismissed", "text": "经核查，研发费用属实"}
    refusal(desk.act(FINANCE, case_id, "answer-objection", body), 403, "claim-required")
    refusal(desk.act(ECONOMY, case_id, "answer-objection", {**body, "text": " "}), 422)
    assert desk.act(ECONOMY, case_id, "answer-objection", body).status_code == 200
    refusal(desk.act(ECONOMY, case_id, "answer-objection", body), 403, "claim-required")
    (answered,) = desk.get(APPROVER, f"/cases/{case_id}/objections").json["items"]
    assert answered["outcome"] == "dismissed" and answered["answer"] == "经核查，研发费用属实"

    more = refusal(decide(desk, case_id, amount_fen=ASKED_FEN + 1), 422)["errors"][0]
    assert more["pointer"] == "/amount_fen"
    assert refusal(decide(desk, case_id, amount_fen=4_000_000), 422)["errors"][0]["pointer"] == "/reason"
    granted = decide(desk, case_id, amount_fen=4_000_000, reason="部分研发费用不予认定")
    assert granted.status_code == 200, granted.text
    assert granted.json["certificate"] is None
    assert granted.json["state_name"]["zh"] == "已通过", "what pays funds is no licence"
    assert granted.json["funding"]["granted_fen"] == 4_000_000
    assert granted.json["funding"]["budget"]["left_fen"] == 200_000_000 - 4_000_000

    seen = desk.case(member, case_id)
    assert seen["funding"]["budget"] is None and seen["funding"]["due"]["on"] == "2026-12-08"
    slips = {slip["kind"]: slip["url"] for slip in desk.get(member, f"/cases/{case_id}/slips").json["items"]}
    pages = {kind: page_of(desk, member, url) for kind, url in slips.items()}
    for words in ("资金拨付决定书", "40000元", "示范区财政局", "2026年12月8日", "行政复议"):
        assert words in pages["funding_decision"], words
    assert set(pages) == {
        "receipt",
        "acceptance_notice",
        "public_notice",
        "notice_result",
        "funding_decision",
    }
    assert_no_licence(pages)
    offered = set(desk.case(APPROVER, case_id)["actions"])
    assert "propose-revocation" not in offered, "the law on licences does not reach a fund"
    proposal = {"ground": "beyond_competence", "facts": "超越职权"}
    refusal(desk.act(APPROVER, case_id, "propose-revocation", proposal), 409, "no-licence")

    refusal(desk.act(ECONOMY, case_id, "record-payment", payment()), 403, "claim-required")
    assert desk.claim(FINANCE, case_id)["kind"] == "payment"
    assert desk.case(FINANCE, case_id)["answers"]["account"]["number"].startswith("6200")
    assert desk.case(TAX, case_id)["answers"]["account"]["number"] == "*" * 15 + "0001"[-4:]
    wrong = refusal(desk.act(FINANCE, case_id, "record-payment", payment(amount_fen=ASKED_FEN)), 422)
    assert wrong["errors"][0]["pointer"] == "/amount_fen"
    early = refusal(desk.act(FINANCE, case_id, "record-payment", payment(paid_on="2026-11-30")), 422)
    assert early["errors"][0]["pointer"] == "/paid_on"
    paid = desk.act(FINANCE, case_id, "record-payment", payment())
    assert paid.status_code == 200, paid.text
    assert paid.json["funding"]["payment"]["voucher"] == "拨付2026-0012"
    assert set(states(paid.json).values()) == {"done"}
    refusal(desk.act(FINANCE, case_id, "record-payment", payment()), 403, "claim-required")


def test_an_enterprise_applies_once_under_a_clause_for_a_year(desk: Desk) -> None:
    member = found(desk)
    second = drafted(desk, member)
    first = applied(desk, member)
    refusal(desk.act(member, second, "submit", {"declaration": True}), 409, "funds-applied-for")
    assert applied(desk, member, year="2025")

    assert desk.act(member, first, "withdraw", {}).status_code == 200
    assert desk.act(member, second, "submit", {"declaration": True}).status_code == 200
    over = drafted(desk, member, amount="50000.01")
    error = refusal(desk.act(member, over, "submit", {"declaration": True}), 422)["errors"][0]
    assert error["pointer"] == "/answers/support/amount"
    assert "1000000元×5%＝50000元" in error["message"]


def test_a_refusal_lets_go_of_what_was_applied_for(desk: Desk) -> None:
    member = found(desk)
    case_id = examined(desk, member)
    let_the_notice_end(desk.system, case_id)
    refusal(decide(desk, case_id, granted=False, amount_fen=1, reason="不符合"), 422)
    (error,) = refusal(decide(desk, case_id, granted=False), 422)["errors"]
    assert error["pointer"] == "/reason" and "许可" not in error["message"]
    refused = decide(desk, case_id, granted=False, reason="不符合条款规定的条件")
    assert refused.json["state_name"]["zh"] == "未通过"
    assert refused.status_code == 200, refused.text
    kinds = {slip["kind"] for slip in desk.get(member, f"/cases/{case_id}/slips").json["items"]}
    assert "funding_refusal" in kinds and "refusal_decision" not in kinds
    assert applied(desk, member)


@pytest.mark.parametrize(
    ("kind", "ground", "slip"),
    [
        ("not_required", "not_covered", "not_required_notice"),
        ("refused", "not_competent", "not_accepted_notice"),
    ],
)
def test_what_the_window_writes_about_funds_cites_no_law_on_licences(
    desk: Desk, kind: str, ground: str, slip: str
) -> None:
    member = found(desk)
    case_id = applied(desk, member)
    desk.claim(WINDOW, case_id)
    points = {"items": [{"target": "/answers/support/amount", "requirement": "请核对申请金额"}]}
    assert desk.act(WINDOW, case_id, "request-correction", points).status_code == 200
    assert desk.save(member, case_id, {"support": answers(amount="40000")["support"]}).status_code == 200
    assert desk.act(member, case_id, "answer-correction", {}).status_code == 200
    desk.claim(WINDOW, case_id)
    body = {"kind": kind, "ground": ground, "reason": "不属于所选条款的范围"}
    assert desk.act(WINDOW, case_id, "decline", body).status_code == 200
    slips = desk.get(member, f"/cases/{case_id}/slips").json["items"]
    pages = {each["kind"]: page_of(desk, member, each["url"]) for each in slips}
    assert set(pages) == {"receipt", "correction_notice", slip}
    assert_no_licence(pages)


def test_no_more_is_granted_than_the_budget_holds(desk: Desk) -> None:
    member = found(desk)
    case_id = examined(desk, member)
    let_the_notice_end(desk.system, case_id)
    with desk.system.runtime("enterprise").transaction(SYSTEM) as tx:
        key = {"item_code": FUNDS, "clause": "rd_subsidy", "year": 2026}
        tx.session.add(FundBudget(**key, total_fen=ASKED_FEN, granted_fen=1))
    problem = refusal(decide(desk, case_id), 409, "budget-exhausted")
    assert "49999.99" in problem["detail"]
    assert desk.case(APPROVER, case_id)["state"] == "deciding"
    assert decide(desk, case_id, amount_fen=ASKED_FEN - 1, reason="预算余额不足").status_code == 200
    with desk.system.runtime("enterprise").read() as session:
        assert session.scalar(sa.select(FundBudget.granted_fen)) == ASKED_FEN


def page_of(desk: Desk, reader: Actor, url: str) -> str:
    """The words of a slip."""
    return "".join(texts(desk.get(reader, url.removeprefix("/api/v1/enterprise")).data))


def assert_no_licence(pages: Mapping[str, str]) -> None:
    """None of the slips speaks of a licence, or cites as law what nobody has verified."""
    for kind, page in pages.items():
        for words in ("许可", "演示园区的设定", "依法", "根据的规定", "依据：。"):
            assert words not in page.replace("依法申请行政复议", ""), f"{kind}: {words}"


def payment(**changes: Any) -> dict[str, Any]:
    """A sound record of the payment of what is granted here."""
    return {"amount_fen": 4_000_000, "voucher": "拨付2026-0012", **changes}
