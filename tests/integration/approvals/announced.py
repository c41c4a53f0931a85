"""Companies whose end is announced, and what the stories of public notices have in common."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from notifications.messages.model import Message
from shared.actor import Actor
from shared.clock import ManualClock
from shared.testing.answers import A9, A9_ANSWERS, A9_MATERIALS
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.notices import at
from tests.integration.approvals.people import (
    AGENT,
    APPROVER,
    AUDITOR,
    REVIEWER,
    WINDOW,
    member_of,
)

YES = {"declaration": True}
OBJECTION = {"standing": "creditor", "name": "示范债权人", "reason": "尚有货款未结清", "contact": "0990-1"}
LAST_ON, FILE_UNTIL = date(2026, 12, 14), date(2027, 1, 4)
"""Of a notice published on Monday, 23 November 2026: the twentieth day is Sunday the 13th."""


def company(desk: Desk, name: str = "云栖湾") -> tuple[str, Actor, str]:
    """A registered company: its credit code, a member, the case that set it up."""
    case_id = desk.decided(company={"trade_name": name})
    uscc: str = desk.case(AGENT, case_id)["certificate"]["uscc"]
    return uscc, member_of(uscc), case_id


def drafted(desk: Desk, member: Actor, uscc: str, **changes: Any) -> str:
    """A complete draft of A9."""
    return desk.draft_of(member, A9, {**A9_ANSWERS, **changes}, A9_MATERIALS, uscc)


def published(desk: Desk, member: Actor, uscc: str) -> str:
    """A case on notice."""
    case_id = drafted(desk, member, uscc)
    answer = desk.act(member, case_id, "publish-notice", YES)
    assert answer.status_code == 200, answer.text
    return case_id


def go_to(desk: Desk, clock: ManualClock, day: date) -> None:
    """Ten o'clock of that day, with all that is due by then done."""
    clock.set(at(day))
    desk.system.settle()


def told(desk: Desk) -> list[str]:
    """The templates of all messages, in their order."""
    with desk.system.runtime("notifications").read() as session:
        return list(session.scalars(sa.select(Message.template).order_by(Message.created_at, Message.id)))


def examined(desk: Desk, case_id: str, *, with_gaps: bool = False) -> None:
    """Accepted, reviewed, and the decision claimed."""
    desk.claim(WINDOW, case_id)
    assert desk.act(WINDOW, case_id, "accept", {"with_gaps": with_gaps}).status_code == 200
    slug = desk.case(AUDITOR, case_id)["item"]["slug"]
    keys = [each["key"] for each in desk.get(None, f"/items/{slug}").json["review_checks"]]
    checks = [{"key": key, "result": "pass", "note": ""} for key in keys]
    opinion = {"conclusion": "approve", "text": "齐全", "checks": checks}
    answer = desk.on_task(REVIEWER, desk.claim(REVIEWER, case_id), "opinion", opinion)
    assert answer.status_code == 200, answer.text
    desk.claim(APPROVER, case_id)
