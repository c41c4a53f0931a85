"""Booking: hold, confirm, approve, use. What gives capacity back is in `ending`, another time in `moving`.

Every verb keeps one order: a customer's turn where quotas count, the ledgers by number, then the booking, by
an update that goes through for the version that was read alone, then slots in ascending order. So no two
verbs wait for one another, and of two that act on one booking the later one meets 412.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from facilities.capacity.availability.queries import alternatives_to
from facilities.capacity.bookings.ending import expire_overdue
from facilities.capacity.bookings.events import announce
from facilities.capacity.bookings.keeping import in_time, save, wait_until
from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.policy import require, require_allowed
from facilities.capacity.grid import Span
from facilities.capacity.ledger.commands import Taking, notes_of, take, takings
from facilities.capacity.ledger.locking import Exceptions, Pool, lock_over
from facilities.capacity.ledger.model import BookingClaim
from facilities.capacity.ledger.queries import units_of
from facilities.capacity.lifecycle import Party, State, confirmed
from facilities.capacity.refusals import Full
from facilities.capacity.rules import Policy, Wish, approval_expires, hold_expires
from shared.errors import Conflict
from shared.ids import new_id
from shared.inserting import insert_together
from shared.text import Text
from shared.transaction import Transaction

_NOT_NOW = Text("尚未到预订时间，或预订时间已过", "It is too early for the booking, or too late")


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to book, as the trade has made it out."""

    trade: str
    resource_id: UUID
    wish: Wish
    policy: Policy
    customer: str | None = None
    """Credit code of the enterprise that books."""
    series_id: UUID | None = None
    price_fen: int | None = None
    price_lines: list[dict[str, Any]] | None = None
    booked_by: UUID | None = None
    """Whose wish it is where the system books by an earlier one; None: the actor's."""
    booked_name: str = ""
    units: Mapping[int, int] | None = None
    """How much of which ledgers a unit of the resource takes, where the trade has read that already."""


def hold(tx: Transaction, order: Order, *, suggest: bool = True, ends: bool = False) -> Booking:
    """Keep capacity for a customer for as long as the policy says; `confirm` makes a booking of it.

    Raises InvalidInput with everything that the wish breaks, and Full where capacity is missing, with up to
    three other times unless `suggest` is off. After Full nothing is taken and the transaction can go on.
    Where it `ends` with the hold, what was taken is noted with the end of all.
    """
    require_allowed(tx, order.trade, order.customer, order.wish, order.policy)
    units = order.units or units_of(tx.session, order.resource_id)
    span = Span(order.wish.starts_at, order.wish.ends_at).padded(order.policy.padding)
    pools, exceptions = lock_over(tx.session, units, span)
    takes = takings(pools, {ledger: n * order.wish.quantity for ledger, n in units.items()}, span)
    booking_id = new_id()
    try:
        _take(tx, pools, takes, exceptions)
    except Full as full:
        if not suggest:
            raise
        others = alternatives_to(tx.session, order.resource_id, order.wish, order.policy, tx.now)
        raise Full(full.shortages, others, order.policy.tz) from full
    notes = [(BookingClaim, row) for row in notes_of(booking_id, takes)]
    if ends:
        tx.add_last([], notes)
    else:
        insert_together(tx.session, notes)
    booked_by, name = order.booked_by or tx.actor.id, order.booked_name or tx.actor.name
    return enter(tx, booking_id, order, booked_by, name)


def enter(tx: Transaction, booking_id: UUID, order: Order, booked_by: UUID | None, name: str) -> Booking:
    """Note the hold for which capacity was just claimed, in the name of whoever has booked.

    Its row is written with the next flush, together with what the trade adds to it.
    """
    booking = Booking(
        id=booking_id,
        version=1,  # as the mapper counts: the appointment asks for it before the row is written
        trade=order.trade,
        resource_id=order.resource_id,
        customer=order.customer,
        booked_by=booked_by,
        booked_name=name,
        series_id=order.series_id,
        starts_at=order.wish.starts_at,
        ends_at=order.wish.ends_at,
        quantity=order.wish.quantity,
        state=State.HELD,
        expires_at=hold_expires(order.policy, tx.now, order.wish.ends_at),
        price_fen=order.price_fen,
        price_lines=order.price_lines,
        rules=order.policy.to_json(),
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(booking)
    announce(tx, booking, "held")
    wait_until(tx, booking)
    tx.audit("booking.held", "booking", booking.id, on_behalf_of=booking.customer, begins=True)
    return booking


def confirm(tx: Transaction, booking: Booking, party: Party) -> Booking:
    """The customer wants it: it is booked, or waits for approval where the policy says so. Either takes."""
    require(tx, "confirm", booking, party)
    policy = booking.policy
    booking.state = confirmed(needs_approval=policy.needs_approval)
    waits = booking.state is State.PENDING
    booking.expires_at = (
        approval_expires(policy, tx.now, booking.starts_at, booking.ends_at) if waits else None
    )
    announce(tx, booking, "requested" if waits else "confirmed")
    save(tx, booking)
    wait_until(tx, booking)
    tx.audit("booking.confirmed", "booking", booking.id, on_behalf_of=booking.customer)
    return booking


def approve(tx: Transaction, booking: Booking, party: Party) -> Booking:
    """The provider agrees. Its capacity is taken already, so nothing is looked at again."""
    require(tx, "approve", booking, party)
    booking.state = State.CONFIRMED
    booking.expires_at = None
    announce(tx, booking, "approved")
    save(tx, booking)
    wait_until(tx, booking)
    tx.audit("booking.approved", "booking", booking.id)
    return booking


def start(tx: Transaction, booking: Booking, party: Party) -> Booking:
    """The use begins: not before what belongs to the booking does, and not after its end."""
    require(tx, "start", booking, party)
    if not in_time("start", booking, tx.now):
        raise Conflict(_NOT_NOW, slug="not-now")
    booking.state = State.IN_USE
    booking.started_at = tx.now
    announce(tx, booking, "started")
    save(tx, booking)
    tx.audit("booking.started", "booking", booking.id)
    return booking


def _take(
    tx: Transaction, pools: Mapping[int, Pool], takes: Sequence[Taking], exceptions: Exceptions
) -> None:
    try:
        take(tx.session, takes, exceptions)
    except Full:
        if not expire_overdue(tx, pools):
            raise
        take(tx.session, takes, exceptions)
