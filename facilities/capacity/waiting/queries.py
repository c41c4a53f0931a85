"""Reading waitlists."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import listed
from facilities.capacity.ledger.model import ClaimRule
from facilities.capacity.waiting.model import WaitlistEntry, WaitState

MOST_TRIED = 200
"""How many of a line are looked at when something becomes free."""
_IN_ORDER = (WaitlistEntry.priority.desc(), WaitlistEntry.created_at, WaitlistEntry.id)


def place_in_line(entry: WaitlistEntry) -> tuple[int, datetime, UUID]:
    """The same order, of entries that have been read."""
    return -entry.priority, entry.created_at, entry.id


def in_line(session: Session, spans: Mapping[int, Span], now: datetime) -> Sequence[UUID]:
    """Who waits for any of these ledgers within these times, in their order; one query."""
    waiting = sa.select(WaitlistEntry.id).where(WaitlistEntry.expires_at > now, *_touching(spans))
    return session.scalars(waiting.order_by(*_IN_ORDER).limit(MOST_TRIED)).all()


def kept_room_for(session: Session, spans: Mapping[int, Span], now: datetime, skips: int) -> Sequence[UUID]:
    """Of those the ones that were passed over so often: nobody behind them is served there; one query."""
    waiting = sa.select(WaitlistEntry.id).where(
        WaitlistEntry.skips >= skips, WaitlistEntry.expires_at > now, *_touching(spans)
    )
    return session.scalars(waiting.order_by(*_IN_ORDER).limit(MOST_TRIED)).all()


def as_they_are(session: Session, entries: Collection[UUID]) -> Sequence[WaitlistEntry]:
    """Those of these entries that still wait, whoever looks at them."""
    query = sa.select(WaitlistEntry).where(
        WaitlistEntry.id.in_(entries), WaitlistEntry.state == WaitState.WAITING
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _touching(spans: Mapping[int, Span]) -> tuple[sa.ColumnElement[bool], ...]:
    """They wait, and for any of these ledgers within these times."""
    ledgers: defaultdict[Span, list[int]] = defaultdict(list)
    for ledger, span in spans.items():
        ledgers[span].append(ledger)
    touching = (
        sa.and_(
            ClaimRule.ledger_id.in_(listed(which)),
            WaitlistEntry.takes_from < span.end,
            WaitlistEntry.takes_until > span.start,
        )
        for span, which in ledgers.items()
    )
    rules = sa.exists().where(ClaimRule.resource_id == WaitlistEntry.resource_id, sa.or_(*touching))
    return WaitlistEntry.state == WaitState.WAITING, rules


def taken_without_waiting(session: Session, entries: Sequence[UUID]) -> Sequence[WaitlistEntry]:
    """Those of these entries that still wait and that nobody else looks at, as they are now."""
    query = (
        sa.select(WaitlistEntry)
        .where(WaitlistEntry.id.in_(entries), WaitlistEntry.state == WaitState.WAITING)
        .order_by(*_IN_ORDER)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def waiting_of(session: Session, trade: str, customer: str | None, account: UUID | None) -> int:
    """For how much somebody waits already."""
    who = (
        WaitlistEntry.customer == customer
        if customer is not None
        else sa.and_(WaitlistEntry.customer.is_(None), WaitlistEntry.joined_by == account)
    )
    count = (
        sa.select(sa.func.count())
        .select_from(WaitlistEntry)
        .where(WaitlistEntry.state == WaitState.WAITING, WaitlistEntry.trade == trade, who)
    )
    return session.scalar(count) or 0
