"""Claims and four eyes: one official has a task, and whoever reviewed does not decide."""

import threading
from typing import Any

from shared.actor import Actor, Position
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import (
    AGENT,
    APPROVER,
    AUDITOR,
    BODY,
    BODY_NAME,
    OTHER_WINDOW,
    REVIEWER,
    WINDOW,
    official,
)
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.integration.approvals.test_versions import VERBS

ROUNDS = 4
RUNNERS = 3


def _both(number: int) -> Actor:
    """Somebody who reviews and approves."""
    return Actor(
        kind="account",
        id=REVIEWER.id if number == 13 else APPROVER.id,
        name="审查兼审批",
        roles=frozenset({"official"}),
        positions=(Position(BODY, BODY_NAME, "reviewer"), Position(BODY, BODY_NAME, "approver")),
    )


def at_once(calls: list[Any]) -> list[Any]:
    """Run all calls at the same moment; gives their answers."""
    barrier = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        barrier.wait()
        answers[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_officials_who_claim_one_task_at_once_exactly_one_gets_it(enterprise_desk: Desk) -> None:
    officials = [official("window", 50 + number) for number in range(RUNNERS)]
    for _round in range(ROUNDS):
        case_id = enterprise_desk.submitted()
        task = enterprise_desk.task(WINDOW, case_id)
        answers = at_once(
            [lambda who=who, task=task: enterprise_desk.on_task(who, task, "claim") for who in officials]
        )
        assert sorted(answer.status_code for answer in answers)[0] == 200
        losers = [answer for answer in answers if answer.status_code != 200]
        assert len(losers) == RUNNERS - 1
        assert all(answer.status_code in {409, 412} for answer in losers), [a.text for a in losers]
        winner = officials[next(n for n, answer in enumerate(answers) if answer.status_code == 200)]
        now = enterprise_desk.task(WINDOW, case_id)
        assert now["claimed_by"]["id"] == str(winner.id) and now["version"] == task["version"] + 1
        assert all("已由" in answer.json["detail"] for answer in losers if answer.status_code == 409)


def test_of_two_submissions_at_once_one_counts(enterprise_desk: Desk) -> None:
    for keys in ((None, None), ("same", "same")):
        draft = enterprise_desk.draft()
        etag = enterprise_desk.get(AGENT, f"/cases/{draft}").headers["ETag"]

        def submit(key: str | None, draft: str = draft, etag: str = etag) -> Any:
            headers = {"If-Match": etag, **({"Idempotency-Key": key + draft[-8:]} if key else {})}
            client = enterprise_desk.client(AGENT)
            return client.post(f"/cases/{draft}/submit", json={"declaration": True}, headers=headers)

        answers = at_once([lambda key=key: submit(key) for key in keys])
        codes = sorted(answer.status_code for answer in answers)
        assert codes == ([200, 200] if keys[0] else [200, 412])
        assert len(enterprise_desk.get(AGENT, f"/cases/{draft}/slips").json["items"]) == 1
        if keys[0]:
            assert answers[0].data == answers[1].data


def test_accepting_and_withdrawing_at_once_leaves_one_of_them(enterprise_desk: Desk) -> None:
    case_id = enterprise_desk.submitted()
    enterprise_desk.claim(WINDOW, case_id)
    etag = enterprise_desk.get(AGENT, f"/cases/{case_id}").headers["ETag"]
    answers = at_once(
        [
            lambda: enterprise_desk.act(WINDOW, case_id, "accept", If_Match=etag),
            lambda: enterprise_desk.act(AGENT, case_id, "withdraw", If_Match=etag),
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert enterprise_desk.case(AGENT, case_id)["state"] in {"accepted", "withdrawn"}


def test_a_claimed_task_is_somebody_elses_until_it_is_released(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    open_task = lasting_desk.task(WINDOW, case_id)
    claimed = lasting_desk.claim(WINDOW, case_id)
    assert claimed["mine"] and claimed["actions"] == ["release"]
    seen = lasting_desk.task(OTHER_WINDOW, case_id)
    assert not seen["mine"] and seen["actions"] == [] and seen["claimed_by"]["name"] == WINDOW.name
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.on_task(OTHER_WINDOW, seen, "claim"), 409, "already-claimed")
        refusal(lasting_desk.on_task(OTHER_WINDOW, open_task, "claim"), 409, "already-claimed")
        refusal(lasting_desk.on_task(OTHER_WINDOW, seen, "release"), 403, "claim-required")
        refusal(lasting_desk.on_task(WINDOW, claimed, "claim"), 409, "already-claimed")
    assert lasting_desk.on_task(WINDOW, claimed, "release").status_code == 200
    assert lasting_desk.claim(OTHER_WINDOW, case_id)["mine"]


def test_the_windows_verbs_need_the_claim(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    verbs = ("accept", "decline", "request-correction")

    def refused(actor: Actor) -> None:
        for verb in verbs:
            refusal(lasting_desk.act(actor, case_id, verb, VERBS[verb]), 403, "claim-required")

    with nothing_changes(lasting_desk.system):
        refused(WINDOW)
    lasting_desk.claim(OTHER_WINDOW, case_id)
    with nothing_changes(lasting_desk.system):
        for actor in (WINDOW, REVIEWER, APPROVER, AUDITOR):
            refused(actor)
        for verb in verbs:
            refusal(lasting_desk.act(AGENT, case_id, verb, VERBS[verb]), 403)
    assert lasting_desk.act(OTHER_WINDOW, case_id, "accept").status_code == 200


def test_who_lost_the_position_lost_the_claim(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    lasting_desk.claim(WINDOW, case_id)
    demoted = Actor(
        kind="account",
        id=WINDOW.id,
        name=WINDOW.name,
        roles=frozenset({"official"}),
        positions=(Position(BODY, BODY_NAME, "reviewer"),),
    )
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.act(demoted, case_id, "accept"), 403)

    lasting_desk.act(WINDOW, case_id, "accept")
    task = lasting_desk.claim(REVIEWER, case_id)
    overseer = Actor(kind="account", id=REVIEWER.id, name="前审查员", roles=frozenset({"administrator"}))
    body = {"conclusion": "approve", "text": "", "checks": lasting_desk.checks()}
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.on_task(overseer, task, "opinion", body), 403)


def test_an_opinion_and_a_decision_need_the_claim(lasting_desk: Desk) -> None:
    case_id = lasting_desk.accepted()
    body = {"conclusion": "approve", "text": "", "checks": lasting_desk.checks()}
    with nothing_changes(lasting_desk.system):
        task = lasting_desk.task(REVIEWER, case_id)
        refusal(lasting_desk.on_task(REVIEWER, task, "opinion", body), 403, "claim-required")
    task = lasting_desk.claim(REVIEWER, case_id)
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.on_task(official("reviewer", 60), task, "opinion", body), 403, "claim-required")
    assert lasting_desk.on_task(REVIEWER, task, "opinion", body).status_code == 200
    with nothing_changes(lasting_desk.system):
        for actor in (APPROVER, REVIEWER, WINDOW):
            answer = lasting_desk.act(actor, case_id, "decide", {"granted": True})
            refusal(answer, 403, "claim-required")
    lasting_desk.claim(official("approver", 61), case_id)
    with nothing_changes(lasting_desk.system):
        answer = lasting_desk.act(APPROVER, case_id, "decide", {"granted": True})
        refusal(answer, 403, "claim-required")


def test_whoever_reviewed_neither_takes_nor_makes_the_decision(enterprise_desk: Desk) -> None:
    case_id = enterprise_desk.reviewed()
    both = _both(13)
    task = enterprise_desk.task(both, case_id)
    with nothing_changes(enterprise_desk.system):
        refusal(enterprise_desk.on_task(both, task, "claim"), 403, "four-eyes")
        refusal(enterprise_desk.act(both, case_id, "decide", {"granted": True}), 403)
    enterprise_desk.claim(_both(14), case_id)
    assert enterprise_desk.act(_both(14), case_id, "decide", {"granted": True}).status_code == 200


def test_an_opinion_is_complete_or_refused_with_every_gap_named(lasting_desk: Desk) -> None:
    case_id = lasting_desk.accepted()
    task = lasting_desk.claim(REVIEWER, case_id)
    checks = lasting_desk.checks()
    keys = [check["key"] for check in checks]

    def refused(conclusion: str, given: list[dict[str, str]], text: str = "") -> dict[str, str]:
        body = {"conclusion": conclusion, "text": text, "checks": given}
        with nothing_changes(lasting_desk.system):
            return wrongs(refusal(lasting_desk.on_task(REVIEWER, task, "opinion", body), 422))

    assert refused("approve", []) == {f"/checks/{key}": "required" for key in keys}
    unknown = {"key": "colour", "result": "pass", "note": ""}
    assert refused("approve", [*checks, unknown]) == {f"/checks/{len(checks)}/key": "unknown"}
    failed = [{**checks[0], "result": "fail", "note": " "}, *checks[1:]]
    assert refused("approve", failed) == {"/checks/0/note": "required", "/conclusion": "contradiction"}
    assert refused("reject", checks) == {"/text": "required"}
    twice = [*checks, {**checks[0], "result": "na"}]
    assert refused("approve", twice) == {f"/checks/{len(checks)}/key": "duplicate"}
