"""Taking the next task: the most urgent one, once, and never one that is not for this official."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.actor import Actor, Position
from shared.clock import ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, AUDITOR, BODY, BODY_NAME, REVIEWER, WINDOW, official
from tests.integration.approvals.refusals import nothing_changes, pointers, refusal

ALL_HANDS = Actor(
    kind="account",
    id=REVIEWER.id,
    name="身兼数职",
    roles=frozenset({"official", "applicant"}),
    positions=(Position(BODY, BODY_NAME, "window"), Position(BODY, BODY_NAME, "approver")),
)
"""The reviewer, who is at the window, approves, and applies as well."""


def take(desk: Desk, actor: Actor, body: Any = None, key: str | None = None) -> Any:
    """POST claim-next."""
    headers = {"Idempotency-Key": key} if key else {}
    return desk.client(actor).post("/tasks/claim-next", json=body or {}, headers=headers)


def test_the_earliest_due_date_comes_first(enterprise_desk: Desk, clock: ManualClock) -> None:
    early = enterprise_desk.submitted()
    clock.advance(timedelta(days=1))
    late = enterprise_desk.submitted()

    taken = [take(enterprise_desk, WINDOW) for _ in range(3)]

    assert [answer.status_code for answer in taken] == [200, 200, 404]
    assert [answer.json["case"]["id"] for answer in taken[:2]] == [early, late]
    assert all(answer.json["mine"] and answer.headers["ETag"] for answer in taken[:2])
    refusal(taken[2], 404, "nothing-to-claim")


def test_the_same_request_sent_twice_takes_one_task(enterprise_desk: Desk) -> None:
    cases = [enterprise_desk.submitted() for _ in range(3)]
    key = str(uuid4())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: take(enterprise_desk, WINDOW, key=key), range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json["case"]["id"] for answer in answers}) == 1
    mine = enterprise_desk.get(WINDOW, "/tasks?state=mine").json["items"]
    assert len(mine) == 1
    other = take(enterprise_desk, WINDOW, key=str(uuid4())).json["case"]["id"]
    assert other in cases and other != mine[0]["case"]["id"]


def test_officials_who_ask_at_once_get_different_tasks(enterprise_desk: Desk) -> None:
    cases = {enterprise_desk.submitted() for _ in range(4)}
    officials = [official("window", 50 + number) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda who: take(enterprise_desk, who), officials))

    taken = [answer.json["case"]["id"] for answer in answers if answer.status_code == 200]
    assert len(taken) == len(set(taken))
    # Who came while all that were open were being looked at by others has only to ask again.
    late = [who for who, answer in zip(officials, answers, strict=True) if answer.status_code == 404]
    taken += [take(enterprise_desk, who).json["case"]["id"] for who in late]
    assert set(taken) == cases


def test_filters_narrow_the_choice(lasting_desk: Desk) -> None:
    first = lasting_desk.submitted()
    named = lasting_desk.submitted(company={"trade_name": "择名"})

    assert take(lasting_desk, WINDOW, {"q": "择名", "kind": "intake"}).json["case"]["id"] == named
    refusal(take(lasting_desk, WINDOW, {"q": "择名"}), 404, "nothing-to-claim")
    assert take(lasting_desk, WINDOW, {"light": "green"}).json["case"]["id"] == first


def test_own_applications_and_ones_own_opinions_are_passed_over(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    decided_by_others = desk.reviewed(company={"trade_name": "云栖甲"})
    own = desk.submitted(ALL_HANDS, company={"trade_name": "云栖乙"})
    somebody_elses = desk.submitted(company={"trade_name": "云栖丙"})

    assert take(desk, ALL_HANDS).json["case"]["id"] == somebody_elses
    with nothing_changes(desk.system):
        refusal(take(desk, ALL_HANDS), 404, "nothing-to-claim")
    for case_id in (own, decided_by_others):
        assert desk.task(WINDOW if case_id == own else official("approver", 70), case_id)["state"] == "open"


def test_who_holds_no_position_takes_nothing(lasting_desk: Desk) -> None:
    lasting_desk.submitted()
    with nothing_changes(lasting_desk.system):
        for actor in (AGENT, AUDITOR):
            refusal(take(lasting_desk, actor), 403)
        refusal(take(lasting_desk, official("window", 71, "11990101MB0DEM3399")), 404, "nothing-to-claim")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "other"}, "/kind"),
        ({"state": "claimed"}, "/state"),
        ({"q": "长" * 101}, "/q"),
        ({"due": 5}, "/due"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(lasting_desk: Desk, body: Any, pointer: str) -> None:
    with nothing_changes(lasting_desk.system):
        assert pointers(refusal(take(lasting_desk, WINDOW, body), 422)) == [pointer]


def test_time_is_applied_before_a_task_is_taken(enterprise_desk: Desk, clock: ManualClock) -> None:
    """An intake that lapsed is accepted by law: its task is gone, whoever would take it."""
    case_id = enterprise_desk.submitted()
    clock.advance(timedelta(days=10))

    refusal(take(enterprise_desk, WINDOW), 404, "nothing-to-claim")
    enterprise_desk.system.settle()
    assert enterprise_desk.case(AGENT, case_id)["state"] == "accepted"
