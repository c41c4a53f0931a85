"""How every verb writes a booking down: for the version that was read alone, and with its appointment."""

from sqlalchemy.orm.exc import StaleDataError

from facilities.capacity.bookings.model import Booking
from shared.errors import PreconditionFailed
from shared.transaction import Transaction

EXPIRY_TIMER = "booking-expiry"


def save(tx: Transaction, booking: Booking) -> None:
    """Write the booking; PreconditionFailed when somebody else has changed it meanwhile."""
    booking.updated_at = tx.now
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error


def wait_until(tx: Transaction, booking: Booking) -> None:
    """Make the appointment at which it expires, where it waits.

    A new one each time, under a key of its own, and none is ever taken back: whoever keeps an appointment
    holds its row while waiting for the ledgers, so nobody who holds ledgers may wait for that row. One that
    has become pointless finds nothing to do.
    """
    if booking.expires_at is not None:
        key = f"{booking.id}/{booking.version}"
        tx.schedule(EXPIRY_TIMER, key, booking.expires_at, {"booking": str(booking.id)})
