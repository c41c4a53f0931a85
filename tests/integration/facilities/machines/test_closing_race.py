"""The end of a month while somebody is charging: the line is in the statement, or in the next month."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.production.machines.bookings.charging import charge
from facilities.production.service import service as production
from facilities.production.statements.closing import close_month
from facilities.production.statements.model import MonthlyStatement, PostingLine
from notifications.service import service as notifications
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from shared.text import Text
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.machines.trade import BORROWER, CUSTOMER, Trade

pytestmark = pytest.mark.postgres


@pytest.fixture
def trade(postgres_databases: Databases, tmp_path: Path, clock: ManualClock) -> Iterator[Trade]:
    """On PostgreSQL alone, where transactions write side by side."""
    factory = SystemFactory(postgres_databases, tmp_path, clock)
    yield Trade(Assembly(factory([publisher, production, notifications]), clock), clock)
    factory.close()


def test_whoever_closes_waits_for_whoever_charges(trade: Trade) -> None:
    booking = UUID(trade.booked(trade.machine(), 8, 10))
    trade.ok(trade.act(BORROWER, str(booking), "cancel"))
    runtime = trade.assembly.system.runtime("production")

    def close() -> None:
        with runtime.transaction(SYSTEM) as tx:
            close_month(tx, {})

    with runtime.transaction(SYSTEM) as tx:
        charge(tx, booking, [("late", Text("清洁费", "Cleaning"), 100)])  # in November
        trade.go_to(8 * 24)
        closing = threading.Thread(target=close)
        closing.start()
        closing.join(0.3)
        assert closing.is_alive(), "it waits for the line that is not committed"
    closing.join(10)
    assert not closing.is_alive()

    with runtime.read() as session:
        statement = session.get_one(MonthlyStatement, (CUSTOMER, "2026-11"))
        lines = session.scalars(sa.select(PostingLine).where(PostingLine.firm == CUSTOMER)).all()
    assert statement.closing_fen == sum(each.amount_fen for each in lines)
    assert statement.lines == len(lines)
