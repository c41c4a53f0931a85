"""How every verb writes a booking down: for the version that was read alone, and with its appointment."""

from datetime import datetime

from sqlalchemy.orm.exc import StaleDataError

from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import State
from shared.errors import PreconditionFailed
from shared.transaction import Transaction

EXPIRY_TIMER = "booking-expiry"
NO_SHOW_TIMER = "booking-no-show"


def save(tx: Transaction, booking: Booking) -> None:
    """Write the booking; PreconditionFailed when somebody else has changed it meanwhile."""
    booking.updated_at = tx.now
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error


def wait_until(tx: Transaction, booking: Booking) -> None:
    """Make the appointment at which it expires, where it waits, or at which nobody has come for it.

    A new one each time, under a key of its own, and none is ever taken back: whoever keeps an appointment
    holds its row while waiting for the ledgers, so nobody who holds ledgers may wait for that row. One that
    has become pointless finds nothing to do.
    """
    if booking.expires_at is not None:
        key = f"{booking.id}/{booking.version}"
        tx.schedule_anew(EXPIRY_TIMER, key, booking.expires_at, {"booking": str(booking.id)})
    missed_at = no_show_at(booking, tx.now)
    if missed_at is not None:
        key = f"{booking.id}/{booking.version}"
        payload = {"booking": str(booking.id), "version": booking.version}
        tx.schedule_anew(NO_SHOW_TIMER, key, missed_at, payload)


def in_time(verb: str, booking: Booking, now: datetime) -> bool:
    """Whether the hour has come for the verb; most have none. What says the state allows is another matter.

    A use begins not before what belongs to the booking does, and not after its end; nobody is missing before
    its beginning. What was booked and is over can be neither given up nor moved.
    """
    if verb in {"cancel", "move"}:
        return booking.state is not State.CONFIRMED or now < booking.ends_at
    if verb == "start":
        return booking.span.padded(booking.policy.padding).start <= now < booking.ends_at
    return verb != "no-show" or now >= booking.starts_at


def no_show_at(booking: Booking, now: datetime) -> datetime | None:
    """When nobody will have come, where the rules let it go for that; late ones have as long a time."""
    if booking.state is not State.CONFIRMED:
        return None
    after = booking.policy.no_show_after
    return None if after is None else max(booking.starts_at, now) + after
