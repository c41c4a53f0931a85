"""Waiting for capacity: join, leave, and the end when the time has come. Offering is in `offering`.

Each takes all ledgers of the resource first, so that none of them can pass by a release that is under way:
either the release sees the entry, or the entry sees what is free.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.policy import require_allowed
from facilities.capacity.freeing import WhenFreed
from facilities.capacity.grid import Span
from facilities.capacity.ledger.commands import takings
from facilities.capacity.ledger.locking import lock
from facilities.capacity.ledger.queries import shortages, units_of
from facilities.capacity.waiting.model import WAIT_STATE_NAMES, WaitlistEntry, WaitState
from facilities.capacity.waiting.offering import LOOK_TIMER, MOST_SKIPS, Waitlist, look, offer
from facilities.capacity.waiting.queries import waiting_of
from facilities.capacity.waiting.trades import Trade, Trades
from shared.database import take_turns
from shared.errors import Conflict, FieldError, InvalidInput, PreconditionFailed
from shared.ids import new_id
from shared.service import TimerHandler
from shared.text import Text
from shared.transaction import Transaction

MOST_WAITING = 20
"""For so much one customer may wait at a time within a trade."""
EXPIRY_TIMER = "waitlist-expiry"

_FREE = Text("该时段目前空闲，请直接预订", "That time is free: please book it")
_CLOSED = Text("该时段不开放，候补不会成功", "It is closed at that time; nothing could become free")
_ALREADY = Text("您已在候补这个时段", "You wait for that time already")
_MOST = Text("同时最多可候补{most}个时段", "You can wait for {most} times at once at most")
_STATE = Text("该候补当前为“{state}”，不能退出", "The entry is “{state}”; it cannot be left now")


def waitlists(trades: Mapping[str, Trade]) -> dict[type, object]:
    """The resources of a service whose trades have waitlists; `TIMERS` belong to them."""
    return {WhenFreed: Waitlist(), Trades: Trades(trades)}


def join(tx: Transaction, order: Order, priority: int = 0) -> WaitlistEntry:
    """Wait until there is room for the order.

    Raises InvalidInput with everything that the wish breaks or where it lies outside of the opening hours,
    Conflict where it is free now (`free-now`), or they wait for it already (`already-waiting`).
    """
    policy, wish = order.policy, order.wish
    require_allowed(tx, order.trade, order.customer, wish, policy)
    who = order.customer or tx.actor.id
    take_turns(tx.session, f"waitlist/{order.trade}/{who}")
    if waiting_of(tx.session, order.trade, order.customer, tx.actor.id) >= MOST_WAITING:
        raise InvalidInput(errors=[FieldError("/", "too_many", _MOST.format(most=MOST_WAITING))])
    units = units_of(tx.session, order.resource_id)
    takes = Span(wish.starts_at, wish.ends_at).padded(policy.padding)
    _require_full(tx, units, wish.quantity, takes)
    entry = WaitlistEntry(
        id=new_id(),
        version=1,
        trade=order.trade,
        resource_id=order.resource_id,
        customer=order.customer,
        joined_by=tx.actor.id,
        joined_name=tx.actor.name,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        quantity=wish.quantity,
        takes_from=takes.start,
        takes_until=takes.end,
        priority=priority,
        skips=0,
        state=WaitState.WAITING,
        expires_at=wish.starts_at - policy.notice,
        rules=policy.to_json(),
        created_at=tx.now,
        updated_at=tx.now,
    )
    _require_new(tx, entry)
    tx.session.add(entry)
    tx.session.flush()
    tx.schedule(EXPIRY_TIMER, str(entry.id), entry.expires_at, {"entry": str(entry.id)})
    tx.audit("waitlist.joined", "waitlist_entry", entry.id, on_behalf_of=entry.customer)
    return entry


def leave(tx: Transaction, entry: WaitlistEntry) -> WaitlistEntry:
    """Wait no more. An entry that was offered has become a booking, which is cancelled instead: Conflict."""
    units = units_of(tx.session, entry.resource_id)
    lock(tx.session, units)
    tx.session.refresh(entry, ["skips"])  # counted past the version, by whoever had the ledgers before
    if entry.state is not WaitState.WAITING:
        raise Conflict(_STATE.format(state=WAIT_STATE_NAMES[entry.state]), slug="wrong-state")
    _end(tx, entry, WaitState.LEFT, tx.now)
    tx.audit("waitlist.left", "waitlist_entry", entry.id, on_behalf_of=entry.customer)
    _let_pass(tx, entry, units)
    return entry


def expire(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The appointment of an entry: nobody could book that time any more."""
    entry = tx.session.get(WaitlistEntry, UUID(str(payload["entry"])))
    if entry is None or entry.state is not WaitState.WAITING:
        return
    seen = entry.version
    units = units_of(tx.session, entry.resource_id)
    lock(tx.session, units)
    tx.session.refresh(entry)
    if entry.version == seen:  # else it was offered, or left, meanwhile
        _expire(tx, entry, units)


def give_up(tx: Transaction, entry: WaitlistEntry) -> None:
    """The system ends it before its time, since nothing can come of it any more; if it has not ended."""
    units = units_of(tx.session, entry.resource_id)
    lock(tx.session, units)
    tx.session.refresh(entry, ["skips"])
    if entry.state is WaitState.WAITING:
        _expire(tx, entry, units)


def _expire(tx: Transaction, entry: WaitlistEntry, units: Mapping[int, int]) -> None:
    _end(tx, entry, WaitState.EXPIRED, tx.now)
    tx.audit("waitlist.expired", "waitlist_entry", entry.id, on_behalf_of=entry.customer)
    tx.resource(Trades).of(entry).expired(tx, entry)
    _let_pass(tx, entry, units)


TIMERS: Mapping[str, TimerHandler] = {EXPIRY_TIMER: expire, LOOK_TIMER: look}


def _require_full(tx: Transaction, units: Mapping[int, int], quantity: int, takes: Span) -> None:
    """Nobody waits for what can be had, nor for what no cancellation could give them."""
    pools = lock(tx.session, units)
    wanted = takings(pools, {ledger: n * quantity for ledger, n in units.items()}, takes)
    missing = [found for each in wanted for found in shortages(tx.session, each.pool, each.slots, each.units)]
    if not missing:
        raise Conflict(_FREE, slug="free-now")
    if any(each.closed for each in missing):
        raise InvalidInput(errors=[FieldError("/starts_at", "closed", _CLOSED)])


def _require_new(tx: Transaction, entry: WaitlistEntry) -> None:
    same = sa.select(WaitlistEntry.id).where(
        WaitlistEntry.state == WaitState.WAITING,
        WaitlistEntry.trade == entry.trade,
        WaitlistEntry.resource_id == entry.resource_id,
        WaitlistEntry.starts_at == entry.starts_at,
        WaitlistEntry.ends_at == entry.ends_at,
        WaitlistEntry.customer == entry.customer
        if entry.customer is not None
        else sa.and_(WaitlistEntry.customer.is_(None), WaitlistEntry.joined_by == entry.joined_by),
    )
    if tx.session.scalar(same.limit(1)) is not None:
        raise Conflict(_ALREADY, slug="already-waiting")


def _end(tx: Transaction, entry: WaitlistEntry, state: WaitState, now: datetime) -> None:
    entry.state = state
    entry.updated_at = now
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error


def _let_pass(tx: Transaction, entry: WaitlistEntry, units: Mapping[int, int]) -> None:
    """Whoever stood back for it may be served now."""
    if entry.skips >= MOST_SKIPS:
        offer(tx, units, dict.fromkeys(units, entry.takes))
