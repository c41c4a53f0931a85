"""What must hold for every course of a case, tried on generated ones."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.cases.clock import (
    ClockError,
    ClockFact,
    ClockKind,
    ClockReading,
    FactKind,
    Light,
    Limit,
    Limits,
    StageLimit,
    Unit,
    compute,
    read,
)
from shared.calendar import load_default_calendar
from shared.clock import PARK_TZ
from shared.text import Text

CALENDAR = load_default_calendar()
BASIS = Text("依据", "basis")
NAME = Text("环节", "stage")
DAY = timedelta(days=1)
NOON = datetime(2026, 1, 1, 4, tzinfo=UTC)

starts = st.dates(date(2024, 1, 1), date(2033, 6, 30))
day_units = st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY])
lengths = st.integers(1, 60)
spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=4)


def given_limits(n: int, unit: Unit) -> Limits:
    given = Limit(n, unit, BASIS)
    stages = (
        StageLimit("intake", NAME, FactKind.RECEIVED, FactKind.ACCEPTED, Limit(1, Unit.WORKING_DAY, BASIS)),
        StageLimit("review", NAME, FactKind.ACCEPTED, FactKind.REVIEWED, given),
        StageLimit("decision", NAME, FactKind.REVIEWED, FactKind.DECIDED, given),
        StageLimit("delivery", NAME, FactKind.DECIDED, FactKind.DELIVERED, Limit(4, Unit.HOUR, BASIS)),
    )
    return Limits(
        Limit(5, Unit.WORKING_DAY, BASIS),
        given,
        given,
        delivery=Limit(10, Unit.WORKING_DAY, BASIS),
        stages=stages,
    )


def course(start: date, stops: list[tuple[int, int]], end: int | None = None) -> list[ClockFact]:
    facts = [ClockFact(FactKind.RECEIVED, start, NOON), ClockFact(FactKind.ACCEPTED, start, NOON)]
    for number, (offset, length) in enumerate(stops):
        first = start + offset * DAY
        facts.append(ClockFact(FactKind.SUSPENDED, first, NOON, ref=str(number)))
        facts.append(ClockFact(FactKind.RESUMED, first + length * DAY, NOON, ref=str(number)))
    if end is not None:
        facts.append(ClockFact(FactKind.EXTENDED, start, NOON, days=end))
    return facts


def whole_life(start: date, stops: list[tuple[int, int]], more: int, wait: int) -> list[ClockFact]:
    """From receipt over suspensions and an extension to the decision and the delivery."""
    decided = max([start, *(start + (offset + length) * DAY for offset, length in stops)])
    return [
        *course(start, stops, more),
        ClockFact(FactKind.REVIEWED, start, NOON),
        ClockFact(FactKind.DECIDED, decided, NOON),
        ClockFact(FactKind.DELIVERED, decided + wait * DAY, NOON),
    ]


def statutory(facts: list[ClockFact], limits: Limits) -> ClockReading:
    return next(c for c in compute(facts, limits, CALENDAR).clocks if c.kind is ClockKind.STATUTORY)


def due_on(facts: list[ClockFact], n: int, unit: Unit) -> date:
    due = statutory(facts, given_limits(n, unit)).due_on
    assert due is not None
    return due


@given(starts, lengths, spans)
def test_brute_force_counting_agrees_over_ten_years(
    start: date, n: int, stops: list[tuple[int, int]]
) -> None:
    suspended = {start + (offset + day) * DAY for offset, length in stops for day in range(1, length + 1)}
    counted, day = 0, start
    while counted < n:
        day += DAY
        if CALENDAR.is_working_day(day) and day not in suspended:
            counted += 1
    assert due_on(course(start, stops), n, Unit.WORKING_DAY) == day


@given(starts, lengths, spans, st.tuples(st.integers(0, 60), st.integers(0, 30)), day_units)
def test_no_suspension_brings_a_date_forward(
    start: date, n: int, stops: list[tuple[int, int]], more: tuple[int, int], unit: Unit
) -> None:
    assert due_on(course(start, [*stops, more]), n, unit) >= due_on(course(start, stops), n, unit)


instants = st.builds(
    lambda day, minute: datetime.combine(day, time(), PARK_TZ) + timedelta(minutes=minute),
    st.dates(date(2024, 1, 1), date(2033, 6, 30)),
    st.integers(0, 24 * 60 - 1),
)
pauses = st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 3000)), max_size=4)
"""Minutes after the start, and minutes of length."""


def in_hours(start: datetime, stops: list[tuple[int, int]]) -> list[ClockFact]:
    """Accepted at an instant, and stopped between instants."""
    day = start.date()
    facts = [
        ClockFact(FactKind.RECEIVED, day, NOON, at=start),
        ClockFact(FactKind.ACCEPTED, day, NOON, at=start),
    ]
    for number, (offset, length) in enumerate(stops):
        for kind, minutes in ((FactKind.SUSPENDED, offset), (FactKind.RESUMED, offset + length)):
            at = start + timedelta(minutes=minutes)
            facts.append(ClockFact(kind, at.date(), NOON, ref=str(number), at=at))
    return facts


@given(instants, st.integers(1, 100), pauses)
def test_hours_agree_with_counting_minute_by_minute(
    start: datetime, n: int, stops: list[tuple[int, int]]
) -> None:
    stopped = {offset + minute for offset, length in stops for minute in range(length)}
    counted, minute = 0, 0
    while counted < n * 60:
        counted += minute not in stopped
        minute += 1
    due_at = statutory(in_hours(start, stops), given_limits(n, Unit.HOUR)).due_at
    assert due_at == start + timedelta(minutes=minute)


@given(instants, st.integers(1, 100), pauses, st.tuples(st.integers(0, 6000), st.integers(0, 3000)))
def test_no_pause_brings_an_instant_forward_and_a_light_never_goes_back(
    start: datetime, n: int, stops: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    limits = given_limits(n, Unit.HOUR)
    before = statutory(in_hours(start, stops), limits).due_at
    ledger = compute(in_hours(start, [*stops, more]), limits, CALENDAR)
    after = next(each for each in ledger.clocks if each.kind is ClockKind.STATUTORY).due_at
    assert before is not None and after is not None and after >= before
    order = [Light.GREEN, Light.YELLOW, Light.RED]
    seen = []
    for step in range(12):
        now = start + (after - start) * step / 10
        seen.append(order.index(read(ledger, now.date(), now=now).light))
    assert seen == sorted(seen) and seen[0] == 0 and seen[-1] == 2


@given(starts, lengths, spans, st.tuples(st.integers(0, 60), st.integers(0, 30)), day_units)
def test_no_suspension_brings_a_stage_forward(
    start: date, n: int, stops: list[tuple[int, int]], more: tuple[int, int], unit: Unit
) -> None:
    def stages(given: list[tuple[int, int]]) -> list[date]:
        facts = [*course(start, given), ClockFact(FactKind.REVIEWED, start, NOON)]
        found = compute(facts, given_limits(n, unit), CALENDAR).clocks
        return [each.due_on for each in found if each.stage is not None and each.due_on is not None]

    for before, after in zip(stages(stops), stages([*stops, more]), strict=True):
        assert after >= before


@given(starts, lengths, spans, day_units)
def test_a_stage_is_counted_like_the_limit_and_never_governs(
    start: date, n: int, stops: list[tuple[int, int]], unit: Unit
) -> None:
    ledger = compute(course(start, stops), given_limits(n, unit), CALENDAR)
    clocks = {each.key: each for each in ledger.clocks}
    assert clocks["stage:review"].due_on == clocks["statutory"].due_on
    assert "stage:decision" not in clocks, "it begins with the opinion"
    governing = read(ledger, start).governing
    assert governing is not None and governing.clock.stage is None


@given(starts, lengths, spans, st.integers(1, 30), day_units)
def test_an_extension_is_a_longer_limit(
    start: date, n: int, stops: list[tuple[int, int]], more: int, unit: Unit
) -> None:
    assert due_on(course(start, stops, more), n, unit) == due_on(course(start, stops), n + more, unit)


@given(starts, lengths, spans)
def test_overlapping_suspensions_are_one(start: date, n: int, stops: list[tuple[int, int]]) -> None:
    suspended = {offset + day for offset, length in stops for day in range(1, length + 1)}
    merged = statutory(course(start, stops), given_limits(n, Unit.WORKING_DAY)).suspensions
    held = [offset for offset in range(120) if any(each.holds(start + offset * DAY) for each in merged)]
    assert set(held) == suspended
    for one, other in pairwise(merged):
        assert one.end is not None and one.end < other.start, "they neither touch nor overlap"


@given(starts, lengths, spans, st.tuples(st.integers(0, 60), st.integers(0, 30)), day_units)
def test_a_suspension_within_another_changes_nothing(
    start: date, n: int, stops: list[tuple[int, int]], outer: tuple[int, int], unit: Unit
) -> None:
    inner = (outer[0] + outer[1] // 3, outer[1] // 3)
    assert due_on(course(start, [*stops, outer, inner]), n, unit) == due_on(
        course(start, [*stops, outer]), n, unit
    )


@given(
    starts,
    lengths,
    spans,
    st.sampled_from(["resume alone", "end before start", "extended twice", "delivered undecided"]),
    st.randoms(use_true_random=False),
)
def test_what_cannot_be_true_is_refused_in_whatever_order_it_comes(
    start: date, n: int, stops: list[tuple[int, int]], what: str, random: Random
) -> None:
    wrong = {
        "resume alone": [ClockFact(FactKind.RESUMED, start, NOON, ref="another")],
        "end before start": [
            ClockFact(FactKind.SUSPENDED, start + 2 * DAY, NOON, ref="another"),
            ClockFact(FactKind.RESUMED, start + DAY, NOON, ref="another"),
        ],
        "extended twice": [ClockFact(FactKind.EXTENDED, start, NOON, days=3)] * 2,
        "delivered undecided": [ClockFact(FactKind.DELIVERED, start, NOON)],
    }[what]
    facts = [*course(start, stops), *wrong]
    random.shuffle(facts)
    with pytest.raises(ClockError) as refused:
        compute(facts, given_limits(n, Unit.WORKING_DAY), CALENDAR)
    assert refused.value.message.zh and refused.value.message.en


@given(starts, lengths, spans, st.integers(1, 30), st.integers(0, 30), st.randoms(use_true_random=False))
def test_the_order_and_the_time_of_recording_are_irrelevant(
    start: date, n: int, stops: list[tuple[int, int]], more: int, wait: int, random: Random
) -> None:
    facts = whole_life(start, stops, more, wait)
    shuffled = [replace(fact, recorded_at=NOON + random.randrange(1000) * DAY) for fact in facts]
    random.shuffle(shuffled)
    limits = given_limits(n, Unit.WORKING_DAY)
    for one, other in zip(
        compute(facts, limits, CALENDAR).clocks, compute(shuffled, limits, CALENDAR).clocks, strict=True
    ):
        assert (one.key, one.start_on, one.due_on, one.due_at, one.ended_on) == (
            other.key,
            other.start_on,
            other.due_on,
            other.due_at,
            other.ended_on,
        )
        assert one.suspensions == other.suspensions


@given(starts, lengths, spans, day_units)
def test_computing_again_gives_the_same_ledger_word_for_word(
    start: date, n: int, stops: list[tuple[int, int]], unit: Unit
) -> None:
    facts = course(start, stops)
    once = compute(facts, given_limits(n, unit), CALENDAR)
    again = compute(list(reversed(facts)), given_limits(n, unit), CALENDAR)
    assert once == again
    assert [clock.lines for clock in once.clocks] == [clock.lines for clock in again.clocks]


@given(starts, lengths, spans, day_units)
def test_a_due_date_is_a_working_day_outside_every_suspension(
    start: date, n: int, stops: list[tuple[int, int]], unit: Unit
) -> None:
    clock = statutory(course(start, stops), given_limits(n, unit))
    assert clock.due_on is not None
    assert CALENDAR.is_working_day(clock.due_on)
    assert not any(suspension.holds(clock.due_on) for suspension in clock.suspensions)


@given(starts, lengths, spans, day_units)
def test_every_line_is_complete_in_both_languages_and_the_last_names_the_date(
    start: date, n: int, stops: list[tuple[int, int]], unit: Unit
) -> None:
    clock = statutory(course(start, stops), given_limits(n, unit))
    for line in clock.lines:
        assert line.text.zh and line.text.en
        assert "{" not in line.text.zh + line.text.en
    assert clock.lines[-1].on == clock.due_on


@settings(max_examples=30)
@given(starts, st.integers(1, 20), spans, day_units)
def test_a_light_goes_from_green_over_yellow_to_red_and_never_back(
    start: date, n: int, stops: list[tuple[int, int]], unit: Unit
) -> None:
    ledger = compute(course(start, stops), given_limits(n, unit), CALENDAR)
    first = read(ledger, start)
    assert first.due_on is not None
    assert first.yellow_on is not None
    assert first.light is Light.GREEN
    order = [Light.GREEN, Light.YELLOW, Light.RED]
    day, seen = start, []
    while day <= first.due_on + DAY:
        light = read(ledger, day).light
        assert light is (Light.RED if day > first.due_on else order[day >= first.yellow_on])
        seen.append(order.index(light))
        day += DAY
    assert seen == sorted(seen)
    assert seen[-1] == 2
