"""Each rule of time that the law lays down and the ledger implements, by the article it comes from."""

from datetime import date, datetime

import pytest

from approvals.cases.clock import (
    ClockKind,
    ClockState,
    FactKind,
    Limits,
    Unit,
    compute,
    deemed_acceptance,
    read,
)
from shared.clock import PARK_TZ
from shared.text import Text
from tests.unit.clock_cases import CALENDAR, accepted_on, clock_of, fact, limit, limits, received, statutory

MONDAY = date(2026, 11, 2)
DEMO_LIMITS = limits(limit(20), limit(10))


def test_licensing_law_art_82_limits_are_working_days_without_statutory_holidays() -> None:
    """行政许可法 art. 82: 以工作日计算，不含法定节假日."""
    assert statutory(accepted_on(date(2026, 9, 18)), 20).due_on == date(2026, 10, 22)
    assert statutory(accepted_on(date(2026, 2, 27)), 1).due_on == date(2026, 2, 28)  # a make-up Saturday


def test_licensing_law_art_32_incomplete_materials_are_told_within_five_days_else_it_is_accepted() -> None:
    """行政许可法 art. 32(4): 五日内一次告知；逾期不告知的，自收到申请材料之日起即为受理."""
    ledger = compute([received(MONDAY)], DEMO_LIMITS, CALENDAR)
    assert [clock.due_on for clock in ledger.clocks] == [date(2026, 11, 9)]
    assert deemed_acceptance(ledger, date(2026, 11, 9)) is None
    assert deemed_acceptance(ledger, date(2026, 11, 10)) == MONDAY


def test_licensing_law_art_32_what_is_corrected_on_the_spot_takes_no_day() -> None:
    """行政许可法 art. 32(3): 可以当场更正的，应当允许当场更正."""
    spot = [
        received(MONDAY),
        fact(FactKind.CORRECTION_NOTIFIED, MONDAY),
        fact(FactKind.CORRECTION_ANSWERED, MONDAY),
    ]
    assert compute(spot, DEMO_LIMITS, CALENDAR).clocks[-1].due_on == date(2026, 11, 9)


@pytest.mark.parametrize(
    ("days", "more", "article"), [(20, 10, "42(1)"), (45, 15, "42(2)"), (20, None, "43")]
)
def test_licensing_law_arts_42_and_43_the_decision_and_its_one_extension(
    days: int, more: int | None, article: str
) -> None:
    """行政许可法 arts. 42, 43: twenty days, ten more once; handled jointly forty-five, fifteen more."""
    facts = accepted_on(MONDAY)
    assert statutory(facts, days).due_on == CALENDAR.add_working_days(MONDAY, days), article
    if more is not None:
        extended = [*facts, fact(FactKind.EXTENDED, date(2026, 11, 20), days=more)]
        assert statutory(extended, days).due_on == CALENDAR.add_working_days(MONDAY, days + more), article


def test_licensing_law_art_42_a_decision_is_extended_once() -> None:
    """行政许可法 art. 42(1): 经本行政机关负责人批准，可以延长十日."""
    twice = [fact(FactKind.EXTENDED, date(2026, 11, day), days=10) for day in (10, 12)]
    with pytest.raises(ValueError, match="only one"):
        statutory(accepted_on(MONDAY, *twice), 20)


@pytest.mark.parametrize("procedure", ["听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审"])
def test_licensing_law_art_45_the_time_of_special_procedures_does_not_count_and_is_told(
    procedure: str,
) -> None:
    """行政许可法 art. 45: 所需时间不计算在规定的期限内，并应当书面告知."""
    stop = [
        fact(FactKind.SUSPENDED, date(2026, 11, 3), note=Text(procedure, "special procedure")),
        fact(FactKind.RESUMED, date(2026, 11, 10)),
    ]
    clock = statutory(accepted_on(MONDAY, *stop), 20)
    assert clock.due_on == CALENDAR.add_working_days(MONDAY, 25)
    assert any(procedure in line.text.zh and "5个工作日不计入" in line.text.zh for line in clock.lines)


def test_civil_code_art_201_the_first_day_is_not_counted() -> None:
    """民法典 art. 201: 开始的当日不计入，自下一日开始计算."""
    assert statutory(accepted_on(MONDAY), 1).due_on == date(2026, 11, 3)
    assert statutory(accepted_on(MONDAY), 7, Unit.CALENDAR_DAY).due_on == date(2026, 11, 9)


def test_licensing_law_art_44_what_was_granted_is_delivered_within_ten_days() -> None:
    """行政许可法 art. 44: 应当自作出决定之日起十日内向申请人颁发、送达行政许可证件."""
    given = Limits(limit(5), limit(20), delivery=limit(10))
    facts = accepted_on(MONDAY, fact(FactKind.DECIDED, date(2026, 11, 6)))
    assert clock_of(facts, given, ClockKind.DELIVERY).due_on == date(2026, 11, 20)


def test_civil_code_art_201_hours_run_from_the_moment_itself() -> None:
    """民法典 art. 201(2): 按照小时计算期间的，自法律规定或者当事人约定的时间开始计算."""
    at = datetime(2026, 10, 1, 22, 30, tzinfo=PARK_TZ)  # a holiday, at night: hours know neither
    facts = [received(at.date()), fact(FactKind.ACCEPTED, at.date(), at=at)]
    assert statutory(facts, 4, Unit.HOUR).due_at == datetime(2026, 10, 2, 2, 30, tzinfo=PARK_TZ)


def test_civil_code_art_203_a_last_day_on_a_holiday_moves_to_the_next_working_day() -> None:
    """民法典 art. 203: 最后一日是法定休假日的，以法定休假日结束的次日为最后一日；截止时间为二十四时."""
    clock = statutory(accepted_on(date(2026, 9, 24)), 7, Unit.CALENDAR_DAY)
    assert clock.due_on == date(2026, 10, 8)
    ledger = compute(accepted_on(date(2026, 9, 24)), limits(limit(7, Unit.CALENDAR_DAY)), CALENDAR)
    states = {day: read(ledger, date(2026, 10, day)).clocks[-1].state for day in (8, 9)}
    assert states == {8: ClockState.RUNNING, 9: ClockState.OVERDUE}  # the whole last day is in time


def test_business_regulation_art_36_a_promise_may_be_shorter_and_is_not_moved_by_an_extension() -> None:
    """优化营商环境条例 art. 36: 承诺的时限 may be shorter than the law's; both are kept and shown."""
    facts = accepted_on(MONDAY, fact(FactKind.EXTENDED, date(2026, 11, 10), days=10))
    assert clock_of(facts, DEMO_LIMITS, ClockKind.PROMISED).due_on == CALENDAR.add_working_days(MONDAY, 10)
    assert clock_of(facts, DEMO_LIMITS, ClockKind.STATUTORY).due_on == CALENDAR.add_working_days(MONDAY, 30)


def test_other_laws_keep_the_unit_they_are_worded_in() -> None:
    """行政许可法 art. 82 counts its own limits in working days; a law that says 日 is counted in days."""
    given = Limits(limit(5), limit(7, Unit.CALENDAR_DAY), limit(7))
    facts = accepted_on(MONDAY)
    assert clock_of(facts, given, ClockKind.STATUTORY).due_on == date(2026, 11, 9)
    assert clock_of(facts, given, ClockKind.PROMISED).due_on == date(2026, 11, 11)
