"""Applications of an organisation: who makes them, what the register answers, the permit."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.enterprise.service import service as enterprise
from approvals.items.catalogue import Catalogue
from shared.clock import ManualClock
from shared.identifiers.uscc import make_org_code, make_uscc
from shared.testing.systems import SystemFactory
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, REVIEWER, WINDOW, member_of
from tests.integration.approvals.refusals import refusal
from tests.unit.pdf_text import texts
from tests.unit.permit_item import CODE, MATERIAL, with_permit

PLACE = {"workshop": {"place": "3号楼一层", "use": "装配"}}
NOBODYS = make_uscc(region="990101", org_code=make_org_code("MA19YYYY"))


@pytest.fixture
def desk(make_system: SystemFactory, clock: ManualClock) -> Desk:
    """The enterprise service with an item that only organisations apply for."""
    service = replace(
        enterprise, resources=lambda settings: {**enterprise.resources(settings), Catalogue: with_permit()}
    )
    return Desk(make_system([service], clock=clock, demo=True))


def test_a_permit_is_issued_to_the_organisation_that_a_member_applied_for(
    desk: Desk, clock: ManualClock
) -> None:
    """国令第716号 art. 7: what the register knows is filled in and asked of nobody."""
    established = desk.case(AGENT, desk.decided())["certificate"]
    member = member_of(established["uscc"])

    started = desk.start(member, CODE, established["uscc"])
    assert started.status_code == 201, started.text
    case_id = started.json["id"]
    assert started.json["subject_name"] == established["holder"]
    holder = started.json["answers"]["holder"]
    assert holder["name"] == established["holder"] and holder["uscc"] == established["uscc"]

    changed = {"holder": {**holder, "name": "别的名称"}}
    error = refusal(desk.save(member, case_id, changed), 422)["errors"][0]
    assert (error["pointer"], error["code"]) == ("/answers/holder/name", "given")
    kept = desk.save(member, case_id, {"holder": {"phone": "0990-1234567"}, **PLACE})
    assert kept.json["answers"]["holder"] == {**holder, "phone": "0990-1234567"}

    desk.upload(member, case_id, MATERIAL)
    assert desk.act(member, case_id, "submit", {"declaration": True}).status_code == 200
    desk.claim(WINDOW, case_id)
    desk.act(WINDOW, case_id, "accept")
    opinion = {"conclusion": "approve", "text": "齐全", "checks": desk.checks()}
    desk.on_task(REVIEWER, desk.claim(REVIEWER, case_id), "opinion", opinion)
    desk.claim(APPROVER, case_id)
    answer = desk.act(APPROVER, case_id, "decide", {"granted": True})
    assert answer.status_code == 200, answer.text

    permit = desk.case(member, case_id)["certificate"]
    assert permit["number"] == "CJ990101202600001" and permit["name"]["zh"] == "车间许可证"
    assert (permit["issued_on"], permit["valid_until"]) == ("2026-11-23", "2028-11-22")
    checked = desk.get(None, f"/verify/{permit['id']}").json
    assert checked["valid"] and checked["holder"]["uscc"] == established["uscc"]
    assert [detail["value"]["zh"] for detail in checked["details"]] == ["3号楼一层", "装配"]
    pdf = desk.get(member, f"/cases/{case_id}/certificate").data
    assert hashlib.sha256(pdf).hexdigest() == checked["sha256"]
    (page,) = texts(pdf)
    for words in ("车间许可证", "CJ990101202600001", established["holder"], "3号楼一层", "至2028年11月22日"):
        assert words in page, words

    clock.advance(timedelta(days=2 * 365))
    assert desk.get(None, f"/verify/{permit['id']}").json["status"] == "valid"
    clock.advance(timedelta(days=1))
    gone = desk.get(None, f"/verify/{permit['id']}").json
    assert (gone["valid"], gone["status"]) == (False, "expired")


def test_only_members_of_a_registered_organisation_may_apply_for_it(desk: Desk) -> None:
    error = refusal(desk.start(AGENT, CODE), 422)["errors"][0]
    assert (error["pointer"], error["code"]) == ("/on_behalf_of", "required")
    refusal(desk.start(AGENT, CODE, NOBODYS), 403)
    refusal(desk.start(member_of(NOBODYS), CODE, NOBODYS), 409, "organisation-not-registered")
