"""Rules of recurrence: what is read, how it is written, and what is refused and why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.recurrence import WEEKDAYS, Every, Rule, read_rule
from shared.errors import InvalidInput

UNTIL = "UNTIL=20270131T155959Z"


def refused(text: str) -> set[str]:
    with pytest.raises(InvalidInput) as refusal:
        read_rule(text, "/recurrence")
    for error in refusal.value.errors:
        assert error.pointer == "/recurrence"
        assert error.message.zh and error.message.en
        assert error.message.en.isascii()
    return {error.code for error in refusal.value.errors}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("FREQ=DAILY;COUNT=3", Rule(Every.DAY, count=3)),
        ("rrule:freq=daily;interval=2;count=3", Rule(Every.DAY, interval=2, count=3)),
        (f"FREQ=DAILY;{UNTIL}", Rule(Every.DAY, until=datetime(2027, 1, 31, 15, 59, 59, tzinfo=UTC))),
        ("FREQ=WEEKLY;COUNT=4;BYDAY=WE,MO", Rule(Every.WEEK, count=4, weekdays=((0, 0), (0, 2)))),
        ("FREQ=MONTHLY;COUNT=4;BYDAY=-1FR", Rule(Every.MONTH, count=4, weekdays=((-1, 4),))),
        ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=-1,15", Rule(Every.MONTH, count=4, month_days=(-1, 15))),
        (
            "FREQ=MONTHLY;COUNT=4;BYMONTH=1,2;BYDAY=MO,TU;BYSETPOS=-1;WKST=SU",
            Rule(
                Every.MONTH,
                count=4,
                months=(1, 2),
                weekdays=((0, 0), (0, 1)),
                positions=(-1,),
                week_start=6,
            ),
        ),
    ],
)
def test_a_rule_is_read_as_the_standard_writes_it(text: str, rule: Rule) -> None:
    assert read_rule(text) == rule
    assert read_rule(str(rule)) == rule


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "rule_form"),
        ("   ", "rule_form"),
        ("RRULE:", "rule_form"),
        ("every monday", "rule_form"),
        ("FREQ=DAILY;COUNT", "rule_form"),
        ("FREQ=DAILY;COUNT=2;", "rule_form"),
        ("FREQ=DAILY;COUNT=", "rule_form"),
        ("FREQ=DAILY;COUNT=2;" + "BYMONTH=1;" * 99, "rule_form"),
        ("FREQ=DAILY;COUNT=2;COUNT=2", "rule_twice"),
        ("FREQ=DAILY;COUNT=2\nDTSTART=20270101", "rule_value"),
        ("FREQ=DAILY;COUNT=2;BYHOUR=1,2,3", "rule_part"),
        ("FREQ=DAILY;COUNT=2;BYSECOND=1", "rule_part"),
        ("FREQ=DAILY;COUNT=2;BYEASTER=1", "rule_part"),
        ("FREQ=DAILY;COUNT=2;BYYEARDAY=1", "rule_part"),
        ("FREQ=DAILY;COUNT=2;X-\ud800=1", "rule_part"),
        ("FREQ=YEARLY;COUNT=2", "rule_freq"),
        ("FREQ=HOURLY;COUNT=2", "rule_freq"),
        ("FREQ=SECONDLY;COUNT=2", "rule_freq"),
        ("COUNT=2", "rule_freq"),
        ("FREQ=DAILY", "rule_endless"),
        (f"FREQ=DAILY;COUNT=2;{UNTIL}", "rule_both"),
        ("FREQ=DAILY;UNTIL=20270131", "rule_until"),
        ("FREQ=DAILY;UNTIL=20270131T120000", "rule_until"),
        ("FREQ=DAILY;UNTIL=20270231T120000Z", "rule_until"),
        ("FREQ=DAILY;UNTIL=00000101T000000Z", "rule_until"),
        ("FREQ=DAILY;COUNT=0", "rule_value"),
        ("FREQ=DAILY;COUNT=-1", "rule_value"),
        ("FREQ=DAILY;COUNT=1_0", "rule_value"),
        ("FREQ=DAILY;COUNT=２", "rule_value"),
        ("FREQ=DAILY;COUNT=99999999999999999999", "rule_value"),
        ("FREQ=DAILY;COUNT=2;INTERVAL=0", "rule_value"),
        ("FREQ=DAILY;COUNT=2;INTERVAL=1,2", "rule_value"),
        ("FREQ=DAILY;COUNT=2;BYMONTH=13", "rule_value"),
        ("FREQ=DAILY;COUNT=2;BYMONTH=-1", "rule_value"),
        ("FREQ=DAILY;COUNT=2;BYMONTHDAY=0", "rule_value"),
        ("FREQ=DAILY;COUNT=2;BYMONTHDAY=32", "rule_value"),
        ("FREQ=DAILY;COUNT=2;BYDAY=", "rule_form"),
        ("FREQ=DAILY;COUNT=2;BYDAY=MO,", "rule_value"),
        ("FREQ=DAILY;COUNT=2;BYDAY=XX", "rule_value"),
        ("FREQ=MONTHLY;COUNT=2;BYDAY=6MO", "rule_value"),
        ("FREQ=MONTHLY;COUNT=2;BYDAY=MO;BYSETPOS=0", "rule_value"),
        ("FREQ=WEEKLY;COUNT=2;WKST=1", "rule_value"),
        ("FREQ=WEEKLY;COUNT=2;BYDAY=1MO", "rule_nth"),
        ("FREQ=WEEKLY;COUNT=2;BYMONTHDAY=1", "rule_month_day"),
        ("FREQ=WEEKLY;COUNT=2;BYSETPOS=1", "rule_positions"),
    ],
)
def test_a_malformed_rule_is_refused_with_the_reason(text: str, code: str) -> None:
    assert code in refused(text)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    text = "FREQ=WEEKLY;INTERVAL=0;BYHOUR=3;BYDAY=2MO"
    assert refused(text) == {"rule_value", "rule_part", "rule_nth", "rule_endless"}


PIECES = st.sampled_from(
    [
        *("FREQ", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "RRULE:", "DAILY", "MONTHLY", "MO"),
        *(
            "=",
            ";",
            "=",
            ";",
            ",",
            "-",
            "+",
            " ",
            "\n",
            "0",
            "1",
            "31",
            "9999999",
            "20270131T155959Z",
            "星期一",
        ),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join)))
def test_whatever_is_typed_is_a_rule_or_refused(text: str) -> None:
    try:
        rule = read_rule(text)
    except InvalidInput as refusal:
        assert refusal.errors
    else:
        assert read_rule(str(rule)) == rule


DAYS = st.integers(1, 31) | st.integers(-31, -1)
RULES = st.builds(
    Rule,
    every=st.just(Every.MONTH),
    interval=st.integers(1, 9_999),
    count=st.integers(1, 9_999),
    months=st.sets(st.integers(1, 12)).map(lambda each: tuple(sorted(each))),
    month_days=st.sets(DAYS, max_size=9).map(lambda each: tuple(sorted(each))),
    weekdays=st.sets(st.tuples(st.integers(-5, 5), st.integers(0, 6)), min_size=1, max_size=20).map(
        lambda each: tuple(sorted(each))
    ),
    positions=st.sets(DAYS, max_size=9).map(lambda each: tuple(sorted(each))),
    week_start=st.integers(0, len(WEEKDAYS) - 1),
)


@given(RULES, st.datetimes(datetime(1000, 1, 1), datetime(9999, 1, 1)))  # noqa: DTZ001 - made one of UTC
def test_what_is_written_is_read_as_the_same(rule: Rule, until: datetime) -> None:
    for each in (rule, replace(rule, count=None, until=until.replace(microsecond=0, tzinfo=UTC))):
        assert read_rule(str(each)) == each
