"""Moving a booking to another time: the new capacity for the old in one step, or everything stays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class NewPrice:
    """What the trade says that the new time costs."""

    fen: int
    lines: list[dict[str, Any]]


def move(
    tx: Transaction,
    booking: Booking,
    wish: Wish,
    party: Party,
    policy: Policy | None = None,
    price: NewPrice | None = None,
) -> Booking:
    """Another time or quantity, by the rules under which it was booked unless `policy` gives others.

    Its own old time counts as free. What was approved has to be approved again unless the provider moves it.
    Raises as `hold` does, and after Full the booking still has what it had. The price stays unless the trade
    gives another.
    """
    require(tx, "move", booking, party)
    rules = policy or booking.policy
    require_allowed(tx, booking.trade, booking.customer, wish, rules, but=booking.id)
    units = units_of(tx.session, booking.resource_id)
    pools = lock(tx.session, {*units, *ledgers_of(tx.session, booking.id)})
    padded = Span(wish.starts_at, wish.ends_at).padded(rules.padding)
    takes = takings(pools, {ledger: n * wish.quantity for ledger, n in units.items()}, padded)

    def change() -> Freed:
        _write(tx, booking, wish, rules, party, price)
        freed = release(tx.session, pools, booking.id)
        claim(tx.session, booking.id, takes)
        return freed

    try:
        freed = _swap(tx, pools, change)
    except Full as full:
        others = alternatives_to(tx.session, booking.resource_id, wish, rules, tx.now, but=booking.id)
        raise Full(full.shortages, others, rules.tz) from full
    wait_until(tx, booking)
    tx.audit("booking.moved", "booking", booking.id, {"by": party.value})
    tell_freed(tx, pools, freed)
    return booking


def _write(
    tx: Transaction, booking: Booking, wish: Wish, rules: Policy, party: Party, price: NewPrice | None
) -> None:
    booking.starts_at, booking.ends_at = wish.starts_at, wish.ends_at
    booking.quantity = wish.quantity
    booking.rules = rules.to_json()
    booking.state = moved(booking.state, party, needs_approval=rules.needs_approval)
    if booking.state is State.PENDING:
        booking.expires_at = approval_expires(rules, tx.now, wish.starts_at, wish.ends_at)
    if price is not None:
        booking.price_fen, booking.price_lines = price.fen, price.lines
    announce(tx, booking, "moved")  # before it is written: one step is one version
    save(tx, booking)


def _swap(tx: Transaction, pools: Mapping[int, Pool], change: Callable[[], Freed]) -> Freed:
    """Make the change; where capacity is missing, once more without what has waited too long."""

    def once() -> Freed:
        with tx.part():
            return change()

    try:
        return once()
    except Full:
        if not expire_overdue(tx, pools):
            raise
        return once()
