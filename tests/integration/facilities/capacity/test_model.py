"""Random lives of a works against a model that keeps no slots: it sweeps over the bookings, by the quarter.

After every step the ledgers, what is offered as free, and the audit have to agree with it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from facilities.capacity.auditing.repairing import rebuild
from facilities.capacity.auditing.verifying import audit
from facilities.capacity.availability.queries import free_units
from facilities.capacity.bookings import commands, ending, moving
from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Grid, Padding, Span
from facilities.capacity.ledger import changing, setup
from facilities.capacity.ledger.model import CapacityException
from facilities.capacity.lifecycle import CONSUMING, WAITING, Party, State
from facilities.capacity.opening import Hours, Opening
from facilities.capacity.refusals import Full, InTheWay
from facilities.capacity.rules import Policy, Wish
from shared.clock import PARK_TZ
from shared.errors import Conflict
from shared.ids import new_id
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.capacity.works import QUARTERS, Works

HOURLY = Grid(3600, PARK_TZ)
STEP = timedelta(minutes=15)
FIRST, LAST = 8, 20  # the second ledger is open from 08:00 to 20:00
PADDED = Policy(
    longest=timedelta(days=2),
    most=5,
    padding=Padding(set_up=STEP, after=timedelta(minutes=20)),
    hold_for=2 * STEP,
)
PLAIN = Policy(longest=timedelta(days=2), most=5, needs_approval=True, hold_for=2 * STEP)
NEVER = datetime.max.replace(tzinfo=UTC)
quarters = st.integers(0, 4 * 14)
lengths = st.integers(1, 12)


@dataclass
class Seen:
    """A booking as the model knows it."""

    resource: UUID
    span: Span
    policy: Policy
    quantity: int
    state: State
    expires_at: datetime | None
    until: datetime
    """The end of what it takes: of the padded span, or sooner when its use has ended early."""


class Life(RuleBasedStateMachine):
    """One works, its verbs, and the model beside it."""

    works: Works

    def __init__(self) -> None:
        super().__init__()
        works = self.works
        works.clock.set(MONDAY_MORNING)
        daily = Opening(tuple(Hours(day, time(FIRST), time(LAST)) for day in range(1, 8)))
        self.grids = {works.ledger(2): QUARTERS, works.ledger(3, HOURLY, daily): HOURLY}
        self.fine, self.coarse = self.grids
        self.usual = {self.fine: 2, self.coarse: 3}
        self.closures: dict[UUID, tuple[int, Span, int]] = {}
        self.takes: dict[UUID, dict[int, int]] = {}
        for units in ({self.fine: 1}, {self.coarse: 1}, {self.fine: 1, self.coarse: 2}):
            resource = new_id()
            works.do(setup.set_rules, resource, units)
            self.takes[resource] = units
        self.resources = list(self.takes)
        self.bookings: dict[UUID, Seen] = {}

    # What the model says.

    def capacity(self, ledger: int, at: datetime) -> int:
        local = at.astimezone(PARK_TZ)
        if ledger == self.coarse and not FIRST <= local.hour < LAST:
            return 0
        for where, span, capacity in self.closures.values():
            if where == ledger and span.start <= at < span.end:
                return capacity
        return self.usual[ledger]

    def taken(self, ledger: int, at: datetime, but: UUID | None = None) -> int:
        """Units taken in the quarter or hour of the clock in which `at` lies, by those that reach into it."""
        start = at.replace(minute=0) if self.grids[ledger] is HOURLY else at
        end = start + (timedelta(hours=1) if self.grids[ledger] is HOURLY else STEP)
        return sum(
            self.takes[each.resource].get(ledger, 0) * each.quantity
            for key, each in self.bookings.items()
            if key != but
            and each.state in CONSUMING
            and each.span.padded(each.policy.padding).start < end
            and each.until > start
        )

    def free(self, resource: UUID, span: Span, but: UUID | None = None) -> int:
        """By looking at every quarter of an hour that a slot of the span reaches."""
        least = 99
        for ledger, units in self.takes[resource].items():
            at = span.start.replace(
                minute=0 if self.grids[ledger] is HOURLY else span.start.minute // 15 * 15
            )
            while at < span.end:
                least = min(least, max(self.capacity(ledger, at) - self.taken(ledger, at, but), 0) // units)
                at += STEP
        return least

    def overdue(self, resource: UUID) -> list[Seen]:
        """What a wish for the resource may let go of."""
        mine = self.takes[resource].keys()
        return [
            each
            for each in self.bookings.values()
            if each.expires_at is not None
            and each.expires_at <= self.works.clock.now()
            and not mine.isdisjoint(self.takes[each.resource])
        ]

    def fits(self, resource: UUID, span: Span, quantity: int, but: UUID | None = None) -> bool:
        """Whether it fits, perhaps after letting go of what is overdue, which then has happened."""
        if self.free(resource, span, but) >= quantity:
            return True
        overdue = self.overdue(resource)
        states = [each.state for each in overdue]
        for each in overdue:
            each.state = State.EXPIRED
        if overdue and self.free(resource, span, but) >= quantity:
            for each in overdue:
                each.expires_at = None
            return True
        for each, state in zip(overdue, states, strict=True):
            each.state = state
        return False

    def contradicted(self, ledger: int) -> bool:
        """Whether anything from now on is over what the model now says of the ledger."""
        now = self.works.clock.now()
        now = now.replace(minute=0) if self.grids[ledger] is HOURLY else now
        return any(
            self.taken(ledger, now + n * STEP) > self.capacity(ledger, now + n * STEP) for n in range(4 * 30)
        )

    def pick(self, number: int, *states: State) -> tuple[UUID, Seen] | None:
        """One of the bookings in these states."""
        keys = [key for key, each in self.bookings.items() if each.state in states]
        return (keys[number % len(keys)], self.bookings[keys[number % len(keys)]]) if keys else None

    def act(self, key: UUID, verb: Any, *more: Any) -> Booking:
        found: Booking = self.works.do(lambda tx: verb(tx, tx.session.get_one(Booking, key), *more))
        return found

    def span_of(self, start: int, length: int) -> Span:
        now = self.works.clock.now()
        return Span(now + start * STEP, now + (start + length) * STEP)

    # What happens.

    @rule(
        which=st.integers(0, 2),
        start=quarters,
        length=lengths,
        quantity=st.integers(1, 2),
        padded=st.booleans(),
    )
    def hold(self, which: int, start: int, length: int, quantity: int, padded: bool) -> None:
        resource, policy = self.resources[which], PADDED if padded else PLAIN
        span = self.span_of(start, length)
        taken = span.padded(policy.padding)
        order = commands.Order("machine", resource, Wish(span.start, span.end, quantity), policy)
        if not self.fits(resource, taken, quantity):
            with pytest.raises(Full):
                self.works.do(commands.hold, order)
            return
        held = self.works.do(commands.hold, order, suggest=False)
        seen = Seen(resource, span, policy, quantity, State.HELD, held.expires_at, taken.end)
        self.bookings[held.id] = seen

    @rule(number=st.integers(0, 99))
    def confirm(self, number: int) -> None:
        if (picked := self.pick(number, State.HELD)) is None:
            return
        key, seen = picked
        if seen.expires_at is not None and seen.expires_at <= self.works.clock.now():
            with pytest.raises(Conflict):
                self.act(key, commands.confirm, Party.CUSTOMER)
            return
        booking = self.act(key, commands.confirm, Party.CUSTOMER)
        seen.state, seen.expires_at = booking.state, booking.expires_at
        assert seen.state is (State.PENDING if seen.policy is PLAIN else State.CONFIRMED)

    @rule(number=st.integers(0, 99), approved=st.booleans())
    def decide(self, number: int, approved: bool) -> None:
        picked = self.pick(number, State.PENDING)
        if picked is None or (picked[1].expires_at or NEVER) <= self.works.clock.now():
            return
        key, seen = picked
        if approved:
            self.act(key, commands.approve, Party.PROVIDER)
        else:
            self.act(key, ending.reject, Party.PROVIDER, "no")
        seen.state, seen.expires_at = State.CONFIRMED if approved else State.REJECTED, None

    @rule(number=st.integers(0, 99))
    def cancel(self, number: int) -> None:
        if (picked := self.pick(number, *WAITING, State.CONFIRMED)) is not None:
            self.act(picked[0], ending.cancel, Party.CUSTOMER)
            picked[1].state, picked[1].expires_at = State.CANCELLED, None

    @rule(number=st.integers(0, 99), start=quarters, length=lengths, quantity=st.integers(1, 2))
    def move(self, number: int, start: int, length: int, quantity: int) -> None:
        picked = self.pick(number, *WAITING, State.CONFIRMED)
        if picked is None or (picked[1].expires_at or NEVER) <= self.works.clock.now():
            return
        key, seen = picked
        span = self.span_of(start, length)
        taken = span.padded(seen.policy.padding)
        wish = Wish(span.start, span.end, quantity)
        if not self.fits(seen.resource, taken, quantity, but=key):
            with pytest.raises(Full):
                self.act(key, moving.move, wish, Party.PROVIDER)
            return
        booking = self.act(key, moving.move, wish, Party.PROVIDER)
        seen.span, seen.quantity, seen.until = span, quantity, taken.end
        seen.expires_at = booking.expires_at

    @rule(number=st.integers(0, 99))
    def use_and_finish(self, number: int) -> None:
        """The clock goes to the middle of a booking, whose use then ends early."""
        picked = self.pick(number, State.CONFIRMED)
        if picked is None or picked[1].span.start < self.works.clock.now():
            return
        key, seen = picked
        self.works.clock.set(seen.span.start)
        self.act(key, commands.start, Party.CUSTOMER)
        middle = seen.span.start + (seen.span.length // 2) // STEP * STEP
        self.works.clock.set(middle)
        self.act(key, ending.finish, Party.CUSTOMER)
        seen.state, seen.until = State.DONE, min(middle + seen.policy.padding.after, seen.until)

    @rule(later=st.integers(1, 5))
    def wait(self, later: int) -> None:
        self.works.clock.advance(later * STEP)

    @rule(number=st.integers(0, 99))
    def wake(self, number: int) -> None:
        """An appointment is kept, whether there is still a reason for it or not."""
        if (picked := self.pick(number, *State)) is None:
            return
        key, seen = picked
        self.works.do(ending.wake, {"booking": str(key)})
        if seen.expires_at is not None and seen.expires_at <= self.works.clock.now():
            seen.state, seen.expires_at = State.EXPIRED, None

    @rule(coarse=st.booleans(), start=quarters, length=lengths, capacity=st.integers(0, 4))
    def set_exception(self, coarse: bool, start: int, length: int, capacity: int) -> None:
        ledger = self.coarse if coarse else self.fine
        span = self.span_of(start, length)
        whole = self.grids[ledger].span_of(self.grids[ledger].slots(span))
        if any(where == ledger and each.overlaps(whole) for where, each, _capacity in self.closures.values()):
            with pytest.raises(Conflict, match="stands for"):
                self.works.do(changing.set_exception, ledger, span, capacity, "检修")
            return
        key = new_id()
        self.closures[key] = (ledger, whole, capacity)
        if self.contradicted(ledger):
            del self.closures[key]
            with pytest.raises(InTheWay):
                self.works.do(changing.set_exception, ledger, span, capacity, "检修")
            return
        made = self.works.do(changing.set_exception, ledger, span, capacity, "检修")
        self.closures[made.id] = self.closures.pop(key)

    @precondition(lambda self: self.closures)
    @rule(number=st.integers(0, 99))
    def remove_exception(self, number: int) -> None:
        key = list(self.closures)[number % len(self.closures)]
        kept = self.closures.pop(key)

        def remove(tx: Any) -> None:
            changing.remove_exception(tx, tx.session.get_one(CapacityException, key))

        if self.contradicted(kept[0]):
            self.closures[key] = kept
            with pytest.raises(InTheWay):
                self.works.do(remove)
            return
        self.works.do(remove)

    @rule(coarse=st.booleans(), capacity=st.integers(0, 4))
    def change_capacity(self, coarse: bool, capacity: int) -> None:
        ledger = self.coarse if coarse else self.fine
        before, self.usual[ledger] = self.usual[ledger], capacity
        if self.contradicted(ledger):
            self.usual[ledger] = before
            with pytest.raises(InTheWay):
                self.works.do(changing.change_capacity, ledger, capacity)
            return
        self.works.do(changing.change_capacity, ledger, capacity)

    # What has to hold.

    @invariant()
    def what_is_offered_is_what_the_sweep_finds(self) -> None:
        now = self.works.clock.now()
        with self.works.runtime.read() as session:
            for start in (0, 3, 10, 26, 40):
                span = Span(now + start * STEP, now + (start + 4) * STEP)
                padding = dict.fromkeys(self.resources, PLAIN.padding)
                found = free_units(session, padding, span)
                assert found == {each: self.free(each, span) for each in self.resources}

    @invariant()
    def the_ledgers_say_what_the_bookings_say(self) -> None:
        for ledger in self.grids:
            self.works.whole(ledger)

    def teardown(self) -> None:
        """At the end the audit finds nothing, and so does computing everything anew."""
        now = self.works.clock.now()
        mine = {f"ledger {ledger}" for ledger in self.grids}
        assert [each for each in audit(self.works.runtime.database, now) if each.place in mine] == []
        for ledger in self.grids:
            assert self.works.do(rebuild, ledger) == 0
        for key, seen in self.bookings.items():
            assert self.works.again(Booking(id=key)).state is seen.state


@pytest.mark.parametrize(
    ("lives", "steps"),
    [(3, 20), pytest.param(100, 40, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])],
    ids=["short", "long"],
)
def test_every_life_of_a_works_is_as_the_sweep_says(works: Works, lives: int, steps: int) -> None:
    machine = type("LifeOf", (Life,), {"works": works})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
