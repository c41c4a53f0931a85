"""The deadline ledger: how a date explains itself, and what is said when facts contradict one another."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from approvals.cases.clock import ClockError, ClockFact, ClockKind, FactKind, Unit, compute
from shared.calendar import WorkCalendar
from shared.text import Text
from tests.unit.clock_cases import CALENDAR, accepted_on, clock_of, fact, limit, limits, received, statutory


def test_a_date_explains_itself_line_by_line() -> None:
    facts = accepted_on(
        date(2026, 9, 18),
        fact(FactKind.SUSPENDED, date(2026, 10, 12), note=Text("专家评审", "expert review")),
        fact(FactKind.RESUMED, date(2026, 10, 16)),
        fact(FactKind.EXTENDED, date(2026, 10, 20), days=10, note=Text("案情复杂", "a complex case")),
    )
    clock = statutory(facts, 20)
    notice = "《国务院办公厅关于2026年部分节假日安排的通知》，2025年11月4日公布"
    assert [line.text.zh for line in clock.lines] == [
        "2026年9月18日受理，当日不计入，办理期限自次日起算（《民法典》第二百零一条）",
        "期限为20个工作日（依据：《行政许可法》）",
        f"2026年9月20日（星期日）因国庆节调休上班，计入（{notice}）",
        f"2026年9月25日至9月27日中秋节放假，不计入（{notice}）",
        f"2026年10月1日至10月7日国庆节放假，不计入（{notice}）",
        f"2026年10月10日（星期六）因国庆节调休上班，计入（{notice}）",
        "2026年10月12日起停止计算，2026年10月16日恢复计算：其间的4个工作日不计入（专家评审）",
        "2026年10月20日经批准延长10个工作日（案情复杂）",
        "周末休息日10天不计入",
        "应于2026年11月11日前（含当日）办结",
    ]
    english = [line.text.en for line in clock.lines]
    assert english[5].startswith("10 October 2026 (Saturday) is a make-up working day for National Day")
    assert english[5].endswith("(State Council notice on public holidays in 2026, 4 November 2025)")
    assert english[6].endswith("resumed on 16 October 2026: 4 working days not counted (expert review)")
    assert english[7:] == [
        "Extended on 20 October 2026 by 10 working days (a complex case)",
        "Weekend days not counted: 10",
        "The decision is due by 11 November 2026",
    ]
    assert clock.lines[-1].on == clock.due_on


def test_deemed_acceptance_cites_the_law_on_licences_for_licences_alone() -> None:
    """行政许可法 art. 32(4)."""
    facts = [received(DAY), fact(FactKind.DEEMED_ACCEPTED, DAY, recorded_on=DAY + timedelta(days=8))]
    for licence in (True, False):
        given = replace(limits(limit(20)), licence=licence)
        first = clock_of(facts, given, ClockKind.STATUTORY).lines[0].text
        assert ("《行政许可法》第三十二条" in first.zh) == licence == ("Licensing Law" in first.en)
        assert "视为受理" in first.zh or licence


def test_an_intake_explanation_says_what_is_due_and_how_it_ended() -> None:
    facts = [received(date(2026, 11, 2)), fact(FactKind.CORRECTION_NOTIFIED, date(2026, 11, 4))]
    intake = compute(facts, limits(limit(20)), CALENDAR).clocks[0]
    assert intake.lines[-2].text.zh == "应于2026年11月9日前（含当日）决定是否受理，或一次性告知补正"
    assert intake.lines[-1].text == Text(
        "2026年11月4日告知补正，本期限终止", "4 November 2026: correction notice; this limit has ended"
    )


def test_an_unverified_basis_is_said_to_be_unverified() -> None:
    given = limits(limit(20, verified=False))
    clock = clock_of(accepted_on(date(2026, 11, 2)), given, ClockKind.STATUTORY)
    assert clock.lines[1].text.zh == "期限为20个工作日（依据：《行政许可法》，尚未核实）"
    assert clock.lines[1].text.en.endswith("not verified)")


def test_a_last_day_that_moved_says_why() -> None:
    clock = statutory(accepted_on(date(2026, 9, 24)), 7, Unit.CALENDAR_DAY)
    said = [line.text.zh for line in clock.lines]
    assert "按自然日连续计算，其间的休息日和节假日计入" in said
    assert "第7日2026年10月1日不是工作日，顺延至2026年10月8日（《民法典》第二百零三条）" in said
    immediate = statutory(accepted_on(date(2026, 11, 7)), 0, Unit.IMMEDIATE)
    assert "2026年11月7日不是工作日，顺延至2026年11月9日（《民法典》第二百零三条）" in [
        line.text.zh for line in immediate.lines
    ]


def test_limits_are_said_in_their_own_unit() -> None:
    assert limit(20).text == Text("20个工作日", "20 working days")
    assert limit(1).text == Text("1个工作日", "1 working day")
    assert limit(30, Unit.CALENDAR_DAY).text == Text("30日", "30 days")
    assert limit(2, Unit.HOUR).text == Text("2小时", "2 hours")
    assert limit(0, Unit.IMMEDIATE).text == Text("即时办结", "on the spot")


DAY = date(2026, 11, 2)
LATER = date(2026, 11, 4)
BEFORE = date(2026, 10, 30)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ([fact(FactKind.ACCEPTED, DAY)], "clock-not-received"),
        ([received(DAY), received(LATER)], "clock-twice"),
        (accepted_on(DAY, fact(FactKind.ACCEPTED, LATER)), "clock-twice"),
        (accepted_on(DAY, fact(FactKind.DEEMED_ACCEPTED, DAY)), "clock-twice"),
        ([received(DAY), fact(FactKind.ACCEPTED, BEFORE)], "clock-before-receipt"),
        ([received(DAY), fact(FactKind.SUSPENDED, LATER)], "clock-before-acceptance"),
        ([received(DAY), fact(FactKind.EXTENDED, LATER, days=3)], "clock-before-acceptance"),
        ([received(DAY), fact(FactKind.DECIDED, LATER)], "clock-before-acceptance"),
        (
            [received(DAY), fact(FactKind.ACCEPTED, LATER), fact(FactKind.DECIDED, DAY)],
            "clock-before-acceptance",
        ),
        (accepted_on(DAY, fact(FactKind.DECLINED, LATER)), "clock-accepted-and-declined"),
        (
            accepted_on(DAY, fact(FactKind.DECIDED, LATER), fact(FactKind.WITHDRAWN, LATER)),
            "clock-two-ends",
        ),
        (
            accepted_on(DAY, fact(FactKind.DECIDED, DAY), fact(FactKind.SUSPENDED, LATER)),
            "clock-after-end",
        ),
        (accepted_on(DAY, fact(FactKind.CORRECTION_NOTIFIED, LATER)), "clock-correction-after-acceptance"),
        ([received(DAY), fact(FactKind.CORRECTION_ANSWERED, LATER)], "clock-correction-order"),
        (
            [
                received(DAY),
                fact(FactKind.CORRECTION_NOTIFIED, LATER),
                fact(FactKind.CORRECTION_ANSWERED, DAY),
            ],
            "clock-correction-order",
        ),
        (
            [
                received(DAY),
                fact(FactKind.CORRECTION_NOTIFIED, DAY),
                fact(FactKind.CORRECTION_NOTIFIED, LATER),
            ],
            "clock-correction-order",
        ),
        (accepted_on(DAY, fact(FactKind.RESUMED, LATER)), "clock-resume-without-suspension"),
        (
            accepted_on(DAY, fact(FactKind.SUSPENDED, DAY, ref="a"), fact(FactKind.RESUMED, LATER, ref="b")),
            "clock-resume-without-suspension",
        ),
        (
            accepted_on(DAY, fact(FactKind.SUSPENDED, LATER), fact(FactKind.RESUMED, DAY)),
            "clock-suspension-order",
        ),
        (
            accepted_on(DAY, fact(FactKind.SUSPENDED, DAY), fact(FactKind.SUSPENDED, LATER)),
            "clock-suspension-order",
        ),
        (
            accepted_on(DAY, fact(FactKind.EXTENDED, DAY, days=3), fact(FactKind.EXTENDED, LATER, days=3)),
            "clock-twice",
        ),
        (accepted_on(DAY, fact(FactKind.EXTENDED, DAY)), "clock-extension-days"),
        (accepted_on(DAY, fact(FactKind.EXTENDED, DAY, days=0)), "clock-extension-days"),
    ],
)
def test_facts_that_cannot_all_be_true_are_refused(facts: list[ClockFact], code: str) -> None:
    with pytest.raises(ClockError) as caught:
        compute(facts, limits(limit(20), limit(5)), CALENDAR)
    assert caught.value.code == code
    assert caught.value.message.zh and caught.value.message.en
    assert "{" not in caught.value.message.zh + caught.value.message.en


@pytest.mark.parametrize(("n", "unit"), [(0, Unit.WORKING_DAY), (-1, Unit.IMMEDIATE), (10_001, Unit.HOUR)])
def test_senseless_limits_are_refused(n: int, unit: Unit) -> None:
    with pytest.raises(ClockError) as caught:
        limit(n, unit)
    assert caught.value.code == "clock-limit"


def test_a_calendar_without_data_still_counts_weekdays() -> None:
    bare = WorkCalendar([], {})
    clock = compute(accepted_on(date(2026, 9, 18)), limits(limit(20)), bare).clocks[-1]
    assert clock.due_on == date(2026, 10, 16)
    assert clock.provisional
