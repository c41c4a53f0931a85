"""Waiting for a machine: join and leave, and the trade's part when the engine offers what became free."""

from dataclasses import dataclass
from uuid import UUID

from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import Party
from facilities.capacity.waiting import commands
from facilities.capacity.waiting.model import WaitlistEntry
from facilities.capacity.waiting.trades import Prepared, Trade
from facilities.production.machines.bookings.commands import make_out, write_down
from facilities.production.machines.events import announce_booking
from facilities.production.machines.policy import require_member, sight_of
from facilities.production.machines.queries import ALL, asked_for
from facilities.production.machines.waiting.model import MachineWaiting
from facilities.production.machines.wishes import MachineWish
from shared.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Waits:
    """An entry as the engine and as the trade keep it."""

    entry: WaitlistEntry
    kept: MachineWaiting


class MachineWaitlist(Trade):
    """Machines are offered at the price of the day on which they become free; the customer confirms it."""

    def prepare(self, tx: Transaction, entry: WaitlistEntry) -> Prepared:
        """As a hold of today would be made out; raises as that does."""
        kept = tx.session.get_one(MachineWaiting, entry.id)
        asked = asked_for(tx.session, kept.machine_id, ALL, kept.customer, entry.starts_at, tx.now)
        made = make_out(tx, asked, kept.customer, kept.wanted(entry), kept.purpose)

        def keep(tx: Transaction, booking: Booking) -> None:
            it = write_down(tx, made, booking, Party.SYSTEM)
            announce_booking(tx, it.booking, it.kept, "offered", Party.SYSTEM)

        return Prepared(made.order, keep)

    def expired(self, tx: Transaction, entry: WaitlistEntry) -> None:
        """Nothing more is kept: the list shows it."""


def join(tx: Transaction, machine_id: UUID, on_behalf_of: str, wanted: MachineWish, purpose: str) -> Waits:
    """Wait for a machine that is full.

    Raises what a hold of the same raises but for Full, and Conflict where it is free or waited for already.
    """
    require_member(tx.actor, on_behalf_of)
    sight = sight_of(tx.actor)
    asked = asked_for(tx.session, machine_id, sight, on_behalf_of, wanted.wish.starts_at, tx.now)
    made = make_out(tx, asked, on_behalf_of, wanted, purpose)
    entry = commands.join(tx, made.order)
    kept = MachineWaiting(
        id=entry.id,
        machine_id=machine_id,
        owner=asked.machine.owner,
        customer=on_behalf_of,
        with_operator=wanted.with_operator,
        pieces=wanted.pieces,
        purpose=purpose,
    )
    tx.session.add(kept)
    tx.session.flush()
    return Waits(entry, kept)


def leave(tx: Transaction, it: Waits) -> Waits:
    """Wait no more; for members of the firm that waits."""
    require_member(tx.actor, it.kept.customer)
    commands.leave(tx, it.entry)
    return it
