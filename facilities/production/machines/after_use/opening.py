"""What every act after a use begins and ends with: the booking, whose turn it is, who is to hear of it."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.lifecycle import Party
from facilities.production.machines.bookings.charging import balance_of
from facilities.production.machines.bookings.commands import Opened, enter
from facilities.production.machines.bookings.queries import find_booking
from facilities.production.machines.events import announce_booking
from facilities.production.machines.model import MachineBooking
from facilities.production.machines.policy import parties
from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text
from shared.transaction import Transaction

SIDES = (Party.CUSTOMER, Party.PROVIDER)
LONGEST_REASON = 400
"""Characters of a text that the history and the messages repeat."""

_NEITHER = Text("只有预订双方可以这样办理", "Only the two sides of the booking may do this")
_OTHER_SIDE = Text("应由对方办理", "That is for the other side to do")


def open_in_turn(
    tx: Transaction,
    booking_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> Opened:
    """A booking on which nobody else acts after its use until this transaction ends.

    Amounts are held against what was paid, so whoever adds a line has to see every line before it. Raises
    NotFound, PreconditionFailed.
    """
    take_turn(tx.session, booking_id)
    return Opened(*find_booking(tx.session, booking_id, visible, expected_version=expected_version))


def take_turn(session: Session, booking_id: UUID) -> None:
    """Wait for every other act after the use of this booking."""
    session.scalar(sa.select(MachineBooking.id).where(MachineBooking.id == booking_id).with_for_update())


def side_of(actor: Actor, kept: MachineBooking, among: Collection[Party] = SIDES) -> Party:
    """On which of these sides somebody stands; Forbidden where on none of them."""
    standing = parties(actor, kept)
    found = [party for party in standing if party in among]
    if not found:
        raise Forbidden(_OTHER_SIDE if standing else _NEITHER)
    return found[0]


def other(party: Party) -> Party:
    """The other side."""
    return Party.PROVIDER if party is Party.CUSTOMER else Party.CUSTOMER


def firm_of(kept: MachineBooking, party: Party) -> str | None:
    """The credit code of a side; None for the clock and for the park's operator."""
    return {Party.CUSTOMER: kept.customer, Party.PROVIDER: kept.owner}.get(party)


def paid_so_far(session: Session, booking_id: UUID) -> int:
    """What the customer has paid by the lines so far and not got back, in fen: no more can come back.

    What was kept for a time from which it was moved has been paid, too.
    """
    return balance_of(session, booking_id)


def say(
    tx: Transaction,
    it: Opened,
    step: str,
    party: Party,
    *,
    reason: str | None = None,
    moved_fen: int = 0,
    amount_fen: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note a step in the history and in the audit trail, and tell the two sides of it."""
    said = shortened(reason) if reason else None
    enter(tx, it.kept, step, party, said)
    announce_booking(
        tx, it.booking, it.kept, step, party, reason=said, moved_fen=moved_fen, amount_fen=amount_fen
    )
    tx.audit(
        f"machine-booking.{step}", "booking", it.booking.id, details, on_behalf_of=firm_of(it.kept, party)
    )
    tx.session.flush()


def shortened(text: str) -> str:
    """As much of a text as the history repeats."""
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
