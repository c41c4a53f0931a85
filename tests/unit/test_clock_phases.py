"""The deadline ledger: intake and decision, deemed acceptance, states and lights."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from approvals.cases.clock import (
    ClockError,
    ClockKind,
    ClockState,
    FactKind,
    Light,
    Limits,
    Thresholds,
    Unit,
    compute,
    deemed_acceptance,
    read,
    status_of,
)
from tests.unit.clock_cases import CALENDAR, accepted_on, clock_of, fact, limit, limits, reading, received


def test_nothing_received_means_no_clock() -> None:
    ledger = compute([], limits(limit(20)), CALENDAR)
    assert ledger.clocks == ()
    nothing = read(ledger, date(2026, 11, 2))
    assert nothing.governing is None
    assert (nothing.light, nothing.due_on, nothing.days_left, nothing.kind) == (Light.ENDED, None, None, None)
    assert not nothing.is_open
    assert deemed_acceptance(ledger, date(2026, 11, 2)) is None


def test_intake_has_five_working_days_from_receipt() -> None:
    current = reading([received(date(2026, 11, 20))], limits(limit(20)), date(2026, 11, 20))
    assert current.kind is ClockKind.INTAKE
    assert current.due_on == date(2026, 11, 27)
    assert current.days_left == 5
    assert current.is_open


def test_a_correction_notice_ends_the_intake_clock_and_a_complete_answer_starts_a_new_one() -> None:
    facts = [
        received(date(2026, 11, 2)),
        fact(FactKind.CORRECTION_NOTIFIED, date(2026, 11, 4)),
    ]
    waiting = reading(facts, limits(limit(20)), date(2026, 11, 20))
    assert [status.state for status in waiting.clocks] == [ClockState.MET]
    assert waiting.light is Light.ENDED
    assert not waiting.is_open

    facts.append(fact(FactKind.CORRECTION_ANSWERED, date(2026, 11, 20)))
    again = reading(facts, limits(limit(20)), date(2026, 11, 20))
    assert [status.clock.round for status in again.clocks] == [1, 2]
    assert again.due_on == date(2026, 11, 27)
    assert again.clocks[1].clock.name.zh == "受理期限（第2次）"


def test_a_notice_and_its_answer_may_share_a_day() -> None:
    day = date(2026, 11, 2)
    facts = [
        fact(FactKind.CORRECTION_ANSWERED, day),
        fact(FactKind.CORRECTION_NOTIFIED, day),
        fact(FactKind.CORRECTION_NOTIFIED, day),
        received(day),
    ]
    current = reading(facts, limits(limit(20)), day)
    assert [status.clock.closed_by for status in current.clocks] == [FactKind.CORRECTION_NOTIFIED] * 2


def test_acceptance_ends_intake_and_starts_the_promised_and_the_statutory_clock() -> None:
    facts = [received(date(2026, 11, 2)), fact(FactKind.ACCEPTED, date(2026, 11, 5))]
    current = reading(facts, limits(limit(20), limit(5)), date(2026, 11, 6))
    assert [status.clock.kind for status in current.clocks] == [
        ClockKind.INTAKE,
        ClockKind.PROMISED,
        ClockKind.STATUTORY,
    ]
    assert current.clocks[0].state is ClockState.MET
    assert current.kind is ClockKind.PROMISED
    assert current.due_on == date(2026, 11, 12)


def test_without_a_promise_the_statutory_clock_governs() -> None:
    assert (
        reading(accepted_on(date(2026, 11, 2)), limits(limit(3)), date(2026, 11, 2)).kind
        is ClockKind.STATUTORY
    )


def test_an_extension_moves_the_promise_only_where_that_is_published() -> None:
    facts = accepted_on(date(2026, 11, 2), fact(FactKind.EXTENDED, date(2026, 11, 4), days=5))
    kept = clock_of(facts, limits(limit(20), limit(5)), ClockKind.PROMISED)
    moved = clock_of(facts, limits(limit(20), limit(5), extension_moves_promised=True), ClockKind.PROMISED)
    assert kept.due_on == date(2026, 11, 9)
    assert moved.due_on == date(2026, 11, 16)


def test_declining_ends_intake_without_a_decision_clock() -> None:
    facts = [received(date(2026, 11, 2)), fact(FactKind.DECLINED, date(2026, 11, 4))]
    ended = reading(facts, limits(limit(20)), date(2026, 11, 30))
    assert [status.state for status in ended.clocks] == [ClockState.MET]
    assert ended.light is Light.ENDED


def test_withdrawal_ends_every_clock_without_blame() -> None:
    early = [received(date(2026, 11, 2)), fact(FactKind.WITHDRAWN, date(2026, 11, 4))]
    assert reading(early, limits(limit(20)), date(2026, 11, 30)).clocks[0].state is ClockState.ENDED
    later = accepted_on(date(2026, 11, 2), fact(FactKind.WITHDRAWN, date(2026, 11, 4)))
    states = [
        status.state for status in reading(later, limits(limit(20), limit(5)), date(2026, 11, 30)).clocks
    ]
    assert states == [ClockState.MET, ClockState.ENDED, ClockState.ENDED]


def test_a_decision_in_time_is_met_and_a_late_one_stays_overdue() -> None:
    facts = accepted_on(date(2026, 11, 2), fact(FactKind.DECIDED, date(2026, 11, 13)))
    decided = reading(facts, limits(limit(20), limit(5)), date(2026, 12, 31))
    assert [status.state for status in decided.clocks[1:]] == [ClockState.OVERDUE, ClockState.MET]
    assert decided.light is Light.ENDED
    assert decided.kind is ClockKind.PROMISED
    assert decided.days_left is None
    assert not decided.statutory_overdue


def test_a_decision_during_an_open_suspension_is_met() -> None:
    facts = accepted_on(
        date(2026, 11, 2),
        fact(FactKind.SUSPENDED, date(2026, 11, 4)),
        fact(FactKind.DECIDED, date(2026, 11, 30)),
    )
    assert reading(facts, limits(limit(5)), date(2026, 12, 1)).clocks[1].state is ClockState.MET


def test_inside_a_suspension_the_clock_is_suspended_and_runs_again_after_it() -> None:
    facts = accepted_on(
        date(2026, 11, 2),
        fact(FactKind.SUSPENDED, date(2026, 11, 4)),
        fact(FactKind.RESUMED, date(2026, 11, 10)),
    )
    given = limits(limit(20))
    states = [reading(facts, given, date(2026, 11, day)).clocks[1].state for day in (4, 5, 10, 11)]
    assert states == [ClockState.RUNNING, ClockState.SUSPENDED, ClockState.SUSPENDED, ClockState.RUNNING]


def test_without_a_notice_in_time_the_application_counts_as_accepted_from_receipt() -> None:
    ledger = compute([received(date(2026, 11, 20))], limits(limit(20)), CALENDAR)
    assert deemed_acceptance(ledger, date(2026, 11, 27)) is None
    assert deemed_acceptance(ledger, date(2026, 11, 28)) == date(2026, 11, 20)


def test_after_a_complete_answer_it_counts_as_accepted_from_that_answer() -> None:
    facts = [
        received(date(2026, 11, 2)),
        fact(FactKind.CORRECTION_NOTIFIED, date(2026, 11, 4)),
        fact(FactKind.CORRECTION_ANSWERED, date(2026, 11, 20)),
    ]
    ledger = compute(facts, limits(limit(20)), CALENDAR)
    assert deemed_acceptance(ledger, date(2026, 11, 27)) is None
    assert deemed_acceptance(ledger, date(2026, 11, 28)) == date(2026, 11, 20)
    waiting = compute(facts[:2], limits(limit(20)), CALENDAR)
    assert deemed_acceptance(waiting, date(2026, 12, 31)) is None


def test_deemed_acceptance_takes_effect_in_the_past_and_blames_the_intake_clock() -> None:
    facts = [
        received(date(2026, 11, 20)),
        fact(FactKind.DEEMED_ACCEPTED, date(2026, 11, 20), recorded_on=date(2026, 11, 28)),
    ]
    current = reading(facts, limits(limit(20)), date(2026, 11, 28))
    intake, decision = current.clocks
    assert intake.state is ClockState.OVERDUE
    assert intake.clock.ended_on == date(2026, 11, 27)
    assert decision.clock.start_on == date(2026, 11, 20)
    assert decision.clock.due_on == date(2026, 12, 18)
    first = decision.clock.lines[0].text
    assert "自2026年11月20日收到申请材料之日起即为受理" in first.zh
    assert first.zh.endswith("（2026年11月28日补记）")
    assert first.en.endswith("(recorded on 28 November 2026)")


@pytest.mark.parametrize(
    ("n", "yellow_on", "due"),
    [
        (1, date(2026, 11, 3), date(2026, 11, 3)),
        (3, date(2026, 11, 5), date(2026, 11, 5)),
        (5, date(2026, 11, 6), date(2026, 11, 9)),
        (10, date(2026, 11, 12), date(2026, 11, 16)),
        (20, date(2026, 11, 26), date(2026, 11, 30)),
    ],
)
def test_yellow_comes_with_a_fifth_or_two_working_days_left(n: int, yellow_on: date, due: date) -> None:
    facts = accepted_on(date(2026, 11, 2))
    current = reading(facts, limits(limit(n)), date(2026, 11, 2))
    assert (current.yellow_on, current.due_on) == (yellow_on, due)
    assert current.light is Light.GREEN
    assert reading(facts, limits(limit(n)), yellow_on - timedelta(days=1)).light is Light.GREEN
    assert reading(facts, limits(limit(n)), yellow_on).light is Light.YELLOW
    assert reading(facts, limits(limit(n)), due).light is Light.YELLOW
    assert reading(facts, limits(limit(n)), due + timedelta(days=1)).light is Light.RED


def test_days_left_count_down_to_zero_on_the_last_day_and_below_when_overdue() -> None:
    facts = accepted_on(date(2026, 11, 2))
    left = [reading(facts, limits(limit(3)), date(2026, 11, day)).days_left for day in range(2, 11)]
    assert left == [3, 2, 1, 0, -1, -1, -1, -2, -3]


def test_a_long_calendar_day_limit_is_yellow_only_when_two_working_days_are_left() -> None:
    facts = accepted_on(date(2026, 11, 2))
    current = reading(facts, limits(limit(60, Unit.CALENDAR_DAY)), date(2026, 11, 2))
    assert current.due_on == date(2027, 1, 4)  # the sixtieth day is 1 January
    assert current.yellow_on == date(2026, 12, 30)
    assert current.provisional


def test_thresholds_can_be_set() -> None:
    ledger = compute(accepted_on(date(2026, 11, 2)), limits(limit(20)), CALENDAR)
    eager = read(ledger, date(2026, 11, 2), Thresholds(working_days=4))
    assert eager.yellow_on == date(2026, 11, 24)


def test_a_missed_promise_is_red_and_a_missed_law_is_worse() -> None:
    facts = accepted_on(date(2026, 11, 2))
    given = limits(limit(10), limit(5))
    promise = reading(facts, given, date(2026, 11, 10))
    assert (promise.light, promise.kind, promise.statutory_overdue) == (Light.RED, ClockKind.PROMISED, False)
    law = reading(facts, given, date(2026, 11, 17))
    assert (law.light, law.kind, law.statutory_overdue) == (Light.RED, ClockKind.PROMISED, True)


def test_a_grant_starts_the_delivery_clock_and_the_delivery_ends_it() -> None:
    given = replace(limits(limit(20)), delivery=limit(10))
    facts = accepted_on(date(2026, 11, 2), fact(FactKind.DECIDED, date(2026, 11, 6)))
    waiting = reading(facts, given, date(2026, 11, 9))
    status = status_of(waiting, ClockKind.DELIVERY)
    assert status is not None
    assert (status.clock.due_on, status.state, status.days_left) == (
        date(2026, 11, 20),
        ClockState.RUNNING,
        9,
    )
    assert status.clock.lines[0].text.zh.startswith("2026年11月6日作出准予决定")
    assert status.clock.lines[-1].text.zh == "应于2026年11月20日前（含当日）颁发、送达证件"
    assert status.clock.lines[-1].text.en == "The certificate is to be delivered by 20 November 2026"
    assert waiting.kind is ClockKind.STATUTORY and not waiting.is_open, "the answer has been given"

    for day, state in ((date(2026, 11, 20), ClockState.MET), (date(2026, 11, 23), ClockState.OVERDUE)):
        delivered = reading([*facts, fact(FactKind.DELIVERED, day)], given, day)
        status = status_of(delivered, ClockKind.DELIVERY)
        assert status is not None and status.state is state
        assert status.clock.lines[-1].on == day


def test_nothing_is_delivered_where_the_item_names_no_limit_for_it() -> None:
    facts = accepted_on(date(2026, 11, 2), fact(FactKind.DECIDED, date(2026, 11, 6)))
    assert status_of(reading(facts, limits(limit(20)), date(2026, 11, 9)), ClockKind.DELIVERY) is None


def test_delivery_comes_after_the_decision() -> None:
    early = accepted_on(
        date(2026, 11, 2),
        fact(FactKind.DECIDED, date(2026, 11, 6)),
        fact(FactKind.DELIVERED, date(2026, 11, 5)),
    )
    withdrawn = accepted_on(
        date(2026, 11, 2),
        fact(FactKind.WITHDRAWN, date(2026, 11, 6)),
        fact(FactKind.DELIVERED, date(2026, 11, 9)),
    )
    for facts in (early, withdrawn):
        with pytest.raises(ClockError, match="before the decision"):
            reading(facts, limits(limit(20)), date(2026, 11, 9))


def test_a_limit_from_receipt_ends_with_a_correction_notice_and_starts_anew_with_the_answer() -> None:
    given = Limits(None, replace(limit(20, Unit.CALENDAR_DAY), from_receipt=True))
    facts = [received(date(2026, 11, 2)), fact(FactKind.CORRECTION_NOTIFIED, date(2026, 11, 4))]
    waiting = reading(facts, given, date(2026, 12, 31))
    assert [status.state for status in waiting.clocks] == [ClockState.MET], "the applicant is at it"
    assert not waiting.is_open and not waiting.statutory_overdue

    answered = [*facts, fact(FactKind.CORRECTION_ANSWERED, date(2026, 11, 24))]
    again = reading(answered, given, date(2026, 11, 24))
    (clock,) = (status.clock for status in again.clocks)
    assert (clock.start_on, clock.due_on, clock.key) == (
        date(2026, 11, 24),
        date(2026, 12, 14),
        "statutory",
    )
    assert clock.lines[0].text.zh == "2026年11月24日收到补正后的申请材料，办理期限重新计算，当日不计入"

    accepted = reading([*facts, fact(FactKind.ACCEPTED, date(2026, 11, 5))], given, date(2026, 11, 6))
    assert accepted.is_open and accepted.due_on == date(2026, 11, 23), "they asked no more for it"
