"""Revoking what was granted: on grounds of the law, with the holder heard, by other eyes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from approvals.applications.given import Register
from approvals.cases.model import Case
from approvals.items.catalogue import Catalogue
from approvals.revocations import commands
from approvals.revocations.model import Revocation, RevocationState
from facilities.enterprises.model import EnterpriseCopy
from shared.clock import PARK_TZ, ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import (
    AGENT,
    APPROVER,
    OTHER_AGENT,
    REVIEWER,
    WINDOW,
    official,
)
from tests.integration.approvals.refusals import dump, nothing_changes, refusal, wrongs
from tests.unit.pdf_text import squeeze, texts

MONDAY = date(2026, 11, 23)
LAST_DAY = "2026-11-30"  # the fifth working day after it
FACTS = "经核查，申请时提交的住所使用证明系伪造"
PROPOSAL: dict[str, Any] = {"ground": "obtained_by_deceit", "facts": FACTS}
STATEMENT = {"text": "该证明由中介提供，我方并不知情"}
REVOKE: dict[str, Any] = {"revoked": True, "reason": "证明系伪造，申辩不能成立"}
DROP: dict[str, Any] = {"revoked": False, "reason": "材料来源已经查明", "dropped_for": "unfounded"}
OTHER_APPROVER = official("approver", 18)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=PARK_TZ)


def _ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer


def _proposed(desk: Desk, ground: str = "obtained_by_deceit", **overrides: Any) -> str:
    case_id = desk.decided(**overrides)
    _ok(desk.act(REVIEWER, case_id, "propose-revocation", {**PROPOSAL, "ground": ground}))
    return case_id


def _claimed(desk: Desk, case_id: str, who: Any = APPROVER) -> None:
    task = desk.task(who, case_id)
    assert task["kind"] == "revocation"
    _ok(desk.on_task(who, task, "claim"))


def _page(desk: Desk, case_id: str, kind: str) -> str:
    slips = desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    slip = next(each for each in slips if each["kind"] == kind)
    return "".join(texts(desk.get(AGENT, f"/cases/{case_id}/slips/{slip['id']}").data))


def _told(desk: Desk, who: Any) -> dict[str, Any]:
    desk.system.settle()
    found: dict[str, Any] = desk.client(who, "notifications").get("/messages").json["items"][0]
    return found


def test_a_company_obtained_by_deceit_is_revoked_and_everybody_who_keeps_a_copy_hears_it(
    desk: Desk, clock: ManualClock
) -> None:
    clock.set(_at(MONDAY))
    case_id = desk.decided()
    licence = desk.case(AGENT, case_id)["certificate"]
    assert "propose-revocation" in desk.case(REVIEWER, case_id)["actions"]
    assert "propose-revocation" not in desk.case(WINDOW, case_id)["actions"]
    _ok(desk.act(REVIEWER, case_id, "propose-revocation", PROPOSAL))

    seen = desk.case(AGENT, case_id)
    assert (seen["state"], seen["actions"]) == ("granted", ["state-objection"])
    told = seen["revocation"]
    assert (told["statement_until"], told["facts"], told["proposed_by"]) == (LAST_DAY, FACTS, None)
    notice = _page(desk, case_id, "revocation_notice")
    for words in (FACTS, "第六十九条第二款", "陈述权、申辩权", "2026年11月30日前（含当日）", "仍然有效"):
        assert squeeze(words) in notice
    message = _told(desk, AGENT)
    assert "2026年11月30日" in message["body"]["zh"] and FACTS not in str(message)
    assert desk.get(None, f"/verify/{licence['id']}").json["valid"], "nothing is decided yet"

    _ok(desk.act(AGENT, case_id, "state-objection", STATEMENT))
    assert "陈述" in _told(desk, REVIEWER)["title"]["zh"]
    seen = desk.case(WINDOW, case_id)["revocation"]
    assert seen["stated_at"] and seen["statement"] is None, "only for whom it is"
    _claimed(desk, case_id)
    case = desk.case(APPROVER, case_id)
    assert case["revocation"]["statement"] == STATEMENT["text"]
    assert case["actions"] == ["decide-revocation"]
    _ok(desk.act(APPROVER, case_id, "decide-revocation", REVOKE))

    case = desk.case(AGENT, case_id)
    assert (case["state"], case["actions"], case["delivery"]) == ("revoked", [], None)
    assert (case["revocation"]["state"], case["certificate"]["status"]) == ("revoked", "revoked")
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert (last["code"], last["key"]) == (15, "revoked")
    decision = _page(desk, case_id, "revocation_decision")
    for words in (
        "撤销行政许可决定书",
        str(REVOKE["reason"]),
        "利益不受保护",
        "六十日内",
        "六个月内",
        licence["id"],
    ):
        assert squeeze(words) in decision
    checked = desk.get(None, f"/verify/{licence['id']}").json
    assert (checked["valid"], checked["status"]) == (False, "revoked") and checked["ended_at"]
    assert desk.get(WINDOW, f"/cases/{case_id}/task").status_code == 204, "it is delivered no more"
    assert "撤销" in _told(desk, AGENT)["title"]["zh"]
    assert desk.get(AGENT, f"/enterprises/{licence['uscc']}").json["status"] == "revoked"
    for service in ("living", "production"):
        with desk.system.runtime(service).read() as session:
            assert session.get_one(EnterpriseCopy, licence["uscc"]).status == "revoked"
    runtime = desk.system.runtime("enterprise")
    with runtime.read() as session:
        facts = runtime.context.resources.get(Register).facts_of(session, licence["uscc"])
    assert facts is None, "nobody applies on its behalf any more"
    for table in ("audit_entry", "outbox_message"):
        assert all(FACTS not in row and STATEMENT["text"] not in row for row in dump(desk.system)[table])
    assert all(STATEMENT["text"] not in row for row in dump(desk.system)["revocation"]), "sealed at rest"


def test_who_may_propose_and_decide_and_what_they_have_to_say(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = desk.decided(company={"trade_name": "云栖申"})
    refused = desk.reviewed(company={"trade_name": "云栖未"})
    with nothing_changes(desk.system):
        for somebody in (AGENT, WINDOW):
            refusal(desk.act(somebody, case_id, "propose-revocation", PROPOSAL), 403)
        refusal(desk.act(REVIEWER, refused, "propose-revocation", PROPOSAL), 409, "wrong-state")
        for ground in ("no_such", "promise_broken"):
            problem = refusal(
                desk.act(REVIEWER, case_id, "propose-revocation", {**PROPOSAL, "ground": ground}), 422
            )
            assert wrongs(problem) == {"/ground": "choice"}
        problem = refusal(desk.act(REVIEWER, case_id, "propose-revocation", {**PROPOSAL, "facts": " "}), 422)
        assert wrongs(problem) == {"/facts": "required"}
        for verb, body in (("state-objection", STATEMENT), ("withdraw-revocation", {"reason": "x"})):
            who = AGENT if verb == "state-objection" else REVIEWER
            refusal(desk.act(who, case_id, verb, body), 409, "revocation-not-pending")
    _ok(desk.act(APPROVER, case_id, "propose-revocation", PROPOSAL))
    with nothing_changes(desk.system):
        refusal(desk.act(REVIEWER, case_id, "propose-revocation", PROPOSAL), 409, "revocation-pending")
        refusal(desk.on_task(APPROVER, desk.task(APPROVER, case_id), "claim"), 403, "four-eyes")
        refusal(desk.act(OTHER_APPROVER, case_id, "decide-revocation", REVOKE), 403, "claim-required")
        refusal(desk.act(REVIEWER, case_id, "withdraw-revocation", {"reason": "x"}), 403)
        problem = refusal(desk.act(AGENT, case_id, "state-objection", {"text": " "}), 422)
        assert wrongs(problem) == {"/text": "required"}
        refusal(desk.act(OTHER_AGENT, case_id, "state-objection", STATEMENT), 404)
    _claimed(desk, case_id, OTHER_APPROVER)
    with nothing_changes(desk.system):
        refusal(desk.act(OTHER_APPROVER, case_id, "decide-revocation", REVOKE), 409, "not-heard")
    _ok(desk.act(AGENT, case_id, "state-objection", STATEMENT))
    with nothing_changes(desk.system):
        refusal(desk.act(AGENT, case_id, "state-objection", STATEMENT), 409, "statement-closed")
        # Deceit leaves nothing to weigh.
        for body, wrong in (
            ({**REVOKE, "reason": " "}, {"/reason": "required"}),
            ({**REVOKE, "dropped_for": "unfounded"}, {"/dropped_for": "contradiction"}),
            ({**DROP, "dropped_for": None}, {"/dropped_for": "required"}),
            ({**DROP, "dropped_for": "weighed"}, {"/dropped_for": "choice"}),
        ):
            answer = desk.act(OTHER_APPROVER, case_id, "decide-revocation", body)
            assert wrongs(refusal(answer, 422)) == wrong
    _ok(desk.act(OTHER_APPROVER, case_id, "decide-revocation", DROP))
    case = desk.case(AGENT, case_id)
    assert (case["state"], case["revocation"]["state"], case["revocation"]["decided_by"]) == (
        "granted",
        "dropped",
        None,
    )
    assert squeeze("继续有效") in _page(desk, case_id, "revocation_dropped")
    _ok(desk.act(REVIEWER, case_id, "propose-revocation", PROPOSAL))  # on other facts, once more
    _ok(desk.act(REVIEWER, case_id, "withdraw-revocation", {"reason": "已查明"}))
    assert desk.case(AGENT, case_id)["revocation"]["state"] == "withdrawn"
    assert desk.task(WINDOW, case_id)["kind"] == "delivery", "which goes on meanwhile"


def test_nobody_decides_about_an_act_of_their_own(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = _proposed(desk, "against_procedure", company={"trade_name": "云栖程"})
    with nothing_changes(desk.system):
        refusal(desk.on_task(APPROVER, desk.task(APPROVER, case_id), "claim"), 403, "four-eyes")
    _claimed(desk, case_id, OTHER_APPROVER)
    runtime = desk.system.runtime("enterprise")
    for wrong in (REVIEWER, APPROVER):
        with pytest.raises(sa.exc.IntegrityError), runtime.transaction(wrong) as tx:
            row = tx.session.scalars(sa.select(Revocation).where(Revocation.case_id == UUID(case_id))).one()
            row.state, row.ended_by, row.stated_at = RevocationState.REVOKED, wrong.id, tx.now


def test_silence_lasts_until_the_time_is_over_and_a_broken_promise_is_a_ground_of_its_own(
    enterprise_desk: Desk, clock: ManualClock
) -> None:
    desk = enterprise_desk
    clock.set(_at(MONDAY))
    case_id = desk.decided()
    with desk.system.runtime("enterprise").transaction(REVIEWER) as tx:
        case = tx.session.get_one(Case, UUID(case_id))
        item = tx.resource(Catalogue).of(case)
        commands.propose(tx, case, item, ground="promise_broken", facts=FACTS, by_hand=False)
    _claimed(desk, case_id)
    clock.set(_at(date(2026, 11, 30)))
    with nothing_changes(desk.system):
        refusal(desk.act(APPROVER, case_id, "decide-revocation", REVOKE), 409, "not-heard")
    clock.set(_at(date(2026, 12, 1)))
    with nothing_changes(desk.system):
        refusal(desk.act(AGENT, case_id, "state-objection", STATEMENT), 409, "statement-closed")
    _ok(desk.act(APPROVER, case_id, "decide-revocation", REVOKE))
    page = _page(desk, case_id, "revocation_decision")
    assert squeeze("依据告知承诺书，本机关决定撤销") in page, "what was not read is not cited as law"
    with nothing_changes(desk.system):
        for who, verb, body in (
            (REVIEWER, "propose-revocation", PROPOSAL),
            (APPROVER, "decide-revocation", REVOKE),
            (WINDOW, "record-delivery", {"method": "post", "recipient": "前台"}),
        ):
            refusal(desk.act(who, case_id, verb, body), 409, "wrong-state")
        assert (
            desk.get(AGENT, f"/cases/{case_id}/certificate").status_code == 200
        )  # on record, delivers nothing


def test_of_two_at_once_one_is_let_through(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    case_id = _proposed(desk)
    _claimed(desk, case_id)

    def together(*acts: tuple[Any, str, Any]) -> list[int]:
        seen = desk.get(REVIEWER, f"/cases/{case_id}").headers["ETag"]
        with ThreadPoolExecutor(len(acts)) as pool:
            answers = [
                pool.submit(desk.act, who, case_id, verb, body, If_Match=seen) for who, verb, body in acts
            ]
        return sorted(each.result().status_code for each in answers)

    stated = together(*[(AGENT, "state-objection", STATEMENT)] * 2)
    assert stated == [200, 412]
    decided = together(
        (APPROVER, "decide-revocation", REVOKE), (REVIEWER, "withdraw-revocation", {"reason": "x"})
    )
    assert decided == [200, 412]
