"""Gaps (容缺受理): promised, accepted, made up in time, or the end of the case."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.credit.commands import enter, repair
from approvals.credit.model import CreditRecord
from approvals.credit.queries import Subject, find
from approvals.enterprise.service import service as enterprise
from approvals.gaps.commands import MAKE_UP_TIMER, wake
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.service import Runtime
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.notices import at, in_force
from tests.integration.approvals.people import ADMIN, AGENT, APPROVER, OTHER_WINDOW, REVIEWER, WINDOW
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.unit.material_samples import pdf
from tests.unit.pdf_text import squeeze, texts

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
LATER = {"materials": ["premises"], "promise": True}


def _draft(desk: Desk, *missing: str, **overrides: Any) -> str:
    """A draft without some of its materials."""
    case_id = desk.draft(**overrides)
    for code in missing:
        answer = desk.client(AGENT).delete(f"/cases/{case_id}/materials/{code}", headers={"If-Match": '"1"'})
        assert answer.status_code == 200, answer.text
    return case_id


def _submitted(desk: Desk, **overrides: Any) -> str:
    case_id = _draft(desk, "premises", **overrides)
    answer = desk.act(AGENT, case_id, "submit", {"declaration": True, "deferred": LATER})
    assert answer.status_code == 200, answer.text
    return case_id


def _accepted(desk: Desk, **overrides: Any) -> str:
    case_id = _submitted(desk, **overrides)
    desk.claim(WINDOW, case_id)
    answer = desk.act(WINDOW, case_id, "accept", {"with_gaps": True})
    assert answer.status_code == 200, answer.text
    return case_id


def _keys(desk: Desk, case_id: str) -> list[tuple[str, int | None]]:
    entries = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]
    return [(each["key"], each["code"]) for each in entries]


def _slip(desk: Desk, case_id: str, kind: str) -> str:
    slips = desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    (found,) = [slip for slip in slips if slip["kind"] == kind]
    return "".join(texts(desk.get(AGENT, f"/cases/{case_id}/slips/{found['id']}").data))


def _opinion(desk: Desk, case_id: str) -> Any:
    body = {"conclusion": "approve", "text": "材料齐全", "checks": desk.checks()}
    return desk.on_task(REVIEWER, desk.task(REVIEWER, case_id), "opinion", body)


def test_what_was_promised_is_made_up_and_the_case_granted(desk: Desk, clock: ManualClock) -> None:
    clock.set(at(MONDAY))
    case_id = _submitted(desk)
    case = desk.case(AGENT, case_id)
    assert (case["deferral"]["state"], case["deferral"]["with_gaps"]) == ("promised", False)
    (premises,) = [each for each in case["materials"] if each["code"] == "premises"]
    assert (premises["necessity"], premises["required"], premises["deferred"]) == ("deferrable", True, True)
    assert squeeze("自受理之日的次日起1个工作日") in _slip(desk, case_id, "gap_promise")
    desk.claim(WINDOW, case_id)
    with nothing_changes(desk.system):
        problem = refusal(desk.act(WINDOW, case_id, "accept"), 422)
        assert wrongs(problem) == {"/with_gaps": "required"}
        refusal(desk.act(AGENT, case_id, "make-up"), 409, "wrong-state")
    assert desk.act(WINDOW, case_id, "accept", {"with_gaps": True}).status_code == 200
    assert _keys(desk, case_id)[-1] == ("accepted_with_gaps", 3)
    notice = _slip(desk, case_id, "gap_notice")
    for words in ("容缺受理通知书", "住所（经营场所）相关文件", "2026年11月24日前（含当日）", "终止办理"):
        assert squeeze(words) in notice
    slips = desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    assert "acceptance_notice" not in [slip["kind"] for slip in slips]
    case = desk.case(AGENT, case_id)
    assert (case["deferral"]["due"]["on"], case["deferral"]["with_gaps"]) == ("2026-11-24", True)
    assert "make-up" in case["actions"] and "edit" not in case["actions"]
    clocks = desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    (make_up,) = [each for each in clocks if each["kind"] == "make_up"]
    said = "".join(line["text"]["zh"] for line in make_up["lines"])
    assert make_up["due_on"] == "2026-11-24" and "容缺受理并告知补齐期限" in said and "尚未核实" in said
    assert case["due"]["kind"] == "promised", "what the applicant owes is no date for the answer"

    desk.claim(REVIEWER, case_id)
    assert _opinion(desk, case_id).status_code == 200, "the examination goes on meanwhile"
    desk.claim(APPROVER, case_id)
    assert "decide" not in desk.case(APPROVER, case_id)["actions"]
    with nothing_changes(desk.system):
        for granted in (True, False):
            body = {"granted": granted, "reason": "理由"}
            refusal(desk.act(APPROVER, case_id, "decide", body), 409, "make-up-due")
        problem = refusal(desk.act(AGENT, case_id, "make-up"), 422)
        assert wrongs(problem) == {"/materials/premises": "required"}
        refusal(desk.upload(AGENT, case_id, "articles", If_Match='"1"'), 409, "wrong-state")
        taken = desk.client(AGENT).delete(f"/cases/{case_id}/materials/articles", headers={"If-Match": '"1"'})
        refusal(taken, 409, "wrong-state")
    clock.set(at(TUESDAY))
    first = desk.upload(AGENT, case_id, "premises")
    assert first.status_code == 201, first.text
    again = desk.upload(AGENT, case_id, "premises", pdf(2), If_Match=first.headers["ETag"])
    assert again.status_code == 200, "until it is handed in it may be replaced"
    assert desk.act(AGENT, case_id, "make-up").status_code == 200
    with nothing_changes(desk.system):
        refusal(desk.act(AGENT, case_id, "make-up"), 409, "nothing-to-make-up")
        refusal(desk.upload(AGENT, case_id, "premises", If_Match=again.headers["ETag"]), 409, "wrong-state")
    desk.system.settle()
    for who, words in ((AGENT, "容缺材料已补齐"), (APPROVER, "容缺材料已补齐")):
        told = desk.client(who, "notifications").get("/messages").json["items"]
        assert words in {each["title"]["zh"] for each in told}, told
    titles = [
        each["title"]["zh"] for each in desk.client(AGENT, "notifications").get("/messages").json["items"]
    ]
    assert "申请已容缺受理" in titles
    clock.set(at(WEDNESDAY))
    desk.system.settle()
    assert desk.act(APPROVER, case_id, "decide", {"granted": True}).status_code == 200
    assert ("granted_after_gaps", 12) in _keys(desk, case_id)
    clocks = desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    assert next(each["state"] for each in clocks if each["kind"] == "make_up") == "met"


def test_only_what_the_item_lets_follow_may_be_deferred(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = _draft(desk, "premises", "articles")
    materials = ["articles", "appointments", "power_of_attorney", "moon", "premises", "premises"]
    deferred = {"materials": materials, "promise": False}
    with nothing_changes(desk.system):
        plain = wrongs(refusal(desk.act(AGENT, case_id, "submit", {"declaration": True}), 422))
        assert plain == {"/materials/premises": "required", "/materials/articles": "required"}
        problem = refusal(
            desk.act(AGENT, case_id, "submit", {"declaration": True, "deferred": deferred}), 422
        )
        assert wrongs(problem) == {
            "/materials/articles": "required",
            "/deferred/promise": "required",
            "/deferred/materials/0": "not-deferrable",
            "/deferred/materials/1": "not-deferrable",
            "/deferred/materials/2": "not-needed",
            "/deferred/materials/3": "unknown",
            "/deferred/materials/5": "duplicate",
        }
    assert desk.upload(AGENT, case_id, "premises").status_code == 201
    assert desk.upload(AGENT, case_id, "articles").status_code == 201
    for body, wrong in (
        ({"materials": ["premises"], "promise": True}, {"/deferred/materials/0": "present"}),
        ({"materials": [], "promise": True}, {"/deferred/materials": "required"}),
        ({"promise": True}, {"/deferred/materials": "invalid"}),
        ({"materials": ["premises"], "promise": "yes"}, {"/deferred/promise": "invalid"}),
    ):
        answer = desk.act(AGENT, case_id, "submit", {"declaration": True, "deferred": body})
        assert wrongs(refusal(answer, 422)).keys() == wrong.keys(), answer.text


def test_the_window_may_want_it_now_and_the_answer_may_promise_something_else(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    case_id = _submitted(desk)
    desk.claim(WINDOW, case_id)
    points = {"items": [{"target": "/materials/premises", "requirement": "请提交住所文件"}]}
    assert desk.act(WINDOW, case_id, "request-correction", points).status_code == 200
    assert desk.case(AGENT, case_id)["deferral"]["state"] == "lapsed"
    with nothing_changes(desk.system):
        answer = desk.act(AGENT, case_id, "answer-correction", {"deferred": LATER})
        assert wrongs(refusal(answer, 422)) == {"/materials/premises": "not-corrected"}
    assert desk.upload(AGENT, case_id, "premises").status_code == 201
    assert desk.act(AGENT, case_id, "answer-correction").status_code == 200
    desk.claim(OTHER_WINDOW, case_id)
    with nothing_changes(desk.system):
        problem = refusal(desk.act(OTHER_WINDOW, case_id, "accept", {"with_gaps": True}), 422)
        assert wrongs(problem) == {"/with_gaps": "unexpected"}
    other = {"items": [{"target": "/materials/articles", "requirement": "请签名"}]}
    assert desk.act(OTHER_WINDOW, case_id, "request-correction", other).status_code == 200
    assert desk.upload(AGENT, case_id, "articles", pdf(2), If_Match='"1"').status_code == 200
    assert desk.act(AGENT, case_id, "answer-correction").status_code == 200

    again = _submitted(desk)
    desk.claim(WINDOW, again)
    assert desk.act(WINDOW, again, "request-correction", other).status_code == 200
    assert desk.upload(AGENT, again, "articles", pdf(2), If_Match='"1"').status_code == 200
    with nothing_changes(desk.system):
        problem = refusal(desk.act(AGENT, again, "answer-correction"), 422)
        assert wrongs(problem) == {"/materials/premises": "required"}, "the first promise is over"
    assert desk.act(AGENT, again, "answer-correction", {"deferred": LATER}).status_code == 200
    assert desk.case(AGENT, again)["deferral"]["state"] == "promised"
    desk.claim(WINDOW, again)
    assert desk.act(WINDOW, again, "accept", {"with_gaps": True}).status_code == 200
    assert desk.act(AGENT, again, "withdraw", {}).status_code == 200
    assert desk.case(AGENT, again)["deferral"]["state"] == "lapsed"


def test_what_does_not_come_in_time_ends_the_case(desk: Desk, clock: ManualClock) -> None:
    clock.set(at(MONDAY))
    by_timer, by_verb = _accepted(desk), _accepted(desk, company={"trade_name": "云栖迟"})
    for case_id in (by_timer, by_verb):
        desk.claim(REVIEWER, case_id)
    testing = {"kind": "testing", "reason": "样品需要检测", "expected_days": 2}
    assert desk.act(REVIEWER, by_timer, "start-procedure", testing).status_code == 200
    assert desk.act(REVIEWER, by_timer, "request-extension", {"reason": "情形复杂"}).status_code == 200
    assert desk.upload(AGENT, by_timer, "premises").status_code == 201, "uploaded, but not handed in"
    clock.set(at(WEDNESDAY))
    assert "make-up" not in desk.case(AGENT, by_verb)["actions"]
    with nothing_changes(desk.system):
        refusal(desk.upload(AGENT, by_verb, "premises"), 409, "make-up-over")
        refusal(desk.act(AGENT, by_timer, "make-up"), 409, "wrong-state")
        refusal(_opinion(desk, by_verb), 409, "wrong-state")
        refusal(desk.act(REVIEWER, by_verb, "request-extension", {"reason": "情形复杂"}), 409, "wrong-state")
    desk.system.settle()
    banned = _draft(desk, "premises", company={"trade_name": "云栖禁"})
    assert "逾期未补齐" in desk.case(AGENT, banned)["credit_ban"]["text"]["zh"]
    with nothing_changes(desk.system):
        body = {"declaration": True, "deferred": LATER}
        refusal(desk.act(AGENT, banned, "submit", body), 409, "credit-ban")
    for case_id in (by_timer, by_verb):
        case = desk.case(AGENT, case_id)
        assert (case["state"], case["state_name"]["zh"]) == ("terminated", "终止办理")
        assert case["deferral"]["state"] == "broken" and case["actions"] == [] and case["decided_at"]
        assert _keys(desk, case_id)[-1] == ("terminated", 14)
        assert desk.get(REVIEWER, f"/cases/{case_id}/task").status_code == 204
        notice = _slip(desk, case_id, "termination_notice")
        for words in ("终止办理通知书", "补齐期限至2026年11月24日", "住所（经营场所）相关文件", "第二十四条"):
            assert squeeze(words) in notice
        clocks = {
            each["kind"]: each["state"]
            for each in desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
        }
        assert clocks["make_up"] == "overdue"
    case = desk.case(REVIEWER, by_timer)
    assert case["extension"]["state"] == "lapsed" and case["procedures"][0]["ended_on"] == "2026-11-25"
    for who in (AGENT, REVIEWER):
        told = desk.client(who, "notifications").get("/messages").json["items"]
        assert [each["title"]["zh"] for each in told].count("逾期未补齐，办件已终止") == 2
    entries = desk.get(AGENT, f"/cases/{by_verb}/timeline").json["items"]
    assert entries[-1]["actor"]["zh"] == "系统"


def test_the_timer_is_not_needed_for_the_end(enterprise_desk: Desk, clock: ManualClock) -> None:
    """Whoever acts first after the day brings it about."""
    desk = enterprise_desk
    clock.set(at(MONDAY))
    case_id = _accepted(desk)
    clock.set(at(WEDNESDAY))
    with desk.system.runtime("enterprise").transaction(SYSTEM) as tx:
        tx.unschedule(MAKE_UP_TIMER, case_id)
    client = desk.client(REVIEWER)
    assert client.post("/tasks/claim-next", json={"kind": "review"}).status_code == 404
    with desk.system.runtime("enterprise").transaction(SYSTEM) as tx:
        wake(tx, {"case_id": case_id})
    assert desk.case(AGENT, case_id)["state"] == "terminated"
    with nothing_changes(desk.system), desk.system.runtime("enterprise").transaction(SYSTEM) as tx:
        wake(tx, {"case_id": case_id})


def test_nobody_told_the_applicant_so_the_days_run_from_when_the_law_accepts(
    enterprise_desk: Desk, clock: ManualClock
) -> None:
    desk = enterprise_desk
    clock.set(at(MONDAY))
    case_id = _submitted(desk)
    clock.set(at(date(2026, 12, 1)))
    desk.system.settle()
    case = desk.case(AGENT, case_id)
    assert (case["state"], case["deferral"]["due"]["on"]) == ("accepted", "2026-12-02")
    assert _keys(desk, case_id)[-1] == ("deemed_accepted", 3)
    assert desk.upload(AGENT, case_id, "premises").status_code == 201
    assert desk.act(AGENT, case_id, "make-up").status_code == 200


def test_a_credit_record_that_comes_meanwhile_keeps_the_window_from_accepting(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = _submitted(desk, company={"trade_name": "云栖信"})
    desk.claim(WINDOW, case_id)
    runtime = desk.system.runtime("enterprise")
    with runtime.transaction(ADMIN) as tx:
        subject = Subject(name=AGENT.name, account_id=AGENT.id)
        record = enter(tx, subject, source="信用平台", reason="严重失信", since=None)
        record_id = record.id
    with nothing_changes(desk.system):
        refusal(desk.act(WINDOW, case_id, "accept", {"with_gaps": True}), 409, "credit-ban")
    with runtime.transaction(ADMIN) as tx:
        repair(tx, find(tx.session, ADMIN, record_id, lock=True), reason="已修复")
    assert desk.act(WINDOW, case_id, "accept", {"with_gaps": True}).status_code == 200


def test_a_published_calendar_moves_the_make_up_date(desk: Desk, clock: ManualClock) -> None:
    clock.set(at(date(2026, 12, 31)))
    case_id = _accepted(desk)
    deferral = desk.case(AGENT, case_id)["deferral"]
    assert deferral["due"]["provisional"], deferral
    before = deferral["due"]["on"]
    in_force(desk)
    desk.system.settle()
    after = desk.case(AGENT, case_id)["deferral"]["due"]
    assert not after["provisional"]
    assert ("make_up_redated", None) in _keys(desk, case_id)
    titles = [
        each["title"]["zh"] for each in desk.client(AGENT, "notifications").get("/messages").json["items"]
    ]
    assert "补齐期限已重新推算" in titles
    clock.set(at(date.fromisoformat(after["on"])))
    desk.system.settle()
    assert desk.case(AGENT, case_id)["state"] == "accepted", (before, after)
    assert desk.upload(AGENT, case_id, "premises").status_code == 201
    assert desk.act(AGENT, case_id, "make-up").status_code == 200


@pytest.mark.postgres
def test_of_making_up_and_the_end_of_the_day_one_wins(
    postgres_databases: Databases, tmp_path: Path, clock: ManualClock
) -> None:
    """The last minute of the day and the first of the next meet on one case."""
    clock.set(at(MONDAY))
    factory = SystemFactory(postgres_databases, tmp_path, clock)
    desk = Desk(factory([enterprise], demo=True))
    runtime = desk.system.runtime("enterprise")
    late = Runtime(runtime.service, runtime.settings, runtime.contracts, ManualClock(at(WEDNESDAY, 0)))
    outcomes = set()
    for number in range(6):
        clock.set(at(MONDAY))
        with runtime.transaction(SYSTEM) as tx:  # what was broken in the round before is no matter here
            tx.session.execute(sa.delete(CreditRecord))
        case_id = _accepted(desk, company={"trade_name": f"云竞{'甲乙丙丁戊己'[number]}"})
        clock.set(at(TUESDAY, 23))
        assert desk.upload(AGENT, case_id, "premises").status_code == 201
        version = desk.get(AGENT, f"/cases/{case_id}").headers["ETag"]
        start = Barrier(2, timeout=60)

        def in_time(case_id: str = case_id, start: Barrier = start, version: str = version) -> int:
            start.wait()
            status: int = desk.act(AGENT, case_id, "make-up", If_Match=version).status_code
            return status

        def too_late(case_id: str = case_id, start: Barrier = start) -> None:
            start.wait()
            with late.transaction(SYSTEM) as tx:
                wake(tx, {"case_id": case_id})

        with ThreadPoolExecutor(2) as pool:
            made_up, _ended = pool.submit(in_time), pool.submit(too_late)
        case = desk.case(AGENT, case_id)
        outcomes.add(made_up.result())
        _ended.result()
        expected = ("accepted", "made_up") if made_up.result() == 200 else ("terminated", "broken")
        assert (case["state"], case["deferral"]["state"]) == expected
        keys = [key for key, _code in _keys(desk, case_id)]
        assert ("made_up" in keys) != ("terminated" in keys)
    late.close()
    factory.close()
    assert outcomes <= {200, 409, 412}
