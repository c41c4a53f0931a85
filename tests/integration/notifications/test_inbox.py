"""What reaches an inbox: one message a step, in both languages, once."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from notifications.messages.handlers import CASE_STEPS
from notifications.messages.model import Message
from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.messaging.inbox import InboxMessage
from shared.testing.schema import schema_differences
from tests.integration.assembly import SUBMITTED, Assembly

CASE = "yuanban.enterprise.case"


def messages(assembly: Assembly) -> list[Message]:
    with assembly["notifications"].read() as session:
        return list(session.scalars(sa.select(Message).order_by(Message.created_at, Message.id)))


def test_the_tables_are_those_the_models_expect(assembly: Assembly) -> None:
    assert schema_differences(assembly["notifications"].database, "notifications") == []


@pytest.mark.parametrize("step", CASE_STEPS)
def test_every_step_of_a_case_becomes_one_message_to_its_applicant(assembly: Assembly, step: str) -> None:
    account = new_id()
    event = assembly.event(f"{CASE}.{step}.v1", applicant_account_id=account)

    Consumer(assembly["notifications"]).receive(assembly.wire(event))

    (message,) = messages(assembly)
    assert message.recipient == account
    assert message.link == f"/applications/{event.data['case_id']}"
    assert message.created_at == event.time
    assert message.read_at is None
    for text in (message.title, message.body):
        assert sorted(text) == ["en", "zh"]
        assert all(wording and "{" not in wording and "None" not in wording for wording in text.values())
    about = [event.data["subject_name"], event.data["number"]]
    about += [each["number"] for key in ("expiring", "renewed", "filing") if (each := event.data.get(key))]
    for wording in message.body.values():
        assert any(name in wording for name in about if name), "it says which case it is about"


def test_messages_arrive_from_the_outbox_of_the_enterprise_service(assembly: Assembly) -> None:
    for step in CASE_STEPS:
        assembly.say(f"{CASE}.{step}.v1")

    assembly.worker.run_until_idle()

    assert len(messages(assembly)) == len(CASE_STEPS)


def test_the_same_event_never_tells_a_person_twice_even_without_the_memory_of_the_inbox(
    assembly: Assembly,
) -> None:
    runtime = assembly["notifications"]
    body = assembly.wire(assembly.event(SUBMITTED))
    Consumer(runtime).receive(body)
    with runtime.database.write() as session:
        session.execute(sa.delete(InboxMessage))

    Consumer(runtime).receive(body)

    assert len(messages(assembly)) == 1


def test_steps_that_arrive_in_another_order_are_all_told_and_shown_in_their_own_order(
    assembly: Assembly,
) -> None:
    case_id = new_id()
    events = []
    for number, step in enumerate(("submitted", "accepted", "decided"), start=1):
        assembly.clock.advance(timedelta(hours=1))
        events.append(assembly.event(f"{CASE}.{step}.v1", sequence=number, case_id=case_id))

    for event in reversed(events):
        Consumer(assembly["notifications"]).receive(assembly.wire(event))

    assert [m.template for m in messages(assembly)] == [
        "case-submitted",
        "case-accepted",
        "case-granted-enterprise",
    ]


def test_two_cases_of_two_people_stay_apart(assembly: Assembly) -> None:
    accounts = [new_id(), new_id()]
    for account in accounts:
        assembly.say(SUBMITTED, applicant_account_id=account)

    assembly.worker.run_until_idle()

    assert {m.recipient for m in messages(assembly)} == set[UUID](accounts)
