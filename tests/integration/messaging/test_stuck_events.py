"""`/api/v1/<service>/stuck-events`: who may look, and what they see."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event as sa_event

from gateway.accounts.model import Role
from notifications.service import service as notifications
from shared.http.paging import Cursor
from shared.ids import new_id
from shared.messaging.consumer import MAX_ATTEMPTS, Consumer
from shared.service import Runtime
from shared.testing.systems import ApiClient, SystemFactory
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.integration.assembly import Assembly, publisher
from tests.integration.messaging.conftest import Assemble
from tests.integration.messaging.stuck import LIST, act, client, fail_timer, give_up, park


@pytest.fixture
def hearing(assemble: Assemble) -> Assembly:
    return assemble(notifications)


@pytest.fixture
def runtime(hearing: Assembly) -> Runtime:
    return hearing["notifications"]


@pytest.fixture
def administrator(hearing: Assembly) -> ApiClient:
    return client(hearing, "administrator")


def test_administrators_act_auditors_read_and_nobody_else_learns_anything(hearing: Assembly) -> None:
    for role in Role:
        stuck_id = park(hearing)
        who = client(hearing, role.value)
        reads = {"administrator": 200, "auditor": 200}.get(role.value, 403)
        acts = {"administrator": 200}.get(role.value, 403)

        with nothing_changes(hearing.system):
            assert who.get(LIST).status_code == reads, role
            assert who.get(f"{LIST}/{stuck_id}").status_code == reads, role
            assert who.get(f"{LIST}/{new_id()}").status_code == (404 if reads == 200 else 403), role
        assert act(who, stuck_id, "replay").status_code == acts, role
        assert act(who, stuck_id, "discard", version=2).status_code == acts, role


def test_nobody_comes_in_without_signing_in(hearing: Assembly) -> None:
    stuck_id = park(hearing)
    visitor = hearing.system.client("notifications")
    with nothing_changes(hearing.system):
        for answer in (
            visitor.get(LIST),
            visitor.get(f"{LIST}/{stuck_id}"),
            act(visitor, stuck_id, "replay"),
            act(visitor, stuck_id, "discard"),
        ):
            refusal(answer, 401, "unauthenticated")


def test_an_event_is_shown_with_its_error_and_to_administrators_with_its_content(
    hearing: Assembly, administrator: ApiClient
) -> None:
    stuck_id = park(hearing)

    answer = administrator.get(f"{LIST}/{stuck_id}")

    found = answer.get_json()
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert (found["kind"], found["state"], found["reason"]) == ("event", "parked", "no-handler")
    assert found["name"] == "yuanban.enterprise.case.swallowed.v1"
    assert found["reason_name"]["zh"] == "本服务没有相应的处理程序"
    assert found["actions"] == ["replay", "discard"]
    assert found["since"].startswith("2026-11-23T01:00:00") and found["next_attempt_at"] is None
    assert f'"id":"{stuck_id}"' in found["body"]

    seen = client(hearing, "auditor").get(f"{LIST}/{stuck_id}").get_json()
    assert seen == {**found, "body": None, "actions": []}


def test_a_body_that_is_no_text_is_shown_all_the_same(runtime: Runtime, administrator: ApiClient) -> None:
    Consumer(runtime).receive(b"\xff\x00 not an event")
    (line,) = administrator.get(LIST).get_json()["items"]

    found = administrator.get(f"{LIST}/{line['id']}").get_json()

    assert found["body"] == "\\xff\x00 not an event"
    assert (line["name"], line["reason"], "body" in line) == ("unreadable", "undecodable", False)


def test_a_timer_is_shown_with_its_key_and_payload(runtime: Runtime, administrator: ApiClient) -> None:
    stuck_id = fail_timer(runtime, "某案")

    found = administrator.get(f"{LIST}/{stuck_id}").get_json()

    assert (found["kind"], found["state"], found["attempts"]) == ("timer", "waiting", 1)
    assert (found["name"], found["key"], found["body"]) == ("nobody", "某案", '{"case": "某案"}')
    assert found["next_attempt_at"] > found["since"]
    assert found["version"] == 3  # set, tried, and postponed


def everything(who: ApiClient, **query: Any) -> list[dict[str, Any]]:
    """Every line, following the links."""
    found: list[dict[str, Any]] = []
    answer = who.get(LIST, query_string=query)
    while True:
        page = answer.get_json()
        assert len(page["items"]) <= int(query.get("limit", 20))
        found += page["items"]
        assert ("Link" in answer.headers) == (page["next"] is not None)
        if page["next"] is None:
            return found
        path = answer.headers["Link"].partition("<")[2].partition(">")[0]
        answer = who.get(path.removeprefix("/api/v1/notifications"))


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(minutes=1)], ids=["at one instant", "apart"])
def test_pages_go_from_parked_to_waiting_and_from_old_to_new_without_gap_or_repetition(
    hearing: Assembly, runtime: Runtime, administrator: ApiClient, apart: timedelta
) -> None:
    expected: dict[tuple[str, str], list[str]] = {}
    for number in range(3):
        expected.setdefault(("waiting", "timer"), []).append(fail_timer(runtime, f"w{number}"))
        expected.setdefault(("parked", "event"), []).append(park(hearing))
        expected.setdefault(("parked", "timer"), []).append(fail_timer(runtime, f"p{number}", MAX_ATTEMPTS))
        waiting = give_up(hearing)
        assert act(administrator, waiting, "replay").status_code == 200
        expected.setdefault(("waiting", "event"), []).append(waiting)
        hearing.clock.advance(apart)

    for limit in (1, 2, 5, 100):
        lines = everything(administrator, limit=limit)
        assert [(each["state"], each["since"], UUID(each["id"])) for each in lines] == sorted(
            (each["state"], each["since"], UUID(each["id"])) for each in lines
        )
        assert len({each["id"] for each in lines}) == len(lines) == 12
    for (state, kind), ids in expected.items():
        assert {each["id"] for each in everything(administrator, limit=2, state=state, kind=kind)} == set(ids)
    counts = administrator.get(LIST, query_string={"limit": 1, "state": "waiting"}).get_json()["counts"]
    assert counts == {"parked": 6, "waiting": 6}


def test_counts_stop_at_a_hundred(hearing: Assembly, runtime: Runtime, administrator: ApiClient) -> None:
    for _ in range(99):
        park(hearing)
    for key in "abc":
        fail_timer(runtime, key, MAX_ATTEMPTS)

    assert administrator.get(LIST).get_json()["counts"] == {"parked": 100, "waiting": 0}


def test_a_filter_or_a_cursor_that_is_none_is_refused(administrator: ApiClient) -> None:
    for query in ({"state": "done"}, {"kind": "message"}, {"limit": "0"}):
        problem = refusal(administrator.get(LIST, query_string=query), 422)
        assert list(wrongs(problem)) == [f"/{name}" for name in query]
    for cursor in (
        "x",
        Cursor("done 2026-11-23T01:00:00+00:00", str(uuid4())).encode(),
        Cursor("parked 2026-11-23T01:00:00", str(uuid4())).encode(),
        Cursor("parked 0001-01-01T00:00:00+14:00", str(uuid4())).encode(),
        Cursor("parked 2026-11-23T01:00:00+00:00", "1").encode(),
    ):
        problem = refusal(administrator.get(LIST, query_string={"cursor": cursor}), 400)
        assert problem["detail"] == "翻页标记无效"


def test_a_list_reads_nothing_but_what_is_stuck(make_sqlite_system: SystemFactory, clock: Any) -> None:
    """However many events are done: every table is read by an index that holds only stuck rows."""
    hearing = Assembly(make_sqlite_system([publisher, notifications]), clock)
    engine = hearing["notifications"].database.engine
    sent: list[tuple[str, Any]] = []

    def record(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    park(hearing)
    first = park(hearing)
    sa_event.listen(engine, "before_cursor_execute", record)
    cursor = Cursor("parked 2026-11-23T01:00:00+00:00", first).encode()
    assert client(hearing, "administrator").get(LIST, query_string={"cursor": cursor}).status_code == 200
    sa_event.remove(engine, "before_cursor_execute", record)

    plans = []
    with engine.connect() as connection:
        for statement, parameters in sent:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans += [row.detail for row in rows if "inbox_message" in row.detail or "timer" in row.detail]
    assert len(plans) >= 8
    assert [p for p in plans if "ix_inbox_message_unsettled" not in p and "ix_timer_failing" not in p] == []
