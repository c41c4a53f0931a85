"""The life of a booking: who may do what, what it takes and gives back, and what is said about it."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from facilities.capacity.bookings import commands, ending, moving
from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.queries import find
from facilities.capacity.grid import Padding
from facilities.capacity.lifecycle import Party, State
from facilities.capacity.opening import Hours, Opening
from facilities.capacity.quotas import Period, Quota
from facilities.capacity.refusals import Full
from facilities.capacity.rules import Policy, Wish
from shared.audit import AuditEntry
from shared.errors import Conflict, Forbidden, InvalidInput, NotFound, PreconditionFailed
from shared.ids import new_id
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.capacity.works import (
    CUSTOMER,
    FIRM,
    RIVAL,
    H,
    Works,
    statements,
    told,
    wait,
)

APPROVED = Policy(needs_approval=True, approve_within=timedelta(hours=4), most=9)


CLEANED = Policy(padding=Padding(set_up=timedelta(minutes=15), after=timedelta(minutes=30)))


def audited(works: Works, booking: Booking) -> list[str]:
    with works.runtime.read() as session:
        entries = sa.select(AuditEntry.action).where(AuditEntry.aggregate_id == str(booking.id))
        return list(session.scalars(entries.order_by(AuditEntry.number)))


def test_a_booking_from_hold_to_done(works: Works) -> None:
    ledger = works.ledger()
    machine = works.resource(ledger)
    held = works.hold(machine, 1, 3)
    assert (held.state, held.customer, held.booked_by) == (State.HELD, FIRM, CUSTOMER.id)
    assert held.expires_at == works.at(0.25)
    confirmed = works.act(commands.confirm, held, Party.CUSTOMER)
    assert (confirmed.state, confirmed.expires_at, confirmed.version) == (State.CONFIRMED, None, 2)
    works.clock.advance(timedelta(hours=1))
    works.act(commands.start, held, Party.CUSTOMER)
    works.clock.advance(timedelta(hours=2))
    done = works.act(ending.finish, held, Party.PROVIDER)
    assert (done.state, done.started_at, done.ended_at) == (State.DONE, works.at(1), works.at(3))
    assert len(works.used(ledger)) == 8
    works.whole(ledger)
    assert told(works, held) == [
        ("held", "held"),
        ("confirmed", "confirmed"),
        ("started", "in_use"),
        ("finished", "done"),
    ]
    assert audited(works, held) == [f"booking.{s}" for s in ("held", "confirmed", "started", "finished")]


@pytest.mark.parametrize("hours", [1, 24])
def test_a_hold_takes_as_many_statements_however_long_it_is(works: Works, hours: int) -> None:
    everyday = Opening(tuple(Hours(day, time(0), time(0)) for day in range(1, 8)))
    machine = works.machine(opening=everyday)
    with statements(works) as sent:
        works.hold(machine, 1, 1 + hours)
    most = 6 if works.runtime.database.engine.dialect.name == "postgresql" else 9
    assert len([each for each in sent if not each.startswith("BEGIN")]) == most, sent


def test_a_booking_keeps_what_it_was_made_under(works: Works) -> None:
    order = works.order(works.machine(), 1, 2, policy=CLEANED)
    series = new_id()
    lines = [{"what": {"zh": "机时", "en": "Machine hours"}, "fen": 12_000}]
    priced = commands.Order(
        order.trade, order.resource_id, order.wish, order.policy, None, series, 12_000, lines
    )
    kept = works.again(works.do(commands.hold, priced))
    assert kept.policy == CLEANED
    assert (kept.price_fen, kept.price_lines, kept.series_id, kept.customer) == (12_000, lines, series, None)


def test_what_breaks_the_rules_is_said_at_once_and_changes_nothing(works: Works) -> None:
    ledger = works.ledger()
    with pytest.raises(InvalidInput) as refused:
        works.hold(works.resource(ledger), -1, 0.1, 7, policy=Policy(most=3))
    assert {error.code for error in refused.value.errors} == {"past", "too_many"}
    assert works.used(ledger) == {}
    with works.runtime.read() as session:
        assert session.scalars(sa.select(Booking)).all() == []


def test_a_pending_booking_takes_capacity_and_approval_looks_at_nothing_again(works: Works) -> None:
    machine = works.machine()
    pending = works.book(machine, 6, 8, policy=APPROVED)
    assert (pending.state, pending.expires_at) == (State.PENDING, works.at(4))
    assert works.free(machine, 6, 8) == 0
    with pytest.raises(Full):
        works.hold(machine, 7, 9, customer=RIVAL)
    approved = works.act(commands.approve, pending, Party.PROVIDER)
    assert (approved.state, approved.expires_at) == (State.CONFIRMED, None)
    assert told(works, pending)[1:] == [("requested", "pending"), ("approved", "confirmed")]


def test_a_rejected_booking_gives_everything_back(works: Works) -> None:
    ledger = works.ledger(2)
    pending = works.book(works.resource(ledger), 6, 8, 2, policy=APPROVED)
    rejected = works.act(ending.reject, pending, Party.PROVIDER, "设备另有安排")
    assert (rejected.state, rejected.reason) == (State.REJECTED, "设备另有安排")
    assert works.used(ledger) == {}


@pytest.mark.parametrize(
    ("verb", "party"),
    [
        (commands.confirm, Party.PROVIDER),
        (commands.approve, Party.CUSTOMER),
        (lambda tx, booking, party: ending.reject(tx, booking, party, "no"), Party.CUSTOMER),
        (ending.no_show, Party.CUSTOMER),
    ],
)
def test_a_verb_of_the_other_side_is_forbidden(works: Works, verb: Callable[..., Any], party: Party) -> None:
    held = works.hold(works.machine(), 1, 2)
    with pytest.raises(Forbidden):
        works.act(verb, held, party)
    assert works.again(held).version == held.version


@pytest.mark.parametrize(
    "verb",
    [
        (commands.approve, Party.PROVIDER),
        (commands.start, Party.CUSTOMER),
        (ending.finish, Party.CUSTOMER),
        (ending.no_show, Party.PROVIDER),
    ],
)
def test_a_verb_that_the_state_does_not_allow_is_refused(works: Works, verb: tuple[Any, Party]) -> None:
    held = works.hold(works.machine(), 1, 2)
    with pytest.raises(Conflict) as refused:
        works.act(verb[0], held, verb[1])
    assert refused.value.code == "wrong-state"
    assert works.again(held).version == held.version


def test_a_cancelled_booking_is_cancelled_once(works: Works) -> None:
    ledger = works.ledger(2)
    machine = works.resource(ledger)
    first = works.book(machine, 1, 2)
    works.book(machine, 1, 2)
    works.act(ending.cancel, first, Party.CUSTOMER, "计划有变")
    with pytest.raises(Conflict):
        works.cancel(first)
    assert set(works.used(ledger).values()) == {1}
    assert told(works, first)[-1] == ("cancelled", "cancelled")


def test_an_early_finish_gives_back_the_rest_but_not_what_cleaning_needs(works: Works) -> None:
    ledger = works.ledger()
    machine = works.resource(ledger)
    booked = works.book(machine, 1, 6, policy=CLEANED)
    works.clock.advance(timedelta(minutes=50))  # the set-up has begun
    works.act(commands.start, booked, Party.CUSTOMER)
    works.clock.advance(timedelta(minutes=75))
    works.act(ending.finish, booked, Party.CUSTOMER)  # 2:05 after the beginning, and half an hour of cleaning
    assert (works.free(machine, 2, 2.75), works.free(machine, 2.75, 7)) == (0, 1)
    works.whole(ledger)
    works.book(machine, 2.75, 6)


def test_use_begins_with_the_set_up_at_the_earliest_and_before_the_end(works: Works) -> None:
    booked = works.book(works.machine(), 1, 2, policy=CLEANED)
    with pytest.raises(Conflict) as refused:
        works.act(commands.start, booked, Party.CUSTOMER)
    assert refused.value.code == "not-now"
    works.clock.advance(timedelta(hours=2))
    with pytest.raises(Conflict):
        works.act(commands.start, booked, Party.CUSTOMER)


def test_whoever_does_not_show_up_gives_way_from_the_beginning_on(works: Works) -> None:
    machine = works.machine()
    booked = works.book(machine, 1, 5)
    with pytest.raises(Conflict) as refused:
        works.act(ending.no_show, booked, Party.SYSTEM)
    assert refused.value.code == "not-now"
    works.clock.advance(timedelta(hours=1, minutes=20))
    assert works.act(ending.no_show, booked, Party.SYSTEM).state is State.NO_SHOW
    assert works.free(machine, 2, 5) == 1
    assert told(works, booked)[-1] == ("missed", "no_show")


def test_a_hold_expires_by_its_appointment(works: Works) -> None:
    ledger = works.ledger()
    held = works.hold(works.resource(ledger), 1, 2)
    wait(works, minutes=14)
    assert works.again(held).state is State.HELD
    wait(works, minutes=1)
    assert works.again(held).state is State.EXPIRED
    assert works.used(ledger) == {}
    assert told(works, held) == [("held", "held"), ("expired", "expired")]


def test_a_pending_booking_expires_by_an_appointment_of_its_own(works: Works) -> None:
    pending = works.book(works.machine(), 6, 8, policy=APPROVED)
    wait(works, hours=3)  # the appointment of the hold finds nothing to do
    assert works.again(pending).state is State.PENDING
    wait(works, hours=1)
    assert works.again(pending).state is State.EXPIRED


def test_an_appointment_whose_booking_went_on_does_nothing(works: Works) -> None:
    booked = works.book(works.machine(), 1, 2)
    wait(works, hours=1)
    assert works.again(booked).state is State.CONFIRMED
    with works.runtime.transaction(CUSTOMER) as tx:
        ending.wake(tx, {"booking": str(new_id())})


def test_what_is_overdue_cannot_be_confirmed_or_approved_any_more(works: Works) -> None:
    held = works.hold(works.machine(), 1, 2)
    pending = works.book(works.machine(), 6, 8, policy=APPROVED)
    works.clock.advance(timedelta(hours=5))
    for verb, booking, party in (
        (commands.confirm, held, Party.CUSTOMER),
        (commands.approve, pending, Party.PROVIDER),
    ):
        with pytest.raises(Conflict) as refused:
            works.act(verb, booking, party)
        assert refused.value.code == "hold-expired"
    works.cancel(held)


def test_a_wish_lets_go_of_what_is_overdue_where_that_is_what_is_missing(works: Works) -> None:
    """Nobody has kept the appointments: the wish itself does what they would have done."""
    operator, first, second = works.ledger(), works.ledger(), works.ledger()
    machine, other = works.resource(first, operator), works.resource(second, operator)
    overdue = works.hold(other, 1, 3)  # takes a ledger that the wish does not
    untouched = works.hold(other, 5, 6, hold_for=timedelta(hours=4))
    works.clock.advance(timedelta(minutes=16))
    assert works.free(machine, 1, 3) == 0
    booked = works.book(machine, 1, 3, customer=RIVAL)
    assert works.again(overdue).state is State.EXPIRED
    assert works.again(untouched).state is State.HELD
    assert told(works, overdue)[-1] == ("expired", "expired")
    works.whole(operator, first, second)
    wait(works, minutes=1)
    assert works.again(booked).state is State.CONFIRMED


def test_what_is_refused_all_the_same_lets_go_of_nothing(works: Works) -> None:
    ledger = works.ledger()
    machine = works.resource(ledger)
    overdue = works.hold(machine, 1, 2)
    works.book(machine, 2, 3)
    works.clock.advance(timedelta(minutes=16))
    with pytest.raises(Full):
        works.hold(machine, 1, 3)
    assert works.again(overdue).state is State.HELD
    works.whole(ledger)


def test_a_version_that_is_not_the_present_one_is_refused(works: Works) -> None:
    held = works.hold(works.machine(), 1, 2)
    works.act(commands.confirm, held, Party.CUSTOMER)
    with works.runtime.read() as session:
        with pytest.raises(PreconditionFailed):
            find(session, held.id, sa.true(), expected_version=held.version)
        assert find(session, held.id, sa.true(), expected_version=held.version + 1).id == held.id
        with pytest.raises(NotFound):
            find(session, held.id, Booking.customer == RIVAL)


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        (ending.cancel, (Party.PROVIDER, "计划有变")),
        (ending.reject, (Party.PROVIDER, "另有安排")),
        (moving.move, (Wish(MONDAY_MORNING + 8 * H, MONDAY_MORNING + 9 * H), Party.CUSTOMER)),
        (ending.finish, (Party.CUSTOMER,)),
        (ending.no_show, (Party.PROVIDER,)),
    ],
)
def test_a_verb_that_gives_back_writes_nothing_before_it_has_the_ledgers(
    works: Works, verb: Callable[..., Any], more: tuple[Any, ...]
) -> None:
    """Else it could wait for a ledger while somebody who holds that waits for the booking."""
    booked = works.book(works.machine(), 6, 8, policy=APPROVED)
    if verb in (ending.finish, ending.no_show):
        works.act(commands.approve, booked, Party.PROVIDER)
        works.clock.advance(6 * H)
    if verb is ending.finish:
        works.act(commands.start, booked, Party.CUSTOMER)
    with statements(works) as sent:
        works.act(verb, booked, *more)
    writing = [each for each in sent if not each.startswith(("SELECT", "BEGIN")) or "FOR UPDATE" in each]
    assert writing[0].startswith("UPDATE ledger SET version")


def test_quotas_count_what_the_enterprise_has_of_the_trade(works: Works) -> None:
    machine = works.machine(9)
    two = Policy(longest=timedelta(hours=9), most=9, quotas=(Quota(2), Quota(8, Period.DAY)))
    first = works.book(machine, 1, 3, policy=two)
    works.book(machine, 2, 3, 2, policy=two)
    with pytest.raises(InvalidInput) as refused:
        works.hold(machine, 30, 31, policy=two)
    assert [error.code for error in refused.value.errors] == ["quota_open"]
    works.hold(machine, 30, 31, policy=two, customer=RIVAL)
    works.cancel(first)
    with pytest.raises(InvalidInput) as refused:
        works.hold(machine, 4, 7.25, 2, policy=two)  # 2 and 6½ unit-hours
    assert [error.code for error in refused.value.errors] == ["quota_day"]
    works.hold(machine, 4, 7, 2, policy=two)
