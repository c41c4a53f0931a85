"""Renewal (延续) of what was granted: in time, late, without a decision."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from approvals.enterprise.service import service as enterprise
from approvals.items.catalogue import Catalogue
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.licences import HOLDER, MEMBER, enter_register
from tests.integration.approvals.people import APPROVER, REVIEWER, WINDOW, member_of
from tests.integration.approvals.refusals import refusal
from tests.unit.pdf_text import texts
from tests.unit.permit_item import CODE, MATERIAL, SLUG, with_permit

ANSWERS = {"holder": {"phone": "0990-1234567"}, "workshop": {"place": "3号楼一层", "use": "装配"}}
LAST_DAY, AFTER = "2028-11-22", "2028-11-23"
OPENS, APPLY_BY = "2028-08-24", "2028-10-23"


@pytest.fixture
def desk(make_system: SystemFactory, clock: ManualClock) -> Desk:
    """The enterprise service with an item whose permits end after two years."""
    service = replace(
        enterprise, resources=lambda settings: {**enterprise.resources(settings), Catalogue: with_permit()}
    )
    desk = Desk(make_system([service, notifications], clock=clock, demo=True))
    enter_register(desk)
    return desk


def morning(clock: ManualClock, day: str) -> None:
    """Nine o'clock in the park."""
    clock.set(datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=UTC).replace(hour=1))


def granted(desk: Desk, case_id: str) -> dict[str, Any]:
    """The case as it stands, handed in, taken through to the grant; gives its certificate."""
    examined(desk, case_id)
    answer = desk.act(APPROVER, case_id, "decide", {"granted": True})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = desk.case(MEMBER, case_id)["certificate"]
    return found


def examined(desk: Desk, case_id: str) -> None:
    """The case with its opinion, and the decision claimed."""
    desk.claim(WINDOW, case_id)
    assert desk.act(WINDOW, case_id, "accept").status_code == 200
    opinion = {"conclusion": "approve", "text": "齐全", "checks": desk.checks()}
    desk.on_task(REVIEWER, desk.claim(REVIEWER, case_id), "opinion", opinion)
    desk.claim(APPROVER, case_id)


def licensed(desk: Desk) -> tuple[str, dict[str, Any]]:
    """A case with a permit until the last day."""
    case_id = desk.draft_of(MEMBER, CODE, ANSWERS, [MATERIAL], HOLDER)
    return handed_in(desk, case_id), granted(desk, case_id)


def handed_in(desk: Desk, case_id: str) -> str:
    assert desk.act(MEMBER, case_id, "submit", {"declaration": True}).status_code == 200
    return case_id


def start(desk: Desk, permit: Mapping[str, Any], actor: Any = MEMBER, **more: Any) -> Any:
    """POST /cases to renew."""
    body = {"item_code": SLUG, "renews": permit["id"], **more}
    return desk.client(actor).post("/cases", json=body)


def applied(desk: Desk, permit: Mapping[str, Any]) -> str:
    """The renewal, handed in today."""
    started = start(desk, permit)
    assert started.status_code == 201, started.text
    case_id: str = started.json["id"]
    assert desk.upload(MEMBER, case_id, MATERIAL).status_code == 201
    return handed_in(desk, case_id)


def status(desk: Desk, permit: Mapping[str, Any]) -> str:
    """What the public check says."""
    said: str = desk.get(None, f"/verify/{permit['id']}").json["status"]
    return said


def told(desk: Desk) -> list[str]:
    """Titles of the applicant's messages, newest first."""
    desk.system.settle()
    found = desk.client(MEMBER, "notifications").get("/messages").json["items"]
    return [each["title"]["zh"] for each in found]


def test_a_renewal_granted_early_follows_without_a_gap(desk: Desk, clock: ManualClock) -> None:
    case_id, permit = licensed(desk)
    window = {"opens_on": OPENS, "apply_by": APPLY_BY, "in_time": True, "now": False, "running": None}
    assert permit["renewable"] == window
    refusal(start(desk, permit), 409, "renewal-too-early")
    assert "证照即将届满，可以申请延续" not in told(desk)

    morning(clock, OPENS)
    assert told(desk)[0] == "证照即将届满，可以申请延续"
    stranger = member_of("91990101MA0DEM021N", 9)
    error = refusal(start(desk, permit, stranger), 422)["errors"][0]
    assert (error["pointer"], error["code"]) == ("/renews", "unknown")
    error = refusal(start(desk, {"id": "1.2.3"}), 422)["errors"][0]
    assert error["pointer"] == "/renews"
    error = refusal(start(desk, permit, on_behalf_of="91990101MA0DEM021N"), 422)["errors"][0]
    assert error["pointer"] == "/on_behalf_of"

    discarded = start(desk, permit).json["id"]
    refusal(start(desk, permit), 409, "renewal-running")
    assert desk.case(MEMBER, case_id)["certificate"]["renewable"]["running"] == discarded
    assert desk.discard(MEMBER, discarded).status_code == 204

    renewal = start(desk, permit).json
    assert renewal["answers"]["workshop"] == ANSWERS["workshop"]
    assert renewal["answers"]["holder"]["phone"] == "0990-1234567"
    assert renewal["on_behalf_of"] == HOLDER and renewal["subject_name"]
    assert renewal["renews"] == {
        "certificate_id": permit["id"],
        "name": permit["name"],
        "number": permit["number"],
        "valid_until": LAST_DAY,
        "apply_by": APPLY_BY,
        "in_time": True,
        "state": "running",
    }
    desk.upload(MEMBER, renewal["id"], MATERIAL)
    following = granted(desk, handed_in(desk, renewal["id"]))
    assert following["number"] == permit["number"] and following["renews"] == permit["id"]
    assert (following["valid_from"], following["valid_until"]) == (AFTER, "2030-11-22")
    assert (status(desk, permit), status(desk, following)) == ("valid", "not_yet_valid")
    refusal(start(desk, permit), 409, "not-renewable")
    slips = desk.get(MEMBER, f"/cases/{renewal['id']}/slips").json["items"]
    decision = next(slip for slip in slips if slip["kind"] == "grant_decision")
    (page,) = texts(desk.client(MEMBER).get(decision["url"].removeprefix("/api/v1/enterprise")).data)
    assert "2028年11月23日" in page and "2030年11月22日" in page

    morning(clock, AFTER)
    assert (status(desk, permit), status(desk, following)) == ("replaced", "valid")
    old = desk.get(None, f"/verify/{permit['id']}").json
    new = desk.get(None, f"/verify/{following['id']}").json
    assert (old["replaced_by"], new["renews"]) == (following["id"], permit["id"])
    assert told(desk).count("证照即将届满，可以申请延续") == 1  # nobody is reminded of what is renewed


def test_without_a_decision_by_the_last_day_it_is_renewed_by_law(desk: Desk, clock: ManualClock) -> None:
    """行政许可法 art. 50(2): 逾期未作决定的，视为准予延续."""
    _, permit = licensed(desk)
    morning(clock, APPLY_BY)
    assert told(desk).count("证照即将届满，可以申请延续") == 2
    case_id = applied(desk, permit)
    examined(desk, case_id)
    hearing = {"kind": "hearing", "reason": "利害关系人要求听证", "expected_days": 60}
    assert desk.act(APPROVER, case_id, "start-procedure", hearing).status_code == 200
    morning(clock, LAST_DAY)
    desk.system.settle()
    assert desk.case(MEMBER, case_id)["state"] == "deciding"

    morning(clock, AFTER)
    refused = desk.act(APPROVER, case_id, "decide", {"granted": False, "reason": "不符合条件"})
    refusal(refused, 409, "wrong-state")
    assert told(desk)[0] == "视为准予延续"
    case = desk.case(MEMBER, case_id)
    assert (case["state"], case["decision"], case["renews"]["state"]) == ("granted", None, "by_law")
    assert all(each["ended_on"] for each in case["procedures"])
    following = case["certificate"]
    assert (following["valid_from"], following["valid_until"]) == (AFTER, "2030-11-22")
    assert (status(desk, permit), status(desk, following)) == ("replaced", "valid")
    entry = next(
        each
        for each in desk.get(MEMBER, f"/cases/{case_id}/timeline").json["items"]
        if each["key"] == "deemed_renewed"
    )
    assert (entry["code"], entry["effective_on"], entry["actor"]["zh"]) == (11, AFTER, "系统")
    slips = desk.get(MEMBER, f"/cases/{case_id}/slips").json["items"]
    notice = next(slip for slip in slips if slip["kind"] == "deemed_renewal")
    (page,) = texts(desk.client(MEMBER).get(notice["url"].removeprefix("/api/v1/enterprise")).data)
    for words in ("视为准予延续行政许可告知书", "第五十条第二款", "不是本机关作出的决定", permit["number"]):
        assert words in page, words
    assert desk.task(WINDOW, case_id)["kind"] == "delivery"


def test_late_and_unanswered_applications_do_not_count_as_granted(desk: Desk, clock: ManualClock) -> None:
    _, permit = licensed(desk)
    morning(clock, APPLY_BY)
    case_id = applied(desk, permit)
    morning(clock, "2028-10-24")
    desk.claim(WINDOW, case_id)
    point = {"items": [{"target": f"/materials/{MATERIAL}", "requirement": "请重新上传"}]}
    assert desk.act(WINDOW, case_id, "request-correction", point).status_code == 200
    morning(clock, AFTER)
    desk.system.settle()
    assert desk.case(MEMBER, case_id)["state"] == "correction"
    assert status(desk, permit) == "expired"
    assert desk.act(MEMBER, case_id, "withdraw").status_code == 200
    assert desk.case(MEMBER, case_id)["renews"]["state"] == "ended"
    refusal(start(desk, permit), 409, "not-renewable")

    _, second = licensed(desk)
    morning(clock, "2030-10-24")
    late = start(desk, second).json
    assert late["renews"]["in_time"] is False
    desk.upload(MEMBER, late["id"], MATERIAL)
    handed_in(desk, late["id"])
    morning(clock, "2030-12-02")
    desk.system.settle()
    assert desk.case(MEMBER, late["id"])["state"] == "accepted"  # its intake limit is over, and only that
    assert status(desk, second) == "expired"
    task = desk.claim(REVIEWER, late["id"])
    opinion = {"conclusion": "approve", "text": "齐全", "checks": desk.checks()}
    desk.on_task(REVIEWER, task, "opinion", opinion)
    desk.claim(APPROVER, late["id"])
    assert desk.act(APPROVER, late["id"], "decide", {"granted": True}).status_code == 200
    assert desk.case(MEMBER, late["id"])["certificate"]["valid_from"] == "2030-12-02"


def test_a_refusal_that_meets_the_end_of_validity_is_one_or_the_other(desk: Desk, clock: ManualClock) -> None:
    _, permit = licensed(desk)
    morning(clock, APPLY_BY)
    case_id = applied(desk, permit)
    examined(desk, case_id)
    morning(clock, AFTER)
    together = threading.Barrier(2, timeout=30)

    def refuse() -> int:
        together.wait()
        code: int = desk.act(APPROVER, case_id, "decide", {"granted": False, "reason": "不符合"}).status_code
        return code

    def lapse() -> int:
        together.wait()
        desk.system.settle()
        return 0

    with ThreadPoolExecutor(2) as pool:
        refused, _ = [each.result() for each in (pool.submit(refuse), pool.submit(lapse))]
    assert refused in {409, 412}
    clock.advance(
        timedelta(minutes=1)
    )  # an appointment that lost to the refusal's lock is kept seconds later
    desk.system.settle()
    case = desk.case(MEMBER, case_id)
    assert (case["state"], case["renews"]["state"]) == ("granted", "by_law")
    keys = [each["key"] for each in desk.get(MEMBER, f"/cases/{case_id}/timeline").json["items"]]
    assert keys.count("deemed_renewed") == keys.count("certificate_issued") == 1
