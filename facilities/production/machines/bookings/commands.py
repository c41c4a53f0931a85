"""Booking a machine for a firm: hold, confirm, approve, cancel; each verb is one transaction.

The engine keeps what is free and the state. The trade adds whose it is, the price and the rules that were
agreed, the lines of what is owed, and whom to tell.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings import commands, ending
from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.model import Booking
from facilities.capacity.cancelling import Outcome, cancellation, no_show
from facilities.capacity.lifecycle import Party, State
from facilities.capacity.rules import violations
from facilities.production.machines.bookings.charging import (
    Said,
    charge,
    counter_entries,
    deposit_line,
    paid_of,
)
from facilities.production.machines.events import announce_booking
from facilities.production.machines.model import (
    TRADE,
    BookingEntry,
    Machine,
    MachineBooking,
    MachineState,
)
from facilities.production.machines.policy import acting, require_active, require_member, visible_machine
from facilities.production.machines.queries import find_machine, offered
from facilities.production.machines.wishes import MachineWish, own_machine
from shared.errors import Conflict, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_NOT_OFFERED = Text("该设备当前不可预订", "The machine is not offered now")


@dataclass(frozen=True, slots=True)
class Opened:
    """A booking as the engine and as the trade keep it."""

    booking: Booking
    kept: MachineBooking
    machine: Machine | None = None
    """Where a verb has read it: whoever answers with the booking finds it in the session."""


def hold(tx: Transaction, machine_id: UUID, on_behalf_of: str, wanted: MachineWish, purpose: str) -> Opened:
    """Keep a machine for a firm for a quarter of an hour, at the price of today.

    Raises Forbidden for others than members of the firm, NotFound, Conflict where the firm is not active or
    the machine not offered, InvalidInput with everything that the wish breaks, Full with alternatives.
    """
    require_member(tx.actor, on_behalf_of)
    machine = find_machine(tx.session, machine_id, visible_machine(tx.actor))
    if machine.state is not MachineState.PUBLISHED:
        raise Conflict(_NOT_OFFERED, slug="not-offered")
    require_active(tx.session, on_behalf_of, machine.owner)
    wrong = [*own_machine(on_behalf_of, machine.owner), *violations(wanted.wish, machine.policy, tx.now)]
    if wrong:
        raise InvalidInput(errors=wrong)
    found = offered(tx.session, machine, wanted.wish.starts_at)
    if found is None:
        raise Conflict(_NOT_OFFERED, slug="not-offered")
    impossible = list(found.not_possible(wanted))
    if impossible:
        raise InvalidInput(errors=impossible)
    price = found.quote(wanted)
    order = Order(
        trade=TRADE,
        resource_id=found.resource(with_operator=wanted.with_operator),
        wish=wanted.wish,
        policy=machine.policy,
        customer=on_behalf_of,
        price_fen=price.total_fen,
        price_lines=[line.to_json() for line in price.lines],
    )
    booking = commands.hold(tx, order)
    kept = MachineBooking(
        id=booking.id,
        machine_id=machine.id,
        owner=machine.owner,
        customer=on_behalf_of,
        with_operator=wanted.with_operator,
        pieces=wanted.pieces,
        purpose=purpose,
        deposit_fen=price.deposit_fen,
        tariff=found.price.to_json(),
        cancellation=machine.cancellation,
    )
    tx.session.add(kept)
    tx.session.flush()
    _enter(tx, kept, 1, "held", Party.CUSTOMER)
    return Opened(booking, kept, machine)


def confirm(tx: Transaction, it: Opened) -> Opened:
    """The customer wants it: charged at once, or sent to the owner for approval."""
    party = acting(tx.actor, it.kept, "confirm")
    commands.confirm(tx, it.booking, party)
    if it.booking.state is State.PENDING:
        return note(tx, it, "requested", party)
    return note(tx, it, "confirmed", party, moved_fen=_charge_price(tx, it))


def approve(tx: Transaction, it: Opened) -> Opened:
    """The owner agrees; from here on it costs."""
    party = acting(tx.actor, it.kept, "approve")
    commands.approve(tx, it.booking, party)
    return note(tx, it, "approved", party, moved_fen=_charge_price(tx, it))


def reject(tx: Transaction, it: Opened, reason: str) -> Opened:
    """The owner does not agree, and says why. Nothing has been charged."""
    party = acting(tx.actor, it.kept, "reject")
    ending.reject(tx, it.booking, party, reason)
    return note(tx, it, "rejected", party, reason)


def cancel(tx: Transaction, it: Opened, reason: str) -> Opened:
    """Either side gives it up; what comes back is what the agreed rules say."""
    return cancel_as(tx, it, acting(tx.actor, it.kept, "cancel"), reason)


def cancel_as(tx: Transaction, it: Opened, party: Party, reason: str) -> Opened:
    """The step of `cancel`, on whichever side; the system gives everything back."""
    outcome = cancelling(tx.session, it, party, tx.now)
    ending.cancel(tx, it.booking, party, reason)
    moved = charge(tx, it.booking.id, counter_entries(outcome))
    return note(tx, it, "cancelled", party, reason or None, moved)


def cancelling(session: Session, it: Opened, party: Party, now: datetime) -> Outcome:
    """What would come back if this side cancelled now."""
    paid = paid_of(session, it.booking.id)
    return cancellation(it.kept.cancelling, paid, it.booking.starts_at, now, party)


def missed(tx: Transaction, it: Opened) -> Opened:
    """Nobody came, says the owner: the price is kept, the rest by the agreed rules."""
    party = acting(tx.actor, it.kept, "no-show")
    outcome = no_show(it.kept.cancelling, paid_of(tx.session, it.booking.id))
    ending.no_show(tx, it.booking, party)
    return note(tx, it, "missed", party, moved_fen=charge(tx, it.booking.id, counter_entries(outcome)))


def expired(tx: Transaction, it: Opened) -> None:
    """The engine has let it go because nobody acted in time; the trade notes it and tells."""
    note(tx, it, "expired", Party.SYSTEM)
    tx.audit("machine-booking.expired", "booking", it.booking.id, on_behalf_of=it.kept.customer)


def enter(tx: Transaction, kept: MachineBooking, step: str, party: Party, reason: str | None = None) -> None:
    """Note a step of a booking in its history."""
    last = sa.select(sa.func.max(BookingEntry.number)).where(BookingEntry.booking_id == kept.id)
    _enter(tx, kept, (tx.session.scalar(last) or 0) + 1, step, party, reason)


def _enter(
    tx: Transaction, kept: MachineBooking, number: int, step: str, party: Party, reason: str | None = None
) -> None:
    tx.session.add(
        BookingEntry(
            booking_id=kept.id,
            number=number,
            step=step,
            party=party,
            at=tx.now,
            made_by=tx.actor.id,
            reason=reason,
        )
    )


def _charge_price(tx: Transaction, it: Opened) -> int:
    lines: list[Said] = [
        (str(line["kind"]), Text.of(line["what"]), int(line["amount_fen"]))
        for line in it.booking.price_lines or ()
    ]
    return charge(tx, it.booking.id, [*lines, *deposit_line(it.kept.deposit_fen)])


def note(
    tx: Transaction,
    it: Opened,
    step: str,
    party: Party,
    reason: str | None = None,
    moved_fen: int = 0,
) -> Opened:
    """Note a step in the history and tell both sides of it."""
    enter(tx, it.kept, step, party, reason)
    announce_booking(tx, it.booking, it.kept, step, party, reason=reason, moved_fen=moved_fen)
    tx.session.flush()
    return it
