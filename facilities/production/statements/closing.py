"""Closing a month (月结): its lines are complete, and each firm's balances are written down for good."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.statements import Month
from facilities.production.statements.commands import MONTH_TIMER
from facilities.production.statements.model import Books, MonthlyStatement
from facilities.production.statements.queries import balances, closed_before
from shared.transaction import Transaction


def close_month(tx: Transaction, _payload: Mapping[str, object]) -> None:
    """Close the open month once it is over, and make the appointment for the next; one transaction.

    Killed amid it nothing has happened, and it begins again; done twice it finds a month that is not over.
    A month that was missed is closed on the way: each appointment makes that of the following month.
    """
    books = tx.session.scalar(sa.select(Books).with_for_update())
    if books is None:
        return
    month = Month.of(books.open_since)
    if tx.now < month.next.begins():
        tx.schedule(MONTH_TIMER, str(month), month.next.begins(), {})
        return
    books.open_since = month.next.begins()
    statements = _statements(tx.session, month)
    for each in statements:
        each.closed_at = tx.now
    tx.session.add_all(statements)
    tx.schedule(MONTH_TIMER, str(month.next), month.next.next.begins(), {})
    tx.audit("month.closed", "books", str(month), {"statements": len(statements)})


def _statements(session: Session, month: Month) -> list[MonthlyStatement]:
    """Of every firm that has lines in the month."""
    moved = balances(session, month.begins(), month.next.begins())
    before = closed_before(session, month)
    return [
        MonthlyStatement(
            firm=firm,
            month=str(month),
            opening_fen=before.get(firm, 0),
            closing_fen=before.get(firm, 0) + each.amount_fen,
            lines=each.lines,
        )
        for firm, each in sorted(moved.items())
    ]
