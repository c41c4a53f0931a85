"""The ledger and the scan on one filled database, and how long each takes for the same wish."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from bench.bookings import scan
from bench.bookings.filling import CUSTOMER, fill
from bench.bookings.park import POLICY, Booked, Park
from facilities.capacity.availability.queries import free_units
from facilities.capacity.bookings import commands
from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.events import announce
from facilities.capacity.bookings.keeping import EXPIRY_TIMER
from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import NO_PADDING
from facilities.capacity.lifecycle import State
from shared.actor import Actor
from shared.ids import new_id
from shared.service import Runtime

SEARCHED = 200
ACTOR = Actor(kind="account", id=new_id(), name="企业经办人", roles=frozenset({"applicant"}))


class Timer:
    """Milliseconds that one contender took each time."""

    def __init__(self) -> None:
        self.times: list[float] = []

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Add the time of the block."""
        began = time.perf_counter()
        yield
        self.times.append(1e3 * (time.perf_counter() - began))

    def at(self, share: float) -> float:
        """What so large a share of the times was within."""
        return sorted(self.times)[int(share * (len(self.times) - 1))]


class Contest:
    """One database with one park."""

    def __init__(self, runtime: Runtime, resources: int, bookings: int) -> None:
        self.runtime = runtime
        self.park = Park(resources, datetime.now(UTC))
        fill(runtime.database, self.park, self.park.fill(bookings))
        self._booked = False
        self.timers = {
            name: Timer() for name in ("search ledger", "search scan", "booking ledger", "booking scan")
        }

    def search(self) -> None:
        """The same 200 resources and two hours, by both."""
        resources, span = self.park.look(SEARCHED)
        ids = [each.id for each in resources]
        with self.timers["search ledger"].taken(), self.runtime.read() as session:
            by_ledger = free_units(session, dict.fromkeys(ids, NO_PADDING), span)
        with self.timers["search scan"].taken(), self.runtime.read() as session:
            by_scan = scan.free_units(session.connection(), ids, span)
        # The scan adds up bookings that may follow one another, so it can find less free, never more; until
        # either has booked what the other does not know.
        if not self._booked and any(by_ledger[each] < by_scan[each] for each in ids):
            raise AssertionError("the ledger finds less free than the scan")

    def book(self) -> None:
        """Two bookings that fit, one by each."""
        self._booked = True
        self._hold(self.park.book())
        self._scan(self.park.book())

    def _hold(self, booked: Booked) -> None:
        wish = self.park.wish(booked)
        order = Order("machine", booked.resource.id, wish, POLICY, CUSTOMER, price_fen=56000)
        with self.timers["booking ledger"].taken(), self.runtime.transaction(ACTOR) as tx:
            commands.hold(tx, order)

    def _scan(self, booked: Booked) -> None:
        """In the suite's transaction, too, with the event, the appointment and the audit entry of a hold."""
        wish, span = self.park.wish(booked), self.park.span(booked)
        with self.timers["booking scan"].taken(), self.runtime.transaction(ACTOR) as tx:
            made = scan.book(tx.session.connection(), booked.resource.id, span, booked.quantity)
            told = Booking(
                id=made,
                trade="machine",
                resource_id=booked.resource.id,
                customer=CUSTOMER,
                starts_at=wish.starts_at,
                ends_at=wish.ends_at,
                quantity=wish.quantity,
                state=State.HELD,
            )
            announce(tx, told, "held")
            tx.schedule(EXPIRY_TIMER, f"{made}/1", tx.now, {"booking": str(made)})
            tx.audit("booking.held", "booking", made, on_behalf_of=CUSTOMER, begins=True)
