"""A works whose resources have waitlists, of a trade that adds nothing of its own but a note."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.availability.queries import free_units
from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Span
from facilities.capacity.rules import violations
from facilities.capacity.waiting import commands
from facilities.capacity.waiting.commands import TIMERS, waitlists
from facilities.capacity.waiting.model import WaitlistEntry, WaitState
from facilities.capacity.waiting.offering import MOST_SKIPS
from facilities.capacity.waiting.trades import Prepared, Trade
from facilities.production.service import service as production
from shared.errors import Conflict
from shared.messaging.timekeeper import Timekeeper
from shared.messaging.timers import Timer
from shared.service import Service
from shared.transaction import Transaction
from tests.integration.facilities.capacity.works import TRADE, Works


class PlainTrade(Trade):
    """What was waited for is what is booked; `refused` says for whom it is not."""

    def __init__(self) -> None:
        self.refused: set[UUID] = set()

    def prepare(self, tx: Transaction, entry: WaitlistEntry) -> Prepared:
        if entry.id in self.refused:
            raise Conflict
        return Prepared(order_of(entry), note)

    def expired(self, tx: Transaction, entry: WaitlistEntry) -> None:
        tx.audit("test.expired", "test", entry.id)


def order_of(entry: WaitlistEntry) -> Order:
    return Order(entry.trade, entry.resource_id, entry.wish, entry.policy, entry.customer)


def note(tx: Transaction, booking: Booking) -> None:
    """What the trade keeps."""
    tx.audit("test.kept", "test", booking.id)


TRADE_OF_TESTS = PlainTrade()


def with_waitlists(trade: Trade = TRADE_OF_TESTS) -> Service:
    """The production service, its machines replaced."""
    return replace(
        production,
        resources=lambda _settings: waitlists({TRADE: trade}),
        timers={**production.timers, **TIMERS},
    )


def join(works: Works, resource: UUID, start: float, end: float, quantity: int = 1, **more: Any) -> UUID:
    """Wait for a time; the id of the entry."""
    priority = more.pop("priority", 0)
    order = works.order(resource, start, end, quantity, **more)
    entry: WaitlistEntry = works.do(commands.join, order, priority)
    return entry.id


def entry_of(works: Works, entry_id: UUID) -> WaitlistEntry:
    with works.runtime.read() as session:
        return session.get_one(WaitlistEntry, entry_id)


def booking_of(works: Works, entry_id: UUID) -> Booking:
    """What an entry has become."""
    entry = entry_of(works, entry_id)
    assert entry.state is WaitState.OFFERED and entry.booking_id is not None, entry.state
    with works.runtime.read() as session:
        return session.get_one(Booking, entry.booking_id)


def states(works: Works, *entries: UUID) -> list[str]:
    return [entry_of(works, each).state.value for each in entries]


def leave(works: Works, entry_id: UUID) -> None:
    def run(tx: Transaction) -> None:
        commands.leave(tx, tx.session.get_one(WaitlistEntry, entry_id))

    works.do(run)


def keep_appointments(works: Works) -> None:
    while Timekeeper(works.runtime).wake_due():
        pass


def unmet(works: Works, now: datetime) -> list[UUID]:
    """Entries that still wait although there is room for them, and nobody for whom they stand back."""
    with works.runtime.read() as session:
        query = sa.select(WaitlistEntry).where(WaitlistEntry.state == WaitState.WAITING)
        waiting = session.scalars(query).all()
        standing_back = {
            each.id
            for each in waiting
            for before in waiting
            if before.skips >= MOST_SKIPS and before.takes.overlaps(each.takes) and before is not each
        }
        found = []
        for each in waiting:
            if each.id in standing_back or violations(each.wish, each.policy, now):
                continue
            span = Span(each.starts_at, each.ends_at)
            free = free_units(session, {each.resource_id: each.policy.padding}, span)
            if free[each.resource_id] >= each.quantity:
                found.append(each.id)
        return found


def wrongly_served(works: Works) -> list[UUID]:
    """Offered entries whose booking is not theirs; its time may have been moved since."""
    with works.runtime.read() as session:
        rows = sa.select(WaitlistEntry, Booking).join(Booking, Booking.id == WaitlistEntry.booking_id)
        return [
            entry.id
            for entry, booking in session.execute(rows)
            if (entry.resource_id, entry.customer) != (booking.resource_id, booking.customer)
        ]


def failed_appointments(works: Works) -> list[str]:
    with works.runtime.read() as session:
        failing = sa.select(Timer.last_error).where(Timer.failing_since.is_not(None))
        return [str(each) for each in session.scalars(failing)]
