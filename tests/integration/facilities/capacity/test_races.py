"""Eight processes at once: whatever they do to one another, nothing is ever oversold.

With a negative control: what most systems do, looking first and writing then, oversells in the same harness.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.capacity.auditing.verifying import audit
from facilities.capacity.bookings import commands, ending, moving
from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Span
from facilities.capacity.ledger import changing
from facilities.capacity.ledger.model import CapacityException, ClaimRule, Ledger
from facilities.capacity.lifecycle import CONSUMING, OPEN, Party, State
from facilities.capacity.quotas import Period, Quota
from facilities.capacity.refusals import Full
from facilities.capacity.rules import Policy, Wish
from facilities.capacity.waiting import commands as waiting
from facilities.capacity.waiting.model import WaitlistEntry, WaitState
from facilities.production.service import service as production
from shared.clock import Clock, ManualClock, local_date
from shared.errors import Conflict, InvalidInput, PreconditionFailed
from shared.ids import new_id
from shared.messaging.timekeeper import Timekeeper
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.capacity import queue
from tests.integration.facilities.capacity.processes import at_once
from tests.integration.facilities.capacity.queue import with_waitlists
from tests.integration.facilities.capacity.works import CUSTOMER, FIRM, QUARTERS, RIVAL, TRADE, Works

PROCESSES = 8
CAPACITY = 3
RULES = Policy(
    longest=timedelta(hours=4), horizon=timedelta(days=300), most=2, hold_for=timedelta(minutes=15)
)
APPROVED = Policy(
    longest=timedelta(hours=4),
    horizon=timedelta(days=300),
    most=2,
    needs_approval=True,
    approve_within=timedelta(minutes=30),
)

COUNTED = replace(RULES, quotas=(Quota(60), Quota(200, Period.WEEK)))
"""With quotas the customer's turn is one more thing to be waited for."""

LONG = [pytest.mark.slow, pytest.mark.timeout(1800)]


class FastClock:
    """Ten minutes pass in a second, the same in every process."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """Later than at the last call, wherever that was."""
        return MONDAY_MORNING + 600 * timedelta(seconds=time.monotonic() - self._begun)

    def today(self) -> Any:
        return local_date(self.now())


@pytest.fixture
def hasty(make_system: SystemFactory) -> Works:
    """A works whose clock runs by itself, so that holds expire while others are at it."""
    clock: Clock = FastClock()
    system = make_system([with_waitlists()], clock=clock)
    works = Works(system.runtime("production"), ManualClock(MONDAY_MORNING))
    works.now = datetime(2026, 11, 24, 0, tzinfo=UTC)
    return works


class Rival:
    """One of the processes: it does whatever comes to its mind, and is refused in known ways alone."""

    def __init__(self, works: Works, seed: int, machines: list[UUID], ledgers: list[int]) -> None:
        self.works = works
        self.chance = random.Random(seed)
        self.machines = machines
        self.ledgers = ledgers
        self.done: Counter[str] = Counter()

    def run(self, count: int) -> Counter[str]:
        deeds = [self.book] * 8 + [self.cancel] * 3 + [self.move] * 3 + [self.decide] * 2
        deeds += [self.expire, self.close, self.reopen, self.resize]
        deeds += [self.wait] * 6 + [self.leave, self.keep]
        for _ in range(count):
            deed = self.chance.choice(deeds)
            try:
                deed()
                self.done[deed.__name__] += 1
            except (Conflict, InvalidInput, PreconditionFailed) as refused:
                self.done[refused.code] += 1
        return self.done

    def wish(self) -> Wish:
        start = self.works.now + timedelta(minutes=15 * self.chance.randrange(4 * 12))
        return Wish(
            start, start + timedelta(minutes=15 * self.chance.randint(1, 16)), self.chance.randint(1, 2)
        )

    def any_booking(self) -> Booking | None:
        with self.works.runtime.read() as session:
            ids = session.scalars(sa.select(Booking.id).where(Booking.state.in_(OPEN)).limit(200)).all()
            return session.get(Booking, self.chance.choice(ids)) if ids else None

    def act(self, verb: Callable[..., Any], booking: Booking, *more: Any) -> None:
        """As over HTTP: the booking as it is now must be of the version that was seen."""
        with self.works.runtime.transaction(CUSTOMER) as tx:
            mine = tx.session.get_one(Booking, booking.id)
            if mine.version != booking.version:
                raise PreconditionFailed
            verb(tx, mine, *more)

    def book(self) -> None:
        policy = self.chance.choice([RULES, APPROVED])
        order = commands.Order(TRADE, self.chance.choice(self.machines), self.wish(), policy, FIRM)
        suggest = self.chance.random() < 0.1
        held = self.works.do(commands.hold, order, suggest=suggest)
        if self.chance.random() < 0.7:
            self.act(commands.confirm, held, Party.CUSTOMER)

    def cancel(self) -> None:
        if (booking := self.any_booking()) is not None:
            self.act(ending.cancel, booking, Party.CUSTOMER)

    def move(self) -> None:
        if (booking := self.any_booking()) is not None:
            self.act(moving.move, booking, self.wish(), Party.CUSTOMER)

    def decide(self) -> None:
        booking = self.any_booking()
        if booking is not None and booking.state is State.PENDING:
            if self.chance.random() < 0.5:
                self.act(commands.approve, booking, Party.PROVIDER)
            else:
                self.act(ending.reject, booking, Party.PROVIDER, "另有安排")

    def expire(self) -> None:
        if (booking := self.any_booking()) is not None:
            self.works.do(ending.wake, {"booking": str(booking.id)})

    def close(self) -> None:
        wish = self.wish()
        span, capacity = Span(wish.starts_at, wish.ends_at), self.chance.randint(0, CAPACITY + 1)
        self.works.do(changing.set_exception, self.chance.choice(self.ledgers), span, capacity, "检修")

    def reopen(self) -> None:
        def remove(tx: Any) -> None:
            found = tx.session.scalars(sa.select(CapacityException).with_for_update(skip_locked=True)).first()
            if found is not None:
                changing.remove_exception(tx, found)

        self.works.do(remove)

    def wait(self) -> None:
        policy = self.chance.choice([RULES, APPROVED, COUNTED])
        firm = self.chance.choice([FIRM, RIVAL])
        order = commands.Order(TRADE, self.chance.choice(self.machines), self.wish(), policy, firm)
        self.works.do(waiting.join, order)

    def leave(self) -> None:
        with self.works.runtime.read() as session:
            standing = sa.select(WaitlistEntry.id).where(WaitlistEntry.state == WaitState.WAITING)
            found = session.scalars(standing).all()
        if found:
            queue.leave(self.works, self.chance.choice(found))

    def keep(self) -> None:
        """Appointments, as a worker keeps them."""
        Timekeeper(self.works.runtime).wake_due()

    def resize(self) -> None:
        ledger = self.chance.choice(self.ledgers)
        self.works.do(changing.change_capacity, ledger, self.chance.randint(1, CAPACITY + 1))


def oversold(works: Works) -> list[tuple[int, datetime, int, int]]:
    """By a sweep over the bookings alone: ledger, instant, units booked, units that it holds then."""
    with works.runtime.read() as session:
        takes: dict[int, list[tuple[Span, int]]] = {}
        bookings = session.scalars(sa.select(Booking).where(Booking.state.in_(CONSUMING))).all()
        for rule in session.scalars(sa.select(ClaimRule)):
            takes.setdefault(rule.ledger_id, []).extend(
                (each.span, rule.units * each.quantity)
                for each in bookings
                if each.resource_id == rule.resource_id
            )
        usual = dict(session.execute(sa.select(Ledger.id, Ledger.default_cap)).all())
        exceptions = [
            (each.ledger_id, QUARTERS.span_of(range(each.slot_from, each.slot_to)), each.capacity)
            for each in session.scalars(sa.select(CapacityException))
        ]
    found = []
    for ledger, taken in takes.items():
        edges = {span.start for span, _units in taken}
        edges |= {span.start for where, span, _capacity in exceptions if where == ledger}
        for at in sorted(edges):
            booked = sum(units for span, units in taken if span.start <= at < span.end)
            holds = usual[ledger]
            for where, span, capacity in exceptions:
                if where == ledger and span.start <= at < span.end:
                    holds = capacity
            if booked > holds:
                found.append((ledger, at, booked, holds))
    return found


@pytest.mark.parametrize("deeds", [20, pytest.param(600, marks=LONG)])
def test_nothing_is_oversold_whatever_eight_processes_do(hasty: Works, deeds: int) -> None:
    ledgers = [hasty.ledger(CAPACITY) for _ in range(3)]
    machines = [hasty.resource(*each) for each in (ledgers[:1], ledgers[1:], ledgers, ledgers[2:])]
    seed = random.randrange(2**32)

    def work(number: int) -> Counter[str]:
        return Rival(hasty, seed + number, machines, ledgers).run(deeds)

    done: Counter[str] = sum(at_once(hasty.runtime, work, PROCESSES), Counter())
    assert done["book"] and done["cancel"] and done["capacity-full"] and done["wait"], (seed, done)
    queue.keep_appointments(hasty)
    assert queue.failed_appointments(hasty) == [], (seed, done)
    assert queue.wrongly_served(hasty) == [], (seed, done)
    assert queue.unmet(hasty, hasty.runtime.clock.now()) == [], (seed, done)
    assert list(audit(hasty.runtime.database, hasty.runtime.clock.now())) == [], (seed, done)
    assert oversold(hasty) == [], (seed, done)


@pytest.mark.parametrize("seed", [pytest.param(each, marks=LONG) for each in range(40)])
def test_nobody_waits_for_what_there_is_room_for(hasty: Works, seed: int) -> None:
    """One process alone, for long: what is found here is no race."""
    ledgers = [hasty.ledger(CAPACITY) for _ in range(3)]
    machines = [hasty.resource(*each) for each in (ledgers[:1], ledgers[1:], ledgers, ledgers[2:])]
    rival = Rival(hasty, seed, machines, ledgers)
    for _ in range(60):
        rival.run(20)
        queue.keep_appointments(hasty)
        assert queue.unmet(hasty, hasty.runtime.clock.now()) == []


@pytest.mark.postgres
def test_looking_first_and_writing_then_oversells_in_this_harness(
    postgres_databases: Any, tmp_path: Any
) -> None:
    """The negative control: were this test to fail, the one above would prove nothing."""
    factory = SystemFactory(postgres_databases, tmp_path, ManualClock(MONDAY_MORNING))
    works = Works(factory([production]).runtime("production"), ManualClock(MONDAY_MORNING))
    machine = works.machine(CAPACITY)

    def work(number: int) -> None:
        chance = random.Random(number)
        for _ in range(40):
            naively(works, machine, works.span(1 + (start := chance.randrange(40) / 4), start + 2))

    for _ in range(10):
        at_once(works.runtime, work, PROCESSES)
        if oversold(works):
            break
        works.do(lambda tx: tx.session.execute(sa.delete(Booking)))
    found = oversold(works)
    factory.close()
    assert found


def naively(works: Works, machine: UUID, span: Span) -> None:
    """Look whether there is room, then write: what most systems do."""
    with works.runtime.database.write() as session:
        there = session.scalars(
            sa.select(Booking).where(
                Booking.resource_id == machine, Booking.starts_at < span.end, Booking.ends_at > span.start
            )
        ).all()
        if len(there) >= CAPACITY:
            return
        session.add(
            Booking(
                id=new_id(),
                trade=TRADE,
                resource_id=machine,
                booked_name="",
                starts_at=span.start,
                ends_at=span.end,
                quantity=1,
                state=State.CONFIRMED,
                rules={},
                created_at=span.start,
                updated_at=span.start,
            )
        )


@pytest.mark.parametrize("rounds", [pytest.param(2, id="short"), pytest.param(200, marks=LONG)])
def test_of_fifty_equal_requests_at_once_one_is_met(works: Works, rounds: int) -> None:
    works.runtime.database.close()
    with ThreadPoolExecutor(50) as pool:
        for _ in range(rounds):
            machine = works.machine()
            start = threading.Barrier(50, timeout=60)

            def request(_number: int, machine: UUID = machine, start: threading.Barrier = start) -> bool:
                start.wait()
                try:
                    works.do(commands.hold, works.order(machine, 1, 3), suggest=False)
                except Full:
                    return False
                return True

            assert sum(pool.map(request, range(50))) == 1
            assert works.free(machine, 1, 3) == 0
