"""Entering what firms owe one another, and undoing it by counter-entries, within the trade's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.posting import Deal, Posting, Reason, countered, posted
from facilities.capacity.statements import Month
from facilities.production.statements.model import Books, PostingLine
from facilities.production.statements.queries import lines_about
from facilities.production.statements.terms import commission_bp
from shared.clock import local_date
from shared.database import insert_if_absent
from shared.text import Text
from shared.transaction import Transaction

MONTH_TIMER = "statements-month"


@dataclass(frozen=True, slots=True)
class Owed:
    """A line of a trade: what the customer is charged, or given back as a negative amount."""

    line_id: UUID
    reason: Reason
    amount_fen: int
    what: Text


def enter(tx: Transaction, about: UUID, customer: str, owner: str, lines: Sequence[Owed]) -> None:
    """Post the lines of a trade on the accounts of both firms. Whoever calls holds the booking.

    ValueError where more would be given back than was charged: that is a mistake of ours.
    """
    if not any(line.amount_fen for line in lines):
        return
    at = _moment(tx)
    earlier = [line.posting for line in lines_about(tx.session, about)]
    first = min((each.posted_at for each in earlier), default=at)
    deal = Deal(about, customer, owner, commission_bp(local_date(first)))
    for line in lines:
        made = posted(deal, earlier, line.reason, line.amount_fen, at, line.what)
        _add(tx, made, line.line_id)
        earlier += made
    tx.session.flush()


def undo(tx: Transaction, about: UUID, sequence: int, line_id: UUID | None, why: Text) -> Sequence[Posting]:
    """Counter one posting on all its sides; `line_id` is the trade's own line that does so, if it has one.

    Raises Conflict when it has been undone, undoes another, or has been given back meanwhile.
    """
    at = _moment(tx)
    earlier = [line.posting for line in lines_about(tx.session, about)]
    made = countered(earlier, sequence, at, why)
    _add(tx, made, line_id)
    tx.session.flush()
    return made


def hold(tx: Transaction) -> datetime:
    """Let nobody else post until this transaction ends; returns when it posts. Balances stand from here on.

    Those who wait for it may hold bookings, so whoever calls waits for no booking afterwards.
    """
    return _moment(tx, alone=True)


def pay(tx: Transaction, line: Posting) -> None:
    """Post the line of a payment."""
    _add(tx, [line], line.about)
    tx.session.flush()


def _add(tx: Transaction, lines: Sequence[Posting], line_id: UUID | None) -> None:
    for each in lines:
        tx.session.add(
            PostingLine(
                about=each.about,
                sequence=each.sequence,
                side=each.side,
                firm=each.firm,
                other=each.other,
                reason=each.reason,
                amount_fen=each.amount_fen,
                posted_at=each.posted_at,
                what=each.what.to_dict(),
                corrects=each.corrects,
                line_id=line_id,
            )
        )


def _moment(tx: Transaction, *, alone: bool = False) -> datetime:
    """When a line of this transaction is posted: now, or at the start of the month if the last one is closed.

    From here to its end no month is closed. The lock is shared: those who post do not wait for one another,
    and whoever closes a month waits for nothing else, so it does not matter what a poster already holds.
    `alone` takes the row as whoever closes does.
    """
    wanted = sa.select(Books.open_since).with_for_update(read=not alone)
    since = tx.session.scalar(wanted)
    if since is None:
        _open(tx)
        since = tx.session.scalars(wanted).one()
    return max(tx.now, since)


def _open(tx: Transaction) -> None:
    """The first line of all, but for those that are older than the books: their months are closed too."""
    earliest = tx.session.scalar(sa.select(sa.func.min(PostingLine.posted_at))) or tx.now
    month = Month.of(min(earliest, tx.now))
    if insert_if_absent(tx.session, Books, {"id": 1, "open_since": month.begins()}):
        tx.schedule(MONTH_TIMER, str(month), month.next.begins(), {})
