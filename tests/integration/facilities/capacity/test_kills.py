"""A process is killed between any two statements of a verb: it has happened, or it has not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from facilities.capacity.auditing.verifying import audit
from facilities.capacity.bookings import commands, ending, moving
from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger import changing
from facilities.capacity.lifecycle import Party
from facilities.capacity.rules import Wish
from facilities.capacity.waiting.model import WaitlistEntry
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.messaging.outbox import OutboxMessage
from shared.testing.systems import SystemFactory
from tests.integration.facilities.capacity import queue
from tests.integration.facilities.capacity.processes import killed_before
from tests.integration.facilities.capacity.works import Works

MOST_STATEMENTS = 80


@pytest.fixture
def works(make_system: SystemFactory, clock: ManualClock) -> Works:
    return Works(make_system([queue.with_waitlists()]).runtime("production"), clock)


def holding(works: Works) -> Callable[[], Any]:
    """A hold for which an overdue one, of two ledgers, has to give way."""
    first, second = works.ledger(), works.ledger()
    works.hold(works.resource(first, second), 1, 3)
    works.clock.advance(timedelta(minutes=20))
    order = works.order(works.resource(first), 2, 4)
    return lambda: works.do(commands.hold, order)


def moving_on(works: Works) -> Callable[[], Any]:
    """A move onto a part of its own old time, over two ledgers."""
    booked = works.book(works.resource(works.ledger(), works.ledger()), 1, 3)
    wish = Wish(works.at(2), works.at(5), 1)
    return lambda: works.act(moving.move, booked, wish, Party.CUSTOMER)


def cancelling(works: Works) -> Callable[[], Any]:
    booked = works.book(works.resource(works.ledger(), works.ledger()), 1, 3)
    return lambda: works.cancel(booked)


def passing_on(works: Works) -> Callable[[], Any]:
    """A cancellation that two of those who wait are served from, one of them by a ledger more."""
    first, second = works.ledger(2), works.ledger()
    booked = works.book(works.resource(first), 1, 3, 2)
    for resource in (works.resource(first), works.resource(first, second)):
        queue.join(works, resource, 1, 3)
    return lambda: works.cancel(booked)


def finishing(works: Works) -> Callable[[], Any]:
    booked = works.book(works.machine(), 1, 5)
    works.clock.advance(timedelta(hours=1))
    works.act(commands.start, booked, Party.CUSTOMER)
    works.clock.advance(timedelta(hours=1))
    return lambda: works.act(ending.finish, booked, Party.CUSTOMER)


def closing(works: Works) -> Callable[[], Any]:
    ledger = works.ledger(2)
    booked = works.book(works.resource(ledger), 1, 3, 2)
    works.cancel(booked)
    return lambda: works.do(changing.close, ledger, works.span(1, 2), "检修")


@pytest.mark.parametrize(
    "prepare",
    [
        holding,
        moving_on,
        passing_on,
        pytest.param(cancelling, marks=pytest.mark.slow),
        pytest.param(finishing, marks=pytest.mark.slow),
        pytest.param(closing, marks=pytest.mark.slow),
    ],
)
def test_a_verb_killed_before_any_of_its_statements_has_not_happened(
    works: Works, prepare: Callable[[Works], Callable[[], Any]]
) -> None:
    verb = prepare(works)
    before = standing(works)
    for statement in range(1, MOST_STATEMENTS):
        if not killed_before(works.runtime, verb, statement):
            break
        assert standing(works) == before, f"killed before statement {statement}"
    else:
        raise AssertionError("it never came to its end")
    assert statement > 8
    assert standing(works) != before
    assert list(audit(works.runtime.database, works.clock.now())) == []


def standing(works: Works) -> list[Any]:
    """Everything that a verb changes; the ledgers are whole beside."""
    assert list(audit(works.runtime.database, works.clock.now())) == []
    with works.runtime.read() as session:
        bookings = [
            *session.execute(sa.select(Booking.id, Booking.version, Booking.state)),
            *session.execute(sa.select(WaitlistEntry.id, WaitlistEntry.version, WaitlistEntry.state)),
        ]
        counts = [
            session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (AuditEntry, OutboxMessage)
        ]
        return [*sorted(map(repr, bookings)), *counts]
