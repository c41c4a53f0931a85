"""The audit trail of a case: auditors read it by the API, from the newest act back; others do not."""

from dataclasses import replace
from typing import Any

import pytest

from shared.actor import Actor
from shared.auditing.anchors import Anchorer
from shared.testing.answers import ID_NUMBERS
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, AUDITOR, WINDOW

ADMINISTRATOR = replace(AUDITOR, name="管理员", roles=frozenset({"administrator"}))


@pytest.mark.parametrize("reader", [AUDITOR, ADMINISTRATOR], ids=lambda reader: reader.name)
def test_it_says_who_did_what_from_where(lasting_desk: Desk, reader: Actor) -> None:
    desk = Desk(lasting_desk.system, company={"trade_name": "云栖审" + reader.name})
    case_id = desk.submitted(replace(AGENT, address="192.0.2.7"))
    desk.claim(WINDOW, case_id)

    pages: list[Any] = []
    cursor: Any = ""
    while cursor is not None:
        asked = {"limit": 3, "cursor": cursor or None}
        answer = desk.get(reader, f"/cases/{case_id}/audit", query_string=asked)
        assert answer.status_code == 200, answer.text
        assert all(value not in answer.text for value in ID_NUMBERS)
        pages.append(answer.json["items"])
        cursor = answer.json["next"]
        assert ("next" in answer.headers.get("Link", "")) is (cursor is not None)

    entries = [entry for page in pages for entry in page]
    assert {len(page) for page in pages[:-1]} == {3}
    assert [entry["number"] for entry in entries] == list(range(len(entries), 0, -1))
    newest, submitted, *_rest, oldest = entries
    assert (newest["action"], newest["actor_id"], newest["address"]) == ("task.claimed", str(WINDOW.id), None)
    assert (submitted["action"], submitted["actor_name"]) == ("case.submitted", AGENT.name)
    assert (oldest["action"], oldest["address"], oldest["previous_hash"]) == ("case.started", "192.0.2.7", "")
    assert [entry["previous_hash"] for entry in entries[:-1]] == [entry["hash"] for entry in entries[1:]]


def test_it_is_for_auditors_and_administrators_alone(lasting_desk: Desk) -> None:
    desk = Desk(lasting_desk.system, company={"trade_name": "云栖密"})
    case_id = desk.submitted()
    assert desk.get(None, f"/cases/{case_id}/audit").status_code == 401
    for other in (AGENT, WINDOW, APPROVER):
        assert desk.get(other, f"/cases/{case_id}/audit").status_code == 403
    assert desk.get(AUDITOR, f"/cases/{desk.draft()}/audit").status_code == 404, (
        "drafts are nobody's business"
    )
    for wrong in ("!", "WyIxIl0", "WyJ4IiwgIiJd", "WyI5OTk5OTk5OTk5OTkiLCAiIl0"):
        answer = desk.get(AUDITOR, f"/cases/{case_id}/audit", query_string={"cursor": wrong})
        assert answer.status_code == 400, wrong


def test_anchors_are_there_to_be_fetched_and_kept(lasting_desk: Desk) -> None:
    runtime = lasting_desk.system.runtime("enterprise")
    days = Anchorer(runtime)
    days.keep()
    answer = lasting_desk.get(AUDITOR, "/audit/anchors", query_string={"limit": 1})
    (anchor,) = answer.json["items"]
    assert (anchor["service"], anchor["number"], anchor["day"]) == ("enterprise", 1, "2026-11-23")
    assert len(anchor["hash"]) == 64 and answer.json["next"] is None
    assert lasting_desk.get(AGENT, "/audit/anchors").status_code == 403
