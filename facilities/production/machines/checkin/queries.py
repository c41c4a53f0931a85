"""What somebody who has scanned the code of a machine can do there now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import State
from facilities.production.machines.model import Machine, MachineBooking
from facilities.production.machines.policy import firms_of
from shared.actor import Actor
from shared.clock import PARK_TZ
from shared.text import Text

AHEAD = timedelta(days=2)
"""So far ahead bookings are shown to whoever comes too early."""
BEHIND = timedelta(days=62)
"""So long ago a use may have begun; twice the longest time for which a machine can be booked."""
MOST = 20

_NO_FIRM = Text("您不是任何企业的经办人", "You act for no firm")
_NONE = Text("贵企业近期没有这台设备的预订", "Your firms have no booking of this machine these days")
_EARLY = Text("尚未到签到时间，{since}起可签到", "It is too early; check in from {since} on")
_PENDING = Text("预订尚未确认或未获批准", "The booking is not confirmed or approved yet")


@dataclass(frozen=True, slots=True)
class Due:
    """A booking at this machine, and what can be done with it now; if nothing, why not."""

    booking: Booking
    kept: MachineBooking
    action: str | None
    """`check-in` or `check-out`."""
    reason: Text | None


def due_at(session: Session, machine: Machine, reader: Actor, now: datetime) -> Sequence[Due]:
    """The reader's bookings of a machine that are in use or lie ahead, the earliest first."""
    query = (
        sa.select(Booking, MachineBooking)
        .join(MachineBooking, MachineBooking.id == Booking.id)
        .where(
            Booking.resource_id.in_((machine.id, machine.operated_id)),
            Booking.starts_at.between(now - BEHIND, now + AHEAD),
            MachineBooking.customer.in_(firms_of(reader)),
            sa.or_(
                Booking.state == State.IN_USE,
                sa.and_(Booking.state.in_((State.PENDING, State.CONFIRMED)), Booking.ends_at > now),
            ),
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(MOST)
    )
    return [_due(booking, kept, now) for booking, kept in session.execute(query)]


def why_nothing(reader: Actor) -> Text:
    """Why there is nothing to do at a machine for somebody without a booking."""
    return _NONE if firms_of(reader) else _NO_FIRM


def _due(booking: Booking, kept: MachineBooking, now: datetime) -> Due:
    if booking.state is State.IN_USE:
        return Due(booking, kept, "check-out", None)
    if booking.state is State.PENDING:
        return Due(booking, kept, None, _PENDING)
    around = booking.span.padded(booking.policy.padding)
    if now < around.start:
        since = f"{around.start.astimezone(PARK_TZ):%Y-%m-%d %H:%M}"
        return Due(booking, kept, None, _EARLY.format(since=since))
    return Due(booking, kept, "check-in", None)
