"""Payments of firms and to firms: entered by the park, in the statement, taken back by a counter-entry."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError

from facilities.production.payments.model import FirmPayment
from facilities.production.service import service as production
from facilities.production.statements.model import PostingLine
from notifications.service import service as notifications
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.ids import new_id
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.machines.test_statements import (
    DECEMBER,
    MANAGER,
    amounts,
    cancelled,
    statement,
)
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

PAID: dict[str, Any] = {
    "firm": CUSTOMER,
    "direction": "received",
    "amount_fen": 35500,
    "paid_on": "2026-11-20",
    "reference": "20261120-0048",
}
OUT = {**PAID, "firm": OWNER, "direction": "paid_out"}
WHOLE = 35500
"""What the customer owes, and the owner is owed, for the booking that was cancelled."""


def enter(trade: Trade, actor: Any = MANAGER, key: str | None = None, **changes: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return trade.ask(actor, "POST", "/firm-payments", json={**PAID, **changes}, headers=headers)


def pay_out(trade: Trade, **changes: Any) -> Any:
    return enter(trade, **{**OUT, **changes})


def take_back(trade: Trade, payment: str, actor: Any = MANAGER) -> Any:
    path = f"/firm-payments/{payment}/take-back"
    return trade.ask(actor, "POST", path, json={"reason": "金额录入有误"})


def slug(answer: Any) -> str:
    assert answer.status_code == 409, answer.text
    return str(answer.get_json()["type"].rpartition(":")[2])


def closing(trade: Trade, firm: str, month: str = "2026-11") -> int:
    return int(statement(trade, firm, month)["closing_fen"])


def test_a_payment_is_a_line_of_the_statement_and_lowers_the_balance(trade: Trade) -> None:
    cancelled(trade)
    entered = enter(trade)
    assert entered.status_code == 201
    body = trade.ok(entered)
    assert entered.headers["Location"].endswith(f"/firm-payments/{body['id']}")
    assert trade.ok(trade.get(BORROWER, f"/firm-payments/{body['id']}")) == {**body, "may_take_back": False}

    assert amounts(trade, CUSTOMER)[-1] == ("payment", -WHOLE)
    assert closing(trade, CUSTOMER) == 0
    lines = trade.ok(trade.get(BORROWER, f"/statements/{CUSTOMER}/2026-11/lines"))["items"]
    assert [each["of_payment"] for each in lines] == [False] * 5 + [True]
    table = trade.get(BORROWER, f"/statements/{CUSTOMER}/2026-11/csv", language="en").get_data(as_text=True)
    assert "Received on 2026-11-20, reference 20261120-0048" in table
    pdf = trade.get(BORROWER, f"/statements/{CUSTOMER}/2026-11/pdf")
    assert "20261120-0048" in squeeze("".join(texts(pdf.data)))

    assert trade.ok(pay_out(trade))["direction_name"]["en"] == "Paid out"
    assert amounts(trade, OWNER)[-1] == ("payment", WHOLE)
    assert closing(trade, OWNER) == 0


def test_more_may_come_than_is_owed_and_no_more_may_go(trade: Trade) -> None:
    cancelled(trade)
    assert slug(pay_out(trade, amount_fen=WHOLE + 1)) == "more-than-owed"
    assert slug(pay_out(trade, firm=CUSTOMER)) == "more-than-owed"
    trade.ok(enter(trade, amount_fen=WHOLE + 1000))
    assert closing(trade, CUSTOMER) == -1000
    trade.ok(pay_out(trade, firm=CUSTOMER, amount_fen=1000))  # the advance goes back
    trade.ok(pay_out(trade, amount_fen=WHOLE - 1))
    assert slug(pay_out(trade, amount_fen=2, reference="2")) == "more-than-owed"


def test_a_reference_is_entered_once_each_way_and_again_when_it_was_taken_back(trade: Trade) -> None:
    cancelled(trade)
    first = trade.ok(enter(trade, amount_fen=100))["id"]
    assert slug(enter(trade)) == "payment-entered"
    trade.ok(enter(trade, firm=OWNER))
    trade.ok(pay_out(trade, amount_fen=100))

    undone = trade.ok(take_back(trade, first))
    assert undone["taken_back_at"] and "金额录入有误" in undone["taken_back_for"]["zh"]
    assert not undone["may_take_back"]
    assert amounts(trade, CUSTOMER)[-2:] == [("payment", -100), ("correction", 100)]
    assert slug(take_back(trade, first)) == "posting-corrected"
    lines = trade.ok(trade.get(BORROWER, f"/statements/{CUSTOMER}/2026-11/lines"))["items"]
    assert lines[-1]["of_payment"] and lines[-1]["corrects"] == 1

    trade.ok(enter(trade))
    assert slug(enter(trade)) == "payment-entered"
    assert closing(trade, CUSTOMER) == 0


def test_a_payment_of_a_closed_month_is_taken_back_in_the_next(trade: Trade) -> None:
    cancelled(trade)
    payment = trade.ok(enter(trade))["id"]
    trade.go_to(DECEMBER)
    trade.assembly.system.settle()
    trade.ok(take_back(trade, payment))
    assert closing(trade, CUSTOMER) == 0
    assert amounts(trade, CUSTOMER, "2026-12") == [("correction", WHOLE)]
    assert closing(trade, CUSTOMER, "2026-12") == WHOLE
    trade.ok(pay_out(trade))  # what the owner has been owed since the month before


def test_a_payment_may_be_the_first_line_of_all(trade: Trade) -> None:
    trade.ok(enter(trade))
    assert closing(trade, CUSTOMER) == -WHOLE


def test_only_the_park_enters_payments_and_firms_read_their_own(trade: Trade) -> None:
    payment = trade.ok(enter(trade))["id"]
    others = [member(roles=(role,)) for role in ("operator", "administrator", "auditor", "official")]
    for actor in (BORROWER, LENDER, OTHER, *others):
        assert enter(trade, actor).status_code == 403
        assert take_back(trade, payment, actor).status_code == 403
    assert trade.get(LENDER, f"/firm-payments/{payment}").status_code == 404
    assert take_back(trade, "01939f6e-3a4b-7c21-9d5e-8f0a1b2c4000").status_code == 404
    auditor = others[2]
    read = [trade.ok(trade.get(who, "/firm-payments"))["items"] for who in (BORROWER, LENDER, auditor)]
    assert [len(each) for each in read] == [1, 0, 1]
    assert not any(each["may_take_back"] for each in [*read[0], *read[2]])


def test_what_is_wrong_is_named(trade: Trade) -> None:
    wrong: dict[str, Any] = {"amount_fen": 0, "direction": "up", "paid_on": "2026-11-31", "reference": " x"}
    pointers = {pointer for pointer, _ in codes(enter(trade, **wrong))}
    assert pointers == {"/amount_fen", "/direction", "/paid_on", "/reference"}
    assert codes(enter(trade, paid_on="2026-11-24")) == {("/paid_on", "future")}
    for firm in ("91990101MA0DEM0000", "x"):
        assert codes(enter(trade, firm=firm)) == {("/firm", "unknown")}
    for amount in (-1, 10**10 + 1):
        assert {pointer for pointer, _ in codes(enter(trade, amount_fen=amount))} == {"/amount_fen"}
    assert trade.ok(trade.get(MANAGER, "/firm-payments"))["items"] == []


def test_the_same_request_again_enters_nothing_more(trade: Trade) -> None:
    key = "0193a000-0000-7000-8000-000000000001"
    first, again = (trade.ok(enter(trade, key=key)) for _ in range(2))
    assert first == again
    assert closing(trade, CUSTOMER) == -WHOLE


def test_both_verbs_leave_an_entry_and_nothing_is_changed_afterwards(trade: Trade) -> None:
    payment = trade.ok(enter(trade))["id"]
    trade.ok(take_back(trade, payment))
    database = trade.assembly.system.runtime("production").database
    with database.read() as session:
        acts = sa.select(AuditEntry.action).where(AuditEntry.aggregate_type == "firm_payment")
        found = session.scalars(acts.order_by(AuditEntry.number)).all()
    assert found == ["firm-payment.entered", "firm-payment.taken-back"]
    for words in ("UPDATE firm_payment SET amount_fen = 1", "DELETE FROM firm_payment"):
        with pytest.raises(DatabaseError, match="only grows"), database.write() as session:
            session.execute(sa.text(words))


def test_the_database_refuses_a_reference_that_there_is(trade: Trade) -> None:
    trade.ok(enter(trade))
    database = trade.assembly.system.runtime("production").database
    with pytest.raises(IntegrityError), database.write() as session:
        entered = session.scalars(sa.select(FirmPayment)).one()
        columns = [each.key for each in sa.inspect(FirmPayment).column_attrs if each.key != "id"]
        session.add(FirmPayment(id=new_id(), **{name: getattr(entered, name) for name in columns}))


@pytest.fixture
def beside(postgres_databases: Databases, tmp_path: Path, clock: ManualClock) -> Iterator[Trade]:
    """On PostgreSQL, where transactions write side by side."""
    factory = SystemFactory(postgres_databases, tmp_path, clock)
    yield Trade(Assembly(factory([publisher, production, notifications]), clock), clock)
    factory.close()


def at_once(*requests: Callable[[], Any]) -> list[int]:
    """The statuses of requests that are sent at the same time."""
    barrier = Barrier(len(requests))

    def send(request: Callable[[], Any]) -> int:
        barrier.wait()
        return int(request().status_code)

    with ThreadPoolExecutor(len(requests)) as threads:
        return sorted(threads.map(send, requests))


def entered_at_once(trade: Trade, bodies: list[dict[str, Any]]) -> list[int]:
    return at_once(*(partial(enter, trade, **body) for body in bodies))


def rows(trade: Trade) -> tuple[int, int]:
    """How many payments there are, and how many lines of payments."""
    lines = sa.select(sa.func.count()).select_from(PostingLine).where(PostingLine.reason == "payment")
    with trade.assembly.system.runtime("production").read() as session:
        payments = session.scalar(sa.select(sa.func.count()).select_from(FirmPayment))
        return payments or 0, session.scalar(lines) or 0


def race(trade: Trade) -> None:
    cancelled(trade)
    bodies = [{**OUT, "amount_fen": 20000, "reference": str(number)} for number in range(4)]
    assert entered_at_once(trade, bodies) == [201, 409, 409, 409]
    assert closing(trade, OWNER) == 20000 - WHOLE
    assert entered_at_once(trade, [PAID] * 4) == [201, 409, 409, 409]
    assert rows(trade) == (2, 2)
    (received, _) = trade.ok(trade.get(MANAGER, "/firm-payments"))["items"]
    assert at_once(*[partial(take_back, trade, received["id"])] * 4) == [200, 409, 409, 409]
    assert closing(trade, CUSTOMER) == WHOLE


@pytest.mark.postgres
def test_of_those_who_pay_out_at_once_no_more_goes_than_is_owed(beside: Trade) -> None:
    race(beside)


def test_the_same_where_one_writes_after_the_other(trade: Trade) -> None:
    race(trade)


@pytest.mark.postgres
def test_the_first_line_of_all_may_be_two_payments_at_once(beside: Trade) -> None:
    bodies = [{**PAID, "reference": str(number)} for number in range(4)]
    assert entered_at_once(beside, bodies) == [201] * 4
    assert closing(beside, CUSTOMER) == -4 * WHOLE
