"""Throwing a draft away: what goes, what stays, and who else may be at it at the same moment."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from approvals.cases.model import Case, CaseMaterial
from approvals.documents import unused
from shared.actor import SYSTEM, Actor, Membership
from shared.audit import AuditEntry, entry_hash
from shared.ids import new_id
from shared.transaction import Transaction
from tests.integration.approvals.desk import ITEM, Desk
from tests.integration.approvals.people import AGENT, OTHER_AGENT, WINDOW
from tests.integration.approvals.refusals import nothing_changes, refusal
from tests.unit.material_samples import pdf

COMPANY = "91990101MA0DEM013U"


def member(number: int, name: str) -> Actor:
    """Somebody who belongs to the company."""
    return Actor(
        kind="account",
        id=UUID(int=number),
        name=name,
        roles=frozenset({"applicant", "enterprise_member"}),
        memberships=(Membership(UUID(int=5), COMPANY, "示范企业", "member"),),
    )


def stored(desk: Desk, data: bytes) -> bool:
    """Whether the service still holds the file."""
    key = hashlib.sha256(data).hexdigest()
    return desk.system.runtime("enterprise").context.blobs.exists(key)


def rows_of(desk: Desk, case_id: str) -> int:
    """How many rows the case and its materials have."""
    with desk.system.runtime("enterprise").read() as session:
        of_case = (
            sa.select(sa.func.count()).where(Case.id == UUID(case_id)),
            sa.select(sa.func.count()).where(CaseMaterial.case_id == UUID(case_id)),
        )
        return sum(session.scalar(query) or 0 for query in of_case)


def test_a_draft_goes_with_its_answers_and_its_files(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    case_id = desk.draft()
    other = desk.draft()
    desk.upload(AGENT, case_id, "articles", pdf(3), If_Match='"1"')
    assert "discard" in desk.case(AGENT, case_id)["actions"]

    answer = desk.discard(AGENT, case_id)

    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert rows_of(desk, case_id) == 0
    refusal(desk.get(AGENT, f"/cases/{case_id}"), 404, "not-found")
    assert [case["id"] for case in desk.get(AGENT, "/cases").json["items"]] == [other]
    desk.system.settle()
    assert not stored(desk, pdf(3)), "nobody refers to it any more"
    assert stored(desk, pdf()), "the other draft has handed in the same file"
    assert desk.get(AGENT, f"/cases/{other}/materials/articles").data == pdf()
    desk.discard(AGENT, other)
    desk.system.settle()
    assert not stored(desk, pdf())


def test_the_audit_trail_keeps_that_the_draft_was_there(enterprise_desk: Desk) -> None:
    case_id = enterprise_desk.draft()
    enterprise_desk.discard(AGENT, case_id)

    with enterprise_desk.system.runtime("enterprise").read() as session:
        query = sa.select(AuditEntry).where(AuditEntry.aggregate_id == case_id).order_by(AuditEntry.number)
        entries = list(session.scalars(query))
    assert (entries[0].action, entries[-1].action) == ("case.started", "case.discarded")
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert all(entry.hash == entry_hash(entry) for entry in entries)
    assert entries[-1].actor_id == AGENT.id
    assert entries[-1].details["item"] == ITEM
    assert "articles" in entries[-1].details["materials"]


def test_who_discards_names_the_version_that_was_seen(enterprise_desk: Desk) -> None:
    case_id = enterprise_desk.draft()
    seen = enterprise_desk.get(AGENT, f"/cases/{case_id}").headers["ETag"]
    enterprise_desk.save(AGENT, case_id, {"agent": {"has_agent": "true"}})
    with nothing_changes(enterprise_desk.system):
        refusal(enterprise_desk.client(AGENT).delete(f"/cases/{case_id}"), 428, "version-required")
        for etag in (seen, '"0"', "*", "one"):
            refusal(enterprise_desk.discard(AGENT, case_id, If_Match=etag), 412, "stale-version")


def test_a_second_time_there_is_nothing_left_to_discard(enterprise_desk: Desk) -> None:
    case_id = enterprise_desk.draft()
    seen = enterprise_desk.get(AGENT, f"/cases/{case_id}").headers["ETag"]
    assert enterprise_desk.discard(AGENT, case_id, If_Match=seen).status_code == 204
    with nothing_changes(enterprise_desk.system):
        refusal(enterprise_desk.discard(AGENT, case_id, If_Match=seen), 404, "not-found")
        refusal(enterprise_desk.upload(AGENT, case_id, "articles"), 404, "not-found")
        refusal(enterprise_desk.save(AGENT, case_id, {}), 404, "not-found")


def test_what_was_handed_in_cannot_be_discarded(enterprise_desk: Desk) -> None:
    case_id = enterprise_desk.submitted()
    with nothing_changes(enterprise_desk.system):
        refusal(enterprise_desk.discard(AGENT, case_id), 409, "wrong-state")
        refusal(enterprise_desk.discard(WINDOW, case_id), 403)
        refusal(enterprise_desk.discard(OTHER_AGENT, case_id), 404)


def test_a_member_discards_what_was_begun_for_the_organisation(enterprise_desk: Desk) -> None:
    one, other = member(61, "成员甲"), member(62, "成员乙")
    begun = enterprise_desk.client(one).post("/cases", json={"item_code": ITEM, "on_behalf_of": COMPANY})

    assert enterprise_desk.discard(other, begun.json["id"]).status_code == 204

    refusal(enterprise_desk.get(one, f"/cases/{begun.json['id']}"), 404)


@pytest.mark.parametrize("change", ["replace", "take back", "refuse"])
def test_a_file_that_a_draft_no_longer_holds_is_forgotten(enterprise_desk: Desk, change: str) -> None:
    desk = enterprise_desk
    case_id = desk.draft()
    etag = desk.upload(AGENT, case_id, "articles", pdf(3), If_Match='"1"').headers["ETag"]
    desk.system.settle()
    assert stored(desk, pdf(3))

    if change == "replace":
        assert desk.upload(AGENT, case_id, "articles", pdf(2), If_Match=etag).status_code == 200
    elif change == "take back":
        desk.client(AGENT).delete(f"/cases/{case_id}/materials/articles", headers={"If-Match": etag})
    else:
        refusal(desk.upload(AGENT, case_id, "articles", pdf(2), If_Match='"1"'), 412)
    desk.system.settle()

    assert stored(desk, pdf(3)) is (change == "refuse")
    assert stored(desk, pdf(2)) is (change == "replace")


def test_what_an_official_has_worked_with_stays(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    case_id = desk.draft()
    etag = desk.upload(AGENT, case_id, "articles", pdf(3), If_Match='"1"').headers["ETag"]
    desk.act(AGENT, case_id, "submit", {"declaration": True})
    desk.claim(WINDOW, case_id)
    points = {"items": [{"target": "/materials/articles", "requirement": "请重新提交"}]}
    assert desk.act(WINDOW, case_id, "request-correction", points).status_code == 200

    assert desk.upload(AGENT, case_id, "articles", pdf(2), If_Match=etag).status_code == 200
    desk.system.settle()

    assert stored(desk, pdf(3))


def in_turn(desk: Desk, first: Callable[[Transaction], Any], second: Callable[[Transaction], Any]) -> None:
    """Two transactions at once: the second comes as far as it can while the first has not committed."""
    runtime = desk.system.runtime("enterprise")
    done = threading.Event()

    def run() -> None:
        with runtime.transaction(SYSTEM) as tx:
            second(tx)
        done.set()

    thread = threading.Thread(target=run)
    with runtime.transaction(SYSTEM) as tx:
        first(tx)
        thread.start()
        assert not done.wait(0.5)
    thread.join(30)
    assert done.is_set()


@pytest.mark.parametrize("forgetting_comes", ["first", "second"])
def test_a_file_handed_in_while_it_is_being_forgotten_is_kept(
    enterprise_desk: Desk, forgetting_comes: str
) -> None:
    desk = enterprise_desk
    case_id, data = desk.draft(), pdf(3)
    key = desk.system.runtime("enterprise").context.blobs.put(data)

    def hand_in(tx: Transaction) -> None:
        unused.keep(tx, data, key)
        row = CaseMaterial(id=new_id(), case_id=UUID(case_id), code="other_proof", version=1, sha256=key)
        row.file_name, row.media_type, row.size, row.pages = "x.pdf", "application/pdf", len(data), 3
        row.uploaded_at = tx.now
        tx.session.add(row)
        tx.session.flush()

    def forget(tx: Transaction) -> None:
        unused.forget(tx, [key])

    in_turn(desk, *((forget, hand_in) if forgetting_comes == "first" else (hand_in, forget)))

    assert stored(desk, data)
