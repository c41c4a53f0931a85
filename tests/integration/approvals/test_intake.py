"""Intake: declining, the correction round trip, and acceptance by lapse of time."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.clock import PARK_TZ, ManualClock
from shared.testing.answers import a1_answers
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, OTHER_WINDOW, REVIEWER, WINDOW
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.unit.material_samples import pdf

RECEIVED_ON = date(2026, 11, 23)  # a Monday
LAST_DAY = date(2026, 11, 30)  # the fifth working day after it


def _at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARK_TZ)


def _keys(desk: Desk, case_id: str) -> list[str]:
    return [entry["key"] for entry in desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]]


def _slips(desk: Desk, case_id: str) -> list[str]:
    return [slip["kind"] for slip in desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]]


def _returned(desk: Desk, *targets: str, case_id: str | None = None) -> str:
    """A case that was sent back for correction of these points."""
    case_id = case_id or desk.submitted()
    desk.claim(WINDOW, case_id)
    points = [{"target": target, "requirement": f"请更正 {target}"} for target in targets]
    answer = desk.act(WINDOW, case_id, "request-correction", {"items": points})
    assert answer.status_code == 200, answer.text
    return case_id


@pytest.mark.parametrize(
    ("kind", "ground", "state", "slip", "code"),
    [
        ("not_required", "no_licence_needed", "not_required", "not_required_notice", 4),
        ("refused", "not_competent", "not_accepted", "not_accepted_notice", 5),
        ("refused", "not_corrected", "not_accepted", "not_accepted_notice", 5),
    ],
)
def test_declining_ends_the_case_with_its_slip(
    lasting_desk: Desk, kind: str, ground: str, state: str, slip: str, code: int
) -> None:
    case_id = lasting_desk.submitted()
    lasting_desk.claim(WINDOW, case_id)
    body = {"kind": kind, "ground": ground, "reason": "理由如下"}
    answer = lasting_desk.act(WINDOW, case_id, "decline", body)
    assert answer.status_code == 200, answer.text
    case = lasting_desk.case(AGENT, case_id)
    assert case["state"] == state and case["due"]["light"] == "ended" and case["actions"] == []
    assert _slips(lasting_desk, case_id) == ["receipt", slip]
    last = lasting_desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert last["code"] == code and "理由如下" in last["detail"]["zh"]
    slips = lasting_desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    assert lasting_desk.get(AGENT, f"/cases/{case_id}/slips/{slips[-1]['id']}").data.startswith(b"%PDF")
    assert lasting_desk.get(WINDOW, f"/cases/{case_id}/task").status_code == 204


def test_declining_needs_a_fitting_ground_and_a_reason(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    lasting_desk.claim(WINDOW, case_id)
    for kind, ground, reason, expected in (
        ("refused", "no_licence_needed", "理由", {"/ground": "choice"}),
        ("not_required", "not_competent", "理由", {"/ground": "choice"}),
        ("refused", "because", " ", {"/ground": "choice", "/reason": "required"}),
    ):
        body = {"kind": kind, "ground": ground, "reason": reason}
        with nothing_changes(lasting_desk.system):
            assert wrongs(refusal(lasting_desk.act(WINDOW, case_id, "decline", body), 422)) == expected


def test_a_notice_names_points_that_exist_each_once_with_what_is_wanted(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    lasting_desk.claim(WINDOW, case_id)

    def refused(*points: tuple[str, str]) -> dict[str, str]:
        body = {"items": [{"target": target, "requirement": said} for target, said in points]}
        with nothing_changes(lasting_desk.system):
            return wrongs(refusal(lasting_desk.act(WINDOW, case_id, "request-correction", body), 422))

    assert refused() == {"/items": "required"}
    assert refused(("/answers/company/colour", "x"), ("/materials/nothing", "x"), ("/etc/passwd", "x")) == {
        f"/items/{number}/target": "unknown" for number in range(3)
    }
    assert refused(("/answers/company", "x"), ("/answers/company", "y")) == {"/items/1/target": "duplicate"}
    assert refused(("/materials/articles", "  ")) == {"/items/0/requirement": "required"}
    beyond = ("/answers/shareholders/rows/2/name", "/answers/shareholders/rows/99999/name")
    assert refused(*[(target, "x") for target in beyond]) == {
        f"/items/{number}/target": "unknown" for number in range(2)
    }


def test_a_correction_ends_the_clock_and_its_answer_starts_another(
    enterprise_desk: Desk, clock: ManualClock
) -> None:
    desk = enterprise_desk
    clock.set(_at(RECEIVED_ON))
    case_id = desk.submitted()
    assert desk.case(AGENT, case_id)["due"]["on"] == LAST_DAY.isoformat()
    clock.set(_at(date(2026, 11, 25)))
    _returned(desk, "/answers/premises/room", "/materials/articles", case_id=case_id)

    case = desk.case(AGENT, case_id)
    assert case["state"] == "correction" and case["due"] is None and case["correction"]["round"] == 1
    points = case["correction"]["items"]
    assert [(p["target"], p["resolved"]) for p in points] == [
        ("/answers/premises/room", False),
        ("/materials/articles", False),
    ]
    assert all(point["label"]["zh"] and point["label"]["en"] for point in points)
    clocks = desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    assert [(c["kind"], c["state"]) for c in clocks] == [("intake", "met")]
    clock.set(_at(date(2026, 12, 10)))
    desk.system.settle()
    assert desk.case(AGENT, case_id)["state"] == "correction", "no lapse while the applicant is to act"

    with nothing_changes(desk.system):
        untouched = refusal(desk.act(AGENT, case_id, "answer-correction"), 422)
        assert wrongs(untouched) == {
            "/answers/premises/room": "not-corrected",
            "/materials/articles": "not-corrected",
        }
    premises = a1_answers(premises={"room": "502室"})["premises"]
    assert desk.save(AGENT, case_id, {"premises": premises}).status_code == 200
    with nothing_changes(desk.system):
        assert wrongs(refusal(desk.act(AGENT, case_id, "answer-correction"), 422)) == {
            "/materials/articles": "not-corrected"
        }
    assert desk.upload(AGENT, case_id, "articles", pdf(2), If_Match='"1"').status_code == 200
    answered = desk.act(AGENT, case_id, "answer-correction")
    assert answered.status_code == 200, answered.text

    case = answered.json
    assert case["state"] == "received" and case["due"]["on"] == "2026-12-17"
    clocks = desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    assert [(c["kind"], c["round"], c["start_on"], c["state"]) for c in clocks] == [
        ("intake", 1, "2026-11-23", "met"),
        ("intake", 2, "2026-12-10", "running"),
    ]
    assert _keys(desk, case_id) == ["received", "correction_requested", "correction_answered"]
    assert _slips(desk, case_id) == ["receipt", "correction_notice"]


def test_a_second_round_is_possible_and_the_case_goes_on_after_it(lasting_desk: Desk) -> None:
    case_id = _returned(lasting_desk, "/answers/premises/room")
    for number in (1, 2):
        premises = a1_answers(premises={"room": f"60{number}室"})["premises"]
        assert lasting_desk.save(AGENT, case_id, {"premises": premises}).status_code == 200
        assert lasting_desk.act(AGENT, case_id, "answer-correction").status_code == 200
        assert lasting_desk.case(AGENT, case_id)["correction"]["round"] == number
        if number == 1:
            _returned(lasting_desk, "/answers/premises/room", case_id=case_id)
    lasting_desk.claim(OTHER_WINDOW, case_id)
    assert lasting_desk.act(OTHER_WINDOW, case_id, "accept").json["state"] == "accepted"
    kinds = _slips(lasting_desk, case_id)
    assert kinds == ["receipt", "correction_notice", "correction_notice", "acceptance_notice"]


def test_only_what_was_returned_may_be_edited(sqlite_desk: Desk, clock: ManualClock) -> None:
    desk = sqlite_desk
    case_id = _returned(desk, "/answers/premises/room", "/materials/articles")
    answers = a1_answers()
    clock.advance(timedelta(minutes=5))
    with nothing_changes(desk.system):
        for section in ("company", "people", "agent"):
            problem = refusal(desk.save(AGENT, case_id, {section: answers[section]}), 422)
            assert wrongs(problem) == {f"/answers/{section}": "not-returned"}
        mixed = desk.save(AGENT, case_id, {"premises": answers["premises"], "agent": answers["agent"]})
        assert wrongs(refusal(mixed, 422)) == {"/answers/agent": "not-returned"}
        refusal(desk.upload(AGENT, case_id, "premises", pdf(2), If_Match='"1"'), 409, "not-returned")
        path = f"/cases/{case_id}/materials/premises"
        refusal(desk.client(AGENT).delete(path, headers={"If-Match": '"1"'}), 409, "not-returned")
    first = desk.upload(AGENT, case_id, "articles", pdf(2), If_Match='"1"')
    assert first.status_code == 200
    assert desk.upload(AGENT, case_id, "articles", pdf(3), If_Match=first.headers["ETag"]).status_code == 200


def test_a_correction_may_bring_materials_that_were_not_there(sqlite_desk: Desk, clock: ManualClock) -> None:
    case_id = _returned(sqlite_desk, "/answers/premises/room")
    spare = next(m["code"] for m in sqlite_desk.case(AGENT, case_id)["materials"] if not m["uploaded"])
    clock.advance(timedelta(minutes=5))
    brought = sqlite_desk.upload(AGENT, case_id, spare)
    assert brought.status_code == 201, brought.text
    replaced = sqlite_desk.upload(AGENT, case_id, spare, pdf(2), If_Match=brought.headers["ETag"])
    assert replaced.status_code == 200, replaced.text


def test_a_corrected_application_still_has_to_be_right(lasting_desk: Desk) -> None:
    case_id = _returned(lasting_desk, "/answers/company/registered_capital")
    company = a1_answers(company={"registered_capital": "600"})["company"]
    assert lasting_desk.save(AGENT, case_id, {"company": company}).status_code == 200
    with nothing_changes(lasting_desk.system):
        problem = refusal(lasting_desk.act(AGENT, case_id, "answer-correction"), 422)
    assert len(wrongs(problem)) == 1, "the contributions no longer add up to the capital"
    shareholders: Any = a1_answers()["shareholders"]
    shareholders["rows"][0]["contribution"] = "400"
    assert lasting_desk.save(AGENT, case_id, {"shareholders": shareholders}).status_code == 200
    assert lasting_desk.act(AGENT, case_id, "answer-correction").status_code == 200


def test_without_a_notice_in_five_working_days_the_case_counts_as_accepted_from_receipt(
    desk: Desk, clock: ManualClock
) -> None:
    clock.set(_at(RECEIVED_ON))
    case_id = desk.submitted()
    clock.set(_at(LAST_DAY, 23))
    desk.system.settle()
    assert desk.case(AGENT, case_id)["state"] == "received"
    clock.set(_at(LAST_DAY + timedelta(days=1), 0))
    desk.system.settle()

    case = desk.case(AGENT, case_id)
    assert case["state"] == "accepted" and case["due"]["light"] == "red"
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert (last["key"], last["code"], last["effective_on"]) == (
        "deemed_accepted",
        3,
        RECEIVED_ON.isoformat(),
    )
    assert last["actor"]["en"] == "System"
    clocks = {c["kind"]: c for c in desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]}
    assert clocks["statutory"]["start_on"] == RECEIVED_ON.isoformat()
    assert clocks["statutory"]["due_on"] == "2026-11-26" and clocks["promised"]["due_on"] == "2026-11-24"
    assert _slips(desk, case_id) == ["receipt", "acceptance_notice"]
    assert desk.task(REVIEWER, case_id)["kind"] == "review"
    assert desk.get(WINDOW, f"/cases/{case_id}/task").status_code == 204
    messages = desk.client(AGENT, "notifications").get("/messages").json["items"]
    assert len(messages) == 2


def test_an_official_who_comes_late_finds_the_case_accepted(
    enterprise_desk: Desk, clock: ManualClock
) -> None:
    desk = enterprise_desk
    clock.set(_at(RECEIVED_ON))
    case_id, unclaimed = desk.submitted(), desk.submitted()
    desk.claim(WINDOW, case_id)
    late = desk.task(WINDOW, unclaimed)
    clock.set(_at(LAST_DAY + timedelta(days=1)))
    with nothing_changes(desk.system):
        refusal(desk.act(WINDOW, case_id, "accept"), 409, "wrong-state")
        points = {"items": [{"target": "/answers/company", "requirement": "x"}]}
        refusal(desk.act(WINDOW, case_id, "request-correction", points), 409, "wrong-state")
        refusal(desk.on_task(WINDOW, late, "claim"), 409, "task-ended")
    desk.system.settle()
    for each in (case_id, unclaimed):
        assert desk.case(AGENT, each)["state"] == "accepted"
        assert _keys(desk, each) == ["received", "deemed_accepted"]
    assert desk.case(APPROVER, case_id)["accepted_at"]


def test_withdrawing_late_first_counts_as_accepted(sqlite_desk: Desk, clock: ManualClock) -> None:
    clock.set(_at(RECEIVED_ON))
    case_id = sqlite_desk.submitted()
    clock.set(_at(LAST_DAY + timedelta(days=1)))
    assert sqlite_desk.act(AGENT, case_id, "withdraw", {"reason": "不办了"}).status_code == 200
    items = sqlite_desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]
    assert [entry["code"] for entry in items] == [1, 3, 14]
    sqlite_desk.system.settle()
    assert sqlite_desk.case(AGENT, case_id)["state"] == "withdrawn"
