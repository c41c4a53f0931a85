"""Credit records: entered and repaired by managers, known to their subject and to nobody else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from approvals.cases.model import Case
from approvals.credit.commands import record_broken_promise
from approvals.credit.policy import require_creditworthy
from approvals.credit.queries import ban_on_case
from shared.actor import Actor, Membership
from shared.clock import ManualClock
from shared.errors import Conflict
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, AUDITOR, MANAGER, OTHER_AGENT, WINDOW
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs

USCC = "91990101MA0DEM013U"
WORDS = {"source": "示范通报2026年第3号", "reason": "提供虚假材料"}
HEAD = Actor(
    kind="account",
    id=UUID(int=41),
    name="单位负责人",
    roles=frozenset({"applicant"}),
    memberships=(Membership(UUID(int=42), USCC, "示范公司", "member"),),
)


def _enter(desk: Desk, actor: Actor = MANAGER, **body: Any) -> Any:
    return desk.client(actor).post("/credit-records", json={**WORDS, **body})


def _repair(desk: Desk, record: Any, reason: str = "已核实整改", actor: Actor = MANAGER) -> Any:
    headers = {"If-Match": f'"{record["version"]}"'}
    path = f"/credit-records/{record['id']}/repair"
    return desk.client(actor).post(path, json={"reason": reason}, headers=headers)


def _ids(desk: Desk, actor: Actor, query: str = "") -> list[str]:
    return [each["id"] for each in desk.get(actor, f"/credit-records{query}").json["items"]]


def test_a_record_stands_until_it_is_repaired_once(desk: Desk, clock: ManualClock) -> None:
    number = desk.case(AGENT, desk.submitted())["number"]
    person = _enter(desk, case_number=number)
    assert person.status_code == 201, person.text
    clock.advance(timedelta(minutes=1))
    firm = _enter(desk, uscc=USCC.lower(), name="示范公司", since="2026-01-05").json
    assert (firm["uscc"], firm["since"], firm["actions"]) == (USCC, "2026-01-05", ["repair"])

    assert _ids(desk, MANAGER) == _ids(desk, AUDITOR) == [firm["id"], person.json["id"]]
    assert _ids(desk, MANAGER, "?limit=1") == [firm["id"]]
    assert _ids(desk, MANAGER, "?q=示范公司") == _ids(desk, HEAD) == [firm["id"]]
    assert _ids(desk, AGENT) == [person.json["id"]]
    assert _ids(desk, OTHER_AGENT) == _ids(desk, WINDOW) == []
    own = desk.get(HEAD, f"/credit-records/{firm['id']}").json
    assert (own["reason"], own["entered_by"], own["actions"]) == (WORDS["reason"], None, [])
    refusal(desk.get(AGENT, f"/credit-records/{firm['id']}"), 404, "not-found")

    with nothing_changes(desk.system):
        assert wrongs(refusal(_repair(desk, firm, " "), 422)) == {"/reason": "required"}
        refusal(_repair(desk, firm, actor=HEAD), 403, "forbidden")
    repaired = _repair(desk, firm)
    assert (repaired.json["repaired_on"], repaired.json["actions"]) == ("2026-11-23", [])
    with nothing_changes(desk.system):
        refusal(_repair(desk, firm), 412, "stale-version")
        refusal(_repair(desk, repaired.json), 409, "already-repaired")
    assert _ids(desk, MANAGER, "?standing=active") == [person.json["id"]]
    assert _ids(desk, MANAGER, "?standing=repaired") == [firm["id"]]


def test_everything_wrong_with_a_record_is_named(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    bodies: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
        ({}, {"/uscc": "one-of"}),
        ({"uscc": USCC, "case_number": "990101261123000041"}, {"/uscc": "one-of"}),
        ({"uscc": "91990101MA0DEM013X"}, {"/uscc": "uscc-checksum"}),
        ({"case_number": "1"}, {"/case_number": "unknown"}),
        (
            {"uscc": USCC, "source": " ", "reason": "", "since": "2026-11-24"},
            {"/source": "required", "/reason": "required", "/since": "future"},
        ),
    )
    for body, wrong in bodies:
        with nothing_changes(desk.system):
            assert wrongs(refusal(_enter(desk, **body), 422)) == wrong
    with nothing_changes(desk.system):
        refusal(_enter(desk, AUDITOR, uscc=USCC), 403, "forbidden")


def test_a_broken_promise_bans_whoever_the_case_was_for_and_nobody_else(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    own, other = desk.submitted(), desk.submitted(OTHER_AGENT, company={"trade_name": "云栖他"})
    with desk.system.runtime("enterprise").transaction(WINDOW) as tx:
        mine = tx.session.get_one(Case, UUID(own))
        require_creditworthy(tx.session, mine)
        record = record_broken_promise(tx, mine, reason="未按承诺配备消防设施")
        assert ban_on_case(tx.session, mine) is record
        assert ban_on_case(tx.session, tx.session.get_one(Case, UUID(other))) is None
        with pytest.raises(Conflict) as caught:
            require_creditworthy(tx.session, mine)
        assert caught.value.code == "credit-ban"
        assert caught.value.detail is not None
        assert "未按承诺配备消防设施" in caught.value.detail.zh and "ordinary" in caught.value.detail.en
        for_firm = tx.session.get_one(Case, UUID(other))
        for_firm.on_behalf_of = USCC
        assert record_broken_promise(tx, for_firm, reason="x").uscc == USCC
