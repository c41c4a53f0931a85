"""Special procedures: the clocks stop, the applicant is told in writing, and nothing is decided meanwhile."""

from datetime import date, datetime
from typing import Any

import pytest

from shared.clock import PARK_TZ, ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, OTHER_AGENT, REVIEWER, WINDOW
from tests.integration.approvals.refusals import dump, nothing_changes, refusal, wrongs
from tests.unit.pdf_text import squeeze, texts

MONDAY = date(2026, 11, 23)
REVIEW = {"kind": "expert_review", "reason": "涉及新工艺，需由专家评审", "expected_days": 5}
TESTING = {"kind": "testing", "reason": "样品需要检测", "expected_days": 8}


def _at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARK_TZ)


def _reviewing(desk: Desk, **overrides: Any) -> str:
    case_id = desk.accepted(**overrides)
    desk.claim(REVIEWER, case_id)
    return case_id


def _start(desk: Desk, case_id: str, body: dict[str, Any] = REVIEW) -> str:
    answer = desk.act(REVIEWER, case_id, "start-procedure", body)
    assert answer.status_code == 200, answer.text
    found: str = answer.json["procedures"][-1]["kind"]
    return found


def _end(desk: Desk, case_id: str, kind: str, **more: str) -> Any:
    return desk.act(REVIEWER, case_id, "end-procedure", {"kind": kind, **more})


def _clocks(desk: Desk, case_id: str) -> dict[str, dict[str, Any]]:
    found = desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    return {clock["kind"]: clock for clock in found}


def _slip(desk: Desk, case_id: str, kind: str) -> str:
    slips = desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    found = next(slip for slip in slips if slip["kind"] == kind)
    (page,) = texts(desk.get(AGENT, f"/cases/{case_id}/slips/{found['id']}").data)
    return page


def test_while_a_procedure_runs_nothing_is_due_and_after_it_the_dates_have_moved(
    desk: Desk, clock: ManualClock
) -> None:
    """行政许可法 art. 45: 应当将所需时间书面告知申请人."""
    clock.set(_at(MONDAY))
    case_id = _reviewing(desk)
    assert _clocks(desk, case_id)["statutory"]["due_on"] == "2026-11-26"
    case = desk.act(REVIEWER, case_id, "start-procedure", REVIEW).json
    assert case["due"] is None and case["resumes_on"] == "2026-11-30"
    assert case["actions"] == ["start-procedure", "end-procedure", "request-extension"]
    (procedure,) = case["procedures"]
    assert (procedure["kind"], procedure["started_on"], procedure["ended_on"]) == (
        "expert_review",
        "2026-11-23",
        None,
    )
    assert procedure["legal_basis"]["zh"] == "《中华人民共和国行政许可法》第四十五条"
    assert procedure["legal_basis"]["en"] == "Administrative Licensing Law, art. 45"

    clock.set(_at(date(2026, 11, 27)))
    stopped = _clocks(desk, case_id)
    assert {kind: (each["due_on"], each["state"]) for kind, each in stopped.items() if kind != "intake"} == {
        "statutory": (None, "suspended"),
        "promised": (None, "suspended"),
    }
    assert "（专家评审）" in stopped["statutory"]["lines"][-1]["text"]["zh"]
    assert "(Expert review)" in stopped["statutory"]["lines"][-1]["text"]["en"]
    due = desk.task(REVIEWER, case_id)["due"]
    assert (due["on"], due["light"]) == ("2026-11-30", "suspended")

    clock.set(_at(date(2026, 12, 1)))
    answer = _end(desk, case_id, procedure["kind"])
    assert answer.status_code == 200, answer.text
    case = answer.json
    # 24 November to 1 December are six working days that do not count.
    assert (case["due"]["on"], case["due"]["kind"], case["resumes_on"]) == ("2026-12-02", "promised", None)
    assert _clocks(desk, case_id)["statutory"]["due_on"] == "2026-12-04"
    assert desk.task(REVIEWER, case_id)["due"]["on"] == "2026-12-02"
    entries = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-2:]
    assert [(entry["code"], entry["key"]) for entry in entries] == [
        (9, "procedure_started"),
        (10, "procedure_ended"),
    ]
    assert all(entry["detail"]["zh"] and entry["detail"]["en"] for entry in entries)

    page = _slip(desk, case_id, "procedure_notice")
    for words in (
        "特别程序所需时间告知书",
        "专家评审",
        "5个工作日",
        "涉及新工艺",
        "自2026年11月23日起停止",
        "于2026年11月30日前",
    ):
        assert squeeze(words) in page
    desk.system.settle()
    told = desk.client(AGENT, "notifications").get("/messages").json["items"]
    assert [message["title"]["zh"] for message in told[:2]] == ["办理期限恢复计算", "办理期限停止计算"]
    assert "2026年12月4日" in told[0]["body"]["zh"] and "4 December 2026" in told[0]["body"]["en"]
    actions = [row for row in dump(desk.system)["audit_entry"] if "case.procedure-" in row]
    assert len(actions) == 2


def test_procedures_that_overlap_count_once_and_the_last_one_lets_the_clock_go(
    enterprise_desk: Desk, clock: ManualClock
) -> None:
    desk = enterprise_desk
    clock.set(_at(MONDAY))
    case_id = _reviewing(desk)
    review = _start(desk, case_id)
    clock.set(_at(date(2026, 11, 25)))
    testing = _start(desk, case_id, TESTING)
    assert desk.case(AGENT, case_id)["resumes_on"] == "2026-12-07"
    clock.set(_at(date(2026, 11, 30)))
    assert _end(desk, case_id, review).json["due"] is None
    assert desk.case(AGENT, case_id)["resumes_on"] == "2026-12-07"
    clock.set(_at(date(2026, 12, 2)))
    assert _end(desk, case_id, testing).json["due"]["on"] == "2026-12-03"
    assert _clocks(desk, case_id)["statutory"]["due_on"] == "2026-12-07"


def test_a_procedure_that_ended_earlier_is_recorded_with_its_day(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    desk = sqlite_desk
    clock.set(_at(MONDAY))
    case_id = _reviewing(desk)
    procedure = _start(desk, case_id)
    clock.set(_at(date(2026, 11, 27)))
    with nothing_changes(desk.system):
        problem = refusal(_end(desk, case_id, procedure, ended_on="2026-11-20"), 422)
        assert wrongs(problem) == {"/ended_on": "before-start"}
        problem = refusal(_end(desk, case_id, procedure, ended_on="2026-11-28"), 422)
        assert wrongs(problem) == {"/ended_on": "future"}
    assert _end(desk, case_id, procedure, ended_on="2026-11-25").json["due"]["on"] == "2026-11-26"
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert last["effective_on"] == "2026-11-25" and last["at"].startswith("2026-11-27")


def test_neither_opinion_nor_decision_comes_before_the_end_of_a_procedure(lasting_desk: Desk) -> None:
    desk = Desk(lasting_desk.system, company={"trade_name": "云栖评"})
    case_id = _reviewing(desk)
    procedure = _start(desk, case_id)
    task = desk.task(REVIEWER, case_id)
    assert task["actions"] == ["release"]
    opinion = {"conclusion": "approve", "text": "材料齐全", "checks": desk.checks()}
    with nothing_changes(desk.system):
        problem = refusal(desk.on_task(REVIEWER, task, "opinion", opinion), 409, "procedure-running")
        assert "专家评审" in problem["detail"] or "Expert review" in problem["detail"]
    assert _end(desk, case_id, procedure).status_code == 200
    assert desk.on_task(REVIEWER, desk.task(REVIEWER, case_id), "opinion", opinion).status_code == 200

    desk.claim(APPROVER, case_id)
    hearing = {"kind": "hearing", "reason": "涉及重大利益关系", "expected_days": 20}
    started = desk.act(APPROVER, case_id, "start-procedure", hearing).json
    assert "decide" not in started["actions"]
    # 行政许可法 art. 47(1): held within twenty days of the request; art. 48(1): told seven days before.
    duties = "自收到听证申请之日起二十日内组织；举行的七日前通知时间、地点"
    slips = desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    of_hearing = [slip["id"] for slip in slips if slip["kind"] == "procedure_notice"][-1]
    (page,) = texts(desk.get(AGENT, f"/cases/{case_id}/slips/{of_hearing}").data)
    assert duties in page and duties not in _slip(desk, case_id, "procedure_notice")
    with nothing_changes(desk.system):
        refusal(desk.act(APPROVER, case_id, "decide", {"granted": True}), 409, "procedure-running")
    ended = desk.act(APPROVER, case_id, "end-procedure", {"kind": "hearing"})
    assert "decide" in ended.json["actions"]
    assert desk.act(APPROVER, case_id, "decide", {"granted": True}).status_code == 200


def test_what_makes_no_sense_is_refused_and_changes_nothing(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = _reviewing(desk)
    with nothing_changes(desk.system):
        refusal(_end(desk, case_id, "auction"), 409, "procedure-not-running")
        problem = refusal(desk.act(REVIEWER, case_id, "start-procedure", {**REVIEW, "reason": "  "}), 422)
        assert wrongs(problem) == {"/reason": "required"}
        for wrong in (
            {"kind": "coffee"},
            {"expected_days": 0},
            {"expected_days": 501},
            {"expected_days": "x"},
        ):
            problem = refusal(desk.act(REVIEWER, case_id, "start-procedure", {**REVIEW, **wrong}), 422)
            assert list(wrongs(problem)) == [f"/{next(iter(wrong))}"]
    procedure = _start(desk, case_id)
    with nothing_changes(desk.system):
        twice = refusal(desk.act(REVIEWER, case_id, "start-procedure", REVIEW), 409, "procedure-running")
        assert twice["detail"]
    assert _end(desk, case_id, procedure).status_code == 200
    with nothing_changes(desk.system):
        refusal(_end(desk, case_id, procedure), 409, "procedure-not-running")
    _start(desk, case_id)  # the same kind again, after the end of the first


def test_only_the_holder_of_the_review_or_the_decision_stops_the_clock(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = _reviewing(desk)
    with nothing_changes(desk.system):
        for somebody in (AGENT, WINDOW, APPROVER):
            refusal(desk.act(somebody, case_id, "start-procedure", REVIEW), 403)
        refusal(desk.act(OTHER_AGENT, case_id, "start-procedure", REVIEW, If_Match='"1"'), 404)
    procedure = _start(desk, case_id)
    desk.on_task(REVIEWER, desk.task(REVIEWER, case_id), "release")
    with nothing_changes(desk.system):
        refusal(_end(desk, case_id, procedure), 403, "claim-required")
    desk.claim(REVIEWER, case_id)
    assert _end(desk, case_id, procedure).status_code == 200


def test_withdrawing_ends_what_still_runs(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    case_id = _reviewing(desk)
    _start(desk, case_id)
    answer = desk.act(AGENT, case_id, "withdraw", {"reason": "不办了"})
    assert answer.status_code == 200, answer.text
    assert answer.json["resumes_on"] is None and answer.json["procedures"][0]["ended_on"]
    assert {clock["state"] for clock in _clocks(desk, case_id).values()} == {"met", "ended"}


@pytest.mark.parametrize("light", ["red", "yellow", "green", "suspended"])
def test_the_queue_tells_what_stands_still_from_what_is_late(
    sqlite_desk: Desk, clock: ManualClock, light: str
) -> None:
    desk = sqlite_desk
    clock.set(_at(MONDAY))
    case_id = _reviewing(desk)
    _start(desk, case_id)
    clock.set(_at(date(2026, 12, 8)))  # long after the day on which it was expected to end
    found = desk.get(REVIEWER, "/tasks", query_string={"light": light}).json
    assert [task["case"]["id"] for task in found["items"]] == ([case_id] if light == "suspended" else [])
    assert found["counts"]["overdue"] == 0


def test_each_step_says_one_event(lasting_desk: Desk) -> None:
    case_id = _reviewing(lasting_desk)
    procedure = _start(lasting_desk, case_id)
    _end(lasting_desk, case_id, procedure)
    rows = [
        row for row in dump(lasting_desk.system)["outbox_message"] if case_id in row and "procedure-" in row
    ]
    assert len(rows) == 2 and all("企业经办人" not in row for row in rows)


def test_a_procedure_neither_moves_nor_hides_a_limit_that_ends_on_the_day_it_starts(
    desk: Desk, clock: ManualClock
) -> None:
    clock.set(_at(MONDAY))
    case_id = _reviewing(desk)
    clock.set(_at(date(2026, 11, 26)))  # the statutory date; the promised one has passed
    _start(desk, case_id)
    clock.set(_at(date(2026, 11, 27)))
    for somebody in (AGENT, REVIEWER):
        case = desk.case(somebody, case_id)
        assert (case["due"]["on"], case["due"]["light"], case["resumes_on"]) == ("2026-11-24", "red", None)
    statutory = _clocks(desk, case_id)["statutory"]
    assert (statutory["due_on"], statutory["state"]) == ("2026-11-26", "overdue")
    started = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert "法定办理期限至2026年11月26日，不因此顺延" in started["detail"]["zh"]
    assert squeeze("（已届满或者当日届满的除外）") in _slip(desk, case_id, "procedure_notice")
    desk.system.settle()
    told = desk.client(AGENT, "notifications").get("/messages").json["items"][0]
    assert told["title"]["en"] == "Your application needs a special procedure"
    assert "至2026年11月26日（含当日），不因该程序顺延" in told["body"]["zh"]
