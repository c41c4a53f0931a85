"""Moving a booking: the new time is taken and the old one given back in one step."""

from datetime import timedelta

import pytest

from facilities.capacity.bookings import commands, moving
from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger import setup
from facilities.capacity.lifecycle import Party, State
from facilities.capacity.quotas import Period, Quota
from facilities.capacity.refusals import Full
from facilities.capacity.rules import Policy, Wish
from shared.errors import InvalidInput
from shared.transaction import Transaction
from tests.integration.facilities.capacity.works import Works, told, wait

APPROVED = Policy(needs_approval=True, approve_within=timedelta(hours=4), most=9)


def test_a_move_takes_the_new_time_and_gives_back_the_old_one(works: Works) -> None:
    ledger = works.ledger()
    machine = works.resource(ledger)
    booked = works.book(machine, 1, 3)
    moved = works.move(booked, 2, 4)  # its own old time counts as free
    assert (moved.starts_at, moved.ends_at, moved.state) == (works.at(2), works.at(4), State.CONFIRMED)
    assert (works.free(machine, 1, 2), works.free(machine, 2, 4)) == (1, 0)
    assert told(works, booked)[-1] == ("moved", "confirmed")
    works.whole(ledger)


def test_a_refused_move_loses_nothing_even_where_the_transaction_goes_on(works: Works) -> None:
    ledger = works.ledger(2)
    machine = works.resource(ledger)
    booked = works.book(machine, 1, 3, 2)
    works.book(machine, 4, 5)
    before = works.used(ledger)
    with pytest.raises(Full) as refused:
        works.move(booked, 3, 6, 2)
    assert refused.value.alternatives

    def try_it(tx: Transaction) -> None:
        mine = tx.session.get_one(Booking, booked.id)
        with pytest.raises(Full):
            moving.move(tx, mine, Wish(works.at(3), works.at(6), 2), Party.CUSTOMER)
        assert (mine.starts_at, mine.quantity) == (works.at(1), 2)

    works.do(try_it)
    assert works.used(ledger) == before
    kept = works.again(booked)
    assert (kept.starts_at, kept.ends_at, kept.version) == (works.at(1), works.at(3), booked.version)


def test_a_move_to_more_units_or_another_length_keeps_to_the_rules(works: Works) -> None:
    machine = works.machine(3)
    booked = works.book(machine, 1, 3, policy=APPROVED)
    with pytest.raises(InvalidInput) as refused:
        works.move(booked, 1, 1.1, 12)
    assert {error.code for error in refused.value.errors} == {"too_many", "too_short"}
    assert works.move(booked, 1, 3, 3).quantity == 3
    assert works.free(machine, 1, 3) == 0


def test_what_was_approved_is_approved_again_at_its_new_time_unless_the_provider_moves_it(
    works: Works,
) -> None:
    booked = works.book(works.machine(), 6, 8, policy=APPROVED)
    works.act(commands.approve, booked, Party.PROVIDER)
    assert works.move(booked, 7, 9, party=Party.PROVIDER).state is State.CONFIRMED
    moved = works.move(booked, 8, 9)
    assert (moved.state, moved.expires_at) == (State.PENDING, works.at(4))
    wait(works, hours=4)
    assert works.again(booked).state is State.EXPIRED


def test_a_move_follows_the_rules_of_what_is_taken_as_they_are_now(works: Works) -> None:
    old, new = works.ledger(), works.ledger()
    machine = works.resource(old)
    booked = works.book(machine, 1, 2)
    works.do(setup.set_rules, machine, {new: 1})
    works.move(booked, 2, 3)
    assert (len(works.used(old)), len(works.used(new))) == (0, 4)


def test_a_move_does_not_count_against_itself(works: Works) -> None:
    machine = works.machine(9)
    one = Policy(longest=timedelta(hours=9), quotas=(Quota(1), Quota(3, Period.DAY)))
    booked = works.book(machine, 1, 3, policy=one)
    works.move(booked, 2, 5)
    with pytest.raises(InvalidInput):
        works.move(booked, 2, 5.25)


def test_a_move_is_one_version_and_may_offer_the_bookings_own_old_time(works: Works) -> None:
    ledger = works.ledger()
    machine = works.resource(ledger)
    booked = works.book(machine, 1, 3)
    works.book(machine, 3, 6)
    seen, said = works.again(booked).version, len(told(works, booked))

    with pytest.raises(Full) as refused:
        works.move(booked, 3, 4)

    ours = [(each.span.start, each.span.end) for each in refused.value.alternatives]
    assert (works.at(2.75), works.at(3.75)) not in ours and (works.at(2), works.at(3)) in ours
    assert len(told(works, booked)) == said
    assert works.move(booked, 0.5, 2).version == seen + 1
