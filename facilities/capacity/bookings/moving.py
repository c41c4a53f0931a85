"""Moving a booking to another time: the new capacity for the old in one step, or everything stays."""

from collections.abc import Mapping

from facilities.capacity.availability.queries import alternatives_to
from facilities.capacity.bookings.ending import expire_overdue
from facilities.capacity.bookings.events import announce
from facilities.capacity.bookings.keeping import save, wait_until
from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.policy import require, require_allowed
from facilities.capacity.freeing import tell_freed
from facilities.capacity.grid import Span
from facilities.capacity.ledger.commands import Freed, claim, release, takings
from facilities.capacity.ledger.locking import Pool, lock
from facilities.capacity.ledger.queries import ledgers_of, units_of
from facilities.capacity.lifecycle import Party, State, moved
from facilities.capacity.refusals import Full
from facilities.capacity.rules import Policy, Wish, approval_expires
from shared.transaction import Transaction


def move(
    tx: Transaction, booking: Booking, wish: Wish, party: Party, policy: Policy | None = None
) -> Booking:
    """Another time or quantity, by the rules under which it was booked unless `policy` gives others.

    Its own old time counts as free. What was approved has to be approved again unless the provider moves it.
    Raises as `hold` does, and after Full the booking still has what it had. Prices are the trade's to change.
    """
    require(tx, "move", booking, party)
    rules = policy or booking.policy
    require_allowed(tx, booking.trade, booking.customer, wish, rules, but=booking.id)
    units = units_of(tx.session, booking.resource_id)
    pools = lock(tx.session, {*units, *ledgers_of(tx.session, booking.id)})
    try:
        freed = _change(tx, booking, pools, units, wish, rules, party)
    except Full as full:
        others = alternatives_to(tx.session, booking.resource_id, wish, rules, tx.now)
        raise Full(full.shortages, others, rules.tz) from full
    wait_until(tx, booking)
    tx.audit("booking.moved", "booking", booking.id, {"by": party.value})
    announce(tx, booking, "moved")
    tell_freed(tx, pools, freed)
    return booking


def _change(
    tx: Transaction,
    booking: Booking,
    pools: Mapping[int, Pool],
    units: Mapping[int, int],
    wish: Wish,
    rules: Policy,
    party: Party,
) -> Freed:
    span = Span(wish.starts_at, wish.ends_at).padded(rules.padding)
    takes = takings(pools, {ledger: n * wish.quantity for ledger, n in units.items()}, span)

    def swap() -> Freed:
        with tx.session.begin_nested():
            booking.starts_at, booking.ends_at = wish.starts_at, wish.ends_at
            booking.quantity = wish.quantity
            booking.rules = rules.to_json()
            booking.state = moved(booking.state, party, needs_approval=rules.needs_approval)
            if booking.state is State.PENDING:
                booking.expires_at = approval_expires(rules, tx.now, wish.starts_at, wish.ends_at)
            save(tx, booking)
            freed = release(tx.session, pools, booking.id)
            claim(tx.session, booking.id, takes)
        return freed

    try:
        return swap()
    except Full:
        if not expire_overdue(tx, pools):
            raise
        return swap()
