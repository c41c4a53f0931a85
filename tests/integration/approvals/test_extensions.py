"""Extending the limit: once, by other eyes, with the reasons told; moved is the law's date alone."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.clock import ClockKind, status_of
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case
from approvals.extensions.policy import require_extendable
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from shared.clock import PARK_TZ, ManualClock
from shared.errors import Conflict
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, REVIEWER, WINDOW, official
from tests.integration.approvals.refusals import dump, nothing_changes, refusal, wrongs
from tests.unit.pdf_text import squeeze, texts

MONDAY = date(2026, 11, 23)
REASON = {"reason": "股东为境外主体，需要核实主体资格"}
OTHER_APPROVER = official("approver", 16)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=PARK_TZ)


def _reviewing(desk: Desk, **overrides: Any) -> str:
    case_id = desk.accepted(**overrides)
    desk.claim(REVIEWER, case_id)
    return case_id


def _requested(desk: Desk, **overrides: Any) -> str:
    case_id = _reviewing(desk, **overrides)
    answer = desk.act(REVIEWER, case_id, "request-extension", REASON)
    assert answer.status_code == 200, answer.text
    return case_id


def _approve(desk: Desk, case_id: str, approved: bool = True, note: str = "") -> Any:
    return desk.act(APPROVER, case_id, "decide-extension", {"approved": approved, "note": note})


def _dates(desk: Desk, case_id: str) -> dict[str, str]:
    found = desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    return {clock["kind"]: clock["due_on"] for clock in found if clock["kind"] != "intake"}


def test_an_approved_extension_moves_the_statutory_date_and_the_applicant_is_told_why(
    desk: Desk, clock: ManualClock
) -> None:
    clock.set(_at(MONDAY))
    case_id = _requested(desk)
    waiting = desk.case(AGENT, case_id)["extension"]
    assert (waiting["state"], waiting["reason"]) == ("requested", None), "nothing is decided yet"
    assert desk.case(REVIEWER, case_id)["actions"] == ["opinion", "start-procedure"]
    task = desk.claim(APPROVER, case_id)
    assert (task["kind"], task["case"]["id"]) == ("extension", case_id)
    seen = desk.case(APPROVER, case_id)
    assert seen["actions"] == ["decide-extension"] and seen["extension"]["reason"] == REASON["reason"]
    clock.set(_at(date(2026, 11, 24)))
    answer = _approve(desk, case_id)
    assert answer.status_code == 200, answer.text

    assert _dates(desk, case_id) == {"promised": "2026-11-24", "statutory": "2026-12-01"}
    case = desk.case(AGENT, case_id)
    assert (case["extension"]["state"], case["extension"]["reason"]) == ("approved", REASON["reason"])
    assert case["extension"]["requested_by"] is None, "officials are not named to the applicant"
    found = desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    statutory = next(each for each in found if each["kind"] == "statutory")
    assert statutory["limit"]["n"] == 6 and statutory["limit"]["text"]["zh"] == "6个工作日"
    line = next(each for each in statutory["lines"] if each["on"] == "2026-11-24")
    assert line["text"]["zh"] == "2026年11月24日经批准延长3个工作日（股东为境外主体，需要核实主体资格）"
    keys = [each["key"] for each in desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]]
    assert keys[-2:] == ["extension_requested", "extended"]

    slips = desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    assert slips[-1]["kind"] == "extension_notice" and slips[-1]["number"] == "延字〔2026〕第1号"
    (page,) = texts(desk.get(AGENT, f"/cases/{case_id}/slips/{slips[-1]['id']}").data)
    for words in (
        REASON["reason"],
        "3个工作日",
        "2026年11月26日",
        "于2026年12月1日前（含当日）作出决定",
        "第十九条",
    ):
        assert squeeze(words) in page
    desk.system.settle()
    told = desk.client(AGENT, "notifications").get("/messages").json["items"][0]
    assert told["title"]["en"] == "The time limit of your application has been extended"
    assert "2026年12月1日" in told["body"]["zh"] and REASON["reason"] in told["body"]["en"]


def test_a_second_extension_is_refused(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = _requested(desk)
    with nothing_changes(desk.system):
        refusal(desk.act(REVIEWER, case_id, "request-extension", REASON), 409, "extension-pending")
    desk.claim(APPROVER, case_id)
    assert _approve(desk, case_id).status_code == 200
    with nothing_changes(desk.system):
        refusal(desk.act(REVIEWER, case_id, "request-extension", REASON), 409, "already-extended")
        refusal(_approve(desk, case_id), 403, "claim-required")


def test_a_refused_request_says_why_and_another_may_follow(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = _requested(desk)
    desk.claim(APPROVER, case_id)
    with nothing_changes(desk.system):
        problem = refusal(_approve(desk, case_id, approved=False), 422)
        assert wrongs(problem) == {"/note": "required"}
    assert _approve(desk, case_id, approved=False, note="可以按期办结").status_code == 200
    assert _dates(desk, case_id)["statutory"] == "2026-11-26"
    assert desk.case(AGENT, case_id)["extension"]["note"] is None
    assert desk.case(REVIEWER, case_id)["extension"]["note"] == "可以按期办结"
    slips = [slip["kind"] for slip in desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]]
    assert "extension_notice" not in slips
    assert desk.act(REVIEWER, case_id, "request-extension", REASON).status_code == 200


def test_a_request_needs_reasons_and_the_claim(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = _reviewing(desk)
    with nothing_changes(desk.system):
        problem = refusal(desk.act(REVIEWER, case_id, "request-extension", {"reason": " "}), 422)
        assert wrongs(problem) == {"/reason": "required"}
        for somebody in (AGENT, WINDOW, APPROVER):
            refusal(desk.act(somebody, case_id, "request-extension", REASON), 403)


def test_whoever_asked_does_not_approve(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    case_id = desk.reviewed()
    decision = desk.claim(APPROVER, case_id)
    assert desk.act(APPROVER, case_id, "request-extension", REASON).status_code == 200
    assert desk.task(APPROVER, case_id)["id"] == decision["id"], "their own task comes first"
    task = desk.task(OTHER_APPROVER, case_id)
    assert task["kind"] == "extension", "somebody else's comes last"
    with nothing_changes(desk.system):
        refusal(desk.on_task(APPROVER, task, "claim"), 403, "four-eyes")
        refusal(_approve(desk, case_id), 403, "claim-required")
        refusal(desk.client(APPROVER).post("/tasks/claim-next", json={"kind": "extension"}), 404)
    desk.claim(OTHER_APPROVER, case_id)
    answer = desk.act(OTHER_APPROVER, case_id, "decide-extension", {"approved": True})
    assert answer.status_code == 200, answer.text
    runtime = desk.system.runtime("enterprise")
    with pytest.raises(sa.exc.IntegrityError), runtime.database.write() as session:
        session.execute(sa.text("UPDATE extension SET decided_by = requested_by"))


def test_a_limit_that_has_passed_is_not_extended(sqlite_desk: Desk, clock: ManualClock) -> None:
    desk = sqlite_desk
    clock.set(_at(MONDAY))
    late, asked = _reviewing(desk), _requested(desk)
    desk.claim(APPROVER, asked)
    clock.set(_at(date(2026, 11, 27)))  # the day after the statutory date
    assert "request-extension" not in desk.case(REVIEWER, late)["actions"]
    with nothing_changes(desk.system):
        refusal(desk.act(REVIEWER, late, "request-extension", REASON), 409, "limit-passed")
        refusal(_approve(desk, asked), 409, "limit-passed")
    assert _approve(desk, asked, approved=False, note="已逾期").status_code == 200


def test_on_the_last_day_it_may_still_be_extended(sqlite_desk: Desk, clock: ManualClock) -> None:
    desk = sqlite_desk
    clock.set(_at(MONDAY))
    case_id = _requested(desk)
    clock.set(_at(date(2026, 11, 26)))
    desk.claim(APPROVER, case_id)
    assert _approve(desk, case_id).status_code == 200


def _loaded(desk: Desk, session: Session, case_id: str) -> tuple[Case, Item]:
    case = session.get_one(Case, UUID(case_id))
    return case, desk.system.runtime("enterprise").context.resources.get(Catalogue).of(case)


def test_an_item_that_the_law_gives_no_extension_has_none(lasting_desk: Desk) -> None:
    case_id = _reviewing(lasting_desk)
    runtime = lasting_desk.system.runtime("enterprise")
    with runtime.read() as session:
        case, item = _loaded(lasting_desk, session, case_id)
        assert item.limits.statutory is not None
        strict = replace(
            item, limits=replace(item.limits, statutory=replace(item.limits.statutory, extension=None))
        )
        with pytest.raises(Conflict) as refused:
            require_extendable(session, runtime.context, case, strict, MONDAY)
        assert refused.value.code == "not-extendable"
        assert require_extendable(session, runtime.context, case, item, MONDAY).n == 3


def test_the_promise_moves_only_where_the_item_publishes_that(lasting_desk: Desk) -> None:
    case_id = _requested(lasting_desk)
    lasting_desk.claim(APPROVER, case_id)
    assert _approve(lasting_desk, case_id).status_code == 200
    runtime = lasting_desk.system.runtime("enterprise")
    deadlines = runtime.context.resources.get(Deadlines)
    with runtime.read() as session:
        case, item = _loaded(lasting_desk, session, case_id)
        assert item.limits.promised is not None and item.limits.statutory is not None
        moving = replace(item.limits.promised, extension=item.limits.statutory.extension)
        generous = replace(item, limits=replace(item.limits, promised=moving))
        for given, due_on in ((item, date(2026, 11, 24)), (generous, date(2026, 11, 27))):
            promised = status_of(deadlines.read(session, case, given, MONDAY), ClockKind.PROMISED)
            assert promised is not None and promised.clock.due_on == due_on


def test_an_extension_during_a_special_procedure_counts_when_the_clock_goes_on(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    desk = sqlite_desk
    clock.set(_at(MONDAY))
    case_id = _reviewing(desk)
    body = {"kind": "testing", "reason": "样品需要检测", "expected_days": 3}
    assert desk.act(REVIEWER, case_id, "start-procedure", body).status_code == 200
    assert desk.act(REVIEWER, case_id, "request-extension", REASON).status_code == 200
    task = desk.claim(APPROVER, case_id)
    assert (task["due"]["on"], task["due"]["light"]) == ("2026-11-26", "suspended")
    clock.set(_at(date(2026, 11, 30)))
    assert _approve(desk, case_id).status_code == 200
    assert _dates(desk, case_id)["statutory"] is None
    assert desk.act(REVIEWER, case_id, "end-procedure", {"kind": "testing"}).status_code == 200
    assert _dates(desk, case_id)["statutory"] == "2026-12-08"  # 6 working days after 30 November


def test_a_case_that_ends_takes_its_request_with_it(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    withdrawn, decided = _requested(desk), desk.reviewed()
    desk.act(AGENT, withdrawn, "withdraw", {})
    desk.claim(APPROVER, decided)
    assert desk.act(APPROVER, decided, "request-extension", REASON).status_code == 200
    assert desk.act(APPROVER, decided, "decide", {"granted": True}).status_code == 200
    for case_id in (withdrawn, decided):
        assert desk.case(REVIEWER, case_id)["extension"]["state"] == "lapsed"
        assert desk.get(OTHER_APPROVER, f"/cases/{case_id}/task").status_code == 204
    live = [row for row in dump(desk.system)["task"] if "'extension'" in row]
    assert len(live) == 2 and all("'cancelled'" in row for row in live)


def test_a_date_in_a_year_without_a_calendar_is_told_as_provisional(desk: Desk, clock: ManualClock) -> None:
    clock.set(_at(date(2026, 12, 29)))
    extended, stopped = _requested(desk), _reviewing(desk)
    desk.claim(APPROVER, extended)
    assert _approve(desk, extended).status_code == 200
    procedure = {"kind": "testing", "reason": "样品需要检测", "expected_days": 3}
    assert desk.act(REVIEWER, stopped, "start-procedure", procedure).status_code == 200
    assert desk.act(REVIEWER, stopped, "end-procedure", {"kind": "testing"}).status_code == 200
    assert _dates(desk, extended) == {"promised": "2026-12-30", "statutory": "2027-01-07"}
    assert _dates(desk, stopped) == {"promised": "2026-12-30", "statutory": "2027-01-04"}

    desk.system.settle()
    told = desk.client(AGENT, "notifications").get("/messages").json["items"]
    for key in ("审批期限已延长", "办理期限恢复计算"):
        (message,) = [each for each in told if each["title"]["zh"] == key]
        assert "为预计日期" in message["body"]["zh"] and "provisional" in message["body"]["en"]
    for case_id, kinds in ((extended, {"extension_notice"}), (stopped, {"procedure_notice"})):
        for slip in desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]:
            (page,) = texts(desk.get(AGENT, f"/cases/{case_id}/slips/{slip['id']}").data)
            forecast = slip["kind"] in kinds | {"receipt"}
            assert (squeeze("放假安排尚未公布的年度") in page) is forecast, slip["kind"]
