"""The queue: the earliest due date first, page by page, for the positions one holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event

from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.tasks.model import Task, TaskKind, TaskState
from shared.actor import SYSTEM, Actor, Position
from shared.ids import new_id
from tests.integration.approvals.desk import ITEM, Desk
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

TODAY = date(2026, 11, 23)
ELSEWHERE = "11990101MB0DEM3399"


def _tasks(desk: Desk, *dues: date, kind: TaskKind = TaskKind.INTAKE, department: str = BODY) -> list[str]:
    """Tasks due on these days, straight into the tables; gives their ids."""
    made = []
    with desk.system.runtime("enterprise").transaction(SYSTEM) as tx:
        item_version = "2026.1"
        for due_on in dues:
            number = tx.session.scalar(sa.select(sa.func.count()).select_from(Case))
            case = Case(
                id=new_id(),
                item_code=ITEM,
                item_version=item_version,
                department=department,
                number=f"9901012611230{number:05d}",
                state=State.RECEIVED,
                applicant_id=AGENT.id,
                applicant_name=AGENT.name,
                subject_name=f"示范市第{number}公司",
                answers_sealed=tx.context.cipher.seal({}),
                created_at=tx.now,
                updated_at=tx.now,
                submitted_at=tx.now,
                due_on=due_on,
                due_kind="intake",
                yellow_on=due_on - timedelta(days=1),
            )
            tx.session.add(case)
            tx.session.flush()
            task = Task(
                id=new_id(),
                case_id=case.id,
                kind=kind,
                department=department,
                state=TaskState.OPEN,
                due_on=due_on,
                yellow_on=due_on - timedelta(days=1),
                created_at=tx.now,
            )
            tx.session.add(task)
            made.append(str(task.id))
    return made


def _ids(page: dict[str, Any]) -> list[str]:
    return [line["id"] for line in page["items"]]


def _queue(desk: Desk, actor: Actor = WINDOW, **query: Any) -> dict[str, Any]:
    answer = desk.get(actor, "/tasks", query_string=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


@contextmanager
def _statements(desk: Desk) -> Iterator[list[str]]:
    """The SQL that the block makes the service send."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    engine = desk.system.runtime("enterprise").database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_pages_over_equal_due_dates_have_no_gaps_and_no_doubles(enterprise_desk: Desk) -> None:
    days = [TODAY + timedelta(days=number % 3) for number in range(25)]
    made = _tasks(enterprise_desk, *days)
    expected = [task for _due, task in sorted(zip(days, made, strict=True), key=lambda p: (p[0], UUID(p[1])))]
    for limit in (1, 4, 7, 24, 25, 100):
        found: list[str] = []
        cursor: str | None = None
        while True:
            answer = enterprise_desk.get(
                WINDOW, "/tasks", query_string={"limit": limit, **({"cursor": cursor} if cursor else {})}
            )
            found += _ids(answer.json)
            cursor = answer.json["next"]
            assert ("Link" in answer.headers) == (cursor is not None)
            if cursor is None:
                break
            assert len(answer.json["items"]) == limit and 'rel="next"' in answer.headers["Link"]
        assert found == expected, limit


def test_what_is_done_or_comes_in_between_pages_shifts_nothing(enterprise_desk: Desk) -> None:
    made = _tasks(enterprise_desk, *[TODAY] * 6)
    first = _queue(enterprise_desk, limit=3)
    task = first["items"][0]
    assert enterprise_desk.on_task(WINDOW, task, "claim").status_code == 200
    _tasks(enterprise_desk, TODAY - timedelta(days=9))
    second = _queue(enterprise_desk, limit=3, cursor=first["next"], state="open")
    assert _ids(first) + _ids(second) == made


def test_filters_by_light_kind_state_and_words(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    red, yellow, green = _tasks(desk, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=5))
    for light, expected in (("red", red), ("yellow", yellow), ("green", green)):
        page = _queue(desk, light=light)
        assert _ids(page) == [expected]
        assert page["items"][0]["due"]["light"] == light
    (review,) = _tasks(desk, TODAY, kind=TaskKind.REVIEW)
    assert _ids(_queue(desk, AUDITOR, kind="review")) == [review]
    assert _ids(_queue(desk, kind="review")) == []

    line = _queue(desk, light="green")["items"][0]
    for words in (line["case"]["number"], line["case"]["number"][:15] + "", line["case"]["subject_name"][2:]):
        assert green in _ids(_queue(desk, q=words))
    for words in ("%", "_", "没有这样的公司", "' OR 1=1 --"):
        assert _ids(_queue(desk, q=words)) == []
    assert _ids(_queue(desk, item=ITEM, limit=1)) == [red] and _ids(_queue(desk, item="x")) == []

    claimed = desk.on_task(WINDOW, line, "claim").json
    assert claimed["state"] == "claimed"
    assert _ids(_queue(desk, state="claimed")) == [green] == _ids(_queue(desk, state="mine"))
    assert _ids(_queue(desk, OTHER_WINDOW, state="mine")) == []
    assert _ids(_queue(desk, state="open")) == [red, yellow]
    assert _ids(_queue(desk, state="done")) == []
    counts = _queue(desk)["counts"]
    assert (counts["overdue"], counts["today"], counts["mine"], counts["open"]) == (1, 1, 1, 2)


def test_a_finished_task_is_found_among_the_done(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    task = lasting_desk.claim(WINDOW, case_id)
    lasting_desk.act(WINDOW, case_id, "accept")
    done = _queue(lasting_desk, state="done", limit=100)
    assert task["id"] in _ids(done)
    assert all(line["due"]["light"] == "ended" and line["due"]["days_left"] is None for line in done["items"])


def test_everybody_sees_the_tasks_of_their_positions(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    (intake,) = _tasks(desk, TODAY)
    (review,) = _tasks(desk, TODAY, kind=TaskKind.REVIEW)
    (decision,) = _tasks(desk, TODAY, kind=TaskKind.DECISION)
    (elsewhere,) = _tasks(desk, TODAY, department=ELSEWHERE)
    several = Actor(
        kind="account",
        id=UUID(int=77),
        name="多岗",
        roles=frozenset({"official"}),
        positions=(Position(BODY, BODY_NAME, "approver"), Position(ELSEWHERE, "别处", "window")),
    )
    for actor, expected in (
        (WINDOW, {intake}),
        (REVIEWER, {review}),
        (APPROVER, {decision}),
        (official("window", 78, ELSEWHERE), {elsewhere}),
        (several, {decision, elsewhere}),
        (AUDITOR, {intake, review, decision, elsewhere}),
    ):
        page = _queue(desk, actor)
        assert set(_ids(page)) == expected
        assert page["counts"]["open"] == len(expected)
        offered = {line["id"] for line in page["items"] if "claim" in line["actions"]}
        assert offered == (set() if actor is AUDITOR else expected)


def test_a_page_costs_as_many_statements_however_long_it_is(enterprise_desk: Desk) -> None:
    counted = []
    for number in (5, 35):
        _tasks(enterprise_desk, *[TODAY] * number)
        with _statements(enterprise_desk) as sent:
            page = _queue(enterprise_desk, limit=100)
        counted.append(len(sent))
    assert len(page["items"]) == 40
    assert counted[0] == counted[1] <= 10


def test_the_list_of_cases_costs_as_many_statements_however_long_it_is(enterprise_desk: Desk) -> None:
    counted = []
    for number in (5, 35):
        _tasks(enterprise_desk, *[TODAY] * number)
        with _statements(enterprise_desk) as sent:
            page = enterprise_desk.get(AGENT, "/cases?limit=100").json
        counted.append(len(sent))
    assert len(page["items"]) == 40
    assert counted[0] == counted[1] <= 4


def test_cases_created_at_one_instant_are_paged_without_gaps(enterprise_desk: Desk) -> None:
    _tasks(enterprise_desk, *[TODAY] * 7)
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = enterprise_desk.get(AGENT, "/cases", query_string=query).json
        found += _ids(page)
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert len(found) == len(set(found)) == 7
    assert found == sorted(found, key=UUID, reverse=True)
