"""Correcting on the spot (当场更正): what is right at once, with consent, seen by the applicant."""

from typing import Any

from shared.clock import ManualClock
from shared.testing.answers import ID_NUMBERS
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, AUDITOR, OTHER_WINDOW, REVIEWER, WINDOW
from tests.integration.approvals.refusals import dump, nothing_changes, refusal, wrongs

ROOM, HOLDER = "/answers/premises/room", "/answers/shareholders/rows/0/document_number"


def _correct(desk: Desk, case_id: str, who: Any = WINDOW, **changes: Any) -> Any:
    """Correct answers; `changes` by the last part of their pointer is too short, so pairs are given."""
    body = {"consent": "phone", "note": "与租赁合同核对", **changes}
    body["changes"] = [{"target": target, "value": value} for target, value in body["changes"]]
    return desk.act(who, case_id, "correct-on-the-spot", body)


def test_what_is_right_at_once_is_corrected_and_the_applicant_sees_it(desk: Desk) -> None:
    case_id = desk.submitted()
    due = desk.case(AGENT, case_id)["due"]
    desk.claim(WINDOW, case_id)
    assert "correct-on-the-spot" in desk.case(WINDOW, case_id)["actions"]
    name = "/answers/company/trade_name"
    liaison = "/answers/contacts/liaison_id"
    answer = _correct(desk, case_id, changes=[(ROOM, "502室"), (name, "云栖岸"), (liaison, ID_NUMBERS[2])])
    assert answer.status_code == 200, answer.text
    case = desk.case(AGENT, case_id)
    assert case["answers"]["premises"]["room"] == "502室" and "云栖岸" in case["subject_name"]
    assert (case["state"], case["due"]) == ("received", due), "the intake clock is not touched"
    (correction,) = case["spot_corrections"]
    assert (correction["consent"], correction["note"]) == ("phone", "与租赁合同核对")
    room, _name, number = correction["changes"]
    assert (room["before"]["zh"], room["after"]["zh"]) == ("501室", "502室")
    assert number["after"]["zh"] == ID_NUMBERS[2]
    seen = desk.case(AUDITOR, case_id)["spot_corrections"][0]["changes"][2]
    assert "*" in seen["after"]["zh"] and "*" in seen["before"]["zh"]
    entry = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert (entry["key"], entry["code"]) == ("corrected_on_the_spot", None)
    assert "申请人电话同意" in entry["detail"]["zh"] and ID_NUMBERS[2] not in entry["detail"]["zh"]
    written = dump(desk.system)
    assert all(ID_NUMBERS[2] not in row for table in written.values() for row in table)
    assert any(liaison in row and "corrected-on-the-spot" in row for row in written["audit_entry"])
    desk.system.settle()
    told = desk.client(AGENT, "notifications").get("/messages").json["items"][0]
    assert told["title"]["zh"] == "申请内容已当场更正" and "申请人电话同意" in told["body"]["zh"]
    assert desk.act(WINDOW, case_id, "accept").status_code == 200
    with nothing_changes(desk.system):
        refusal(_correct(desk, case_id, changes=[(ROOM, "503室")]), 409, "wrong-state")


def test_what_is_no_answer_or_not_different_is_refused(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = desk.submitted()
    desk.claim(WINDOW, case_id)
    with nothing_changes(desk.system):
        changes = [
            ("/materials/articles", "x"),
            ("/answers/premises", "x"),
            ("/answers/shareholders/rows/9/name", "x"),
            ("/answers/premises/moon", "x"),
            ("/answers/shareholders/rows", "x"),
            (ROOM, "501室"),
            (ROOM, "502室"),
        ]
        found = wrongs(refusal(_correct(desk, case_id, changes=changes), 422))
        assert found == {
            **{f"/changes/{number}/target": "unknown" for number in range(5)},
            "/changes/5/value": "unchanged",
            "/changes/6/target": "duplicate",
        }
        assert wrongs(refusal(_correct(desk, case_id, changes=[]), 422)) == {"/changes": "required"}
        refusal(_correct(desk, case_id, changes=[(ROOM, "502室")], consent="letter"), 422)
        refusal(_correct(desk, case_id, changes=[(ROOM, ["502室"])]), 422)
        refusal(_correct(desk, case_id, changes=[(ROOM, {"zh": "502室"})]), 422)
        for who in (AGENT, OTHER_WINDOW, REVIEWER):
            refusal(_correct(desk, case_id, who, changes=[(ROOM, "502室")]), 403)


def test_what_is_wrong_afterwards_is_refused(lasting_desk: Desk, clock: ManualClock) -> None:
    desk = lasting_desk
    case_id = desk.submitted(company={"trade_name": "云栖误"})
    desk.claim(WINDOW, case_id)
    with nothing_changes(desk.system):
        for changes, pointer in (
            ([(HOLDER, "990101199001010018")], HOLDER),
            ([("/answers/company/registered_capital", "600")], "/answers/company/registered_capital"),
            ([(ROOM, None), ("/answers/company/trade_name", None)], "/answers/company/trade_name"),
            ([("/answers/agent/has_agent", "true")], "/materials/power_of_attorney"),
        ):
            problem = refusal(_correct(desk, case_id, changes=changes), 422)
            assert pointer in wrongs(problem), problem["errors"]
    both = [
        ("/answers/company/registered_capital", "600"),
        ("/answers/shareholders/rows/0/contribution", "400"),
    ]
    assert _correct(desk, case_id, changes=both).status_code == 200, "together they are right again"
    assert _correct(desk, case_id, changes=[(ROOM, "502室")]).status_code == 200
    assert len(desk.case(AGENT, case_id)["spot_corrections"]) == 2
