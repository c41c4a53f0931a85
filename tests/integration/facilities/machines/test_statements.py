"""What firms owe one another, month by month: both sides, closing, corrections, copies to keep."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from facilities.production.machines.bookings.charging import charge
from facilities.production.statements.closing import close_month
from facilities.production.statements.model import PostingLine
from shared.actor import SYSTEM
from shared.text import Text
from tests.integration.facilities.machines.trade import (
    BORROWER,
    CUSTOMER,
    LENDER,
    OTHER,
    OWNER,
    Trade,
    codes,
    member,
)
from tests.unit.pdf_text import squeeze, texts

MANAGER = member(roles=("manager",))
DAY = 24
_COPY = """INSERT INTO posting SELECT about, 99, side, firm, other, reason, amount_fen, posted_at, what,
    NULL, NULL FROM posting"""
DECEMBER = 8 * DAY
"""Hours from the beginning (Monday the 23rd of November) to within the next month."""


def statement(trade: Trade, firm: str, month: str = "2026-11", actor: Any = None) -> Any:
    who = actor or (BORROWER if firm == CUSTOMER else LENDER)
    return trade.ok(trade.get(who, f"/statements/{firm}/{month}"))


def amounts(trade: Trade, firm: str, month: str = "2026-11") -> list[tuple[str, int]]:
    who = BORROWER if firm == CUSTOMER else LENDER
    page = trade.ok(trade.get(who, f"/statements/{firm}/{month}/lines"))
    return [(each["reason"], each["amount_fen"]) for each in page["items"]]


def cancelled(trade: Trade) -> str:
    """A booking of two hours that was cancelled some hours ahead: half of the price is kept."""
    booking = trade.booked(trade.machine(), 8, 10)
    trade.ok(trade.act(BORROWER, booking, "cancel"))
    return booking


def wrong_line(trade: Trade, booking: str, reason: str) -> str:
    charges = trade.booking(booking)["charges"]
    return str(next(each["id"] for each in charges if each["reason"] == reason))


def test_what_one_side_owes_the_other_is_owed(trade: Trade) -> None:
    cancelled(trade)

    assert amounts(trade, CUSTOMER) == [
        ("price", 56000),
        ("price", 15000),
        ("deposit", 100000),
        ("refund", -35500),
        ("deposit", -100000),
    ]
    assert amounts(trade, OWNER) == [("price", -56000), ("price", -15000), ("refund", 35500)]
    customer, owner = statement(trade, CUSTOMER), statement(trade, OWNER)
    assert (customer["opening_fen"], customer["closing_fen"]) == (0, 35500)
    assert owner["closing_fen"] == -35500
    assert {each["reason"]: each["amount_fen"] for each in customer["totals"]} == {
        "price": 71000,
        "deposit": 0,
        "refund": -35500,
    }


def test_a_month_that_is_over_is_closed_and_the_next_one_continues_it(trade: Trade) -> None:
    cancelled(trade)
    assert statement(trade, CUSTOMER)["closed"] is False
    trade.go_to(DECEMBER)
    trade.assembly.system.settle()
    booking = trade.booked(trade.machine(), DECEMBER + 2, DECEMBER + 4)

    november, december = statement(trade, CUSTOMER), statement(trade, CUSTOMER, "2026-12")
    assert november["closed"] and november["closing_fen"] == 35500
    assert december["opening_fen"] == 35500 and december["closing_fen"] == 35500 + 171000
    listed = trade.ok(trade.get(BORROWER, "/statements"))
    assert [(each["month"], each["closing_fen"]) for each in listed["items"]] == [("2026-11", 35500)]
    assert [(each["month"], each["closing_fen"]) for each in listed["open"]] == [("2026-12", 206500)]
    assert trade.booking(booking)["balance_fen"] == 171000


def test_a_month_that_was_missed_is_closed_on_the_way(trade: Trade) -> None:
    cancelled(trade)
    trade.go_to(80 * DAY)
    trade.assembly.system.settle()

    listed = trade.ok(trade.get(BORROWER, "/statements"))
    assert [each["month"] for each in listed["items"]] == ["2026-11"]  # the others had no lines
    january = statement(trade, CUSTOMER, "2027-01")
    assert january["closed"] and january["opening_fen"] == january["closing_fen"] == 35500
    assert statement(trade, CUSTOMER, "2027-02")["closed"] is False
    assert trade.get(BORROWER, f"/statements/{CUSTOMER}/2027-03").status_code == 404


def test_a_line_of_a_closed_month_is_corrected_in_the_next(trade: Trade) -> None:
    booking = cancelled(trade)
    trade.go_to(DECEMBER)
    trade.assembly.system.settle()
    before = [trade.get(BORROWER, f"/statements/{CUSTOMER}/2026-11/{form}").data for form in ("csv", "pdf")]
    wrong = {"charge_id": wrong_line(trade, booking, "set_up"), "reason": "未做准备", "instead_fen": 5000}

    corrected = trade.ok(trade.act(LENDER, booking, "correct", wrong))

    assert corrected["balance_fen"] == 35500 - 10000
    assert amounts(trade, CUSTOMER, "2026-12") == [("correction", -15000), ("price", 5000)]
    assert amounts(trade, OWNER, "2026-12") == [("correction", 15000), ("price", -5000)]
    after = [trade.get(BORROWER, f"/statements/{CUSTOMER}/2026-11/{form}").data for form in ("csv", "pdf")]
    assert after == before
    line = next(each for each in corrected["charges"] if each["reason"] == "set_up")
    assert line["corrected"] and not line["may_correct"]
    assert corrected["history"][-1]["step"] == "corrected"
    trade.assembly.system.settle()
    assert trade.inbox(BORROWER)[0] == trade.inbox(LENDER)[0] == "An account line was corrected"


def test_a_line_is_corrected_once_and_by_whoever_may(trade: Trade) -> None:
    booking = cancelled(trade)
    set_up, refund = (wrong_line(trade, booking, reason) for reason in ("set_up", "refund"))

    def correct(actor: Any, charge_id: str, **more: Any) -> Any:
        return trade.act(actor, booking, "correct", {"charge_id": charge_id, "reason": "误记", **more})

    assert correct(BORROWER, set_up).status_code == 403
    assert correct(OTHER, set_up).status_code == 404
    assert correct(LENDER, refund).status_code == 403
    assert codes(correct(LENDER, set_up, instead_fen=15000)) == {("/instead_fen", "not_less")}
    assert codes(correct(LENDER, booking)) == {("/charge_id", "unknown")}
    again = {"charge_id": set_up}  # without a reason
    assert codes(trade.act(LENDER, booking, "correct", again)) == {("/reason", "required")}
    use = wrong_line(trade, booking, "use")
    refused = correct(LENDER, use)  # half of it has been given back
    assert refused.status_code == 409 and refused.get_json()["type"].endswith("posting-given-back")
    assert trade.booking(booking)["balance_fen"] == 35500

    trade.ok(correct(LENDER, set_up))
    for once_more, slug in ((set_up, "corrected"), (wrong_line(trade, booking, "correction"), "corrects")):
        refused = correct(MANAGER, once_more)
        assert refused.status_code == 409 and refused.get_json()["type"].endswith(f"posting-{slug}")
    assert trade.ok(correct(MANAGER, refund))["balance_fen"] == 56000


def test_nothing_is_corrected_before_the_end(trade: Trade) -> None:
    booking = trade.booked(trade.machine(), 24, 26)
    line = {"charge_id": wrong_line(trade, booking, "use"), "reason": "误记"}
    refused = trade.act(LENDER, booking, "correct", line)
    assert refused.status_code == 409 and refused.get_json()["type"].endswith("wrong-state")


def test_others_have_no_such_statement(trade: Trade) -> None:
    cancelled(trade)
    for form in ("", "/lines", "/csv", "/pdf"):
        assert trade.get(OTHER, f"/statements/{CUSTOMER}/2026-11{form}").status_code == 404
    assert statement(trade, CUSTOMER, actor=MANAGER)["closing_fen"] == 35500
    for nothing in ("2026-13", "26-11", "2026-12", "2026-11-01"):
        assert trade.get(BORROWER, f"/statements/{CUSTOMER}/{nothing}").status_code == 404
    assert trade.get(MANAGER, "/statements/91990101MA0DEM0000/2026-11").status_code == 404
    assert trade.ok(trade.get(OTHER, "/statements"))["open"] == []


def test_lines_come_page_by_page(trade: Trade) -> None:
    cancelled(trade)
    path, found, cursor = f"/statements/{CUSTOMER}/2026-11/lines", [], None
    while True:
        page = trade.ok(trade.get(BORROWER, path, limit=2, **({"cursor": cursor} if cursor else {})))
        found += [(each["about"], each["number"]) for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert [number for _, number in found] == [1, 2, 3, 4, 5]
    assert trade.get(BORROWER, path, cursor="x").status_code == 400


def test_the_copies_say_the_same(trade: Trade) -> None:
    booking = cancelled(trade)
    answer = trade.get(LENDER, f"/statements/{OWNER}/2026-11/csv", language="en")
    assert answer.content_type == "text/csv" and answer.data.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][0] == "Date" and rows[1][-1] == "0.00" and rows[-1][-1] == "-355.00"
    assert [row[-1] for row in rows[2:-1]] == ["-560.00", "-150.00", "355.00"]
    assert {row[1] for row in rows[2:-1]} == {booking}

    pdf = trade.get(LENDER, f"/statements/{OWNER}/2026-11/pdf")
    assert pdf.content_type == "application/pdf"
    (page,) = texts(pdf.data)
    for words in (
        "共享设备月结单",
        "期末余额 Closing balance",
        "-355.00",
        "第 1 页，共 1 页",
        "本月尚未结账",
    ):
        assert squeeze(words) in page


def test_nothing_in_the_books_can_be_changed(trade: Trade) -> None:
    cancelled(trade)
    trade.go_to(DECEMBER)
    trade.assembly.system.settle()
    runtime = trade.assembly.system.runtime("production")
    for change in (
        "UPDATE posting SET amount_fen = 1",
        "DELETE FROM posting",
        "UPDATE monthly_statement SET closing_fen = 1",
        "DELETE FROM monthly_statement",
        _COPY,
    ):
        with pytest.raises(DatabaseError), runtime.transaction(SYSTEM) as tx:
            tx.session.execute(sa.text(change))


def test_what_comes_late_is_posted_in_the_month_that_is_open(trade: Trade) -> None:
    """A transaction that began before midnight and charges after the closing."""
    booking = UUID(cancelled(trade))
    runtime = trade.assembly.system.runtime("production")
    before = trade.clock.now()
    trade.go_to(DECEMBER)
    trade.assembly.system.settle()
    trade.clock.set(before)
    with runtime.transaction(SYSTEM) as tx:
        charge(tx, booking, [("late", Text("清洁费", "Cleaning"), 100)])
        late = tx.session.scalars(sa.select(PostingLine).where(PostingLine.reason == "other")).all()
        assert {each.posted_at.isoformat() for each in late} == {"2026-11-30T16:00:00+00:00"}
        assert {each.firm: each.amount_fen for each in late} == {CUSTOMER: 100, OWNER: -100}


def test_closing_twice_changes_nothing(trade: Trade) -> None:
    cancelled(trade)
    trade.go_to(DECEMBER)
    trade.assembly.system.settle()
    with trade.assembly.system.runtime("production").transaction(SYSTEM) as tx:
        close_month(tx, {})
    trade.clock.advance(timedelta(minutes=1))
    assert len(trade.ok(trade.get(BORROWER, "/statements"))["items"]) == 1
