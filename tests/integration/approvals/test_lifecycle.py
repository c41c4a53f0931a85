"""Every verb in every state it is not meant for: refused, and the case stays as it is."""

from collections.abc import Callable
from typing import Any

import pytest

from approvals.cases.lifecycle import ALLOWED, State
from shared.actor import Actor
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, MANAGER, REVIEWER, WINDOW
from tests.integration.approvals.refusals import nothing_changes, refusal
from tests.integration.approvals.test_versions import VERBS

OFFICIALS = {
    "accept": WINDOW,
    "decline": WINDOW,
    "request-correction": WINDOW,
    "decide": APPROVER,
    "start-procedure": REVIEWER,
    "end-procedure": REVIEWER,
    "request-extension": REVIEWER,
    "decide-extension": APPROVER,
    "record-delivery": WINDOW,
    "explain-overdue": MANAGER,
    "propose-revocation": REVIEWER,
    "decide-revocation": APPROVER,
    "withdraw-revocation": REVIEWER,
    "correct-on-the-spot": WINDOW,
    "record-check": REVIEWER,
    "retry-handover": MANAGER,
    "answer-objection": REVIEWER,
    "record-payment": REVIEWER,
}
DECLINED = {"kind": "refused", "ground": "not_competent", "reason": "不属于本机关职权"}
NOT_REQUIRED = {"kind": "not_required", "ground": "no_licence_needed", "reason": "依法无需许可"}
POINTS = {"items": [{"target": "/answers/premises/room", "requirement": "请写明门牌"}]}


def _after(desk: Desk, verb: str, body: dict[str, Any], by: Actor = WINDOW) -> str:
    case_id = desk.submitted()
    if by is WINDOW:
        desk.claim(WINDOW, case_id)
    answer = desk.act(by, case_id, verb, body)
    assert answer.status_code == 200, answer.text
    return case_id


def _reviewing(desk: Desk) -> str:
    case_id = desk.accepted()
    desk.claim(REVIEWER, case_id)
    return case_id


def _revoked(desk: Desk) -> str:
    case_id = desk.decided()
    desk.act(REVIEWER, case_id, "propose-revocation", VERBS["propose-revocation"])
    desk.act(AGENT, case_id, "state-objection", VERBS["state-objection"])
    desk.claim(APPROVER, case_id)
    assert desk.act(APPROVER, case_id, "decide-revocation", VERBS["decide-revocation"]).status_code == 200
    return case_id


REACH: dict[State, Callable[[Desk], str]] = {
    State.DRAFT: lambda desk: desk.draft(),
    State.RECEIVED: lambda desk: desk.submitted(),
    State.CORRECTION: lambda desk: _after(desk, "request-correction", POINTS),
    State.ACCEPTED: lambda desk: desk.accepted(),
    State.REVIEWING: _reviewing,
    State.DECIDING: lambda desk: desk.reviewed(),
    State.GRANTED: lambda desk: desk.decided(),
    State.REFUSED: lambda desk: desk.decided(granted=False, reason="住所材料不实"),
    State.NOT_REQUIRED: lambda desk: _after(desk, "decline", NOT_REQUIRED),
    State.NOT_ACCEPTED: lambda desk: _after(desk, "decline", DECLINED),
    State.WITHDRAWN: lambda desk: _after(desk, "withdraw", {}, AGENT),
    State.REVOKED: _revoked,
}


ELSEWHERE = {
    *(State.ON_NOTICE, State.NOTICE_OVER, State.OBJECTED, State.LAPSED),  # test_public_notices.py
    State.SUBMITTED,  # test_handovers.py
    State.FILED,  # test_renewals.py, of a filing
    State.TERMINATED,  # test_gaps.py
}
"""Reached in ways that A1 does not go, or not by a verb alone."""


def test_every_state_is_reached_here_or_elsewhere() -> None:
    assert set(REACH) | ELSEWHERE == set(State) and not set(REACH) & ELSEWHERE


def _trade_name(state: State) -> dict[str, str]:
    """A name of its own: the register takes each once."""
    return {"trade_name": "云栖" + "甲乙丙丁戊己庚辛壬癸子寅"[list(REACH).index(state)]}


@pytest.mark.parametrize("state", list(REACH))
def test_a_verb_is_refused_in_every_state_it_is_not_meant_for(lasting_desk: Desk, state: State) -> None:
    desk = Desk(lasting_desk.system, company=_trade_name(state))
    case_id = REACH[state](desk)
    case = desk.case(AGENT, case_id)
    assert case["state"] == state
    offered = {verb for verb in case["actions"] if verb not in OFFICIALS}
    # A draft is moved on only once another version of its item is in force; this item asks for no notice and
    # has one route. The holder speaks only while a revocation is proposed, and nothing is to be made up.
    elsewhere = {*OFFICIALS, "opinion", "renew-version", "state-objection", "publish-notice"}
    elsewhere |= {"choose-route", "make-up"}
    assert offered == {verb for verb, states in ALLOWED.items() if state in states} - elsewhere
    if state is not State.DRAFT:
        assert not set(desk.case(WINDOW, case_id)["actions"]) & set(VERBS), (
            "without the claim nothing is offered"
        )

    wrong = [verb for verb, states in ALLOWED.items() if state not in states]
    with nothing_changes(desk.system):
        for verb in wrong:
            if verb == "edit":
                refusal(desk.save(AGENT, case_id, {"agent": {"has_agent": "false"}}), 409, "wrong-state")
            elif verb == "discard":
                refusal(desk.discard(AGENT, case_id), 409, "wrong-state")
            elif verb == "opinion":
                continue  # given on a task, below
            elif verb not in OFFICIALS:
                refusal(desk.act(AGENT, case_id, verb, VERBS[verb]), 409, "wrong-state")
            elif state is not State.DRAFT:
                refusal(desk.act(OFFICIALS[verb], case_id, verb, VERBS[verb]), 409, "wrong-state")


def test_no_second_opinion_on_a_task_that_is_done(lasting_desk: Desk) -> None:
    case_id = lasting_desk.accepted()
    task = lasting_desk.claim(REVIEWER, case_id)
    body = {"conclusion": "approve", "text": "", "checks": lasting_desk.checks()}
    done = lasting_desk.on_task(REVIEWER, task, "opinion", body)
    assert done.json["state"] == "done" and done.json["due"]["light"] == "ended"
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.on_task(REVIEWER, done.json, "opinion", body), 409)
        refusal(lasting_desk.on_task(REVIEWER, done.json, "claim"), 409)
        refusal(lasting_desk.on_task(REVIEWER, done.json, "release"), 409)


def test_only_a_review_task_takes_an_opinion(lasting_desk: Desk) -> None:
    task = lasting_desk.claim(WINDOW, lasting_desk.submitted())
    body = {"conclusion": "approve", "text": "", "checks": lasting_desk.checks()}
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.on_task(WINDOW, task, "opinion", body), 403)


def test_what_is_offered_to_the_holder_of_the_claim_is_what_is_allowed(lasting_desk: Desk) -> None:
    desk = Desk(lasting_desk.system, company={"trade_name": "云栖丑"})
    case_id = desk.submitted()
    desk.claim(WINDOW, case_id)
    offered = {"accept", "decline", "request-correction", "correct-on-the-spot"}
    assert set(desk.case(WINDOW, case_id)["actions"]) == offered
    desk.act(WINDOW, case_id, "accept")
    task = desk.claim(REVIEWER, case_id)
    assert task["actions"] == ["release", "opinion"]
    examining = ["start-procedure", "request-extension"]
    assert desk.case(REVIEWER, case_id)["actions"] == ["opinion", *examining]
    desk.on_task(REVIEWER, task, "opinion", {"conclusion": "approve", "text": "", "checks": desk.checks()})
    desk.claim(APPROVER, case_id)
    assert desk.case(APPROVER, case_id)["actions"] == ["decide", *examining]
    assert desk.case(AGENT, case_id)["actions"] == ["withdraw"]
    desk.act(APPROVER, case_id, "decide", {"granted": True})
    desk.claim(WINDOW, case_id)
    assert desk.case(WINDOW, case_id)["actions"] == ["record-delivery"]
