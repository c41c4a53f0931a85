"""`/api/v1/<service>/stuck-events`: replay and discard, and what two who act at once are told."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from notifications.service import service as notifications
from shared.audit import AuditEntry
from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Event
from shared.messaging.inbox import InboxMessage
from shared.service import Runtime
from shared.testing.systems import ApiClient
from shared.transaction import Transaction
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.integration.assembly import SUBMITTED, Assembly
from tests.integration.messaging.conftest import Assemble
from tests.integration.messaging.stuck import LIST, act, at_once, client, fail_timer, give_up, park


@pytest.fixture
def hearing(assemble: Assemble) -> Assembly:
    return assemble(notifications)


@pytest.fixture
def runtime(hearing: Assembly) -> Runtime:
    return hearing["notifications"]


@pytest.fixture
def administrator(hearing: Assembly) -> ApiClient:
    return client(hearing, "administrator")


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
