"""The bays that a pass takes of its zone: held with the order, booked with the payment, else given back."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from facilities.capacity.bookings import commands, ending
from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger.locking import lock
from facilities.capacity.lifecycle import Party, State
from facilities.capacity.refusals import Full
from facilities.capacity.rules import Policy, Wish
from facilities.living.parking.lots.model import TRADE, Zone
from facilities.living.parking.rights.limits import DEFAULT_LIMITS, Limits
from facilities.living.parking.rights.open_time import open_spans
from facilities.living.parking.rights.passes.model import ParkingPass, PassClaim, PassPeriod
from facilities.living.parking.rights.passes.periods import Days, spans_of
from shared.transaction import Transaction


def rules_of(bays: int, limits: Limits = DEFAULT_LIMITS) -> Policy:
    """By which rules a pass takes bays: from any second on, for a month at a time, a year and more ahead."""
    return Policy(
        horizon=timedelta(days=31 * (limits.pass_months + 2)) + limits.book_ahead,
        shortest=timedelta(seconds=1),
        longest=timedelta(days=31),
        start_grid=timedelta(seconds=1),
        most=bays,
        hold_for=limits.pay_within,
    )


def claimed(period: PassPeriod, it: ParkingPass) -> Days:
    """The days that a period takes of its zone: those of grace after it, not those after the one before."""
    grace = timedelta(days=it.grace_days)
    return Days(period.since + (grace if period.first else timedelta(0)), period.until + grace)


def hold_in_any(
    tx: Transaction, zones: Sequence[Zone], it: ParkingPass, days: Days, limits: Limits
) -> list[Booking]:
    """Hold the bays in the first of these zones that has them all through the time; Full where none has."""
    # All at once and in order: to take a second ledger while one is held could wait for ever.
    lock(tx.session, [zone.ledger_id for zone in zones])
    for number, zone in enumerate(zones):
        try:
            with tx.part():
                return _hold(tx, zone, it, days, limits)
        except Full:
            if number == len(zones) - 1:
                raise
    raise AssertionError("no zones")


def note(tx: Transaction, period: PassPeriod, bookings: Sequence[Booking]) -> None:
    """Keep which bookings are of the period."""
    period.claims += [PassClaim(booking_id=each.id) for each in bookings]
    tx.session.flush()


def book(tx: Transaction, period: PassPeriod, it: ParkingPass) -> None:
    """Book what is held; where the time for it is over, take what is left of the days anew or raise Full."""
    bookings = bookings_of(tx, period)
    if not all(each.state is State.HELD and _is_kept(each, tx) for each in bookings):
        let_go(tx, bookings)
        zone = tx.session.get_one(Zone, it.zone_id)
        bookings = _hold(tx, zone, it, claimed(period, it), DEFAULT_LIMITS)
        note(tx, period, bookings)
    for each in bookings:
        commands.confirm(tx, each, Party.CUSTOMER)


def let_go(tx: Transaction, bookings: Sequence[Booking]) -> None:
    """Give back what is only held."""
    for each in bookings:
        if each.state is State.HELD:
            ending.cancel(tx, each, Party.SYSTEM, "unpaid")


def bookings_of(tx: Transaction, period: PassPeriod) -> list[Booking]:
    """The bookings of a period as they are now; the ledger of its zone is taken by the caller."""
    query = (
        sa.select(Booking)
        .join(PassClaim, PassClaim.booking_id == Booking.id)
        .where(PassClaim.period_id == period.id)
        .order_by(Booking.starts_at)
        .execution_options(populate_existing=True)
    )
    return list(tx.session.scalars(query))


def _hold(tx: Transaction, zone: Zone, it: ParkingPass, days: Days, limits: Limits) -> list[Booking]:
    policy, held = rules_of(it.bays, limits), []
    for piece in spans_of(days.since, days.until, tx.now):
        for span in open_spans(tx.session, zone.ledger_id, piece):
            wish = Wish(span.start, span.end, it.bays)
            order = Order(trade=TRADE, resource_id=zone.id, wish=wish, policy=policy, booked_by=it.holder_id)
            held.append(commands.hold(tx, order, suggest=False))
    if not held:
        raise Full(())  # never open in that time
    tx.session.flush()
    return held


def _is_kept(booking: Booking, tx: Transaction) -> bool:
    return booking.expires_at is not None and booking.expires_at > tx.now
