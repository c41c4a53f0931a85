"""The history of a case for its readers: timeline, deadlines explained, slips."""

from typing import Any

import sqlalchemy as sa

from approvals.casefile.view import Reader
from approvals.cases.clock import in_utc, say_amount
from approvals.cases.deadline import Deadlines
from approvals.cases.lifecycle import ENTRIES
from approvals.cases.model import Case, Slip
from approvals.cases.policy import is_applicant
from approvals.documents.slips import SlipKind, slip_name
from approvals.items.model import Item
from shared.text import Text

OFFICES: dict[str, Text] = {
    "applicant": Text("申请人", "Applicant"),
    "window": Text("窗口人员", "Window official"),
    "reviewer": Text("审查人员", "Reviewer"),
    "approver": Text("审批人员", "Approver"),
    "manager": Text("管理人员", "Manager"),
    "authority": Text("主管机关（业务系统）", "The authority, by its own system"),
    "payer": Text("资金拨付人员", "Payment official"),
    "system": Text("系统", "System"),
}


def timeline(case: Case) -> dict[str, Any]:
    """Every entry of the log, oldest first, with its national event code."""
    return {
        "items": [
            {
                "code": entry.code,
                "key": entry.key,
                "name": ENTRIES[entry.key].name.to_dict(),
                "at": entry.at.isoformat(),
                "effective_on": entry.effective_on.isoformat(),
                "actor": OFFICES[entry.actor_kind].to_dict(),
                "detail": entry.detail,
            }
            for entry in case.entries
        ]
    }


def deadline(reader: Reader, case: Case, item: Item) -> dict[str, Any]:
    """Every clock of the case with the lines that explain its date."""
    deadlines = reader.context.resources.get(Deadlines)
    reading = deadlines.read(reader.session, case, item, reader.today, now=reader.now)
    internal = not is_applicant(reader.actor, case)
    return {
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "light": reading.light.value,
        "provisional": case.due_provisional,
        "clocks": [
            {
                "kind": status.clock.kind.value,
                "name": status.clock.name.to_dict(),
                "round": status.clock.round,
                "stage": status.clock.stage.key if status.clock.stage else None,
                "limit": {
                    "n": status.clock.total,
                    "unit": status.clock.limit.unit.value,
                    "text": say_amount(status.clock.total, status.clock.limit.unit).to_dict(),
                    "verified": status.clock.limit.verified,
                },
                "start_on": status.clock.start_on.isoformat(),
                "due_on": status.clock.due_on.isoformat() if status.clock.due_on else None,
                "due_at": in_utc(status.clock.due_at).isoformat() if status.clock.due_at else None,
                "state": status.state.value,
                "light": status.light.value,
                "provisional": status.clock.provisional,
                "lines": [
                    {"on": line.on.isoformat() if line.on else None, "text": line.text.to_dict()}
                    for line in status.clock.lines
                ],
            }
            for status in reading.clocks
            if internal or status.clock.stage is None
        ],
    }


def slips(reader: Reader, case: Case) -> dict[str, Any]:
    """The official slips issued so far, oldest first."""
    query = sa.select(Slip).where(Slip.case_id == case.id).order_by(Slip.issued_at, Slip.id)
    return {
        "items": [
            {
                "id": str(slip.id),
                "number": slip.number,
                "kind": slip.kind,
                "name": slip_name(SlipKind(slip.kind)).to_dict(),
                "issued_at": slip.issued_at.isoformat(),
                "url": f"/api/v1/{reader.context.service}/cases/{case.id}/slips/{slip.id}",
            }
            for slip in reader.session.scalars(query)
        ]
    }
