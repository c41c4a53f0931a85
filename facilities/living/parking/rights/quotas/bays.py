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
from facilities.living.parking.lots.model import TRADE, Zone
from facilities.living.parking.rights.open_time import Taken, levels, open_spans
from facilities.living.parking.rights.quotas.model import ParkingQuota, QuotaClaim
from facilities.living.parking.rights.quotas.months import AHEAD, months_ahead
from shared.transaction import Transaction


def claim_missing(tx: Transaction, it: ParkingQuota) -> None:
    """Claim what the quota lacks of the months ahead while its zone is open, as far as there is room.

    The ledger of its zone is taken by the caller.
    """
    taken = taken_by(tx.session, [it.id], tx.now)[it.id]
    for month, spans in open_months(tx.session, it.zone_id, tx.now):
        for span in spans:
            for part, units in list(levels(span, taken)):
                if units < it.bays:
                    _claim(tx, it, month, part, it.bays - units)


def is_short(tx: Transaction, it: ParkingQuota) -> bool:
    """Whether the quota lacks any bay in the months ahead while its zone is open."""
    taken = taken_by(tx.session, [it.id], tx.now)[it.id]
    months = open_months(tx.session, it.zone_id, tx.now)
    return any(spans and kept(spans, taken) < it.bays for _month, spans in months)


def open_months(session: Session, zone_id: UUID, now: datetime) -> list[tuple[str, list[Span]]]:
    """The months for which bays are claimed, each with what is left of the times when the zone is open."""
    ledger = session.get_one(Zone, zone_id).ledger_id
    return [(month, list(open_spans(session, ledger, span))) for month, span in months_ahead(now)]


def kept(spans: Sequence[Span], taken: Sequence[Taken]) -> int:
    """How many bays are kept all through these times; 0 where there are no times."""
    return min((units for span in spans for _part, units in levels(span, taken)), default=0)


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


def taken_by(session: Session, quotas: Sequence[UUID], now: datetime) -> dict[UUID, list[Taken]]:
    """What each of these quotas has claimed that is not over; one query."""
    query = (
        sa.select(QuotaClaim.quota_id, Booking.starts_at, Booking.ends_at, Booking.quantity)
        .join(Booking, Booking.id == QuotaClaim.booking_id)
        .where(QuotaClaim.quota_id.in_(quotas), Booking.state == State.CONFIRMED, Booking.ends_at > now)
    )
    found: dict[UUID, list[Taken]] = {each: [] for each in quotas}
    for quota, start, end, units in session.execute(query):
        found[quota].append((Span(start, end), units))
    return found


def _claim(tx: Transaction, it: ParkingQuota, month: str, span: Span, wanted: int) -> None:
    """As many as there is room for."""
    try:
        _book(tx, it, month, span, wanted)
    except Full as full:
        free = min((each.free for each in full.shortages), default=0)
        if free > 0:
            _book(tx, it, month, span, free)


def _book(tx: Transaction, it: ParkingQuota, month: str, span: Span, units: int) -> None:
    wish = Wish(span.start, span.end, units)
    order = Order(trade=TRADE, resource_id=it.zone_id, wish=wish, policy=_rules(units), customer=it.firm)
    booking = commands.hold(tx, order, suggest=False)
    tx.session.flush()
    commands.confirm(tx, booking, Party.CUSTOMER)
    tx.session.add(QuotaClaim(booking_id=booking.id, quota_id=it.id, month=month))
    tx.session.flush()


def _rules(units: int) -> Policy:
    month, second = timedelta(days=31), timedelta(seconds=1)
    return Policy(horizon=month * (AHEAD + 1), longest=month, shortest=second, start_grid=second, most=units)
