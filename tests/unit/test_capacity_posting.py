"""What firms owe for bookings: both sides of it, the commission, corrections, statements of a month."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.posting import Deal, Posting, Reason, Side, charged, countered, paid, posted
from facilities.capacity.statements import Month, Statement, continued, statement, statement_rows
from shared.errors import Conflict
from shared.text import Text

BUYER, OWNER = "91330100000000000A", "91330100000000000B"
DEAL = Deal(UUID(int=1), BUYER, OWNER, 500)
NOW = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)  # 23:30 in the park
WHAT = Text("五轴加工中心", "Five-axis machine")
WHY = Text("误记", "Entered by mistake")


def amounts(lines: Sequence[Posting]) -> dict[str, int]:
    return {line.side.value: line.amount_fen for line in lines}


def firms(lines: Sequence[Posting]) -> dict[str, int]:
    return {firm: sum(line.amount_fen for line in lines if line.firm == firm) for firm in (BUYER, OWNER)}


def test_the_owner_is_owed_what_the_customer_is_charged_less_the_commission() -> None:
    lines = posted(DEAL, [], Reason.PRICE, 20_010, NOW, WHAT)
    assert amounts(lines) == {"customer": 20_010, "owner": -20_010, "commission": 1_001}  # 1 000.5 fen
    assert firms(lines) == {BUYER: 20_010, OWNER: -19_009}
    assert {(line.about, line.sequence, line.posted_at) for line in lines} == {(DEAL.booking_id, 1, NOW)}
    assert [line.reason for line in lines] == [Reason.PRICE, Reason.PRICE, Reason.COMMISSION]


def test_a_deposit_is_between_customer_and_platform() -> None:
    lines = posted(DEAL, [], Reason.DEPOSIT, 5_000, NOW, WHAT)
    assert amounts(lines) == {"customer": 5_000} and lines[0].other == ""
    back = posted(DEAL, lines, Reason.DEPOSIT, -5_000, NOW, WHAT)
    assert firms([*lines, *back]) == {BUYER: 0, OWNER: 0}


def test_what_makes_up_for_damage_is_between_the_two_sides() -> None:
    price = posted(DEAL, [], Reason.PRICE, 10_000, NOW, WHAT)
    made_up = posted(DEAL, price, Reason.OTHER, -30_000, NOW, WHAT)
    assert amounts(made_up) == {"customer": -30_000, "owner": 30_000}
    assert {line.firm: line.other for line in made_up} == {BUYER: OWNER, OWNER: BUYER}
    back = posted(DEAL, [*price, *made_up], Reason.REFUND, -10_000, NOW, WHAT)
    assert amounts(back)["commission"] == -500


def test_nothing_is_no_line() -> None:
    assert posted(DEAL, [], Reason.PRICE, 0, NOW, WHAT) == ()


@pytest.mark.parametrize(
    ("reason", "amount"),
    [
        (Reason.REFUND, -10_001),
        (Reason.EARLY, -10_001),
        (Reason.DEPOSIT, -3_001),
        (Reason.COMMISSION, 1),
        (Reason.PAYMENT, 1),
        (Reason.CORRECTION, 1),
    ],
)
def test_no_more_comes_back_than_was_charged_for_it(reason: Reason, amount: int) -> None:
    lines = list(posted(DEAL, [], Reason.PRICE, 10_000, NOW, WHAT))
    lines += posted(DEAL, lines, Reason.DEPOSIT, 3_000, NOW, WHAT)
    with pytest.raises(ValueError, match="cannot be posted"):
        posted(DEAL, lines, reason, amount, NOW, WHAT)


def test_a_posting_is_undone_on_every_side_and_stays_where_it_was() -> None:
    first = posted(DEAL, [], Reason.PRICE, 10_000, NOW, WHAT)
    undone = countered(first, 1, NOW, WHY)
    assert amounts(undone) == {"customer": -10_000, "owner": 10_000, "commission": -500}
    assert {(line.sequence, line.corrects, line.reason) for line in undone} == {(2, 1, Reason.CORRECTION)}
    anew = posted(DEAL, [*first, *undone], Reason.PRICE, 9_000, NOW, WHAT)
    assert firms([*first, *undone, *anew]) == {BUYER: 9_000, OWNER: -8_550}


def test_what_is_undone_or_undoes_cannot_be_undone() -> None:
    lines = [*posted(DEAL, [], Reason.PRICE, 10_000, NOW, WHAT)]
    lines += countered(lines, 1, NOW, WHY)
    for sequence, code in ((1, "posting-corrected"), (2, "posting-corrects")):
        with pytest.raises(Conflict) as refusal:
            countered(lines, sequence, NOW, WHY)
        assert refusal.value.code == code
    with pytest.raises(ValueError, match="no posting 3"):
        countered(lines, 3, NOW, WHY)


@pytest.mark.parametrize("reason", [Reason.PRICE, Reason.DEPOSIT])
def test_what_has_been_given_back_is_not_undone_before_that_is(reason: Reason) -> None:
    lines = [*posted(DEAL, [], reason, 10_000, NOW, WHAT)]
    lines += posted(DEAL, lines, Reason.REFUND if reason is Reason.PRICE else reason, -1, NOW, WHAT)
    with pytest.raises(Conflict) as refusal:
        countered(lines, 1, NOW, WHY)
    assert refusal.value.code == "posting-given-back"
    lines += countered(lines, 2, NOW, WHY)
    lines += countered(lines, 1, NOW, WHY)
    assert firms(lines) == {BUYER: 0, OWNER: 0}


def test_a_payment_lessens_what_the_firm_owes_and_can_be_undone() -> None:
    payment = paid(UUID(int=9), BUYER, 4_000, NOW, WHAT)
    assert payment.amount_fen == -4_000
    assert [line.amount_fen for line in countered([payment], 1, NOW, WHY)] == [4_000]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Deal, list[Posting]]:
    """Whatever may happen to a booking, over some months."""
    deal = replace(DEAL, commission_bp=draw(st.integers(0, 10_000)))
    lines: list[Posting] = []
    at = datetime(2026, 10, 1, tzinfo=UTC)
    for _ in range(draw(st.integers(0, 8))):
        at += timedelta(hours=draw(st.integers(0, 600)))
        reason = draw(
            st.sampled_from([Reason.PRICE, Reason.OVERTIME, Reason.FEE, Reason.REFUND, Reason.DEPOSIT])
        )
        so_far = charged(lines, {Reason.DEPOSIT}) if reason is Reason.DEPOSIT else charged(lines)
        least = -so_far if reason in {Reason.REFUND, Reason.DEPOSIT} else 0
        most = 0 if reason is Reason.REFUND else 10**6
        lines += posted(deal, lines, reason, draw(st.integers(least, most)), at, WHAT)
        undo = draw(st.booleans())
        if lines and undo:
            try:
                lines += countered(lines, draw(st.integers(1, lines[-1].sequence)), at, WHY)
            except Conflict:
                continue
    return deal, lines


@given(histories())
def test_every_posting_leaves_what_the_platform_keeps_and_no_key_twice(
    history: tuple[Deal, list[Posting]],
) -> None:
    _, lines = history
    keys = [(line.about, line.sequence, line.side) for line in lines]
    assert len(set(keys)) == len(keys)
    kept = sum(line.amount_fen for line in lines if line.side is Side.COMMISSION)
    deposit = charged(lines, {Reason.DEPOSIT})
    assert sum(line.amount_fen for line in lines) == kept + deposit
    assert deposit >= 0
    assert firms(lines)[BUYER] == charged(lines) + deposit >= 0


@given(histories())
def test_the_commission_is_that_on_all_that_was_charged(history: tuple[Deal, list[Posting]]) -> None:
    deal, lines = history
    lines = [*lines, *posted(deal, lines, Reason.PRICE, 1, NOW, WHAT)]
    kept = sum(line.amount_fen for line in lines if line.side is Side.COMMISSION)
    assert abs(kept * 10_000 - charged(lines) * deal.commission_bp) <= 5_000
    back = posted(deal, lines, Reason.REFUND, -charged(lines), NOW, WHAT)
    assert firms([*lines, *back]) == {BUYER: charged(lines, {Reason.DEPOSIT}), OWNER: 0}


MONTHS = [
    Month(2026, 9),
    Month(2026, 10),
    Month(2026, 11),
    Month(2026, 12),
    *(Month(2027, n) for n in range(1, 13)),
]


@given(histories(), st.sampled_from([BUYER, OWNER]))
def test_each_month_opens_as_the_one_before_has_closed_and_no_line_is_lost(
    history: tuple[Deal, list[Posting]], firm: str
) -> None:
    _, lines = history
    found = [statement(firm, month, lines) for month in MONTHS]
    assert found[0].opening_fen == found[0].closing_fen == 0
    for before, after in pairwise(found):
        assert after.opening_fen == before.closing_fen
        assert continued(firm, after.month, before.closing_fen, lines) == after
        assert after.closing_fen == after.opening_fen + sum(after.totals.values())
    assert found[-1].closing_fen == firms(lines)[firm]
    assert sorted(line for each in found for line in map(str, each.lines)) == sorted(
        str(line) for line in lines if line.firm == firm
    )


@given(histories())
def test_what_is_posted_later_changes_no_earlier_month(history: tuple[Deal, list[Posting]]) -> None:
    _, lines = history
    month = Month(2026, 11)
    until_then = [line for line in lines if line.posted_at < month.next.begins()]
    assert statement(BUYER, month, lines) == statement(BUYER, month, until_then)


def _november() -> Statement:
    lines = [*posted(DEAL, [], Reason.PRICE, 10_000, NOW - timedelta(days=40), WHAT)]
    lines += posted(DEAL, lines, Reason.OVERTIME, 3_750, NOW, WHAT)
    lines += countered(lines, 2, NOW + timedelta(minutes=29), WHY)
    lines += posted(DEAL, lines, Reason.OVERTIME, 1_000, NOW + timedelta(minutes=30), WHAT)  # in December
    return statement(BUYER, Month(2026, 11), lines)


def test_a_month_is_one_by_the_clock_of_the_park() -> None:
    found = _november()
    assert (found.opening_fen, found.closing_fen) == (10_000, 10_000)
    assert [line.amount_fen for line in found.lines] == [3_750, -3_750]
    assert found.totals == {Reason.OVERTIME: 3_750, Reason.CORRECTION: -3_750}
    assert str(found.month) == "2026-11"
    assert Month(2026, 12).next == Month(2027, 1)
    assert Month.of(NOW) == Month.read("2026-11") and Month.of(NOW + timedelta(hours=1)) == Month(2026, 12)
    for nothing in ("2026-13", "2026-1", "1999-12", "２０２６-11", "2026-11\n"):
        with pytest.raises(ValueError, match="no month"):
            Month.read(nothing)


def test_a_statement_is_a_table_in_either_language() -> None:
    rows = list(statement_rows(_november(), "en", {OWNER: "Owner"}))
    assert [row[-1] for row in rows] == ["Amount (yuan)", "100.00", "37.50", "-37.50", "100.00"]
    assert rows[3] == ["2026-11-30", str(DEAL.booking_id), "3", "Correction", "Owner", WHY.en, "2", "-37.50"]
    chinese = list(statement_rows(_november(), "zh"))
    assert [row[5] for row in chinese] == ["说明", "期初余额", WHAT.zh, WHY.zh, "期末余额"]
    assert {row[4] for row in chinese} == {"对方", "", OWNER}
    assert {len(row) for row in rows + chinese} == {8}
