"""`/api/v1/<service>/stuck-events`: who may look, who may act, and what two who act at once are told."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import event as sa_event
from werkzeug.test import TestResponse

from gateway.accounts.model import Role
from notifications.service import service as notifications
from shared.actor import SYSTEM, Actor
from shared.audit import AuditEntry
from shared.http.paging import Cursor
from shared.ids import new_id
from shared.messaging.consumer import MAX_ATTEMPTS, Consumer
from shared.messaging.envelope import Event
from shared.messaging.inbox import InboxMessage
from shared.messaging.timekeeper import Timekeeper
from shared.messaging.timers import Timer
from shared.service import Runtime
from shared.testing.systems import ApiClient, SystemFactory
from shared.transaction import Transaction
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.integration.assembly import SUBMITTED, Assembly, publisher
from tests.integration.messaging.conftest import Assemble

LIST = "/stuck-events"


def person(role: str, number: int = 1) -> Actor:
    return Actor(
        kind="account",
        id=UUID(int=number),
        name=f"{role}-{number}",
        roles=frozenset({role}),
        address="192.0.2.7",
    )


@pytest.fixture
def hearing(assemble: Assemble) -> Assembly:
    return assemble(notifications)


@pytest.fixture
def runtime(hearing: Assembly) -> Runtime:
    return hearing["notifications"]


@pytest.fixture
def administrator(hearing: Assembly) -> ApiClient:
    return client(hearing, "administrator")


def client(hearing: Assembly, role: str, number: int = 1) -> ApiClient:
    return hearing.system.client("notifications", person(role, number))


def park(hearing: Assembly) -> str:
    """An event that nobody handles; returns its id."""
    event = hearing.event(SUBMITTED)
    body = hearing.wire(event).replace(b"case.submitted", b"case.swallowed")
    Consumer(hearing["notifications"]).receive(body)
    return str(event.id)


def give_up(hearing: Assembly) -> str:
    """An event that could be handled, but that the broker gave up; returns its id."""
    event = hearing.event(SUBMITTED)
    Consumer(hearing["notifications"]).park_dead(hearing.wire(event), "delivered 10 times")
    return str(event.id)


def fail_timer(runtime: Runtime, key: str, times: int = 1) -> str:
    """A timer that nobody keeps; returns its id."""
    with runtime.transaction(SYSTEM) as tx:
        tx.schedule("nobody", key, tx.now, {"case": key})
    for _ in range(times):
        with runtime.database.write() as session:
            session.execute(sa.update(Timer).where(Timer.key == key).values(due_at=runtime.clock.now()))
        Timekeeper(runtime).wake_due()
    with runtime.read() as session:
        return str(session.scalars(sa.select(Timer.id).where(Timer.key == key)).one())


def act(who: ApiClient, stuck_id: str, verb: str, version: int | None = 1, **headers: str) -> TestResponse:
    """A verb with everything it needs."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if version is not None:
        sent["If-Match"] = f'"{version}"'
    body = {"reason": "示范原因"} if verb == "discard" else {}
    return who.post(f"{LIST}/{stuck_id}/{verb}", json=body, headers=sent)


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


def test_what_is_replayed_is_handled_and_the_trail_names_who_asked(
    hearing: Assembly, runtime: Runtime, administrator: ApiClient
) -> None:
    stuck_id = give_up(hearing)

    answer = act(administrator, stuck_id, "replay")

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.get_json()["state"] == "waiting"
    hearing.worker.run_until_idle()
    assert administrator.get(LIST).get_json()["items"] == []
    with runtime.read() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
        assert session.scalars(sa.select(InboxMessage.state)).one() == "done"
    assert (entry.action, entry.aggregate_id) == ("event.replayed", stuck_id)
    assert (entry.actor_id, entry.actor_name) == (UUID(int=1), "administrator-1")
    assert entry.address == "192.0.2.7" and entry.request_id == answer.headers["X-Request-Id"]
    refusal(administrator.get(f"{LIST}/{stuck_id}"), 404, "not-found")
    problem = refusal(act(administrator, stuck_id, "discard", version=2), 409, "not-stuck")
    assert problem["detail"] == "它已处理完成，不再滞留"


@pytest.mark.parametrize("make", [park, lambda hearing: fail_timer(hearing["notifications"], "a")])
def test_what_is_discarded_is_gone_and_the_trail_says_why(
    hearing: Assembly, runtime: Runtime, administrator: ApiClient, make: Callable[[Assembly], str]
) -> None:
    stuck_id = make(hearing)
    version = administrator.get(f"{LIST}/{stuck_id}").get_json()["version"]

    answer = act(administrator, stuck_id, "discard", version)

    assert answer.status_code == 200
    assert (answer.get_json()["state"], answer.get_json()["actions"]) == ("discarded", [])
    assert administrator.get(LIST).get_json()["items"] == []
    with runtime.read() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
    assert entry.action.endswith(".discarded") and entry.details["reason"] == "示范原因"
    for verb in ("replay", "discard"):
        problem = refusal(act(administrator, stuck_id, verb, version), 409, "not-stuck")
        assert problem["detail"] == "它已被放弃处理"


@pytest.mark.parametrize("verb", ["replay", "discard"])
def test_a_verb_is_refused_unless_its_version_is_the_present_one(
    hearing: Assembly, administrator: ApiClient, verb: str
) -> None:
    stuck_id = park(hearing)
    with nothing_changes(hearing.system):
        refusal(act(administrator, stuck_id, verb, None), 428, "version-required")
        refusal(act(administrator, stuck_id, verb, 7), 412, "stale-version")
        refusal(act(administrator, stuck_id, verb, None, If_Match="*"), 412, "stale-version")
        refusal(act(administrator, str(new_id()), verb), 404, "not-found")
        english = act(administrator, stuck_id, verb, 7, Accept_Language="en")
    assert english.get_json()["title"].startswith("Somebody changed this meanwhile")


def test_nothing_is_discarded_without_a_proper_reason(hearing: Assembly, administrator: ApiClient) -> None:
    stuck_id = park(hearing)
    refused: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({}, {"/reason": "required"}),
        ({"reason": " \n"}, {"/reason": "required"}),
        ({"reason": "长" * 501}, {"/reason": "too_long"}),
        ({"reason": 7}, {"/reason": "type"}),
        ({"reason": "…", "force": True}, {"/force": "unknown"}),
    ]
    with nothing_changes(hearing.system):
        for body, wrong in refused:
            answer = administrator.post(f"{LIST}/{stuck_id}/discard", json=body, headers={"If-Match": '"1"'})
            assert wrongs(refusal(answer, 422)) == wrong


@pytest.mark.parametrize("verb", ["replay", "discard"])
def test_a_repeated_request_has_one_effect_and_one_answer(
    hearing: Assembly, runtime: Runtime, administrator: ApiClient, verb: str
) -> None:
    stuck_id = park(hearing)

    first, second = (act(administrator, stuck_id, verb, Idempotency_Key="k") for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert first.data == second.data and second.headers["Idempotent-Replayed"] == "true"
    with runtime.read() as session:
        assert len(session.scalars(sa.select(AuditEntry)).all()) == 1
    other = administrator.post(
        f"{LIST}/{stuck_id}/discard",
        json={"reason": "another"},
        headers={"If-Match": '"1"', "Idempotency-Key": "k"},
    )
    if verb == "discard":
        refusal(other, 422, "idempotency-key-reused")
    else:
        refusal(other, 412)  # another verb, so another key


def at_once(*calls: Callable[[], TestResponse]) -> list[TestResponse]:
    """Run the calls at the same moment; gives their answers."""
    start = threading.Barrier(len(calls), timeout=30)
    answers: dict[int, TestResponse] = {}

    def run(place: int) -> None:
        start.wait()
        answers[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [answers[place] for place in range(len(calls))]


@pytest.mark.parametrize("kind", ["event", "timer"])
def test_of_two_administrators_at_once_one_acts_and_the_other_is_told(
    hearing: Assembly, runtime: Runtime, kind: str
) -> None:
    people = [client(hearing, "administrator", number) for number in (1, 2)]
    pairs = [("replay", "discard"), ("discard", "discard"), ("replay", "replay")] * 4
    for round_, verbs in enumerate(pairs):
        stuck_id = park(hearing) if kind == "event" else fail_timer(runtime, f"t{round_}")
        version = people[0].get(f"{LIST}/{stuck_id}").get_json()["version"]
        calls = zip(people, verbs, strict=True)

        answers = at_once(*(partial(act, who, stuck_id, verb, version) for who, verb in calls))

        winner = next(place for place, answer in enumerate(answers) if answer.status_code == 200)
        refusal(answers[1 - winner], 409 if verbs[winner] == "discard" else 412)
        with runtime.read() as session:
            trail = sa.select(AuditEntry).where(AuditEntry.aggregate_id == stuck_id)
            entry = session.scalars(trail).one()
        assert entry.actor_id == UUID(int=winner + 1)
        assert entry.action == f"{kind}.{verbs[winner]}ed"


def test_who_discards_what_is_just_being_handled_is_told_so(assemble: Assemble) -> None:
    """The retry holds the row while its handler runs; the operator waits and then learns the outcome."""
    begun, go_on = threading.Event(), threading.Event()

    def slowly(_tx: Transaction, _event: Event) -> None:
        begun.set()
        assert go_on.wait(30)

    hearing = assemble(replace(notifications, handlers={SUBMITTED: slowly}))
    administrator = client(hearing, "administrator")
    stuck_id = give_up(hearing)
    assert act(administrator, stuck_id, "replay").status_code == 200
    answers: list[TestResponse] = []
    retry = threading.Thread(target=Consumer(hearing["notifications"]).retry_due)
    late = threading.Thread(target=lambda: answers.append(act(administrator, stuck_id, "discard", version=2)))

    retry.start()
    assert begun.wait(30)
    late.start()
    go_on.set()
    retry.join(60)
    late.join(60)

    refusal(answers[0], 409, "not-stuck")
    with hearing["notifications"].read() as session:
        assert session.scalars(sa.select(InboxMessage.state)).one() == "done"


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
