"""Registering a change of a company, and what becomes of register, licence and copies when it is revoked."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from facilities.enterprises.model import EnterpriseCopy
from shared.actor import Actor
from shared.clock import ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, REVIEWER, WINDOW, member_of
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.unit.pdf_text import squeeze, texts

ITEM = "99013112700402"
OLD, NEW = "示范市示范区云栖湾精密传动有限公司", "示范市示范区云栖岸精密传动有限公司"
STAYS = {"change": "false"}
TO_NEW_NAME: dict[str, Any] = {
    "name": {"change": "true", "new_name": NEW},
    "seat": STAYS,
    "representative": STAYS,
    "capital": {"change": "true", "new_capital": "800"},
    "scope": STAYS,
    "decision": {
        "decided_on": "2026-11-20",
        "articles_changed": "true",
        "contact_name": "示范联络员丁",
        "contact_mobile": "13800000004",
    },
}
PAPERS = ("application_form", "resolution", "articles")


@pytest.fixture
def founded(desk: Desk) -> tuple[Desk, Actor, dict[str, Any]]:
    """A company with its licence, and somebody who acts for it."""
    licence = desk.case(AGENT, desk.decided())["certificate"]
    return desk, member_of(licence["uscc"]), licence


def _ok(answer: Any) -> Any:
    assert answer.status_code < 400, answer.text
    return answer


def _filed(desk: Desk, member: Actor, uscc: str, answers: Any = TO_NEW_NAME) -> str:
    case_id = desk.draft_of(member, ITEM, answers, PAPERS, uscc)
    _ok(desk.act(member, case_id, "submit", {"declaration": True}))
    desk.claim(WINDOW, case_id)
    _ok(desk.act(WINDOW, case_id, "accept"))
    checks = desk.get(None, f"/items/{ITEM}").json["review_checks"]
    passed = [{"key": each["key"], "result": "pass", "note": ""} for each in checks]
    opinion = {"conclusion": "approve", "text": "齐全", "checks": passed}
    _ok(desk.on_task(REVIEWER, desk.claim(REVIEWER, case_id), "opinion", opinion))
    desk.claim(APPROVER, case_id)
    return case_id


def _register(desk: Desk, uscc: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.get(AGENT, f"/enterprises/{uscc}").json
    return found


def _revoke(desk: Desk, member: Actor, case_id: str) -> Any:
    proposal = {"ground": "obtained_by_deceit", "facts": "股东会决议系伪造"}
    _ok(desk.act(REVIEWER, case_id, "propose-revocation", proposal))
    _ok(desk.act(member, case_id, "state-objection", {"text": "我方并不知情"}))
    kinds = desk.client(APPROVER).get("/tasks?kind=revocation").json["items"]
    task = next(each for each in kinds if each["case"]["id"] == case_id)
    _ok(desk.on_task(APPROVER, task, "claim"))
    return desk.act(APPROVER, case_id, "decide-revocation", {"revoked": True, "reason": "查实"})


def test_a_change_is_registered_with_a_new_licence_and_a_revocation_restores_the_state_before(
    founded: tuple[Desk, Actor, dict[str, Any]],
) -> None:
    desk, member, old = founded
    uscc = old["uscc"]
    case_id = _filed(desk, member, uscc)
    seen = desk.case(member, case_id)
    assert seen["answers"]["name"]["present"] == OLD and seen["answers"]["capital"]["present"] == "500"
    _ok(desk.act(APPROVER, case_id, "decide", {"granted": True}))

    new = desk.case(member, case_id)["certificate"]
    assert (new["uscc"], new["holder"], new["status"]) == (uscc, NEW, "valid")
    row = _register(desk, uscc)
    assert (row["name"], row["registered_capital_fen"], row["certificate_id"]) == (
        NEW,
        800_000_000,
        new["id"],
    )
    before = desk.get(None, f"/verify/{old['id']}").json
    assert (before["status"], before["replaced_by"]) == ("replaced", new["id"])
    (page,) = texts(desk.get(member, f"/cases/{case_id}/certificate").data)
    assert squeeze(NEW) in page and squeeze("800万元人民币") in page
    desk.system.settle()
    with desk.system.runtime("living").read() as session:
        assert session.get_one(EnterpriseCopy, uscc).name == NEW

    _ok(_revoke(desk, member, case_id))
    row = _register(desk, uscc)
    assert (row["name"], row["registered_capital_fen"], row["status"]) == (OLD, 500_000_000, "active")
    assert row["certificate_id"] == old["id"] and desk.get(None, f"/verify/{old['id']}").json["valid"]
    assert desk.get(None, f"/verify/{new['id']}").json["status"] == "revoked"
    desk.system.settle()
    with desk.system.runtime("production").read() as session:
        copy = session.get_one(EnterpriseCopy, uscc)
        assert (copy.name, copy.registered_capital_fen) == (OLD, 500_000_000)


def test_what_is_no_change_or_not_offered_or_taken_is_said(
    founded: tuple[Desk, Actor, dict[str, Any]],
) -> None:
    desk, member, old = founded
    desk.decided(company={"trade_name": "云栖岸"})  # whose name is NEW

    def wrong(**sections: Any) -> dict[str, str]:
        answers = {**deepcopy(TO_NEW_NAME), **sections}
        case_id = desk.draft_of(member, ITEM, answers, PAPERS, old["uscc"])
        return wrongs(refusal(desk.act(member, case_id, "submit", {"declaration": True}), 422))

    changed = {"change": "true"}
    nothing = wrong(name=STAYS, capital=STAYS)
    assert nothing == {"/answers/name/change": "nothing-changes"}
    assert wrong() == {"/answers/name/new_name": "name-taken"}
    assert wrong(name={**changed, "new_name": OLD}) == {"/answers/name/new_name": "unchanged"}
    less = wrong(
        name={**changed, "new_name": "示范市示范区云栖岸精密传动厂"},
        capital={**changed, "new_capital": "400"},
    )
    assert less == {"/answers/name/new_name": "legal-form", "/answers/capital/new_capital": "not-more"}
    articles = wrong(name=STAYS, decision={**TO_NEW_NAME["decision"], "articles_changed": "false"})
    assert articles == {"/answers/decision/articles_changed": "articles-change"}


def test_what_the_register_has_moved_on_from_is_neither_registered_nor_restored(
    founded: tuple[Desk, Actor, dict[str, Any]], clock: ManualClock
) -> None:
    desk, member, old = founded
    uscc = old["uscc"]
    elsewhere = {**TO_NEW_NAME, "name": STAYS, "capital": {"change": "true", "new_capital": "900"}}
    first, second, third = (
        _filed(desk, member, uscc),
        _filed(desk, member, uscc, elsewhere),
        _filed(desk, member, uscc, elsewhere),
    )
    _ok(desk.act(APPROVER, second, "decide", {"granted": True}))
    with nothing_changes(desk.system):
        refusal(desk.act(APPROVER, third, "decide", {"granted": True}), 409, "register-moved-on")
        refusal(desk.act(APPROVER, first, "decide", {"granted": True}), 409, "register-moved-on")
    clock.advance(timedelta(minutes=1))
    later = {**TO_NEW_NAME, "capital": STAYS}
    rename = _filed(desk, member, uscc, later)
    other = _filed(desk, member, uscc, later)
    _ok(desk.act(APPROVER, rename, "decide", {"granted": True}))
    with nothing_changes(desk.system):
        refusal(desk.act(APPROVER, other, "decide", {"granted": True}), 409, "register-moved-on")
    refusal(_revoke(desk, member, second), 409, "register-moved-on")
    desk.decided(company={"trade_name": "云栖湾"})  # somebody takes the name that was left
    refusal(_revoke(desk, member, rename), 409, "name-taken")
    assert _register(desk, uscc)["name"] == NEW
