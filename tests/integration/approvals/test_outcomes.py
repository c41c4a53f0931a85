"""How cases end, and what their dates and lights say on the way."""

from datetime import date, datetime

import pytest

from shared.clock import PARK_TZ, ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, REVIEWER, WINDOW
from tests.integration.approvals.refusals import dump, nothing_changes, refusal, wrongs
from tests.unit.pdf_text import texts


def _at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARK_TZ)


def _codes(desk: Desk, case_id: str) -> list[int | None]:
    return [entry["code"] for entry in desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]]


def _slips(desk: Desk, case_id: str) -> list[str]:
    return [slip["kind"] for slip in desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]]


def test_withdrawing_before_acceptance_is_event_2_and_cancels_the_task(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    case_id = desk.submitted()
    task = desk.claim(WINDOW, case_id)
    answer = desk.act(AGENT, case_id, "withdraw", {"reason": "改日再办"})
    assert answer.json["state"] == "withdrawn" and answer.json["actions"] == []
    assert _codes(desk, case_id) == [1, 2]
    assert _slips(desk, case_id) == ["receipt", "termination_notice"]
    assert desk.get(WINDOW, f"/tasks/{task['id']}").json["state"] == "cancelled"
    assert dump(desk.system)["timer"] == []
    with nothing_changes(desk.system):
        refusal(desk.on_task(WINDOW, {**task, "version": task["version"] + 1}, "release"), 409)


def test_withdrawing_after_acceptance_is_event_14(enterprise_desk: Desk) -> None:
    case_id = enterprise_desk.accepted()
    review = enterprise_desk.task(REVIEWER, case_id)
    assert enterprise_desk.act(AGENT, case_id, "withdraw", {}).status_code == 200
    assert _codes(enterprise_desk, case_id) == [1, 3, 14]
    assert enterprise_desk.get(REVIEWER, f"/tasks/{review['id']}").json["state"] == "cancelled"


def test_a_withdrawal_without_a_reason_has_a_notice_that_can_be_read(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    assert lasting_desk.act(AGENT, case_id, "withdraw", {"reason": " "}).status_code == 200
    for slip in lasting_desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]:
        answer = lasting_desk.get(AGENT, f"/cases/{case_id}/slips/{slip['id']}")
        assert answer.status_code == 200, slip["kind"]
    assert "申请人撤回申请" in texts(answer.data)[0]


def test_a_refusal_gives_its_reasons_and_the_remedies(lasting_desk: Desk) -> None:
    case_id = lasting_desk.reviewed()
    lasting_desk.claim(APPROVER, case_id)
    for reason in ("", "   "):
        with nothing_changes(lasting_desk.system):
            body = {"granted": False, "reason": reason}
            problem = refusal(lasting_desk.act(APPROVER, case_id, "decide", body), 422)
            assert wrongs(problem) == {"/reason": "required"}
    body = {"granted": False, "reason": "住所材料与申请不一致"}
    assert lasting_desk.act(APPROVER, case_id, "decide", body).status_code == 200
    case = lasting_desk.case(AGENT, case_id)
    assert case["state"] == "refused" and case["certificate"] is None
    assert case["decision"]["reason"] == "住所材料与申请不一致"
    assert "行政复议" in case["decision"]["remedies"]["zh"] and case["decision"]["remedies"]["en"]
    assert _codes(lasting_desk, case_id) == [1, 3, 8, None, 13]
    assert _slips(lasting_desk, case_id)[-1] == "refusal_decision"
    refusal(lasting_desk.get(AGENT, f"/cases/{case_id}/certificate"), 404)


def test_a_grant_is_told_with_the_national_codes_in_both_languages(lasting_desk: Desk) -> None:
    case_id = Desk(lasting_desk.system, company={"trade_name": "云栖准"}).decided()
    assert _codes(lasting_desk, case_id) == [1, 3, 8, None, 11, None]
    for entry in lasting_desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]:
        assert entry["name"]["zh"] and entry["name"]["en"] and entry["actor"]["zh"]
        assert entry["at"].endswith("+00:00") and entry["effective_on"] == "2026-11-23"


def test_every_date_explains_itself_in_both_languages(lasting_desk: Desk) -> None:
    case_id = lasting_desk.accepted()
    found = lasting_desk.get(AGENT, f"/cases/{case_id}/deadline").json
    assert found["due_on"] == "2026-11-24" and found["light"] == "green" and not found["provisional"]
    assert {clock["kind"]: clock["due_on"] for clock in found["clocks"]} == {
        "intake": "2026-11-30",
        "statutory": "2026-11-26",
        "promised": "2026-11-24",
    }
    for clock in found["clocks"]:
        assert clock["lines"] and clock["name"]["zh"] and clock["limit"]["text"]["en"]
        assert all(line["text"]["zh"] and line["text"]["en"] for line in clock["lines"])


@pytest.mark.parametrize(
    ("today", "light", "days_left"),
    [
        (date(2026, 11, 23), "green", 5),
        (date(2026, 11, 26), "green", 2),
        (date(2026, 11, 27), "yellow", 1),
        (date(2026, 11, 30), "yellow", 0),
    ],
)
def test_the_light_follows_the_day(
    sqlite_desk: Desk, clock: ManualClock, today: date, light: str, days_left: int
) -> None:
    clock.set(_at(date(2026, 11, 23)))
    case_id = sqlite_desk.submitted()
    clock.set(_at(today))
    for due in (sqlite_desk.case(AGENT, case_id)["due"], sqlite_desk.task(WINDOW, case_id)["due"]):
        assert (due["on"], due["light"], due["days_left"]) == ("2026-11-30", light, days_left)


def test_a_missed_promise_is_red_with_the_days_it_is_late(sqlite_desk: Desk, clock: ManualClock) -> None:
    case_id = sqlite_desk.accepted()
    clock.set(_at(date(2026, 11, 26)))
    due = sqlite_desk.case(AGENT, case_id)["due"]
    assert (due["on"], due["kind"], due["light"], due["days_left"]) == ("2026-11-24", "promised", "red", -2)
    statuses = {
        clock["kind"]: clock["state"]
        for clock in sqlite_desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    }
    assert statuses == {"intake": "met", "statutory": "running", "promised": "overdue"}


def test_a_date_in_a_year_without_calendar_is_provisional_and_says_so(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    clock.set(_at(date(2026, 12, 31)))
    case_id = sqlite_desk.submitted()
    due = sqlite_desk.case(AGENT, case_id)["due"]
    assert due["on"].startswith("2027-01-") and due["provisional"]
    assert sqlite_desk.task(WINDOW, case_id)["due"]["provisional"]
    found = sqlite_desk.get(AGENT, f"/cases/{case_id}/deadline").json
    assert found["provisional"] and found["clocks"][0]["provisional"]
    said = found["clocks"][0]["lines"]
    assert any("2027" in line["text"]["zh"] and "provisional" in line["text"]["en"].lower() for line in said)
