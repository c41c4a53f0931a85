"""When a verb can be used on a booking, and whether a wish keeps to the rules."""

from datetime import datetime
from uuid import UUID

from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.queries import standing_of
from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import STATE_NAMES, Party, allows, may
from facilities.capacity.quotas import reach
from facilities.capacity.rules import Policy, Wish, violations
from shared.database import take_turns
from shared.errors import Conflict, Forbidden, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_STATE = Text("预订当前为“{state}”，不能进行此操作", "The booking is “{state}”; this cannot be done now")
_PARTY = Text("您不能这样处理这个预订", "You may not do this to the booking")
_OVERDUE = Text("保留时间已过，请重新预订", "The time for it is over; please book again")


def require(tx: Transaction, verb: str, booking: Booking, party: Party) -> None:
    """The verb belongs to this side and to this state, and what waits has not waited too long.

    Raises Forbidden or Conflict.
    """
    require_at(tx.now, verb, booking, party)


def require_at(now: datetime, verb: str, booking: Booking, party: Party) -> None:
    """The same at an instant, for whoever only looks."""
    if not may(verb, party):
        raise Forbidden(_PARTY)
    if not allows(verb, booking.state):
        raise Conflict(_STATE.format(state=STATE_NAMES[booking.state]), slug="wrong-state")
    if verb not in {"cancel", "reject", "expire"} and _overdue(now, booking):
        raise Conflict(_OVERDUE, slug="hold-expired")


def is_overdue(tx: Transaction, booking: Booking) -> bool:
    """Whether it has waited for longer than it is kept."""
    return _overdue(tx.now, booking)


def _overdue(now: datetime, booking: Booking) -> bool:
    return booking.expires_at is not None and booking.expires_at <= now


def quota_turn(trade: str, customer: str) -> str:
    """The name of the turn in which the bookings of a customer are counted."""
    return f"quota/{trade}/{customer}"


def await_turn(tx: Transaction, trade: str, customer: str | None, policy: Policy) -> None:
    """Where the customer has quotas: bookings of this customer take turns until their transactions end."""
    if policy.quotas and customer is not None:
        take_turns(tx.session, quota_turn(trade, customer))


def require_allowed(
    tx: Transaction,
    trade: str,
    customer: str | None,
    wish: Wish,
    policy: Policy,
    *,
    but: UUID | None = None,
) -> None:
    """The wish keeps to the rules; InvalidInput names everything that it breaks.

    Where the customer has quotas, bookings of this customer take turns until their transactions end.
    """
    wrong = violations(wish, policy, tx.now)
    if not wrong and policy.quotas and customer is not None:
        await_turn(tx, trade, customer, policy)
        within = reach(Span(wish.starts_at, wish.ends_at), policy.quotas, policy.tz)
        standing = standing_of(tx.session, trade, customer, within, tx.now, among=policy.counted, but=but)
        wrong = violations(wish, policy, tx.now, standing)
    if wrong:
        raise InvalidInput(errors=wrong)
