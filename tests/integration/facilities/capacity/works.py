"""A works with pools of capacity: ledgers, resources, and verbs that are each one transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.availability.queries import free_units, timeline
from facilities.capacity.bookings import commands, ending, moving
from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Grid, Span
from facilities.capacity.ledger import setup
from facilities.capacity.ledger.model import BookingClaim, LedgerSlot, OpeningCalendar
from facilities.capacity.lifecycle import CONSUMING, Party
from facilities.capacity.opening import Opening
from facilities.capacity.rules import Policy, Wish
from shared.actor import Actor
from shared.clock import PARK_TZ, ManualClock
from shared.ids import new_id
from shared.messaging.envelope import decode
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timekeeper import Timekeeper
from shared.service import Runtime
from shared.text import Text
from shared.transaction import Transaction

TRADE = "machine"
FIRM, RIVAL = "91990101MA0DEM013U", "91990101MA0DEM021N"
CUSTOMER = Actor(kind="account", id=new_id(), name="企业经办人甲", roles=frozenset({"applicant"}))
EASY = Policy(longest=timedelta(days=3), horizon=timedelta(days=400), most=100)
H = timedelta(hours=1)
QUARTERS = Grid(900, PARK_TZ)


class Works:
    """The engine of one service, on a clock that the test moves."""

    def __init__(self, runtime: Runtime, clock: ManualClock) -> None:
        self.runtime = runtime
        self.clock = clock
        self.now = clock.now()

    def do(self, verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """One verb in a transaction of its own."""
        with self.runtime.transaction(CUSTOMER) as tx:
            return verb(tx, *args, **more)

    def calendar(self, opening: Opening) -> OpeningCalendar:
        made: OpeningCalendar = self.do(setup.create_calendar, Text("工作时间", "Working hours"), opening)
        return made

    def ledger(
        self, capacity: int = 1, grid: Grid = QUARTERS, opening: Opening | None = None, **more: Any
    ) -> int:
        """A ledger of its own, with opening hours of its own."""

        def make(tx: Transaction) -> int:
            hours = setup.create_calendar(tx, Text.same("h"), opening) if opening is not None else None
            return setup.create_ledger(tx, grid, capacity, hours, **more).id

        made: int = self.do(make)
        return made

    def resource(self, *ledgers: int, units: int = 1) -> UUID:
        """Something that takes `units` of each of these ledgers."""
        made = new_id()
        self.do(setup.set_rules, made, dict.fromkeys(ledgers, units))
        return made

    def machine(self, capacity: int = 1, **more: Any) -> UUID:
        """A resource with a ledger of its own."""
        return self.resource(self.ledger(capacity, **more))

    def at(self, hours: float) -> datetime:
        """An instant so many hours after the test's beginning, 09:00 on a Monday in the park."""
        return self.now + timedelta(hours=hours)

    def span(self, start: float, end: float) -> Span:
        return Span(self.at(start), self.at(end))

    def order(
        self,
        resource: UUID,
        start: float,
        end: float,
        quantity: int = 1,
        policy: Policy = EASY,
        customer: str | None = FIRM,
        **changes: Any,
    ) -> Order:
        wish = Wish(self.at(start), self.at(end), quantity)
        return Order(TRADE, resource, wish, replace(policy, **changes), customer)

    def hold(self, resource: UUID, start: float, end: float, quantity: int = 1, **more: Any) -> Booking:
        booking: Booking = self.do(commands.hold, self.order(resource, start, end, quantity, **more))
        return booking

    def book(self, resource: UUID, start: float, end: float, quantity: int = 1, **more: Any) -> Booking:
        """Held and confirmed at once."""
        held = self.hold(resource, start, end, quantity, **more)
        return self.act(commands.confirm, held, Party.CUSTOMER)

    def act(self, verb: Callable[..., Any], booking: Booking, *args: Any, **more: Any) -> Booking:
        """A verb on the booking as it is now."""

        def run(tx: Transaction) -> Booking:
            done: Booking = verb(tx, tx.session.get(Booking, booking.id), *args, **more)
            return done

        found: Booking = self.do(run)
        return found

    def cancel(self, booking: Booking) -> Booking:
        return self.act(ending.cancel, booking, Party.CUSTOMER)

    def move(self, booking: Booking, start: float, end: float, quantity: int = 1, **more: Any) -> Booking:
        party = more.pop("party", Party.CUSTOMER)
        return self.act(moving.move, booking, Wish(self.at(start), self.at(end), quantity), party, **more)

    def again(self, booking: Booking) -> Booking:
        with self.runtime.read() as session:
            found = session.get(Booking, booking.id)
            assert found is not None
            return found

    def free(self, resource: UUID, start: float, end: float, policy: Policy = EASY) -> int:
        """Free units, by both ways of asking."""
        span = self.span(start, end)
        with self.runtime.read() as session:
            found = free_units(session, {resource: policy.padding}, span)[resource]
            padded = span.padded(policy.padding)
            assert timeline(session, resource, padded).least(padded) == found
            return found

    def used(self, ledger: int) -> dict[int, int]:
        """What the ledger says is used, by slot; without slots of which nothing is."""
        with self.runtime.read() as session:
            rows = sa.select(LedgerSlot.slot, LedgerSlot.used).where(LedgerSlot.ledger_id == ledger)
            return {slot: used for slot, used in session.execute(rows) if used}

    def claimed(self, ledger: int) -> dict[int, int]:
        """The same by the claims of bookings that take capacity."""
        found: Counter[int] = Counter()
        with self.runtime.read() as session:
            claims = (
                sa.select(BookingClaim)
                .join(Booking, Booking.id == BookingClaim.booking_id)
                .where(BookingClaim.ledger_id == ledger, Booking.state.in_(CONSUMING))
            )
            for each in session.scalars(claims):
                for slot in range(each.slot_from, each.slot_to):
                    found[slot] += each.units
        return dict(found)

    def whole(self, *ledgers: int) -> None:
        """The ledgers say what the claims say."""
        for ledger in ledgers:
            assert self.used(ledger) == self.claimed(ledger)


@contextmanager
def statements(works: Works) -> Iterator[list[str]]:
    """What is asked of the database within the block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    engine = works.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(engine, "before_cursor_execute", note)


def spans_of(shortages: Iterable[Any], works: Works) -> list[tuple[float, float, int, int]]:
    """Shortages in hours after the test's beginning: from, to, free, short."""
    return [
        ((s.span.start - works.now) / H, (s.span.end - works.now) / H, s.free, s.short) for s in shortages
    ]


def told(works: Works, booking: Booking) -> list[tuple[str, str]]:
    """Steps that were said, each with the state, in their order."""
    with works.runtime.read() as session:
        rows = session.scalars(
            sa.select(OutboxMessage.body)
            .where(OutboxMessage.aggregate_id == str(booking.id))
            .order_by(OutboxMessage.sequence)
        )
        events = [decode(body) for body in rows]
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    return [(event.type.split(".")[3], event.data["state"]) for event in events]


def wait(works: Works, **time: float) -> None:
    """Let time pass and appointments be kept."""
    works.clock.advance(timedelta(**time))
    while Timekeeper(works.runtime).wake_due():
        pass
