"""The life of a booking: what leads where, who may, what takes capacity."""

import pytest

from facilities.capacity.lifecycle import (
    CONSUMING,
    OPEN,
    STATE_NAMES,
    VERBS,
    WAITING,
    Party,
    State,
    allows,
    confirmed,
    may,
    moved,
)

ENDED = frozenset(State) - OPEN


def test_every_state_has_a_name_and_a_way_in() -> None:
    assert set(STATE_NAMES) == set(State)
    reached = {verb.target for verb in VERBS.values()} | {State.HELD, State.PENDING}
    assert reached - {None} == set(State)


def test_what_has_ended_stays_as_it_is() -> None:
    assert {verb: state for verb in VERBS for state in ENDED if allows(verb, state)} == {}
    for state in OPEN:
        assert any(allows(verb, state) for verb in VERBS)


def test_what_waits_takes_capacity_and_what_came_to_nothing_does_not() -> None:
    assert WAITING < OPEN < CONSUMING
    assert CONSUMING - OPEN == {State.DONE}
    assert ENDED - CONSUMING == {State.CANCELLED, State.REJECTED, State.EXPIRED, State.NO_SHOW}


@pytest.mark.parametrize(
    ("verb", "parties"),
    [
        ("confirm", {Party.CUSTOMER}),
        ("approve", {Party.PROVIDER}),
        ("reject", {Party.PROVIDER}),
        ("move", {Party.CUSTOMER, Party.PROVIDER}),
        ("cancel", set(Party)),
        ("expire", {Party.SYSTEM}),
        ("start", set(Party)),
        ("finish", set(Party)),
        ("no-show", {Party.PROVIDER, Party.SYSTEM}),
    ],
)
def test_each_verb_belongs_to_its_parties(verb: str, parties: set[Party]) -> None:
    assert {party for party in Party if may(verb, party)} == parties


def test_a_hold_becomes_pending_only_where_somebody_approves() -> None:
    assert confirmed(needs_approval=True) is State.PENDING
    assert confirmed(needs_approval=False) is State.CONFIRMED


def test_what_was_approved_for_another_time_is_approved_again_unless_the_provider_moves_it() -> None:
    assert moved(State.CONFIRMED, Party.CUSTOMER, needs_approval=True) is State.PENDING
    assert moved(State.CONFIRMED, Party.PROVIDER, needs_approval=True) is State.CONFIRMED
    assert moved(State.CONFIRMED, Party.CUSTOMER, needs_approval=False) is State.CONFIRMED
    assert moved(State.HELD, Party.CUSTOMER, needs_approval=True) is State.HELD
