"""Looking at cases before and after a notice is published."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from approvals.cases.model import Case
from notifications.messages.model import Message
from shared.clock import local_date
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timers import Timer
from shared.testing.systems import SystemUnderTest
from tests.integration.approvals.notices import at

YEAR_END = at(date(2026, 12, 29))
"""What is handed in between the years is due in the next one."""
FORECAST, PUBLISHED = date(2027, 1, 6), date(2027, 1, 7)
"""Five working days after 29 December, by the forecast and by the invented notice (4 January is off)."""


def row(system: SystemUnderTest, case_id: str) -> Case:
    with system.runtime("enterprise").read() as session:
        return session.get_one(Case, UUID(case_id))


def lapses_on(system: SystemUnderTest, case_id: str) -> date:
    """The last day of the intake limit, as its timer has it."""
    with system.runtime("enterprise").read() as session:
        query = sa.select(Timer.due_at).where(Timer.name == "intake-lapse", Timer.key == case_id)
        return local_date(session.scalars(query).one()) - timedelta(days=1)


def events(system: SystemUnderTest, subject: str) -> list[str]:
    with system.runtime("enterprise").read() as session:
        query = sa.select(OutboxMessage.type).where(OutboxMessage.aggregate_id == subject)
        return [each.split(".")[3] for each in session.scalars(query.order_by(OutboxMessage.sequence))]


def messages(system: SystemUnderTest) -> list[tuple[UUID, str, str]]:
    with system.runtime("notifications").read() as session:
        query = sa.select(Message).where(Message.template.contains("date-"))
        return sorted((each.recipient, each.template, each.link) for each in session.scalars(query))
