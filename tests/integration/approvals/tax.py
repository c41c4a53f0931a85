"""Cases that the tax authority's own system executes, with the simulator at the other end."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from approvals.enterprise.service import service as enterprise
from approvals.handovers.connecting import simulated
from approvals.handovers.port import Connection, Connections
from approvals.handovers.simulator.app import Simulator
from notifications.service import service as notifications
from shared.actor import Actor
from shared.clock import ManualClock
from shared.config import Settings
from shared.service import Service
from shared.testing.systems import SystemFactory
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, member_of

DEFERRAL, PACKAGE = "99109010300001", "99209010100001"
PAPERS = ("request", "bank_statements", "balance_sheet", "budget")
SECRET = "a secret of the tests and of the simulator"
CALLBACK = "another secret, for what is pushed to us"
PACE = timedelta(hours=1)
"""Between two steps of the simulated authority."""
POLL_S = 600.0


def deferral(**changes: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a sound E3; what the register knows is not said."""
    answers: dict[str, Any] = {
        "taxpayer": {"contact_name": "示范财务丙", "contact_mobile": "13800000003"},
        "tax": {
            "kind": "vat",
            "period_from": "2026-11-01",
            "period_to": "2026-11-30",
            "amount": "480000.00",
            "due_on": "2026-12-15",
            "requested_until": "2027-03-15",
        },
        "difficulty": {
            "reason": "cash",
            "explanation": "主要客户回款延迟，预计二月底前到账。",
            "cash_balance": "620000",
            "wages": "260000",
            "social_insurance": "81000.50",
        },
    }
    return {key: {**section, **changes.get(key, {})} for key, section in answers.items()}


def package(**changes: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a sound E1."""
    person = {"name": "示范财务丙", "mobile": "13800000003"}
    answers: dict[str, Any] = {
        "particulars": {"confirmed": "true"},
        "accounting": {
            "standard": "small_enterprise",
            "finance_name": person["name"],
            "finance_mobile": person["mobile"],
        },
        "invoices": {"rows": [{"kind": "special", "monthly_amount": "500000"}]},
        "account": {"user_role": "finance", "user_name": person["name"], "user_mobile": person["mobile"]},
        "direct_debit": {
            "agreement": "true",
            "bank": "示范银行示范支行",
            "account_number": "990100000000012345",
            "opened_on": "2026-11-20",
        },
    }
    return {key: {**section, **changes.get(key, {})} for key, section in answers.items()}


def connected(service: Service, simulator: Simulator) -> Service:
    """The service, connected to a simulator of the test's own."""
    system = simulated(simulator, SECRET)
    connections = Connections({"tax": Connection(system, POLL_S, CALLBACK)})

    def resources(settings: Settings) -> Mapping[type, object]:
        return {**service.resources(settings), Connections: connections}

    return replace(service, resources=resources)


def signed(report: Any, secret: str = CALLBACK) -> tuple[bytes, dict[str, str]]:
    """A report as the authority's system sends it by itself: the body and its headers."""
    body = json.dumps(report).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return body, {"Handover-Signature": signature, "Content-Type": "application/json"}


class TaxDesk(Desk):
    """The enterprise service with the simulated tax authority, and a company that applies."""

    def __init__(self, make_system: SystemFactory, clock: ManualClock, folder: Path) -> None:
        self.clock = clock
        self.simulator = Simulator(
            folder / "simulator.sqlite3", SECRET, pace_s=PACE.total_seconds(), clock=clock
        )
        services = [connected(enterprise, self.simulator), notifications]
        super().__init__(make_system(services, clock=clock, demo=True))
        self.uscc: str = self.case(AGENT, self.decided())["certificate"]["uscc"]
        self.member: Actor = member_of(self.uscc)

    def filed(self, item: str = DEFERRAL, **changes: Any) -> str:
        """An application that was just handed in; the worker has not been at it."""
        answers, papers = (package(**changes), ()) if item == PACKAGE else (deferral(**changes), PAPERS)
        case_id = self.draft_of(self.member, item, answers, papers, self.uscc)
        answer = self.act(self.member, case_id, "submit", {"declaration": True})
        assert answer.status_code == 200, answer.text
        return case_id

    def wait(self, by: timedelta = PACE) -> None:
        """Let time go by, and whatever is due happen."""
        self.clock.advance(by)
        self.system.settle()

    def mine(self, case_id: str) -> dict[str, Any]:
        """The case as its applicant sees it."""
        return self.case(self.member, case_id)

    def keys(self, case_id: str) -> list[str]:
        """The log of a case, by the keys of its entries."""
        items = self.get(self.member, f"/cases/{case_id}/timeline").json["items"]
        return [entry["key"] for entry in items]

    def push(self, case_id: str, steps: list[dict[str, Any]], secret: str = CALLBACK) -> Any:
        """What the authority's system says by itself."""
        body, headers = signed({"reference": case_id, "steps": steps}, secret)
        return self.client(None).post(f"/handovers/{case_id}/reports", data=body, headers=headers)
