"""An enterprise that applies for funds (E6), and the officials of the departments that take part."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from approvals.cases.model import CaseFact
from approvals.enterprise.demo.enterprises import enter_enterprises
from approvals.funds.model import FundClaim
from approvals.notices.model import PublicNotice
from shared.actor import SYSTEM, Actor
from shared.testing.systems import SystemUnderTest
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import APPROVER, WINDOW, member_of, official
from tests.integration.owner import lift_triggers

FUNDS = "99209510100001"
MATERIALS = ("audit_report", "tax_certificate", "rd_ledger")
FIRST, PAYER, TAXES = "11990101MB0DEM2875", "11990101MB0DEM383E", "13990101MB0DEM295R"
ECONOMY = official("reviewer", 41, FIRST)
FINANCE = official("reviewer", 42, PAYER)
TAX = official("reviewer", 43, TAXES)
MARKET = official("reviewer", 44, "11990101MB0DEM236W")
JOINT = (FINANCE, TAX, MARKET)
ENTERPRISES = ("91990101MA0DEM013U", "91990101MA0DEM021N")
ASKED_FEN = 5_000_000
_NOTICE = timedelta(days=14)


def answers(amount: str = "50000", year: str = "2026", rd_expense: str = "1000000") -> dict[str, Any]:
    """The form, filled in: 5 % of a million yuan."""
    return {
        "enterprise": {"contact_name": "示范联系人", "contact_mobile": "13800000001"},
        "figures": {"revenue": "36000000", "tax_paid": "1850000", "rd_expense": rd_expense, "patents": "3"},
        "support": {"clause": "rd_subsidy", "year": year, "amount": amount},
        "account": {"bank_name": "示范银行示范区支行", "number": "6200 0000 0000 0000 001"},
        "promise": {"true_data": "true"},
    }


def found(desk: Desk, uscc: str = ENTERPRISES[0]) -> Actor:
    """A member of one of the demo park's enterprises, which are in the register then."""
    enter_enterprises(desk.system.runtime("enterprise"))
    return member_of(uscc, 100 + ENTERPRISES.index(uscc))


def drafted(desk: Desk, member: Actor, uscc: str | None = None, **form: str) -> str:
    """A complete draft for the member's enterprise."""
    uscc = uscc or member.memberships[0].uscc
    return desk.draft_of(member, FUNDS, answers(**form), MATERIALS, uscc)


def applied(desk: Desk, member: Actor, uscc: str | None = None, **form: str) -> str:
    """A case that was just handed in."""
    case_id = drafted(desk, member, uscc, **form)
    answer = desk.act(member, case_id, "submit", {"declaration": True})
    assert answer.status_code == 200, answer.text
    return case_id


def taken_up(desk: Desk, member: Actor, uscc: str | None = None, **form: str) -> str:
    """A case that the window has accepted."""
    case_id = applied(desk, member, uscc, **form)
    desk.claim(WINDOW, case_id)
    assert desk.act(WINDOW, case_id, "accept").status_code == 200
    return case_id


def opine(desk: Desk, reviewer: Actor, case_id: str) -> None:
    """Claim the review of the official's department and give the opinion."""
    task = desk.claim(reviewer, case_id)
    checks = [{"key": key, "result": "pass", "note": ""} for key in task["checks"]]
    body = {"conclusion": "approve", "text": "已核查", "checks": checks}
    answer = desk.on_task(reviewer, task, "opinion", body)
    assert answer.status_code == 200, answer.text


def examined(desk: Desk, member: Actor, uscc: str | None = None, **form: str) -> str:
    """A case on public notice, with the opinions of all departments."""
    case_id = taken_up(desk, member, uscc, **form)
    for reviewer in (ECONOMY, *JOINT):
        opine(desk, reviewer, case_id)
    return case_id


def decide(desk: Desk, case_id: str, **body: Any) -> Any:
    """Claim the decision, if it is not claimed yet, and decide."""
    if not desk.task(APPROVER, case_id)["mine"]:
        desk.claim(APPROVER, case_id)
    return desk.act(APPROVER, case_id, "decide", {"granted": True, **body})


def object_to(desk: Desk, actor: Actor, case_id: str) -> None:
    """Lodge an objection to the notice on the case."""
    notice = desk.case(APPROVER, case_id)["notice"]["id"]
    said = {"standing": "interested", "name": "示范竞争者", "reason": "研发费用不实"}
    lodged = desk.client(actor).post(f"/notices/{notice}/objections", json=said)
    assert lodged.status_code == 201, lodged.text


def let_the_notice_end(system: SystemUnderTest, case_id: str) -> None:
    """Let the notice be one that was put up two weeks earlier: its days are over today."""
    of_case = UUID(case_id)
    with system.runtime("enterprise").transaction(SYSTEM) as tx:
        lift_triggers(tx.session, CaseFact.__tablename__)
        put_up = sa.select(CaseFact).filter_by(case_id=of_case, kind="notice_published")
        for fact in tx.session.scalars(put_up):
            fact.effective_on -= _NOTICE
        for notice in tx.session.scalars(sa.select(PublicNotice).filter_by(case_id=of_case)):
            notice.published_on -= _NOTICE
            notice.last_on -= _NOTICE


def forget_applications(desk: Desk) -> None:
    """Let every enterprise apply again, as if nothing had been applied for."""
    with desk.system.runtime("enterprise").transaction(SYSTEM) as tx:
        for claim in tx.session.scalars(sa.select(FundClaim).where(FundClaim.released_at.is_(None))):
            claim.released_at = tx.now
