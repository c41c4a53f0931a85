"""A case may be told in any order: its dates depend on what happened when, not on when it was recorded."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.cases.clock import (
    ClockError,
    ClockFact,
    FactKind,
    Ledger,
    Limit,
    Limits,
    StageLimit,
    Unit,
    compute,
)
from shared.clock import PARK_TZ
from shared.text import Text
from tests.unit.clock_cases import BASIS, CALENDAR, fact, limits

DAY = timedelta(days=1)
NOON = datetime(2026, 1, 1, 4, tzinfo=UTC)
NAME = Text("环节", "stage")
LIFE = (
    (FactKind.NOTICE_PUBLISHED, "notice"),
    (FactKind.NOTICE_ENDED, "notice"),
    (FactKind.RECEIVED, None),
    (FactKind.CORRECTION_NOTIFIED, None),
    (FactKind.CORRECTION_ANSWERED, None),
    (FactKind.CORRECTION_NOTIFIED, None),
    (FactKind.CORRECTION_ANSWERED, None),
    (FactKind.ACCEPTED, None),
    (FactKind.GAPS_ACCEPTED, None),
    (FactKind.SUSPENDED, "testing"),
    (FactKind.RESUMED, "testing"),
    (FactKind.SUSPENDED, "testing"),
    (FactKind.RESUMED, "testing"),
    (FactKind.REVIEWED, "review"),
    (FactKind.MADE_UP, None),
    (FactKind.SUSPENDED, "hearing"),
    (FactKind.REVIEWED, "review"),
    (FactKind.EXTENDED, None),
    (FactKind.RESUMED, "hearing"),
    (FactKind.DECIDED, None),
    (FactKind.DELIVERED, None),
    (FactKind.CHECKED, None),
)
"""Everything that can happen to one case, in its order."""


@st.composite
def lives(draw: st.DrawFn) -> list[ClockFact]:
    """Such a life, as far as it has come: many things on one day, some known by the day alone."""
    first = draw(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
    moment = datetime.combine(first, time(9), PARK_TZ)
    facts = []
    for kind, ref in LIFE[: draw(st.integers(3, len(LIFE)))]:
        moment += timedelta(minutes=draw(st.integers(0, 3000)))
        at = moment if draw(st.booleans()) else None
        days = 5 if kind is FactKind.EXTENDED else None
        facts.append(ClockFact(kind, moment.date(), NOON, ref=ref, at=at, days=days))
    return facts


def _given(unit: Unit) -> Limits:
    """Every clock there can be, by limits of one unit."""
    ten = Limit(10, unit, BASIS)
    stages = (
        StageLimit("review", NAME, FactKind.ACCEPTED, FactKind.REVIEWED, ten, review="review"),
        StageLimit("decision", NAME, FactKind.REVIEWED, FactKind.DECIDED, ten, after="review"),
        StageLimit("notice", NAME, FactKind.NOTICE_ENDED, FactKind.DECIDED, ten),
    )
    promised = replace(ten, from_receipt=True)
    return Limits(
        ten, ten, promised, delivery=ten, stages=stages, make_up=ten, check=ten, notice=ten, filing=ten
    )


def _dates(ledger: Ledger) -> list[object]:
    return [
        (each.key, each.start_on, each.due_on, each.due_at, each.ended_on, each.suspensions, each.pauses)
        for each in ledger.clocks
    ]


@given(lives(), st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.HOUR]), st.randoms())
def test_a_whole_life_gives_the_same_dates_in_whatever_order_it_was_recorded(
    facts: list[ClockFact], unit: Unit, random: Random
) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    in_order, anyhow = (compute(each, _given(unit), CALENDAR) for each in (facts, shuffled))
    assert _dates(anyhow) == _dates(in_order)
    assert [each.lines for each in anyhow.clocks] == [each.lines for each in in_order.clocks]

    later = [replace(each, recorded_at=NOON + random.randrange(1000) * DAY) for each in shuffled]
    assert _dates(compute(later, _given(unit), CALENDAR)) == _dates(in_order)


def _at(hour: int) -> datetime:
    return datetime(2026, 11, 2, hour, tzinfo=PARK_TZ)


def _stop(kind: FactKind, hour: int) -> ClockFact:
    return fact(kind, date(2026, 11, 2), at=_at(hour), ref="testing")


def _accepted_at(hour: int) -> list[ClockFact]:
    return [fact(kind, _at(hour).date(), at=_at(hour)) for kind in (FactKind.RECEIVED, FactKind.ACCEPTED)]


def test_two_suspensions_of_one_kind_on_one_day_are_told_apart_by_their_instants() -> None:
    stops = [
        _stop(FactKind.SUSPENDED, 15),
        _stop(FactKind.SUSPENDED, 10),
        _stop(FactKind.RESUMED, 11),
        _stop(FactKind.RESUMED, 16),
    ]
    clock = compute([*stops, *_accepted_at(9)], limits(Limit(8, Unit.HOUR, BASIS)), CALENDAR).clocks[-1]
    assert clock.due_at == _at(19), "eight hours, and two that did not count"


def test_a_suspension_that_ends_an_hour_before_it_starts_is_refused() -> None:
    stops = [_stop(FactKind.SUSPENDED, 11), _stop(FactKind.RESUMED, 10)]
    with pytest.raises(ClockError) as refused:
        compute([*_accepted_at(9), *stops], limits(Limit(8, Unit.HOUR, BASIS)), CALENDAR)
    assert refused.value.code == "clock-suspension-order"
