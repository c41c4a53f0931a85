"""The ways in which a booking ends, each giving back what it has not used, in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings.events import announce
from facilities.capacity.bookings.keeping import in_time, save
from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.policy import is_overdue, require
from facilities.capacity.freeing import tell_freed
from facilities.capacity.ledger.commands import Freed, release, trim
from facilities.capacity.ledger.locking import Pool, lock, lock_if_free
from facilities.capacity.ledger.model import BookingClaim
from facilities.capacity.ledger.queries import ledgers_of
from facilities.capacity.lifecycle import WAITING, Party, State, allows
from shared.errors import Conflict
from shared.text import Text
from shared.transaction import Transaction

MOST_AT_ONCE = 50
"""Overdue bookings that one wish lets go of; the others wait for their appointments."""

_NOT_BEGUN = Text("预订时间未到，不能记为未到场", "Its time has not come: nobody can be missing yet")


def cancel(tx: Transaction, booking: Booking, party: Party, reason: str = "") -> Booking:
    """Either side, or the system, gives it up before its use. What that costs is the trade's."""
    require(tx, "cancel", booking, party)
    return _end(tx, booking, State.CANCELLED, "cancelled", reason, {"by": party.value})


def reject(tx: Transaction, booking: Booking, party: Party, reason: str) -> Booking:
    """The provider does not agree."""
    require(tx, "reject", booking, party)
    return _end(tx, booking, State.REJECTED, "rejected", reason)


def no_show(tx: Transaction, booking: Booking, party: Party) -> Booking:
    """Nobody came: from its beginning on the provider or the system may say so."""
    require(tx, "no-show", booking, party)
    if not in_time("no-show", booking, tx.now):
        raise Conflict(_NOT_BEGUN, slug="not-now")
    return _end(tx, booking, State.NO_SHOW, "missed")


def finish(tx: Transaction, booking: Booking, party: Party) -> Booking:
    """The use ends; what was booked after now, and after what belongs to the end, is free again."""
    require(tx, "finish", booking, party)
    after = booking.policy.padding.after
    pools = lock(tx.session, ledgers_of(tx.session, booking.id))
    booking.state = State.DONE
    booking.ended_at = tx.now
    announce(tx, booking, "finished")
    save(tx, booking)
    freed = trim(tx.session, pools, booking.id, tx.now + after)
    tx.audit("booking.finished", "booking", booking.id)
    tell_freed(tx, pools, freed)
    return booking


def wake(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The appointment of a booking that waits: it expires, unless something has happened to it meanwhile."""
    booking = tx.session.get(Booking, UUID(str(payload["booking"])))
    if booking is None or not is_overdue(tx, booking):
        return
    seen = booking.version
    pools = lock(tx.session, ledgers_of(tx.session, booking.id))
    tx.session.refresh(booking, with_for_update=True)
    if booking.version == seen:  # else its new wait has an appointment of its own
        tell_freed(tx, pools, _expire(tx, pools, booking))


def miss(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The appointment of a confirmed booking: nobody has come, unless something has happened meanwhile."""
    booking = tx.session.get(Booking, UUID(str(payload["booking"])))
    if booking is None or booking.version != payload["version"] or not allows("no-show", booking.state):
        return
    lock(tx.session, ledgers_of(tx.session, booking.id))
    tx.session.refresh(booking, with_for_update=True)
    if booking.version == payload["version"]:  # else it is in use, or has another appointment
        no_show(tx, booking, Party.SYSTEM)


def expire_overdue(tx: Transaction, locked: Mapping[int, Pool]) -> int:
    """Let go of what has waited too long on these ledgers, which the caller holds; returns how many.

    Where such a booking takes other ledgers too, they are taken without waiting, or it is left. Whoever waits
    for what becomes free comes before the wish for which room is made here.
    """
    overdue = _overdue_on(tx, locked)
    taken = {each.id: set(ledgers_of(tx.session, each.id)) for each in overdue}
    others = set().union(*taken.values()) - set(locked)
    more = lock_if_free(tx.session, others) if others else set()
    pools = {**locked, **(lock(tx.session, more) if more else {})}  # ours by now: nobody is waited for
    expired = [each for each in overdue if taken[each.id] <= pools.keys()]
    freed = [each for booking in expired for each in _expire(tx, pools, booking)]
    tell_freed(tx, pools, freed)
    return len(expired)


def _overdue_on(tx: Transaction, ledgers: Collection[int]) -> Sequence[Booking]:
    on_these = sa.select(BookingClaim.booking_id).where(BookingClaim.ledger_id.in_(ledgers))
    query = (
        sa.select(Booking)
        .where(Booking.state.in_(WAITING), Booking.expires_at <= tx.now, Booking.id.in_(on_these))
        .order_by(Booking.expires_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return tx.session.scalars(query).all()


def _expire(tx: Transaction, pools: Mapping[int, Pool], booking: Booking) -> Freed:
    """The ledgers are locked, and the booking's row."""
    booking.state = State.EXPIRED
    booking.expires_at = None
    booking.ended_at = tx.now
    announce(tx, booking, "expired")
    save(tx, booking)
    tx.audit("booking.expired", "booking", booking.id)
    return release(tx.session, pools, booking.id)


def _end(
    tx: Transaction,
    booking: Booking,
    state: State,
    step: str,
    reason: str = "",
    details: Mapping[str, str] | None = None,
) -> Booking:
    # Read before the locks, and right all the same: claims change with the version of their booking alone,
    # and the update below goes through only if that is still the one that was read before them.
    pools = lock(tx.session, ledgers_of(tx.session, booking.id))
    booking.state = state
    booking.reason = reason or None
    booking.expires_at = None
    booking.ended_at = tx.now
    announce(tx, booking, step)
    save(tx, booking)
    freed = release(tx.session, pools, booking.id)
    tx.audit(f"booking.{step}", "booking", booking.id, details)
    tell_freed(tx, pools, freed)
    return booking
