"""The bays that a quota really has: claimed month by month, as many as there is room for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings import commands, ending
from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import Party, State
from facilities.capacity.refusals import Full
from facilities.capacity.rules import Policy, Wish
from facilities.living.parking.lots.model import TRADE
from facilities.living.parking.rights.quotas.model import ParkingQuota, QuotaClaim
from facilities.living.parking.rights.quotas.months import AHEAD, months_ahead
from shared.transaction import Transaction


def claim_missing(tx: Transaction, it: ParkingQuota) -> int:
    """Claim what the quota lacks of the months ahead, as far as there is room.

    Returns how many bays are short after it, those of all months together. The ledger of its zone is taken
    by the caller.
    """
    short = 0
    held = claimed_by_month(tx.session, [it.id], tx.now)
    for month, span in months_ahead(tx.now):
        missing = it.bays - held.get((it.id, month), 0)
        if missing > 0:
            short += missing - _claim(tx, it, month, span, missing)
    return short


def give_back(tx: Transaction, it: ParkingQuota) -> None:
    """Give back all that the quota has claimed from now on. The ledger is taken by the caller."""
    query = (
        sa.select(Booking)
        .join(QuotaClaim, QuotaClaim.booking_id == Booking.id)
        .where(QuotaClaim.quota_id == it.id, Booking.state == State.CONFIRMED, Booking.ends_at > tx.now)
        .order_by(Booking.starts_at)
    )
    for booking in tx.session.scalars(query).all():
        # Even what has begun: ended early it would keep the present slot from what is claimed anew.
        ending.cancel(tx, booking, Party.SYSTEM, "quota")


def claimed_by_month(session: Session, quotas: Sequence[UUID], now: datetime) -> dict[tuple[UUID, str], int]:
    """How many bays these quotas have in months that are not over: now and to the end of each; one query."""
    query = (
        sa.select(QuotaClaim.quota_id, QuotaClaim.month, sa.func.sum(Booking.quantity))
        .join(Booking, Booking.id == QuotaClaim.booking_id)
        .where(QuotaClaim.quota_id.in_(quotas), Booking.state == State.CONFIRMED, Booking.ends_at > now)
        .group_by(QuotaClaim.quota_id, QuotaClaim.month)
    )
    return {(quota, month): int(units) for quota, month, units in session.execute(query)}


def _claim(tx: Transaction, it: ParkingQuota, month: str, span: Span, wanted: int) -> int:
    """As many as there is room for; how many those are."""
    try:
        return _book(tx, it, month, span, wanted)
    except Full as full:
        free = min((each.free for each in full.shortages), default=0)
        return _book(tx, it, month, span, free) if free > 0 else 0


def _book(tx: Transaction, it: ParkingQuota, month: str, span: Span, units: int) -> int:
    wish = Wish(span.start, span.end, units)
    order = Order(trade=TRADE, resource_id=it.zone_id, wish=wish, policy=_rules(units), customer=it.firm)
    booking = commands.hold(tx, order, suggest=False)
    tx.session.flush()
    commands.confirm(tx, booking, Party.CUSTOMER)
    tx.session.add(QuotaClaim(booking_id=booking.id, quota_id=it.id, month=month))
    tx.session.flush()
    return units


def _rules(units: int) -> Policy:
    month, second = timedelta(days=31), timedelta(seconds=1)
    return Policy(horizon=month * (AHEAD + 1), longest=month, shortest=second, start_grid=second, most=units)
