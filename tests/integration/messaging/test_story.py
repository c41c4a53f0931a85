"""The whole way, with the real publisher: what the desk does arrives with everybody whom it concerns."""

from datetime import timedelta
from typing import Any

import pytest

from approvals.enterprise.service import service as enterprise
from facilities.living.service import service as living
from facilities.production.service import service as production
from notifications.service import service as notifications
from shared.actor import Actor
from shared.clock import ManualClock
from shared.ids import new_id
from shared.messaging.envelope import decode
from shared.messaging.outbox import OutboxMessage
from shared.testing.answers import a1_answers
from shared.testing.systems import SystemFactory
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, OTHER_AGENT, WINDOW
from tests.integration.assembly import SAMPLES

MANAGER = Actor(kind="account", id=new_id(), name="园区管理员", roles=frozenset({"manager"}))
POINT = {"items": [{"target": "/answers/premises/room", "requirement": "请写明房间号"}]}


@pytest.fixture
def desk(make_system: SystemFactory) -> Desk:
    return Desk(make_system([enterprise, living, production, notifications], demo=True))


def told(desk: Desk, person: Actor = AGENT) -> list[str]:
    """What the person has been told, the oldest first."""
    desk.system.settle()
    page: Any = desk.system.client("notifications", person).get("/messages", query_string={"limit": 100}).json
    return [message["kind"] for message in reversed(page["items"])]


def test_a_correction_is_told_to_its_applicant_and_to_nobody_else(desk: Desk, clock: ManualClock) -> None:
    case_id = desk.submitted()
    desk.system.settle()
    clock.advance(timedelta(minutes=5))
    desk.claim(WINDOW, case_id)
    desk.act(WINDOW, case_id, "request-correction", POINT)
    clock.advance(timedelta(minutes=5))
    corrected = desk.save(AGENT, case_id, {"premises": a1_answers()["premises"] | {"room": "502室"}})
    assert corrected.status_code == 200, corrected.text
    assert desk.act(AGENT, case_id, "answer-correction").status_code == 200

    assert told(desk) == ["case-submitted", "case-correction-requested", "case-correction-answered"]
    assert told(desk, OTHER_AGENT) == []


def test_a_granted_company_is_told_of_and_copied_with_all_that_the_register_says(desk: Desk) -> None:
    case_id = desk.decided()

    assert told(desk) == ["case-submitted", "case-accepted", "case-reviewed", "case-granted-enterprise"]
    uscc = desk.case(AGENT, case_id)["certificate"]["uscc"]
    registered = desk.get(MANAGER, f"/enterprises/{uscc}").json
    for service in ("living", "production"):
        copy: Any = desk.system.client(service, MANAGER).get(f"/enterprises/{uscc}").json
        assert copy["name"] == registered["name"] == "示范市示范区云栖湾精密传动有限公司"
        assert {name: copy[name] for name in copy if name in registered} == {
            name: registered[name] for name in registered if name in copy
        }
    newest: Any = desk.system.client("notifications", AGENT).get("/messages").get_json()["items"][0]
    assert uscc in newest["body"]["zh"] and uscc in newest["body"]["en"]
    assert newest["link"] == f"/applications/{case_id}"


def test_a_refused_company_is_known_nowhere(desk: Desk) -> None:
    desk.decided(granted=False, reason="注册资本与章程不一致")

    assert told(desk)[-1] == "case-refused"
    for service in ("living", "production"):
        assert desk.system.client(service, MANAGER).get("/enterprises").get_json()["items"] == []


def test_a_withdrawn_and_a_forgotten_application_are_told_of_too(desk: Desk, clock: ManualClock) -> None:
    withdrawn = desk.submitted(AGENT)
    assert desk.act(AGENT, withdrawn, "withdraw", {"reason": "暂缓设立"}).status_code == 200
    desk.submitted(OTHER_AGENT)
    assert told(desk) == ["case-submitted", "case-withdrawn"]

    clock.advance(timedelta(days=9))  # nobody answered within five working days

    assert told(desk, OTHER_AGENT) == ["case-submitted", "case-accepted"]


def test_what_the_service_really_says_has_the_shape_of_the_stored_samples(desk: Desk) -> None:
    desk.decided()
    desk.system.settle()

    with desk.system.runtime("enterprise").read() as session:
        events = [decode(row.body) for row in session.query(OutboxMessage)]
    assert len(events) == 5
    for event in events:
        stored = decode((SAMPLES / f"{event.type}.json").read_bytes())
        assert set(event.data) >= set(stored.data), event.type  # fields may be added, none may go
