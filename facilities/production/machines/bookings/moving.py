"""Another time for a booking of a machine: what it costs, and doing it.

The price is quoted anew by the version that was agreed: what is booked keeps its price at its new time, too.
A customer who moves gives the old time up and gets for it what a cancellation would give back at that moment;
whoever keeps all of the old time and adds to it gives nothing up, unless that has to be approved again: until
then nothing is owed for it, and it could be given up for nothing. An owner who moves gives everything back,
and to cancel costs the customer no more from then on than it did before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from facilities.capacity.availability.queries import alternatives_to, timeline
from facilities.capacity.bookings import moving
from facilities.capacity.bookings.policy import require
from facilities.capacity.cancelling import Outcome, no_dearer
from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import Party, State, moved
from facilities.capacity.pricing import Quote
from facilities.capacity.refusals import Alternative
from facilities.capacity.rules import Wish, violations
from facilities.production.machines.bookings.charging import MOVED, charge, counter_entries
from facilities.production.machines.bookings.commands import (
    Opened,
    cancelling,
    charge_price,
    enter,
    require_ahead,
)
from facilities.production.machines.events import announce_booking
from facilities.production.machines.model import Machine, MachineState
from facilities.production.machines.policy import acting
from facilities.production.machines.wishes import MachineWish, Offered
from shared.errors import Conflict, FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_SAME = Text("预订已是这个时间", "The booking has that time already")
_NOT_OFFERED = Text(
    "该设备已下架，请联系设备所属企业改期",
    "The machine is not offered now; ask its owner to move the booking",
)


@dataclass(frozen=True, slots=True)
class Move:
    """What a move would bring: the price of the new time, and what comes back for the old one."""

    price: Quote
    returned: Outcome
    approval: bool
    """Whether the new time waits for the owner's approval."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Whether a move can be made, and what it would bring; no move where rules forbid it."""

    broken: Sequence[FieldError]
    free: int
    alternatives: Sequence[Alternative]
    move: Move | None


def move(tx: Transaction, it: Opened, starts_at: datetime, ends_at: datetime, reason: str) -> Opened:
    """Another time for it, or everything stays as it is.

    What was approved for another time is to be approved again, unless the owner moves it; until then nothing
    is owed but what was kept of the old price. Raises InvalidInput with everything that the time breaks, Full
    with alternatives, Conflict for a customer where the machine is not offered any more.
    """
    party = acting(tx.actor, it.kept, "move")
    require(tx, "move", it.booking, party)
    require_ahead("move", it, tx.now)
    machine = tx.session.get_one(Machine, it.kept.machine_id)
    if party is Party.CUSTOMER and machine.state is not MachineState.PUBLISHED:
        raise Conflict(_NOT_OFFERED, slug="not-offered")
    wish = Wish(starts_at, ends_at, it.booking.quantity)
    if wrong := _broken(it, machine, wish, tx.now):
        raise InvalidInput(errors=wrong)
    was, found = it.booking.span, _of(tx.session, it, wish, party, tx.now)
    price = moving.NewPrice(found.price.total_fen, [line.to_json() for line in found.price.lines])
    moving.move(tx, it.booking, wish, party, price=price)
    it.kept.deposit_fen = found.price.deposit_fen
    if party is Party.PROVIDER:
        it.kept.cancellation = no_dearer(it.kept.cancelling, was.start, tx.now).to_json()
    changed = charge(tx, it.booking.id, counter_entries(found.returned))
    enter(tx, it.kept, MOVED, party, reason or None)
    if it.booking.state is State.CONFIRMED:
        changed += charge_price(tx, it)
    if it.booking.state is not State.HELD:  # of a hold nobody else has heard yet
        announce_booking(
            tx, it.booking, it.kept, MOVED, party, reason=reason or None, moved_fen=changed, was=was
        )
    return it


def preview(
    session: Session, it: Opened, party: Party, starts_at: datetime, ends_at: datetime, now: datetime
) -> Preview:
    """What the move would bring if this side made it now; nothing is kept."""
    machine = session.get_one(Machine, it.kept.machine_id)
    wish = Wish(starts_at, ends_at, it.booking.quantity)
    if broken := _broken(it, machine, wish, now):
        return Preview(broken, 0, (), None)
    policy, resource = it.booking.policy, it.booking.resource_id
    span = Span(starts_at, ends_at).padded(policy.padding)
    free = timeline(session, resource, span, it.booking.id).least(span)
    others: Sequence[Alternative] = ()
    if free < wish.quantity:
        others = alternatives_to(session, resource, wish, policy, now, but=it.booking.id)
    return Preview((), free, others, _of(session, it, wish, party, now))


def _broken(it: Opened, machine: Machine, wish: Wish, now: datetime) -> Sequence[FieldError]:
    """What forbids that time, by the rules under which it was booked and by the machine as it is now."""
    if (wish.starts_at, wish.ends_at) == (it.booking.starts_at, it.booking.ends_at):
        return [FieldError("/starts_at", "same_time", _SAME)]
    broken = violations(wish, it.booking.policy, now)
    return broken or list(_offered(it, machine).not_possible(_wanted(it, wish)))


def _of(session: Session, it: Opened, wish: Wish, party: Party, now: datetime) -> Move:
    booking, kept = it.booking, it.kept
    span = Span(wish.starts_at, wish.ends_at)
    adds = span.start <= booking.starts_at and booking.ends_at <= span.end
    after = moved(booking.state, party, needs_approval=booking.policy.needs_approval)
    side = Party.PROVIDER if adds and after is booking.state else party
    machine = session.get_one(Machine, kept.machine_id)
    return Move(
        price=_offered(it, machine).quote(_wanted(it, wish)),
        returned=cancelling(session, it, side, now),
        approval=after is State.PENDING,
    )


def _offered(it: Opened, machine: Machine) -> Offered:
    """The machine at the price that was agreed."""
    price = it.kept.price
    return Offered(machine.id, machine.operated_id, price.operator, machine.qualified_until, price)


def _wanted(it: Opened, wish: Wish) -> MachineWish:
    return MachineWish(wish, it.kept.with_operator, it.kept.pieces)
