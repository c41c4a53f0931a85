"""A firm that is suspended or closed: its machines are taken off, what lies ahead is cancelled and paid back.

One step a transaction, each an appointment of its own: whatever is killed amid it begins that one step again,
and a step that was taken finds nothing left to do.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import VERBS, Party, allows
from facilities.enterprises.model import EnterpriseCopy
from facilities.production.machines.bookings.commands import Opened, cancel_as
from facilities.production.machines.bookings.queries import find_booking
from facilities.production.machines.commands import take_off
from facilities.production.machines.model import Machine, MachineBooking, MachineState
from facilities.production.machines.policy import ACTIVE
from shared.ids import new_id
from shared.transaction import Transaction

ROUND_TIMER = "machines-firm-ended"
STEP_TIMER = "machines-firm-ended-booking"
AT_ONCE = 50
AGAIN = timedelta(minutes=10)
"""A second round, for what was booked while the event was under way."""

REASON = "企业已停业或注销 · The firm is not active any more"


def expect(tx: Transaction, uscc: str) -> None:
    """Make the appointments for both rounds."""
    for number, due_at in enumerate((tx.now, tx.now + AGAIN)):
        tx.schedule(ROUND_TIMER, f"{uscc}/{number}", due_at, {"uscc": uscc})


def go_round(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Take off the firm's machines and make an appointment for each of its bookings, some at a time."""
    uscc = str(payload["uscc"])
    if _has_come_back(tx, uscc):
        return
    offered = sa.select(Machine).where(Machine.owner == uscc, Machine.state == MachineState.PUBLISHED)
    machines = tx.session.scalars(offered.limit(AT_ONCE)).all()
    for machine in machines:
        take_off(tx, machine)
    after = str(payload.get("after") or UUID(int=0))
    due = (
        sa.select(Booking.id)
        .join(MachineBooking, MachineBooking.id == Booking.id)
        .where(
            sa.or_(MachineBooking.owner == uscc, MachineBooking.customer == uscc),
            Booking.state.in_(VERBS["cancel"].sources),
            Booking.id > UUID(after),
        )
        .order_by(Booking.id)
        .limit(AT_ONCE)
    )
    found = list(tx.session.scalars(due))
    for booking_id in found:
        tx.schedule(STEP_TIMER, str(booking_id), tx.now, {"booking": str(booking_id), "uscc": uscc})
    if AT_ONCE in (len(found), len(machines)):
        last = str(found[-1]) if found else after
        tx.schedule(ROUND_TIMER, f"{uscc}/{new_id()}", tx.now, {"uscc": uscc, "after": last})


def cancel_one(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Cancel one booking and give back all that was charged, unless that is done or it has begun."""
    if _has_come_back(tx, str(payload["uscc"])):
        return
    it = Opened(*find_booking(tx.session, UUID(str(payload["booking"])), sa.true()))
    if allows("cancel", it.booking.state):
        cancel_as(tx, it, Party.SYSTEM, REASON)


def _has_come_back(tx: Transaction, uscc: str) -> bool:
    """Whether the register has meanwhile said that the firm is active again."""
    return tx.session.scalar(sa.select(EnterpriseCopy.status).where(EnterpriseCopy.uscc == uscc)) == ACTIVE
