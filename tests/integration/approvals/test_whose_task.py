"""Whose task it is: own applications, papers with ID numbers, declarations."""

from dataclasses import replace

from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, AUDITOR, REVIEWER, WINDOW


def test_an_official_cannot_take_up_an_application_of_their_own(sqlite_desk: Desk) -> None:
    both = replace(AGENT, roles=AGENT.roles | {"official"}, positions=WINDOW.positions)
    case_id = sqlite_desk.submitted(both)
    answer = sqlite_desk.on_task(both, sqlite_desk.task(both, case_id), "claim")
    assert answer.status_code == 403
    assert answer.json["type"] == "urn:yuanban:problem:own-application"
    assert sqlite_desk.task(WINDOW, case_id)["state"] == "open"


def test_papers_are_opened_only_by_the_applicant_and_by_who_has_claimed_the_task(sqlite_desk: Desk) -> None:
    case_id = sqlite_desk.submitted()
    for path in (f"/cases/{case_id}/materials/articles", f"/cases/{case_id}/materials/articles/pages/1"):
        assert sqlite_desk.get(AGENT, path).status_code == 200
        for reader in (WINDOW, REVIEWER, AUDITOR):
            assert sqlite_desk.get(reader, path).status_code == 403
    sqlite_desk.claim(WINDOW, case_id)
    assert sqlite_desk.get(WINDOW, f"/cases/{case_id}/materials/articles").status_code == 200
    assert sqlite_desk.get(REVIEWER, f"/cases/{case_id}/materials/articles").status_code == 403


def test_a_declaration_is_true_and_not_something_like_it(sqlite_desk: Desk) -> None:
    case_id = sqlite_desk.draft()
    for nearly in (1, "true", "yes", None):
        answer = sqlite_desk.act(AGENT, case_id, "submit", {"declaration": nearly})
        assert answer.status_code == 422, nearly
        assert answer.json["errors"][0]["pointer"] == "/declaration"
