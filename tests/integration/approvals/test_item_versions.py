"""Another version of an item comes into force: cases keep theirs, drafts are moved on, nothing gets lost."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.enterprise.service import service as enterprise
from approvals.items.catalogue import Catalogue
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.service import Service
from shared.testing.answers import A1_MATERIALS
from shared.testing.systems import SystemFactory
from tests.integration.approvals.desk import ITEM, Desk
from tests.integration.approvals.people import AGENT, APPROVER, OTHER_AGENT, REVIEWER, WINDOW
from tests.integration.approvals.refusals import nothing_changes, pointers, refusal
from tests.unit.item_versions import two_versions
from tests.unit.material_samples import pdf

LAST_MOMENT = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
FIRST_MOMENT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""1 December 2026, 00:00 in the park."""


def with_two_versions() -> Service:
    """The enterprise service with both versions of A1."""
    return replace(
        enterprise, resources=lambda settings: {**enterprise.resources(settings), Catalogue: two_versions()}
    )


@pytest.fixture
def desk(make_sqlite_system: SystemFactory, clock: ManualClock) -> Desk:
    """A desk on the last day of the first version."""
    clock.set(LAST_MOMENT)
    return Desk(make_sqlite_system([with_two_versions()], demo=True))


@pytest.fixture
def desk_on_each(make_system: SystemFactory, clock: ManualClock) -> Desk:
    """The same on each kind of database."""
    clock.set(LAST_MOMENT)
    return Desk(make_system([with_two_versions()], demo=True))


def version_of(desk: Desk, case_id: str) -> str:
    """The item version of a case."""
    found: str = desk.case(AGENT, case_id)["item"]["version"]
    return found


def test_what_is_filed_on_the_last_day_is_judged_by_its_version_to_the_end(
    desk: Desk, clock: ManualClock
) -> None:
    case_id = desk.submitted()
    clock.set(FIRST_MOMENT)

    case = desk.case(AGENT, case_id)
    assert (case["item"]["version"], case["renewal"]) == ("2026.1", None)
    assert [material["code"] for material in case["materials"]][:5] == list(A1_MATERIALS)
    desk.claim(WINDOW, case_id)
    points = [
        {"target": "/answers/premises/floor", "requirement": "楼层"},
        {"target": "/materials/premises", "requirement": "文件"},
    ]
    notice = {"items": points}
    assert desk.act(WINDOW, case_id, "request-correction", notice).status_code == 200
    assert (
        desk.save(AGENT, case_id, {"premises": {**case["answers"]["premises"], "floor": "6层"}}).status_code
        == 200
    )
    etag = premises_of(desk, case_id)["etag"]
    assert desk.upload(AGENT, case_id, "premises", pdf(2), If_Match=etag).status_code == 200
    refusal(desk.upload(AGENT, case_id, "premises_promise"), 404)
    assert desk.act(AGENT, case_id, "answer-correction").status_code == 200
    desk.claim(WINDOW, case_id)
    assert desk.act(WINDOW, case_id, "accept").status_code == 200
    clocks = desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    statutory = next(each for each in clocks if each["kind"] == "statutory")
    assert "3 working days" in str(statutory), "the first version's limit"
    task = desk.claim(REVIEWER, case_id)
    body = {"conclusion": "approve", "text": "材料齐全", "checks": desk.checks()}
    assert desk.on_task(REVIEWER, task, "opinion", body).status_code == 200
    desk.claim(APPROVER, case_id)
    assert desk.act(APPROVER, case_id, "decide", {"granted": True, "reason": ""}).status_code == 200
    assert version_of(desk, case_id) == "2026.1"


def test_a_new_application_is_filed_under_the_version_of_the_day_in_the_park(
    desk: Desk, clock: ManualClock
) -> None:
    started = []
    for moment in (LAST_MOMENT, FIRST_MOMENT):
        clock.set(moment)
        started.append(desk.client(AGENT).post("/cases", json={"item_code": ITEM}).json["item"]["version"])
    assert started == ["2026.1", "2026.2"]


def test_a_draft_of_the_version_before_is_refused_with_what_is_new(desk: Desk, clock: ManualClock) -> None:
    case_id = desk.draft()
    assert desk.case(AGENT, case_id)["renewal"] is None
    assert "renew-version" not in desk.case(AGENT, case_id)["actions"]
    clock.set(FIRST_MOMENT)

    with nothing_changes(desk.system):
        problem = refusal(
            desk.act(AGENT, case_id, "submit", {"declaration": True}), 409, "item-version-retired"
        )
    assert pointers(problem) == ["/item/version"] * len(problem["errors"])
    case = desk.case(AGENT, case_id)
    assert case["renewal"]["version"] == "2026.2"
    assert case["renewal"]["effective_on"] == "2026-12-01"
    assert case["renewal"]["note"]["zh"] == "住所材料改为承诺。"
    changes = [change["en"] for change in case["renewal"]["changes"]]
    assert "New material: Promise on the premises (Required, may follow later)" in changes
    assert len(changes) == len(problem["errors"])
    assert [loss["en"] for loss in case["renewal"]["losses"]] == [
        "Floor (optional)",
        "Papers on the premises",
    ]
    assert "renew-version" in case["actions"] and "submit" not in case["actions"]
    assert desk.save(AGENT, case_id, {"agent": {"has_agent": "false"}}).status_code == 200


def test_moving_on_keeps_the_answers_and_judges_them_anew(desk_on_each: Desk, clock: ManualClock) -> None:
    desk = desk_on_each
    case_id = desk.draft()
    before = desk.case(AGENT, case_id)["answers"]
    clock.set(FIRST_MOMENT)

    moved = desk.act(AGENT, case_id, "renew-version")

    assert moved.status_code == 200, moved.text
    case = moved.json
    assert (case["item"]["version"], case["renewal"]) == ("2026.2", None)
    assert case["subject_name"] == "示范市示范区云栖湾精密传动有限公司"
    del before["premises"]["floor"]
    assert case["answers"] == before
    assert {section["key"]: section["status"] for section in case["sections"]}["premises"] == "in_progress"
    handed_in = {m["code"] for m in case["materials"] if m["uploaded"]}
    assert handed_in == set(A1_MATERIALS) - {"premises"}
    wrong = refusal(desk.act(AGENT, case_id, "submit", {"declaration": True}), 422)
    assert pointers(wrong) == ["/answers/premises/storey", "/materials/premises_promise"]

    desk.save(AGENT, case_id, {"premises": {**before["premises"], "storey": "5层"}})
    assert desk.upload(AGENT, case_id, "premises_promise").status_code == 201
    submitted = desk.act(AGENT, case_id, "submit", {"declaration": True})
    assert submitted.status_code == 200, submitted.text
    assert submitted.json["item"]["version"] == "2026.2"


def premises_of(desk: Desk, case_id: str) -> dict[str, Any]:
    """The papers on the premises as handed in."""
    materials = desk.case(AGENT, case_id)["materials"]
    uploaded: dict[str, Any] = next(each for each in materials if each["code"] == "premises")["uploaded"]
    return uploaded


def test_a_file_that_the_new_version_does_not_take_is_forgotten(desk: Desk, clock: ManualClock) -> None:
    case_id = desk.draft()
    etag = premises_of(desk, case_id)["etag"]
    assert desk.upload(AGENT, case_id, "premises", pdf(7), If_Match=etag).status_code == 200
    blobs, key = desk.system.runtime("enterprise").context.blobs, premises_of(desk, case_id)["sha256"]
    assert blobs.exists(key)
    clock.set(FIRST_MOMENT)
    desk.act(AGENT, case_id, "renew-version")
    desk.system.settle()
    assert not blobs.exists(key)


def test_moving_on_is_on_the_audit_trail(desk: Desk, clock: ManualClock) -> None:
    case_id = desk.draft()
    clock.set(FIRST_MOMENT)
    desk.act(AGENT, case_id, "renew-version")
    with desk.system.runtime("enterprise").read() as session:
        query = sa.select(AuditEntry).where(
            AuditEntry.aggregate_id == case_id, AuditEntry.action == "case.version-renewed"
        )
        [entry] = session.scalars(query)
    details: dict[str, Any] = entry.details or {}
    assert (details["from"], details["to"]) == ("2026.1", "2026.2")
    assert details["dropped_fields"] == ["premises/floor"]
    assert details["dropped_materials"] == ["premises"]


def test_moving_on_needs_the_version_that_was_seen_and_happens_once(desk: Desk, clock: ManualClock) -> None:
    case_id = desk.draft()
    with nothing_changes(desk.system):
        refusal(desk.act(AGENT, case_id, "renew-version"), 409, "item-version-current")
    clock.set(FIRST_MOMENT)
    seen = desk.get(AGENT, f"/cases/{case_id}").headers["ETag"]
    with nothing_changes(desk.system):
        refusal(desk.client(AGENT).post(f"/cases/{case_id}/renew-version", json={}), 428)
        refusal(desk.act(AGENT, case_id, "renew-version", If_Match='"0"'), 412)
        refusal(desk.act(OTHER_AGENT, case_id, "renew-version"), 404)
    assert desk.act(AGENT, case_id, "renew-version", If_Match=seen).status_code == 200
    with nothing_changes(desk.system):
        refusal(desk.act(AGENT, case_id, "renew-version", If_Match=seen), 412)
        refusal(desk.act(AGENT, case_id, "renew-version"), 409, "item-version-current")


def test_what_was_handed_in_is_never_moved(desk: Desk, clock: ManualClock) -> None:
    case_id = desk.submitted()
    clock.set(FIRST_MOMENT)
    with nothing_changes(desk.system):
        refusal(desk.act(AGENT, case_id, "renew-version"), 409, "wrong-state")
        refusal(desk.act(WINDOW, case_id, "renew-version"), 403)


def test_before_its_first_version_nobody_can_apply(desk: Desk, clock: ManualClock) -> None:
    case_id = desk.draft()
    clock.set(datetime(2025, 12, 30, tzinfo=UTC))
    refusal(desk.client(AGENT).post("/cases", json={"item_code": ITEM}), 409, "item-retired")
    case = desk.case(AGENT, case_id)
    assert case["renewal"]["version"] is None
    assert "submit" not in case["actions"] and "renew-version" not in case["actions"]
    for verb in ("submit", "renew-version"):
        refusal(
            desk.act(AGENT, case_id, verb, {"declaration": True} if verb == "submit" else {}),
            409,
            "item-retired",
        )


def test_the_guide_shows_every_published_version_by_its_name(desk: Desk, clock: ManualClock) -> None:
    now = desk.get(None, f"/items/{ITEM}").json
    assert (now["version"], now["in_force"], now["statutory_limit"]["n"]) == ("2026.1", True, 3)
    coming = desk.get(None, f"/items/{ITEM}?version=2026.2").json
    assert (coming["version"], coming["in_force"], coming["statutory_limit"]["n"]) == ("2026.2", False, 2)
    clock.set(FIRST_MOMENT)
    assert desk.get(None, f"/items/{ITEM}").json["version"] == "2026.2"
    refusal(desk.get(None, f"/items/{ITEM}?version=1999"), 404)
    refusal(desk.get(None, "/items/none?version=2026.1"), 404)
