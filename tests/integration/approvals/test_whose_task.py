"""Whose task it is: own applications, claims of those who have moved on, declarations."""

from dataclasses import replace

from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, REVIEWER, WINDOW


def test_an_official_cannot_take_up_an_application_of_their_own(sqlite_desk: Desk) -> None:
    both = replace(AGENT, roles=AGENT.roles | {"official"}, positions=WINDOW.positions)
    case_id = sqlite_desk.submitted(both)
    answer = sqlite_desk.on_task(both, sqlite_desk.task(both, case_id), "claim")
    assert answer.status_code == 403
    assert answer.json["type"] == "urn:yuanban:problem:own-application"
    assert sqlite_desk.task(WINDOW, case_id)["state"] == "open"


def test_a_claim_shows_nothing_more_to_an_official_who_was_given_another_position(sqlite_desk: Desk) -> None:
    case_id = sqlite_desk.submitted()
    sqlite_desk.claim(WINDOW, case_id)
    assert not sqlite_desk.case(WINDOW, case_id)["masked"]
    moved = replace(WINDOW, positions=REVIEWER.positions)
    seen = sqlite_desk.case(moved, case_id)
    assert seen["masked"] and seen["actions"] == []
    assert sqlite_desk.get(moved, f"/cases/{case_id}/materials/articles").status_code == 403


def test_a_declaration_is_true_and_not_something_like_it(sqlite_desk: Desk) -> None:
    case_id = sqlite_desk.draft()
    for nearly in (1, "true", "yes", None):
        answer = sqlite_desk.act(AGENT, case_id, "submit", {"declaration": nearly})
        assert answer.status_code == 422, nearly
        assert answer.json["errors"][0]["pointer"] == "/declaration"
