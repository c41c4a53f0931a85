"""An item whose limits are in hours: from the receipt to the decision everything goes by the instant."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from approvals.items.catalogue import Catalogue
from approvals.items.model import Item, Limit
from shared.clock import PARK_TZ, ManualClock
from shared.testing.systems import SystemFactory
from shared.text import Text
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, MANAGER, REVIEWER, WINDOW
from tests.integration.approvals.services import enterprise
from tests.unit.item_cases import a1, catalogue_for_tests, with_every_procedure
from tests.unit.pdf_text import texts

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=PARK_TZ)
HOUR = timedelta(hours=1)


def _hours(n: int) -> Limit:
    return Limit(n, "hour", verified=False, basis=Text("测试", "test"))


def _in_hours() -> Item:
    """A1 as if it promised an answer in hours: two for intake, four for the decision, eight by law."""
    item = with_every_procedure(a1())
    by_law = replace(_hours(8), extension=_hours(4))
    limits = replace(item.limits, intake=_hours(2), promised=_hours(4), statutory=by_law)
    steps = tuple(replace(step, limit=_hours(2)) if step.starts else step for step in item.steps)
    return replace(item, limits=limits, steps=steps)


@pytest.fixture
def desk(make_system: SystemFactory, clock: ManualClock) -> Desk:
    """The enterprise service with that item."""
    clock.set(MORNING)
    shipped = catalogue_for_tests()
    versions = tuple(_in_hours() if each.slug == a1().slug else each for each in shipped.versions)
    catalogue = Catalogue(versions, shipped.categories, shipped.chapters)
    service = replace(
        enterprise, resources=lambda settings: {**enterprise.resources(settings), Catalogue: catalogue}
    )
    return Desk(make_system([service], demo=True))


def _due(case: dict[str, Any]) -> tuple[str, str, int | None]:
    due = case["due"]
    return due["at"], due["light"], due["hours_left"]


def test_hours_run_from_the_moment_stop_for_a_procedure_and_are_told_to_the_minute(
    desk: Desk, clock: ManualClock
) -> None:
    later = desk.submitted(company={"trade_name": "云栖后"})
    clock.advance(-HOUR)
    case_id = desk.submitted()
    assert _due(desk.case(AGENT, case_id)) == ("2026-11-23T02:00:00+00:00", "green", 2)
    queue = desk.get(WINDOW, "/tasks").json
    assert [each["case"]["id"] for each in queue["items"]] == [case_id, later], "by the hour, not by the day"
    assert queue["items"][0]["due"]["at"] == "2026-11-23T02:00:00+00:00"
    clock.advance(timedelta(minutes=100))
    assert _due(desk.case(AGENT, case_id))[1] == "yellow"  # a fifth of two hours is left
    assert len(desk.get(WINDOW, "/tasks", query_string={"light": "yellow"}).json["items"]) == 1

    desk.claim(WINDOW, case_id)
    assert desk.act(WINDOW, case_id, "accept").status_code == 200  # 9:40
    assert _due(desk.case(AGENT, case_id)) == ("2026-11-23T05:40:00+00:00", "green", 4)
    task = desk.claim(REVIEWER, case_id)
    assert (task["stage"]["key"], task["stage"]["at"]) == ("review", "2026-11-23T03:40:00+00:00")
    clock.advance(HOUR)
    testing = {"kind": "testing", "reason": "样品需要检测", "expected_days": 1}
    assert desk.act(REVIEWER, case_id, "start-procedure", testing).json["due"] is None
    clock.advance(26 * HOUR)
    case = desk.act(REVIEWER, case_id, "end-procedure", {"kind": "testing"}).json
    assert _due(case) == ("2026-11-24T07:40:00+00:00", "green", 3)
    clocks = {each["kind"]: each for each in desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]}
    assert clocks["statutory"]["due_at"] == "2026-11-24T11:40:00+00:00" and "stage" not in clocks
    lines = [line["text"]["zh"] for line in clocks["promised"]["lines"]]
    assert any("26小时0分不计入（检测）" in line for line in lines)
    assert lines[-1] == "应于2026年11月24日15:40前办结"

    clock.set(datetime(2026, 11, 24, 15, 41, tzinfo=PARK_TZ))
    desk.system.settle()
    assert _due(desk.case(AGENT, case_id))[1:] == ("red", -1)
    assert [
        each["case"]["id"]
        for each in desk.get(REVIEWER, "/tasks", query_string={"light": "red"}).json["items"]
    ]
    records = desk.get(MANAGER, "/supervision-records", query_string={"light": "red"}).json["items"]
    assert [(each["case"]["id"], each["due_at"]) for each in records if each["case"]["id"] == case_id] == [
        (case_id, "2026-11-24T07:40:00+00:00")
    ]
    assert {"承诺办理期限已于2026年11月24日15:40届满，请尽快办结并公开说明理由"} == {
        each["content"]["zh"] for each in records if each["case"]["id"] == case_id
    }
    assert "explain-overdue" in desk.case(REVIEWER, case_id)["actions"]


def test_what_is_written_names_the_minute(desk: Desk, clock: ManualClock) -> None:
    case_id = desk.submitted()
    desk.claim(WINDOW, case_id)
    assert desk.act(WINDOW, case_id, "accept").status_code == 200
    desk.claim(REVIEWER, case_id)
    assert desk.act(REVIEWER, case_id, "request-extension", {"reason": "情形复杂"}).status_code == 200
    desk.claim(APPROVER, case_id)
    assert desk.act(APPROVER, case_id, "decide-extension", {"approved": True}).status_code == 200
    slips = desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    said = {
        each["kind"]: "".join(texts(desk.get(AGENT, each["url"].partition("enterprise")[2]).data))
        for each in slips
    }
    assert "最迟于2026年11月23日11:00决定是否受理" in said["receipt"]
    assert "将于2026年11月23日13:00前作出决定" in said["acceptance_notice"]
    for by_law in ("原法定到期日", "2026年11月23日17:00", "2026年11月23日21:00前作出决定"):
        assert by_law in said["extension_notice"]

    clock.set(datetime(2026, 11, 25, 9, 0, tzinfo=PARK_TZ))
    reason = {"reason": "申请量集中，正在调配人员", "expected_on": "2026-11-26"}
    assert desk.act(REVIEWER, case_id, "explain-overdue", reason).status_code == 200
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert last["detail"]["zh"].startswith("期限已于2026年11月23日13:00届满")


def test_an_intake_limit_in_hours_is_over_a_moment_after_its_instant(desk: Desk, clock: ManualClock) -> None:
    case_id = desk.submitted()
    clock.advance(2 * HOUR)
    desk.system.settle()
    assert desk.case(AGENT, case_id)["state"] == "received"
    clock.advance(timedelta(seconds=1))
    desk.system.settle()
    case = desk.case(AGENT, case_id)
    assert case["state"] == "accepted"
    assert _due(case)[0] == "2026-11-23T05:00:00+00:00", "four hours from the receipt of the materials"
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert "2小时内未告知补正" in last["detail"]["zh"]
