"""The waitlist: what becomes free is offered along the line, in the transaction that frees it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.capacity.bookings import commands, ending
from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Padding
from facilities.capacity.ledger import changing, overflow
from facilities.capacity.lifecycle import Party, State
from facilities.capacity.opening import Hours, Opening
from facilities.capacity.quotas import Quota
from facilities.capacity.rules import Policy
from facilities.capacity.waiting import commands as waiting
from facilities.capacity.waiting.commands import MOST_WAITING
from facilities.capacity.waiting.model import WaitlistEntry
from facilities.capacity.waiting.offering import MOST_SKIPS
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.errors import Conflict, InvalidInput
from shared.testing.systems import SystemFactory
from shared.transaction import Transaction
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.capacity.queue import (
    TRADE_OF_TESTS,
    booking_of,
    entry_of,
    join,
    keep_appointments,
    leave,
    states,
    with_waitlists,
)
from tests.integration.facilities.capacity.works import EASY, FIRM, RIVAL, Works

THIRD = "91990101MA0DEM048E"


@pytest.fixture
def works(make_sqlite_system: SystemFactory, clock: ManualClock) -> Works:
    return Works(make_sqlite_system([with_waitlists()]).runtime("production"), clock)


@pytest.fixture(autouse=True)
def nobody_refused() -> Iterator[None]:
    yield
    TRADE_OF_TESTS.refused.clear()


def full(works: Works, capacity: int = 1, **more: Any) -> tuple[UUID, list[Any]]:
    """A machine of which every unit is booked from the fourth to the sixth hour, one by one."""
    machine = works.machine(capacity, **more)
    return machine, [works.book(machine, 4, 6) for _ in range(capacity)]


def test_a_cancellation_becomes_a_hold_for_the_first_in_line(works: Works) -> None:
    machine, (booked,) = full(works)
    first, second = (join(works, machine, 4, 6, customer=firm) for firm in (RIVAL, THIRD))
    works.cancel(booked)
    booking = booking_of(works, first)
    assert (booking.state, booking.customer) == (State.HELD, RIVAL)
    assert booking.expires_at == works.at(2)  # longer than for somebody in front of a screen
    assert states(works, second) == ["waiting"]
    with works.runtime.read() as session:
        acts = sa.select(AuditEntry.actor_kind, AuditEntry.action).where(
            AuditEntry.aggregate_id.in_([str(booking.id), str(first)])
        )
        assert session.execute(acts.order_by(AuditEntry.position)).all()[1:] == [
            ("system", "booking.held"),
            ("system", "waitlist.offered"),
            ("system", "test.kept"),
        ]
    assert works.act(commands.confirm, booking, Party.CUSTOMER).state is State.CONFIRMED


def test_an_offer_that_is_not_taken_goes_to_the_next(works: Works) -> None:
    machine, (booked,) = full(works)
    line = [join(works, machine, 4, 6, customer=firm) for firm in (RIVAL, THIRD)]
    works.cancel(booked)
    works.clock.advance(timedelta(hours=2))
    keep_appointments(works)
    assert booking_of(works, line[0]).state is State.EXPIRED
    assert booking_of(works, line[1]).state is State.HELD


def test_an_offer_that_is_given_up_goes_to_the_next_at_once(works: Works) -> None:
    machine, (booked,) = full(works)
    line = [join(works, machine, 4, 6, customer=firm) for firm in (RIVAL, THIRD)]
    works.cancel(booked)
    works.cancel(booking_of(works, line[0]))
    assert booking_of(works, line[1]).state is State.HELD


def test_priority_comes_before_the_time_of_joining(works: Works) -> None:
    machine, (booked,) = full(works)
    early = join(works, machine, 4, 6, customer=RIVAL)
    urgent = join(works, machine, 4, 6, customer=THIRD, priority=1)
    works.cancel(booked)
    assert states(works, early, urgent) == ["waiting", "offered"]


APPROVED = Policy(needs_approval=True, approve_within=timedelta(hours=1), longest=timedelta(hours=9), most=9)
Freeing = Callable[[Works, int, UUID], Callable[[], Any]]


def booked_first(verb: Callable[[Works, Booking], Any], policy: Policy = EASY) -> Freeing:
    """A booking that is in the way, and a verb on it."""

    def prepare(works: Works, _ledger: int, machine: UUID) -> Callable[[], Any]:
        booking = works.book(machine, 3, 8, policy=policy)
        return lambda: verb(works, booking)

    return prepare


def expiring(works: Works, _booking: Booking) -> None:
    works.clock.advance(timedelta(hours=1))
    keep_appointments(works)


def missing(works: Works, booking: Booking) -> None:
    works.clock.advance(timedelta(hours=3))
    works.act(ending.no_show, booking, Party.SYSTEM)


def finishing(works: Works, booking: Booking) -> None:
    works.clock.advance(timedelta(hours=3))
    works.act(commands.start, booking, Party.CUSTOMER)
    works.clock.advance(timedelta(hours=1))
    works.act(ending.finish, booking, Party.CUSTOMER)


def enlarging(works: Works, ledger: int, machine: UUID) -> Callable[[], Any]:
    works.book(machine, 3, 8)
    return lambda: works.do(changing.change_capacity, ledger, 2)


def adding_one(works: Works, ledger: int, machine: UUID) -> Callable[[], Any]:
    works.book(machine, 3, 8)
    return lambda: works.do(changing.set_exception, ledger, works.span(3, 8), 2, "加一台")


def reopening(works: Works, ledger: int, _machine: UUID) -> Callable[[], Any]:
    closure = works.do(changing.close, ledger, works.span(3, 8), "检修")
    return lambda: works.do(changing.remove_exception, closure)


def driving_off(works: Works, ledger: int, _machine: UUID) -> Callable[[], Any]:
    entry = works.do(overflow.add_overflow, ledger, works.span(3, 8), 1, "未登记")
    return lambda: works.do(overflow.remove_overflow, entry)


def making_room(works: Works, _ledger: int, machine: UUID) -> Callable[[], Any]:
    """Nobody keeps the appointment of an overdue hold; a later wish lets go of it, and finds the line."""
    works.hold(machine, 3, 8)

    def wish() -> None:
        works.clock.advance(timedelta(minutes=16))
        works.hold(machine, 7, 8, customer=THIRD)

    return wish


@pytest.mark.parametrize(
    "prepare",
    [
        booked_first(lambda works, booking: works.cancel(booking)),
        booked_first(lambda works, booking: works.act(ending.reject, booking, Party.PROVIDER, "-"), APPROVED),
        booked_first(lambda works, booking: works.move(booking, 8, 12)),
        booked_first(expiring, APPROVED),
        booked_first(missing),
        booked_first(finishing),
        enlarging,
        adding_one,
        reopening,
        driving_off,
        making_room,
    ],
)
def test_whatever_frees_capacity_serves_the_line(works: Works, prepare: Freeing) -> None:
    ledger = works.ledger()
    machine = works.resource(ledger)
    free = prepare(works, ledger, machine)
    waiting = join(works, machine, 5, 6, customer=RIVAL)
    free()
    assert states(works, waiting) == ["offered"]
    works.whole(ledger)


def test_what_is_free_is_booked_and_not_waited_for(works: Works) -> None:
    machine = works.machine()
    with pytest.raises(Conflict) as refused:
        join(works, machine, 4, 6)
    assert refused.value.code == "free-now"


def test_nobody_waits_where_nothing_can_become_free(works: Works) -> None:
    opening = Opening((Hours(1, time(9), time(12)),))
    machine = works.machine(opening=opening)
    with pytest.raises(InvalidInput) as refused:
        join(works, machine, 2, 4)
    assert [each.code for each in refused.value.errors] == ["closed"]
    with pytest.raises(InvalidInput) as past:
        join(works, machine, -2, -1)
    assert [each.code for each in past.value.errors] == ["past"]


def test_the_same_is_waited_for_once_and_not_for_everything(works: Works) -> None:
    machine, _ = full(works)
    entry = join(works, machine, 4, 6)
    with pytest.raises(Conflict) as twice:
        join(works, machine, 4, 6)
    assert twice.value.code == "already-waiting"
    leave(works, entry)
    for number in range(MOST_WAITING):
        join(works, machine, 4 + number / 20, 6, start_grid=timedelta(minutes=3))
    with pytest.raises(InvalidInput) as too_many:
        join(works, machine, 4, 5)
    assert [each.code for each in too_many.value.errors] == ["too_many"]


def test_whoever_leaves_is_not_served_and_cannot_leave_twice(works: Works) -> None:
    machine, (booked,) = full(works)
    gone, staying = (join(works, machine, 4, 6, customer=firm) for firm in (RIVAL, THIRD))
    leave(works, gone)
    works.cancel(booked)
    assert states(works, gone, staying) == ["left", "offered"]
    for each in (gone, staying):
        with pytest.raises(Conflict) as refused:
            leave(works, each)
        assert refused.value.code == "wrong-state"


def test_an_entry_ends_when_nobody_could_book_its_time_any_more(works: Works) -> None:
    machine, (booked,) = full(works)
    entry = join(works, machine, 4, 6, customer=RIVAL, notice=timedelta(hours=1))
    works.clock.advance(timedelta(hours=3))
    works.cancel(booked)
    assert states(works, entry) == ["waiting"]
    keep_appointments(works)
    assert states(works, entry) == ["expired"]
    with works.runtime.read() as session:
        told = sa.select(sa.func.count()).where(AuditEntry.action == "test.expired")
        assert session.scalar(told) == 1


def test_as_many_are_served_as_there_is_room_for(works: Works) -> None:
    machine = works.machine(3)
    booked = works.book(machine, 4, 6, 3)
    line = [join(works, machine, 3.5 + n / 4, 6, n, customer=RIVAL) for n in (2, 1)]
    line += [join(works, machine, 4, 5, customer=THIRD), join(works, machine, 5, 6, customer=THIRD)]
    works.cancel(booked)
    assert states(works, *line) == ["offered", "offered", "waiting", "waiting"]


def test_a_large_wish_is_passed_over_only_so_often(works: Works) -> None:
    machine, bookings = full(works, MOST_SKIPS + 2)
    large = join(works, machine, 4, 6, 2, customer=THIRD)
    small = [join(works, machine, 4 + number / 4, 6, customer=RIVAL) for number in range(MOST_SKIPS + 1)]
    elsewhere = join(works, machine, 5.75, 7, customer=RIVAL)
    for number in range(MOST_SKIPS):
        works.cancel(bookings[number])
        assert entry_of(works, large).skips == number + 1
    assert states(works, *small) == ["offered"] * MOST_SKIPS + ["waiting"]
    works.cancel(bookings[MOST_SKIPS])  # one unit is free, and is kept free for whoever needs two
    assert states(works, large, small[-1], elsewhere) == ["waiting", "waiting", "waiting"]
    works.cancel(bookings[MOST_SKIPS + 1])
    assert states(works, large) == ["offered"]


def test_when_one_who_was_kept_room_for_leaves_the_others_are_served(works: Works) -> None:
    machine, bookings = full(works, MOST_SKIPS + 1)
    large = join(works, machine, 4, 6, 2, customer=THIRD)
    small = [join(works, machine, 4 + number / 4, 6, customer=RIVAL) for number in range(MOST_SKIPS + 1)]
    for booked in bookings:
        works.cancel(booked)
    assert states(works, small[-1]) == ["waiting"]
    leave(works, large)
    assert states(works, small[-1]) == ["offered"]
    with works.runtime.read() as session:
        acts = sa.select(AuditEntry.actor_kind).where(AuditEntry.aggregate_id == str(small[-1]))
        last = session.scalars(acts.order_by(AuditEntry.position)).all()[-1]
    assert last == "system", "whoever leaves serves nobody"


@pytest.mark.parametrize("outcome", ["offered", "waiting"])
def test_when_room_is_kept_for_one_no_longer_the_others_have_it(works: Works, outcome: str) -> None:
    machine = works.machine(MOST_SKIPS + 3)
    early = works.book(machine, 4, 5, MOST_SKIPS + 3)
    late = [works.book(machine, 5, 6) for _ in range(MOST_SKIPS + 3)]
    large = join(works, machine, 4, 6, 2, customer=THIRD)
    small = [join(works, machine, 5 + number / 4, 6, customer=RIVAL) for number in range(MOST_SKIPS + 1)]
    for booked in late:
        works.cancel(booked)
    assert states(works, large, small[-1]) == ["waiting", "waiting"]  # three units are kept for it
    if outcome == "waiting":
        TRADE_OF_TESTS.refused.add(large)  # and now it may not have them
    works.cancel(early)  # at another time than the last small one waits for
    assert states(works, large, small[-1]) == [outcome, "offered"]


def test_room_is_kept_whatever_other_time_becomes_free(works: Works) -> None:
    machine = works.machine(MOST_SKIPS + 1)
    works.book(machine, 4, 5, MOST_SKIPS + 1)
    middle = [works.book(machine, 5, 6) for _ in range(MOST_SKIPS + 1)]
    late = works.book(machine, 6, 7, MOST_SKIPS + 1)
    large = join(works, machine, 4, 6, MOST_SKIPS + 1, customer=THIRD)
    small = [join(works, machine, 5, 6 - number / 4, customer=RIVAL) for number in range(MOST_SKIPS)]
    behind = join(works, machine, 5, 7, customer=RIVAL)
    for booked in middle:
        works.cancel(booked)
    assert states(works, *small, behind) == ["offered"] * MOST_SKIPS + ["waiting"]
    works.cancel(late)  # which the large one does not wait for
    assert states(works, large, behind) == ["waiting", "waiting"]


@pytest.mark.postgres
def test_who_leaves_lets_those_pass_who_have_begun_to_stand_back_meanwhile(
    postgres_databases: Any, tmp_path: Path
) -> None:
    clock = ManualClock(MONDAY_MORNING)
    factory = SystemFactory(postgres_databases, tmp_path, clock)
    try:
        works = Works(factory([with_waitlists()]).runtime("production"), clock)
        machine, bookings = full(works, MOST_SKIPS + 1)
        large = join(works, machine, 4, 6, 2, customer=THIRD)
        small = [join(works, machine, 4 + n / 4, 6, customer=RIVAL) for n in range(MOST_SKIPS + 1)]
        for booked in bookings[:-2]:
            works.cancel(booked)

        def leave_late(tx: Transaction) -> None:
            entry = tx.session.get_one(WaitlistEntry, large)
            with ThreadPoolExecutor(1) as pool:
                list(pool.map(works.cancel, bookings[-2:]))
            waiting.leave(tx, entry)

        works.do(leave_late)
        assert states(works, large, small[-1]) == ["left", "offered"]
    finally:
        factory.close()


def test_rules_and_quotas_are_looked_at_again_when_something_is_offered(works: Works) -> None:
    machine, (booked,) = full(works)
    limited = Policy(quotas=(Quota(1),), most=9, longest=timedelta(hours=9))
    over = join(works, machine, 4, 6, customer=RIVAL, policy=limited)
    refused, fine = join(works, machine, 4, 6, customer=THIRD), join(works, machine, 4, 5, customer=THIRD)
    works.book(works.machine(), 4, 6, customer=RIVAL)  # a second one would be too many now
    TRADE_OF_TESTS.refused.add(refused)
    works.cancel(booked)
    assert states(works, over, refused, fine) == ["waiting", "waiting", "offered"]
    assert entry_of(works, over).skips == 0


def test_what_belongs_to_a_booking_belongs_to_the_wish_too(works: Works) -> None:
    machine = works.machine()
    before, booked = works.book(machine, 3, 4), works.book(machine, 5, 6)
    entry = join(works, machine, 4, 5, padding=Padding(set_up=timedelta(minutes=15)), customer=RIVAL)
    works.cancel(booked)
    assert states(works, entry) == ["waiting"]
    works.cancel(before)
    assert states(works, entry) == ["offered"]


def test_several_ledgers_have_to_be_free_together(works: Works) -> None:
    one, other = works.ledger(), works.ledger()
    both = works.resource(one, other)
    first, second = works.book(works.resource(one), 4, 6), works.book(works.resource(other), 4, 6)
    entry = join(works, both, 4, 6, customer=RIVAL)
    works.cancel(first)
    assert states(works, entry) == ["waiting"]
    works.cancel(second)
    assert states(works, entry) == ["offered"]
    works.whole(one, other)


def test_what_is_refused_after_all_serves_nobody(works: Works) -> None:
    """The verb that would have freed something fails: neither has happened."""
    ledger = works.ledger()
    machine = works.resource(ledger)
    works.book(machine, 4, 6)
    entry = join(works, machine, 4, 6, customer=RIVAL)
    with pytest.raises(Conflict):
        works.do(changing.change_capacity, ledger, 0)
    assert states(works, entry) == ["waiting"]
    assert entry_of(works, entry).customer != FIRM
