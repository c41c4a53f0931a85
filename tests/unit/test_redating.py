"""What a newly published calendar does to the dates of a case, whatever the calendar and the case."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from approvals.cases.clock import ClockFact, FactKind, Thresholds, Unit, compute
from approvals.cases.deadline import Deadlines, Reckoning
from approvals.cases.lifecycle import State
from approvals.cases.model import Case, CaseFact
from shared.calendar import DayEntry, Notice, WorkCalendar
from shared.text import Text
from tests.unit.clock_cases import CALENDAR, accepted_on, fact, limit, limits, received
from tests.unit.item_cases import a1

DAY = timedelta(days=1)
NAME = Text("节日", "holiday")
NOTICE = Notice(Text("（测试虚构）通知", "(invented) notice"), date(2026, 11, 30))
RECOUNTED = Text("《（测试虚构）通知》", "(invented) notice")
YEAR = 2027

receipts = st.dates(date(2026, 11, 1), date(2027, 3, 1))
years = st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=40)


def published(odd: set[date]) -> WorkCalendar:
    """The calendar with these days turned round: weekdays off, weekends worked."""
    entries = [DayEntry(day, "off" if day.weekday() < 5 else "work", NAME, NOTICE) for day in odd]
    return CALENDAR.with_year(YEAR, "official", entries)


def case_of(received_on: date, accepted_after: int | None) -> Case:
    """A case received, and perhaps accepted, as it stands on the calendar that ships."""
    case = Case(state=State.RECEIVED, facts=[])
    kinds = [(FactKind.RECEIVED, received_on)]
    if accepted_after is not None:
        case.state = State.ACCEPTED
        kinds.append((FactKind.ACCEPTED, received_on + accepted_after * DAY))
    for number, (kind, day) in enumerate(kinds, start=1):
        case.facts.append(_row(number, kind, day))
    _deadlines().reckon(CALENDAR, case, a1(), received_on).put_on(case)
    return case


def _row(number: int, kind: FactKind, day: date) -> CaseFact:
    return CaseFact(
        number=number,
        kind=kind.value,
        effective_on=day,
        recorded_at=datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
        note=RECOUNTED.to_dict() if kind is FactKind.CALENDAR_CHANGED else None,
    )


def _deadlines() -> Deadlines:
    return Deadlines(lambda _session: CALENDAR, Thresholds())


def redate(case: Case, calendar: WorkCalendar, today: date) -> bool:
    """Re-date as the service does: compare, and write only what is different, with a fact."""
    after = _deadlines().reckon(calendar, case, a1(), today)
    moved = after != Reckoning.on(case)
    if moved:
        case.facts.append(_row(len(case.facts) + 1, FactKind.CALENDAR_CHANGED, today))
        _deadlines().reckon(calendar, case, a1(), today).put_on(case)
    return moved


@given(receipts, st.none() | st.integers(0, 5), years, st.integers(0, 40))
def test_re_dating_is_idempotent(day: date, accepted_after: int | None, odd: set[date], later: int) -> None:
    calendar = published(odd)
    case = case_of(day, accepted_after)

    redate(case, calendar, day + later * DAY)
    once, facts = Reckoning.on(case), len(case.facts)

    assert not redate(case, calendar, day + (later + 1) * DAY)
    assert (Reckoning.on(case), len(case.facts)) == (once, facts)


@given(receipts, st.none() | st.integers(0, 5), years, years)
def test_the_calendar_in_force_decides_and_not_the_ones_before_it(
    day: date, accepted_after: int | None, first: set[date], second: set[date]
) -> None:
    mended, at_once = case_of(day, accepted_after), case_of(day, accepted_after)

    redate(mended, published(first), day)
    redate(mended, published(second), day)
    redate(at_once, published(second), day)

    assert Reckoning.on(mended) == Reckoning.on(at_once)


@given(receipts, st.none() | st.integers(0, 5), years)
def test_only_cases_due_in_the_year_or_later_can_move(
    day: date, accepted_after: int | None, odd: set[date]
) -> None:
    case = case_of(day, accepted_after)
    assert case.due_on is not None and case.latest_due_on is not None
    if case.latest_due_on < date(YEAR, 1, 1):  # the law's own date may lie beyond the promised one
        assert not redate(case, published(odd), day)


@given(receipts, years, st.integers(0, 60), st.randoms(use_true_random=False))
def test_facts_of_a_new_calendar_move_no_date_in_whatever_order_they_were_recorded(
    day: date, odd: set[date], offset: int, random: Random
) -> None:
    plain = [
        *accepted_on(day),
        fact(FactKind.SUSPENDED, day + 2 * DAY, ref="a"),
        fact(FactKind.RESUMED, day + 5 * DAY, ref="a"),
    ]
    told = [fact(FactKind.CALENDAR_CHANGED, day + n * DAY, note=RECOUNTED) for n in (offset, -offset, 0)]
    mixed = [replace(each, recorded_at=each.recorded_at + random.randrange(99) * DAY) for each in plain]
    mixed += told
    random.shuffle(mixed)

    def dates(facts: list[ClockFact]) -> list[object]:
        found = compute(facts, limits(limit(20), limit(10)), published(odd)).clocks
        return [(c.kind, c.start_on, c.due_on, c.ended_on, c.provisional, c.suspensions) for c in found]

    assert dates(mixed) == dates(plain)


def test_a_date_that_was_counted_anew_says_when_and_by_what() -> None:
    facts = [
        received(date(2026, 12, 30)),
        fact(FactKind.CALENDAR_CHANGED, date(2026, 12, 31), note=RECOUNTED),
    ]
    (clock,) = compute(facts, limits(limit(20)), published({date(2027, 1, 4)})).clocks

    assert clock.due_on == date(2027, 1, 7)  # 31 December; 1 January is an ordinary day in this invention
    assert [line.text for line in clock.lines][-2:-1] == [
        Text(
            "2026年12月31日按《（测试虚构）通知》重新推算",
            "Computed anew on 31 December 2026 by (invented) notice",
        )
    ]


def test_a_new_calendar_alone_starts_no_clock_and_may_come_after_the_end() -> None:
    alone = [fact(FactKind.CALENDAR_CHANGED, date(2026, 12, 31), note=RECOUNTED)]
    assert compute(alone, limits(limit(20)), CALENDAR).clocks == ()
    ended = [*accepted_on(date(2026, 11, 2)), fact(FactKind.DECIDED, date(2026, 11, 9)), *alone]
    clock = compute(ended, limits(limit(20, Unit.WORKING_DAY)), CALENDAR).clocks[-1]
    assert clock.ended_on == date(2026, 11, 9)
    assert not any("重新推算" in line.text.zh for line in clock.lines)
