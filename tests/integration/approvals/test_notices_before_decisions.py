"""A notice that the authority publishes before it decides, and what takes it down."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from approvals.enterprise.service import service as enterprise
from approvals.items.catalogue import Catalogue
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.approvals.announced import OBJECTION, YES, company, examined, go_to
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import (
    APPROVER,
    OTHER_AGENT,
    WINDOW,
)
from tests.integration.approvals.refusals import refusal
from tests.unit.notice_item import CODE as NOTICED
from tests.unit.notice_item import LATER, with_notice
from tests.unit.pdf_text import texts


def noticed_desk(make_system: SystemFactory, clock: ManualClock, **of_the_item: bool) -> Desk:
    """The enterprise service with an item that is put on notice before its decision."""
    resources: dict[type, object] = {Catalogue: with_notice(**of_the_item)}
    service = replace(enterprise, resources=lambda settings: {**enterprise.resources(settings), **resources})
    return Desk(make_system([service], clock=clock, demo=True))


@pytest.mark.parametrize("stops", [False, True])
def test_the_authority_puts_an_application_on_notice_before_it_decides(
    make_sqlite_system: SystemFactory, clock: ManualClock, stops: bool
) -> None:
    desk = noticed_desk(make_sqlite_system, clock, stops=stops)
    uscc, member, _established = company(desk)
    answers = {"holder": {"phone": "0990-1234567"}, "workshop": {"place": "3号楼一层"}}
    case_id = desk.draft_of(member, NOTICED, answers, ["plan"], uscc)
    refusal(desk.act(member, case_id, "publish-notice", YES), 409, "no-notice")
    assert desk.act(member, case_id, "submit", YES).status_code == 200
    examined(desk, case_id)
    due = desk.case(APPROVER, case_id)["due"]["on"]
    refusal(desk.act(APPROVER, case_id, "decide", {"granted": True}), 409, "notice-required")
    refusal(desk.act(WINDOW, case_id, "publish-notice", YES), 403, "claim-required")

    answer = desk.act(APPROVER, case_id, "publish-notice", YES)
    assert answer.status_code == 200 and "decide" not in answer.json["actions"], answer.text
    notice = answer.json["notice"]
    assert (answer.json["state"], notice["last_on"]) == ("deciding", "2026-11-30")
    if stops:
        assert (answer.json["due"], answer.json["resumes_on"]) == (None, "2026-11-30")
    else:
        assert (answer.json["due"]["on"], answer.json["resumes_on"]) == (due, None)
    refusal(desk.act(APPROVER, case_id, "publish-notice", YES), 409, "notice-running")
    refusal(desk.act(APPROVER, case_id, "decide", {"granted": True}), 409, "notice-running")
    place = f"/notices/{notice['id']}/objections"
    lodged = desk.client(OTHER_AGENT).post(place, json=OBJECTION)
    assert lodged.status_code == 201 and not lodged.json["ended_case"], lodged.text
    refusal(desk.client(OTHER_AGENT).post(place, json=OBJECTION), 409, "already-objected")
    assert len(desk.get(APPROVER, f"/cases/{case_id}/objections").json["items"]) == 1
    refusal(desk.get(WINDOW, f"/cases/{case_id}/objections"), 403)

    go_to(desk, clock, date(2026, 12, 1))
    case = desk.case(APPROVER, case_id)
    assert case["notice"]["state"] == "ended" and case["resumes_on"] is None
    assert (case["due"]["on"] > due) is stops
    answer = desk.act(APPROVER, case_id, "decide", {"granted": True})
    assert answer.status_code == 200, answer.text
    (page,) = texts(desk.get(member, f"/cases/{case_id}/certificate").data)
    assert "车间许可证" in page


def test_a_case_that_ends_takes_its_notice_down(
    make_sqlite_system: SystemFactory, clock: ManualClock
) -> None:
    desk = noticed_desk(make_sqlite_system, clock, follows=True)
    uscc, member, _established = company(desk)
    answers = {"holder": {"phone": "0990-1234567"}, "workshop": {"place": "3号楼一层"}}
    case_id = desk.draft_of(member, NOTICED, answers, ["plan"], uscc)
    promised = {"materials": [LATER], "promise": True}
    assert desk.act(member, case_id, "submit", {**YES, "deferred": promised}).status_code == 200
    examined(desk, case_id, with_gaps=True)
    noticed = desk.act(APPROVER, case_id, "publish-notice", YES)
    assert noticed.status_code == 200, noticed.text
    notice = noticed.json["notice"]["id"]
    go_to(desk, clock, date(2026, 11, 26))
    assert desk.case(member, case_id)["state"] == "terminated"
    public = desk.get(None, f"/notices/{notice}").json
    assert (public["state"], public["stop_reason"]) == ("stopped", "case_ended")
    refusal(
        desk.client(OTHER_AGENT).post(f"/notices/{notice}/objections", json=OBJECTION), 409, "notice-over"
    )


def test_a_renewal_by_law_takes_its_notice_down(
    make_sqlite_system: SystemFactory, clock: ManualClock
) -> None:
    desk = noticed_desk(make_sqlite_system, clock)
    uscc, member, _established = company(desk)
    answers = {"holder": {"phone": "0990-1234567"}, "workshop": {"place": "3号楼一层"}}
    first = desk.draft_of(member, NOTICED, answers, ["plan"], uscc)
    assert desk.act(member, first, "submit", YES).status_code == 200
    examined(desk, first)
    assert desk.act(APPROVER, first, "publish-notice", YES).status_code == 200
    go_to(desk, clock, date(2026, 12, 1))
    granted = desk.act(APPROVER, first, "decide", {"granted": True}).json["certificate"]
    last_day = date.fromisoformat(granted["valid_until"])
    go_to(desk, clock, last_day - timedelta(days=32))
    body = {"item_code": NOTICED, "renews": granted["id"]}
    case_id = desk.client(member).post("/cases", json=body).json["id"]
    assert desk.upload(member, case_id, "plan").status_code == 201
    assert desk.act(member, case_id, "submit", YES).status_code == 200
    examined(desk, case_id)
    go_to(desk, clock, last_day)
    noticed = desk.act(APPROVER, case_id, "publish-notice", YES)
    assert noticed.status_code == 200, noticed.text
    go_to(desk, clock, last_day + timedelta(days=1))
    case = desk.case(member, case_id)
    assert (case["state"], case["notice"]["state"]) == ("granted", "stopped")
