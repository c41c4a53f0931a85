"""An enterprise that applies for funds (E6), and the officials of the departments that take part."""

from typing import Any

from approvals.enterprise.demo.enterprises import enter_enterprises
from shared.actor import Actor
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import APPROVER, WINDOW, member_of, official

FUNDS = "99209510100001"
MATERIALS = ("audit_report", "tax_certificate", "rd_ledger")
ECONOMY = official("reviewer", 41, "11990101MB0DEM2875")
FINANCE = official("reviewer", 42, "11990101MB0DEM383E")
TAX = official("reviewer", 43, "13990101MB0DEM295R")
MARKET = official("reviewer", 44, "11990101MB0DEM236W")
JOINT = (FINANCE, TAX, MARKET)
ENTERPRISES = ("91990101MA0DEM013U", "91990101MA0DEM021N")
ASKED_FEN = 5_000_000


def answers(amount: str = "50000", year: str = "2026") -> dict[str, Any]:
    """The form, filled in: 5 % of a million yuan."""
    return {
        "enterprise": {"contact_name": "示范联系人", "contact_mobile": "13800000005"},
        "figures": {"revenue": "36000000", "tax_paid": "1850000", "rd_expense": "1000000", "patents": "3"},
        "support": {"clause": "rd_subsidy", "year": year, "amount": amount},
        "account": {"bank_name": "示范银行示范区支行", "number": "6200 0000 0000 0000 001"},
        "promise": {"true_data": "true"},
    }


class Funds(Desk):
    """The desk with an enterprise that applies for funds."""

    def found(self, uscc: str = ENTERPRISES[0]) -> Actor:
        """A member of one of the demo park's enterprises, which are in the register then."""
        enter_enterprises(self.system.runtime("enterprise"))
        return member_of(uscc, 100 + ENTERPRISES.index(uscc))

    def applied(self, member: Actor, **form: Any) -> str:
        """A case that was just handed in for the member's enterprise."""
        uscc = member.memberships[0].uscc
        case_id = self.draft_of(member, FUNDS, answers(**form), MATERIALS, uscc)
        answer = self.act(member, case_id, "submit", {"declaration": True})
        assert answer.status_code == 200, answer.text
        return case_id

    def taken_up(self, member: Actor, **form: Any) -> str:
        """A case that the window has accepted."""
        case_id = self.applied(member, **form)
        self.claim(WINDOW, case_id)
        assert self.act(WINDOW, case_id, "accept").status_code == 200
        return case_id

    def opine(self, reviewer: Actor, case_id: str, conclusion: str = "approve") -> Any:
        """Claim the review of the official's department and give the opinion."""
        task = self.claim(reviewer, case_id)
        checks = [{"key": key, "result": "pass", "note": ""} for key in task["checks"]]
        body = {"conclusion": conclusion, "text": "已核查", "checks": checks}
        answer = self.on_task(reviewer, task, "opinion", body)
        assert answer.status_code == 200, answer.text
        return answer

    def examined(self, member: Actor, **form: Any) -> str:
        """A case on public notice, with the opinions of all departments."""
        case_id = self.taken_up(member, **form)
        for reviewer in (ECONOMY, *JOINT):
            self.opine(reviewer, case_id)
        return case_id

    def decide(self, case_id: str, **body: Any) -> Any:
        """Claim the decision, if it is not claimed yet, and decide."""
        if not self.task(APPROVER, case_id)["mine"]:
            self.claim(APPROVER, case_id)
        return self.act(APPROVER, case_id, "decide", {"granted": True, **body})
