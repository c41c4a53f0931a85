"""The pure rules of what follows a use: who may do what, what an amount moves, and what an average is."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.lifecycle import Party
from facilities.production.machines.after_use.limits import limits
from facilities.production.machines.disputes import rules as disputes
from facilities.production.machines.disputes.rules import DisputeState
from facilities.production.machines.quality import rules as quality
from facilities.production.machines.quality.rules import QualityState
from facilities.production.machines.ratings.rules import average, rate_by

SIDES = st.sampled_from([Party.CUSTOMER, Party.PROVIDER])
PROPOSER = st.none() | SIDES
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=1500)).map(
    lambda after: datetime(2026, 1, 1, tzinfo=UTC) + after
)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=50))
def test_an_average_lies_among_its_stars_and_is_true_to_one_decimal(stars: list[int]) -> None:
    found = average(sum(stars), len(stars))

    assert found is not None and min(stars) <= found <= max(stars)
    assert abs(found - sum(stars) / len(stars)) <= 0.05 + 1e-9


def test_of_nothing_there_is_no_average_and_halves_are_rounded_up() -> None:
    assert average(0, 0) is None
    assert average(17, 4) == 4.3  # 4.25


@given(st.sampled_from(list(QualityState)), SIDES, PROPOSER)
def test_nobody_agrees_to_their_own_proposal_and_what_is_settled_stays(
    state: QualityState, party: Party, proposer: Party | None
) -> None:
    allowed = {verb for verb in quality.VERBS if quality.allows(verb, state, party, proposer)}

    assert not ("agree" in allowed and party is proposer)
    assert not (allowed and state in {QualityState.ACCEPTED, QualityState.CONCEDED})
    assert not ({"record", "report"} & allowed and party is Party.CUSTOMER)


@given(st.sampled_from(list(DisputeState)), SIDES, SIDES, PROPOSER)
def test_a_dispute_that_is_over_stays_so_and_its_opener_alone_withdraws_it(
    state: DisputeState, party: Party, opened_by: Party, proposer: Party | None
) -> None:
    allowed = {v for v in disputes.VERBS if disputes.allows(v, state, party, opened_by, proposer)}

    assert bool(allowed) == (state in disputes.RUNNING)
    assert ("withdraw" in allowed) == (state in disputes.RUNNING and party is opened_by)
    assert not ("agree" in allowed and proposer in {None, party})


@given(st.sampled_from(list(DisputeState)), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_the_park_waits_for_the_answer_or_for_its_limit(
    state: DisputeState, answer_by: datetime, later: timedelta
) -> None:
    assert disputes.ripe(state, answer_by, answer_by + later) == (state in disputes.RUNNING)
    early = answer_by - later - timedelta(seconds=1)
    assert disputes.ripe(state, answer_by, early) == (state is DisputeState.ANSWERED)


@given(SIDES, st.integers(0, 10**12))
def test_an_amount_goes_to_whoever_has_opened_the_dispute(opened_by: Party, amount: int) -> None:
    moved = disputes.moved_fen(opened_by, amount)

    assert abs(moved) == amount and (moved <= 0 if opened_by is Party.CUSTOMER else moved >= 0)


@given(INSTANTS, INSTANTS)
def test_a_dispute_never_shortens_the_time_to_rate(ended: datetime, closed: datetime) -> None:
    plain = ended + timedelta(days=limits().rating_days)

    assert rate_by(ended, None) == plain
    assert rate_by(ended, closed) >= plain
