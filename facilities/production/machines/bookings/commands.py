"""Booking a machine for a firm: hold, confirm, approve, cancel; each verb is one transaction.

The engine keeps what is free and the state. The trade adds whose it is, the price and the rules that were
agreed, the lines of what is owed, and whom to tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings import commands, ending
from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.keeping import in_time
from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.policy import require
from facilities.capacity.cancelling import (
    FREE,
    CancellationRules,
    Outcome,
    cancellation,
    no_show,
)
from facilities.capacity.lifecycle import Party, State
from facilities.capacity.pricing import Quote
from facilities.capacity.rules import violations
from facilities.production.machines.bookings.charging import (
    Said,
    charge,
    counter_entries,
    deposit_line,
    paid_of,
)
from facilities.production.machines.bookings.queries import Step
from facilities.production.machines.events import announce_booking
from facilities.production.machines.model import (
    TRADE,
    BookingEntry,
    Machine,
    MachineBooking,
    MachineState,
)
from facilities.production.machines.policy import (
    acting,
    require_active,
    require_member,
    require_standing,
    sight_of,
)
from facilities.production.machines.queries import Asked, asked_for
from facilities.production.machines.wishes import MachineWish, Offered, own_machine
from shared.errors import Conflict, InvalidInput
from shared.inserting import insert_entities
from shared.text import Text
from shared.transaction import Transaction

_NOT_OFFERED = Text("该设备当前不可预订", "The machine is not offered now")
_OVER = Text("预订时间已过", "Its time is over")


@dataclass(frozen=True, slots=True)
class Opened:
    """A booking as the engine and as the trade keep it."""

    booking: Booking
    kept: MachineBooking
    known: "Known | None" = None
    """What whoever answers with it need not read."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a verb knows of the booking that it has just made."""

    machine: Machine
    """Held here: the session alone would forget it."""
    firms: Mapping[str, str]
    """What its two sides are called."""
    history: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """Of which series a booking is an occurrence, and whose wish that was."""

    series_id: UUID
    booked_by: UUID | None
    booked_name: str


def hold(
    tx: Transaction,
    machine_id: UUID,
    on_behalf_of: str,
    wanted: MachineWish,
    purpose: str,
    *,
    ends: bool = False,
) -> Opened:
    """Keep a machine for a firm for a quarter of an hour, at the price of today.

    Raises Forbidden for others than members of the firm, NotFound, Conflict where the firm is not active or
    the machine not offered, InvalidInput with everything that the wish breaks, Full with alternatives. The
    transaction `ends` with it where nothing is asked or changed in it any more.
    """
    require_member(tx.actor, on_behalf_of)
    sight = sight_of(tx.actor)
    asked = asked_for(tx.session, machine_id, sight, on_behalf_of, wanted.wish.starts_at, tx.now)
    made = make_out(tx, asked, on_behalf_of, wanted, purpose)
    booking = commands.hold(tx, made.order, ends=ends)
    return write_down(tx, made, booking, Party.CUSTOMER, ends=ends)


@dataclass(frozen=True, slots=True)
class Made:
    """A wish made out: what would be booked of the engine, by which terms of the machine."""

    order: Order
    machine: Machine
    found: Offered
    price: Quote
    wanted: MachineWish
    purpose: str
    firms: Mapping[str, str] | None = None
    """What the two sides are called, where that was read."""


def make_out(tx: Transaction, asked: Asked, customer: str, wanted: MachineWish, purpose: str) -> Made:
    """Make out a wish of a firm at the price of today; raises as `hold` does. Nothing is taken yet."""
    machine = asked.machine
    _require_published(machine)
    require_standing(*asked.standing)
    wrong = [*own_machine(customer, machine.owner), *violations(wanted.wish, machine.policy, tx.now)]
    if wrong:
        raise InvalidInput(errors=wrong)
    made = priced(machine, customer, asked.offered, wanted, purpose)
    units = asked.units[made.order.resource_id]
    return replace(made, firms=asked.firms, order=replace(made.order, units=units))


def require_bookable(tx: Transaction, machine: Machine, customer: str) -> None:
    """The machine is offered and both firms are active; Conflict otherwise."""
    _require_published(machine)
    require_active(tx.session, customer, machine.owner)


def _require_published(machine: Machine) -> None:
    if machine.state is not MachineState.PUBLISHED:
        raise Conflict(_NOT_OFFERED, slug="not-offered")


def priced(
    machine: Machine,
    customer: str,
    found: Offered | None,
    wanted: MachineWish,
    purpose: str,
    tie: Tie | None = None,
) -> Made:
    """The order of a wish at the price that was found, for one booking or for each of a series.

    Raises Conflict where there is no price, InvalidInput with what is not possible on the machine.
    """
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
        customer=customer,
        series_id=tie.series_id if tie else None,
        booked_by=tie.booked_by if tie else None,
        booked_name=tie.booked_name if tie else "",
        price_fen=price.total_fen,
        price_lines=[line.to_json() for line in price.lines],
    )
    return Made(order, machine, found, price, wanted, purpose)


def write_down(tx: Transaction, made: Made, booking: Booking, party: Party, *, ends: bool = False) -> Opened:
    """Keep the terms of what is held, and the first step of its history."""
    kept = MachineBooking(
        id=booking.id,
        version=1,
        machine_id=made.machine.id,
        owner=made.machine.owner,
        customer=booking.customer,
        with_operator=made.wanted.with_operator,
        pieces=made.wanted.pieces,
        purpose=made.purpose,
        deposit_fen=made.price.deposit_fen,
        tariff=made.found.price.to_json(),
        cancellation=made.machine.cancellation,
    )
    first = _entry(tx, kept, 1, "held", party)
    if ends:
        tx.add_last([booking, kept], [(BookingEntry, first)])
    else:
        insert_entities(tx.session, [booking, kept], [(BookingEntry, first)])
    if made.firms is None:
        return Opened(booking, kept)
    return Opened(booking, kept, Known(made.machine, made.firms, (Step("held", party, tx.now, None),)))


def keep_one_of_many(
    tx: Transaction,
    machine: Machine,
    customer: str,
    found: Offered | None,
    wanted: MachineWish,
    purpose: str,
    tie: Tie,
) -> Opened:
    """The step of `hold` for each of a series, at the price that was found; Full names no other times."""
    made = priced(machine, customer, found, wanted, purpose, tie)
    return write_down(tx, made, commands.hold(tx, made.order, suggest=False), Party.CUSTOMER)


def confirm(tx: Transaction, it: Opened) -> Opened:
    """The customer wants it: charged at once, or sent to the owner for approval."""
    return confirm_as(tx, it, acting(tx.actor, it.kept, "confirm"))


def confirm_as(tx: Transaction, it: Opened, party: Party, *, in_series: bool = False) -> Opened:
    """The step of `confirm`, for one booking or for each of a series."""
    commands.confirm(tx, it.booking, party)
    if it.booking.state is State.PENDING:
        return note(tx, it, "requested", party, in_series=in_series)
    return note(tx, it, "confirmed", party, moved_fen=charge_price(tx, it), in_series=in_series)


def approve(tx: Transaction, it: Opened, *, in_series: bool = False) -> Opened:
    """The owner agrees; from here on it costs."""
    party = acting(tx.actor, it.kept, "approve")
    commands.approve(tx, it.booking, party)
    return note(tx, it, "approved", party, moved_fen=charge_price(tx, it), in_series=in_series)


def reject(tx: Transaction, it: Opened, reason: str, *, in_series: bool = False) -> Opened:
    """The owner does not agree, and says why. Nothing has been charged."""
    party = acting(tx.actor, it.kept, "reject")
    ending.reject(tx, it.booking, party, reason)
    return note(tx, it, "rejected", party, reason, in_series=in_series)


def cancel(tx: Transaction, it: Opened, reason: str) -> Opened:
    """Either side gives it up; what comes back is what the agreed rules say. Conflict when it is over."""
    require_ahead("cancel", it, tx.now)
    return cancel_as(tx, it, acting(tx.actor, it.kept, "cancel"), reason)


def cancel_as(tx: Transaction, it: Opened, party: Party, reason: str, *, in_series: bool = False) -> Opened:
    """The step of `cancel`, on whichever side; the system gives everything back."""
    require(tx, "cancel", it.booking, party)  # what comes back is only asked of what can be given up
    outcome = cancelling(tx.session, it, party, tx.now)
    ending.cancel(tx, it.booking, party, reason)
    moved = charge(tx, it.booking.id, counter_entries(outcome))
    return note(tx, it, "cancelled", party, reason or None, moved, in_series=in_series)


def require_ahead(verb: str, it: Opened, now: datetime) -> None:
    """What was booked and is over cannot be given up or moved any more; Conflict otherwise."""
    if not in_time(verb, it.booking, now):
        raise Conflict(_OVER, slug="not-now")


def cancelling(session: Session, it: Opened, party: Party, now: datetime) -> Outcome:
    """What would come back if this side cancelled now."""
    paid = paid_of(session, it.booking.id)
    return cancellation(terms_of(it), paid, it.booking.starts_at, now, party)


def terms_of(it: Opened) -> CancellationRules:
    """By which rules it would be given up; who only waits has nobody's promise yet, and has made none."""
    return it.kept.cancelling if it.booking.state is State.CONFIRMED else FREE


def missed(tx: Transaction, it: Opened) -> Opened:
    """Nobody came, says the owner: the price is kept, the rest by the agreed rules."""
    party = acting(tx.actor, it.kept, "no-show")
    ending.no_show(tx, it.booking, party)
    return _note_missed(tx, it, party)


def let_go(tx: Transaction, it: Opened) -> None:
    """The engine has let it go because nobody came in time; charged as when the owner says so, and told."""
    if tx.session.scalar(sa.select(_missed(it))):
        return  # the owner has said it, and all of this was done with that
    _note_missed(tx, it, Party.SYSTEM)
    tx.audit("machine-booking.let-go", "booking", it.booking.id, on_behalf_of=it.kept.customer)


def _missed(it: Opened) -> sa.Exists:
    of_it = sa.and_(BookingEntry.booking_id == it.booking.id, BookingEntry.step == "missed")
    return sa.exists().where(of_it)


def _note_missed(tx: Transaction, it: Opened, party: Party) -> Opened:
    outcome = no_show(it.kept.cancelling, paid_of(tx.session, it.booking.id))
    return note(tx, it, "missed", party, moved_fen=charge(tx, it.booking.id, counter_entries(outcome)))


def expired(tx: Transaction, it: Opened, *, in_series: bool = False) -> None:
    """The engine has let it go because nobody acted in time; the trade notes it and tells."""
    note(tx, it, "expired", Party.SYSTEM, in_series=in_series)
    tx.audit("machine-booking.expired", "booking", it.booking.id, on_behalf_of=it.kept.customer)


def enter(tx: Transaction, kept: MachineBooking, step: str, party: Party, reason: str | None = None) -> None:
    """Note a step of a booking in its history."""
    last = sa.select(sa.func.max(BookingEntry.number)).where(BookingEntry.booking_id == kept.id)
    number = (tx.session.scalar(last) or 0) + 1
    tx.session.add(BookingEntry(**_entry(tx, kept, number, step, party, reason)))


def _entry(
    tx: Transaction, kept: MachineBooking, number: int, step: str, party: Party, reason: str | None = None
) -> dict[str, Any]:
    return {
        "booking_id": kept.id,
        "number": number,
        "step": step,
        "party": party,
        "at": tx.now,
        "made_by": tx.actor.id,
        "reason": reason,
    }


def charge_price(tx: Transaction, it: Opened) -> int:
    """Enter the price as it was agreed, with the deposit; returns their sum in fen."""
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
    *,
    in_series: bool = False,
) -> Opened:
    """Note a step in the history and tell both sides of it; `in_series`: they are told of the whole."""
    enter(tx, it.kept, step, party, reason)
    announce_booking(
        tx, it.booking, it.kept, step, party, reason=reason, moved_fen=moved_fen, in_series=in_series
    )
    tx.session.flush()
    return replace(it, known=None)
