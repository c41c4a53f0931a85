"""A firm that is suspended or closed: its machines are taken off, what lies ahead is cancelled and paid back.

Its series are continued no more; it waits for nothing, nor anybody for its machines. One step a transaction,
each an appointment of its own: whatever is killed amid it begins that one step again, and a step that was
taken finds nothing left to do.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings.keeping import in_time
from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import VERBS, Party, allows
from facilities.capacity.waiting.commands import give_up
from facilities.capacity.waiting.model import WaitlistEntry, WaitState
from facilities.enterprises.model import EnterpriseCopy
from facilities.production.machines.bookings.commands import Opened, cancel_as
from facilities.production.machines.bookings.queries import find_booking
from facilities.production.machines.commands import take_off
from facilities.production.machines.model import Machine, MachineBooking, MachineState
from facilities.production.machines.policy import ACTIVE
from facilities.production.machines.reasons import NOT_ACTIVE, as_kept
from facilities.production.machines.series.commands import end_series
from facilities.production.machines.series.queries import series_that_stand
from facilities.production.machines.waiting.model import MachineWaiting
from shared.ids import new_id
from shared.transaction import Transaction

ROUND_TIMER = "machines-firm-ended"
STEP_TIMER = "machines-firm-ended-booking"
WAITING_TIMER = "machines-firm-ended-waiting"
AT_ONCE = 50
AGAIN = timedelta(minutes=10)
"""A second round, for what was booked while the event was under way."""

_REASON = as_kept(NOT_ACTIVE)


def expect(tx: Transaction, uscc: str) -> None:
    """Make the appointments for both rounds."""
    for number, due_at in enumerate((tx.now, tx.now + AGAIN)):
        tx.schedule(ROUND_TIMER, f"{uscc}/{number}", due_at, {"uscc": uscc})


def go_round(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Take off the firm's machines, end its series, and make an appointment for all else, some at a time."""
    uscc = str(payload["uscc"])
    if _has_come_back(tx, uscc):
        return
    offered = sa.select(Machine).where(Machine.owner == uscc, Machine.state == MachineState.PUBLISHED)
    machines = tx.session.scalars(offered.limit(AT_ONCE)).all()
    for machine in machines:
        take_off(tx, machine)
    recurring = series_that_stand(tx.session, uscc, AT_ONCE)
    for each in recurring:
        end_series(tx, each, _REASON)
    bookings = _ahead(tx, _bookings_of(uscc, tx.now), payload.get("after"))
    for booking_id in bookings:
        tx.schedule(STEP_TIMER, str(booking_id), tx.now, {"booking": str(booking_id), "uscc": uscc})
    entries = _ahead(tx, _entries_of(uscc), payload.get("after_entry"))
    for entry_id in entries:
        tx.schedule(WAITING_TIMER, str(entry_id), tx.now, {"entry": str(entry_id), "uscc": uscc})
    if AT_ONCE in map(len, (machines, recurring, bookings, entries)):
        last = {
            "after": _last(bookings, payload.get("after")),
            "after_entry": _last(entries, payload.get("after_entry")),
        }
        tx.schedule(ROUND_TIMER, f"{uscc}/{new_id()}", tx.now, {"uscc": uscc, **last})


def cancel_one(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Cancel one booking and give back all that was charged, unless that is done or it has begun."""
    if _has_come_back(tx, str(payload["uscc"])):
        return
    it = Opened(*find_booking(tx.session, UUID(str(payload["booking"])), sa.true()))
    if allows("cancel", it.booking.state) and in_time("cancel", it.booking, tx.now):
        cancel_as(tx, it, Party.SYSTEM, _REASON)


def stop_waiting(tx: Transaction, payload: Mapping[str, object]) -> None:
    """End one entry of a waitlist, of the firm or for one of its machines."""
    entry = tx.session.get(WaitlistEntry, UUID(str(payload["entry"])))
    if entry is not None and not _has_come_back(tx, str(payload["uscc"])):
        give_up(tx, entry)


def _bookings_of(uscc: str, now: datetime) -> sa.Select[UUID]:
    return (
        sa.select(Booking.id)
        .join(MachineBooking, MachineBooking.id == Booking.id)
        .where(
            sa.or_(MachineBooking.owner == uscc, MachineBooking.customer == uscc),
            Booking.state.in_(VERBS["cancel"].sources),
            Booking.ends_at > now,
        )
    )


def _entries_of(uscc: str) -> sa.Select[UUID]:
    return (
        sa.select(WaitlistEntry.id)
        .join(MachineWaiting, MachineWaiting.id == WaitlistEntry.id)
        .where(
            sa.or_(MachineWaiting.owner == uscc, MachineWaiting.customer == uscc),
            WaitlistEntry.state == WaitState.WAITING,
        )
    )


def _ahead(tx: Transaction, query: sa.Select[UUID], after: object) -> Sequence[UUID]:
    """The next of these ids after one of them."""
    (found,) = query.selected_columns
    later = query.where(found > UUID(str(after))) if after else query
    return tx.session.scalars(later.order_by(found).limit(AT_ONCE)).all()


def _last(found: Sequence[UUID], before: object) -> str | None:
    return str(found[-1]) if found else (str(before) if before else None)


def _has_come_back(tx: Transaction, uscc: str) -> bool:
    """Whether the register has meanwhile said that the firm is active again."""
    return tx.session.scalar(sa.select(EnterpriseCopy.status).where(EnterpriseCopy.uscc == uscc)) == ACTIVE
