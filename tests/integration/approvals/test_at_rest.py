"""What must not be readable, or change, after the act."""

from uuid import UUID

from shared.actor import Actor
from shared.http.idempotency import IdempotencyRecord
from shared.service import Runtime
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, REVIEWER, WINDOW

MANAGER = Actor(kind="account", id=UUID(int=77), name="管理人员", roles=frozenset({"manager"}))


def _runtime(desk: Desk) -> Runtime:
    return desk.system.runtime("enterprise")


def test_stored_answers_are_sealed_and_still_replayed(sqlite_desk: Desk) -> None:
    case_id = sqlite_desk.draft()
    etag = sqlite_desk.get(AGENT, f"/cases/{case_id}").headers["ETag"]
    headers = {"Idempotency_Key": "once", "If_Match": etag}
    first = sqlite_desk.act(AGENT, case_id, "submit", {"declaration": True}, **headers)
    again = sqlite_desk.act(AGENT, case_id, "submit", {"declaration": True}, **headers)
    assert first.data == again.data
    assert b"990101199001010019" in first.data
    with _runtime(sqlite_desk).read() as session:
        kept = [row.body for row in session.query(IdempotencyRecord)]
    assert kept and all(b"990101" not in body for body in kept)


def test_a_licence_stays_a_demonstration_when_the_settings_change(sqlite_desk: Desk) -> None:
    case_id = sqlite_desk.decided()
    certificate = sqlite_desk.case(AGENT, case_id)["certificate"]
    before = sqlite_desk.get(None, f"/verify/{certificate['id']}").json
    object.__setattr__(_runtime(sqlite_desk).settings, "demo", False)
    object.__setattr__(_runtime(sqlite_desk).settings, "public_url", "https://elsewhere.example")
    after = sqlite_desk.get(None, f"/verify/{certificate['id']}").json
    assert after["demo"] is True
    assert after["sha256"] == before["sha256"]


def test_the_applicant_does_not_learn_the_opinion_before_the_decision(sqlite_desk: Desk) -> None:
    case_id = sqlite_desk.reviewed("reject")
    seen = sqlite_desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]
    assert seen[-1]["key"] == "reviewed"
    assert seen[-1]["detail"] is None


def test_an_overseer_frees_a_task_whose_holder_is_away(sqlite_desk: Desk) -> None:
    case_id = sqlite_desk.submitted()
    sqlite_desk.claim(WINDOW, case_id)
    assert sqlite_desk.on_task(REVIEWER, sqlite_desk.task(WINDOW, case_id), "release").status_code == 404
    freed = sqlite_desk.on_task(MANAGER, sqlite_desk.task(MANAGER, case_id), "release")
    assert freed.status_code == 200, freed.text
    assert sqlite_desk.task(WINDOW, case_id)["state"] == "open"
