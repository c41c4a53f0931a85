"""Nobody handles an application of their own, whatever positions they hold."""

from dataclasses import replace

from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, WINDOW


def test_an_official_cannot_take_up_an_application_of_their_own(sqlite_desk: Desk) -> None:
    both = replace(AGENT, roles=AGENT.roles | {"official"}, positions=WINDOW.positions)
    case_id = sqlite_desk.submitted(both)
    answer = sqlite_desk.on_task(both, sqlite_desk.task(both, case_id), "claim")
    assert answer.status_code == 403
    assert answer.json["type"] == "urn:yuanban:problem:own-application"
    assert sqlite_desk.task(WINDOW, case_id)["state"] == "open"
