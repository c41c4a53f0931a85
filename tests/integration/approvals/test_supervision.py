"""Warnings about limits, each once, and missed limits that are explained publicly."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from notifications.messages.model import Manager, Message
from shared.clock import ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.notices import at
from tests.integration.approvals.people import (
    ADMIN,
    AGENT,
    APPROVER,
    AUDITOR,
    MANAGER,
    OTHER_AGENT,
    REVIEWER,
    WINDOW,
    official,
)
from tests.integration.approvals.refusals import dump, nothing_changes, refusal, wrongs

MONDAY = date(2026, 11, 23)
ELSEWHERE = official("window", 31, "11990101MB0DEM3399")


def _records(desk: Desk, **query: str) -> list[tuple[str, str]]:
    answer = desk.get(MANAGER, "/supervision-records", query_string=query)
    assert answer.status_code == 200, answer.text
    return [(each["clock"], each["light"]) for each in reversed(answer.json["items"])]


def _told(desk: Desk, recipient: UUID | None) -> list[str]:
    with desk.system.runtime("notifications").read() as session:
        query = sa.select(Message.template).where(
            Message.recipient == recipient, Message.template.contains("warned")
        )
        return list(session.scalars(query.order_by(Message.created_at)))


def test_each_light_of_a_case_is_told_once_and_to_those_who_can_act(desk: Desk, clock: ManualClock) -> None:
    with desk.system.runtime("notifications").database.write() as session:
        session.add(Manager(account_id=MANAGER.id, sequence=1, manages=True))
    clock.set(at(MONDAY))
    case_id = desk.accepted()  # promised for the 24th, by law the 26th
    desk.claim(REVIEWER, case_id)
    desk.system.settle()
    assert _records(desk) == []
    clock.set(at(date(2026, 11, 24), 0))
    desk.system.settle()
    assert _records(desk) == [("promised", "yellow")]
    for day in (25, 26, 27, 28, 30):
        clock.set(at(date(2026, 11, day), 1))
        desk.system.settle()
        desk.system.settle()
    assert _records(desk) == [("promised", "yellow"), ("promised", "red"), ("statutory", "red_card")]
    assert _records(desk, light="red_card") == [("statutory", "red_card")]
    assert _records(desk, item="nothing") == _records(desk, department="nobody") == []
    assert _told(desk, REVIEWER.id) == ["case-warned-yellow", "case-warned-red", "case-warned-red-card"]
    assert _told(desk, MANAGER.id) == ["case-warned-red", "case-warned-red-card"]
    assert _told(desk, AGENT.id) == []
    red = desk.get(AUDITOR, "/supervision-records", query_string={"light": "red"}).json["items"][0]
    assert (red["rule"], red["due_on"], red["case"]["id"]) == ("red/promised", "2026-11-24", case_id)
    assert red["number"] == "JC2026112500001" and red["content"]["zh"].startswith(
        "承诺办理期限已于2026年11月24日"
    )
    assert red["occurred_at"] == "2026-11-24T16:00:00+00:00"
    assert desk.get(ELSEWHERE, "/supervision-records").json["items"] == []
    refusal(desk.get(AGENT, "/supervision-records"), 403)
    for somebody in (WINDOW, ADMIN):
        assert len(desk.get(somebody, "/supervision-records").json["items"]) == 3
    for statement in ("UPDATE supervision_record SET light = 'yellow'", "DELETE FROM supervision_record"):
        with (
            pytest.raises(sa.exc.DBAPIError, match="only grows"),
            desk.system.runtime("enterprise").database.engine.begin() as connection,
        ):
            connection.execute(sa.text(statement))


def test_what_stops_or_ends_a_case_takes_its_warnings_back(sqlite_desk: Desk, clock: ManualClock) -> None:
    desk = sqlite_desk
    clock.set(at(MONDAY))
    ended, stopped, never = (desk.accepted(company={"trade_name": f"云栖{each}"}) for each in "止停离")
    desk.claim(REVIEWER, stopped)
    hearing = {"kind": "hearing", "reason": "利害关系人要求听证", "expected_days": 5}
    assert desk.act(REVIEWER, stopped, "start-procedure", hearing).status_code == 200
    assert desk.act(AGENT, ended, "withdraw", {}).status_code == 200
    clock.set(at(date(2026, 12, 1)))
    desk.system.settle()
    assert {each["case"]["id"] for each in _all(desk)} == {never}
    assert desk.act(REVIEWER, stopped, "end-procedure", {"kind": "hearing"}).status_code == 200
    clock.set(at(date(2026, 12, 3)))  # 24 November to 1 December do not count
    desk.system.settle()
    assert [each["light"] for each in _all(desk) if each["case"]["id"] == stopped] == ["red"], (
        "yellow is no news where it is red already"
    )
    with desk.system.runtime("enterprise").transaction(MANAGER) as tx:
        tx.schedule("case-warning", stopped, tx.now, {"case_id": stopped})
    before = len(_all(desk))
    desk.system.settle()
    assert len(_all(desk)) == before, "the same appointment once more gives nothing"


def _all(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.get(
        MANAGER, "/supervision-records", query_string={"limit": "100"}
    ).json["items"]
    return found


def test_pages_of_records_have_no_gaps_and_ask_one_query(sqlite_desk: Desk, clock: ManualClock) -> None:
    desk = sqlite_desk
    clock.set(at(MONDAY))
    for name in "甲乙丙丁":
        desk.accepted(company={"trade_name": f"云栖{name}"})
    clock.set(at(date(2026, 12, 1)))
    desk.system.settle()
    whole = [each["id"] for each in _all(desk)]
    assert len(whole) == 8
    found: list[str] = []
    cursor: str | None = None
    sent: list[str] = []
    engine = desk.system.runtime("enterprise").database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    pages = 0
    while True:
        query = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        page = desk.get(MANAGER, "/supervision-records", query_string=query).json
        found += [each["id"] for each in page["items"]]
        pages, cursor = pages + 1, page["next"]
        if cursor is None:
            break
    assert found == whole
    assert sum("supervision_record" in each for each in sent) == pages
    refusal(desk.get(MANAGER, "/supervision-records", query_string={"cursor": "x"}), 400)


def test_a_missed_limit_is_explained_publicly_and_anew(desk: Desk, clock: ManualClock) -> None:
    """优化营商环境条例 art. 36(2): 超过办理时间的，办理单位应当公开说明理由."""
    clock.set(at(MONDAY))
    case_id = desk.accepted(company={"trade_name": "云栖密"})
    desk.claim(REVIEWER, case_id)
    said = {"reason": "申请量集中，正在调配人员", "expected_on": "2026-12-01"}
    with nothing_changes(desk.system):
        refusal(desk.act(REVIEWER, case_id, "explain-overdue", said), 409, "not-overdue")
    clock.set(at(date(2026, 11, 25)))
    desk.system.settle()
    assert _records(desk, explanation="missing") == [("promised", "red")]
    assert "explain-overdue" in desk.case(REVIEWER, case_id)["actions"]
    assert desk.case(MANAGER, case_id)["actions"] == ["explain-overdue"]
    with nothing_changes(desk.system):
        for somebody in (AGENT, WINDOW, APPROVER):
            refusal(desk.act(somebody, case_id, "explain-overdue", said), 403)
        refusal(desk.act(OTHER_AGENT, case_id, "explain-overdue", said, If_Match='"1"'), 404)
        early = {"reason": "  ", "expected_on": "2026-11-25"}
        problem = refusal(desk.act(REVIEWER, case_id, "explain-overdue", early), 422)
        assert wrongs(problem) == {"/reason": "required", "/expected_on": "past"}
    assert desk.act(REVIEWER, case_id, "explain-overdue", said).status_code == 200
    assert _records(desk, explanation="missing") == []

    clock.set(at(date(2026, 11, 30)))
    desk.system.settle()
    again = {"reason": "需要补充核实", "expected_on": "2026-12-08"}
    assert desk.act(MANAGER, case_id, "explain-overdue", again).status_code == 200
    seen = desk.case(AGENT, case_id)["overdue"]
    assert (seen["missed"], seen["due_on"]) == ("promised", "2026-11-24")
    assert [(each["number"], each["reason"]) for each in seen["explanations"]] == [
        (2, "需要补充核实"),
        (1, "申请量集中，正在调配人员"),
    ]
    assert all(each["explained_by"] is None for each in seen["explanations"])
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert last["key"] == "overdue_explained" and last["actor"]["zh"] == "管理人员"

    answer = desk.get(None, "/overdue-explanations")
    assert answer.status_code == 200, answer.text
    (public,) = answer.json["items"]
    assert (public["case_number"], public["days_over"], public["expected_on"], public["reason"]) == (
        desk.case(AGENT, case_id)["number"],
        4,
        "2026-12-08",
        "需要补充核实",
    )
    assert public["department"]["name"]["zh"] == "示范区行政审批局" and public["missed"] == "promised"
    for private in ("云栖密", "企业经办人", "reviewer-13", "园区管理人员"):
        assert private not in answer.text
    refusal(desk.get(None, "/overdue-explanations", query_string={"cursor": "x"}), 400)
    desk.system.settle()
    told = desk.client(AGENT, "notifications").get("/messages").json["items"][0]
    assert told["title"]["zh"] == "超期办理的说明" and "2026年12月8日" in told["body"]["zh"]
    rows = [row for row in dump(desk.system)["outbox_message"] if "overdue-explained" in row]
    assert len(rows) == 2

    assert desk.act(AGENT, case_id, "withdraw", {}).status_code == 200
    assert desk.get(None, "/overdue-explanations").json["items"] == []
    clock.advance(timedelta(days=1))
    refusal(desk.act(MANAGER, case_id, "explain-overdue", again), 409, "wrong-state")
