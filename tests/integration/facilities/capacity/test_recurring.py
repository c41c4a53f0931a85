"""Series beside single bookings, at once: nothing is oversold; a series has all that it says, or nothing."""

import random
from collections import Counter
from datetime import time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.capacity.auditing.verifying import audit
from facilities.capacity.bookings import commands, ending
from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import OPEN, Party, State
from facilities.capacity.quotas import Quota
from facilities.capacity.recurrence import read_rule
from facilities.capacity.recurring import changing
from facilities.capacity.recurring.changing import Exchange, Scope, Terms, Times, Which
from facilities.capacity.recurring.commands import Mode, Outcome, create
from facilities.capacity.recurring.model import BookingSeries, SeriesOccurrence
from facilities.capacity.recurring.planning import Outlook, SeriesOrder, preview
from facilities.capacity.recurring.refusals import OccurrencesRefused
from facilities.capacity.rules import Policy
from facilities.capacity.series import Occurrence, Series
from facilities.production.service import service as production
from shared.clock import PARK_TZ, ManualClock
from shared.errors import Conflict, InvalidInput, PreconditionFailed
from shared.messaging.outbox import OutboxMessage
from shared.testing.systems import SystemFactory
from shared.transaction import Transaction
from tests.integration.facilities.capacity.processes import at_once
from tests.integration.facilities.capacity.test_races import oversold
from tests.integration.facilities.capacity.works import CUSTOMER, EASY, FIRM, TRADE, Works, statements

PROCESSES = 4


@pytest.fixture
def works(make_system: SystemFactory, clock: ManualClock) -> Works:
    return Works(make_system([production]).runtime("production"), clock)


def order(works: Works, machine: UUID, start: float, hours: float, rule: str, policy: Policy = EASY) -> Any:
    wall = works.at(start).astimezone(PARK_TZ).replace(tzinfo=None)
    series = Series(read_rule(rule), PARK_TZ, wall, wall + timedelta(hours=hours))
    return SeriesOrder(TRADE, machine, series, 1, policy, FIRM)


def one(wanted: SeriesOrder, tx: Transaction, series_id: UUID, occurrence: Occurrence) -> Booking:
    """As a trade without prices books an occurrence."""
    made = Order(TRADE, wanted.resource_id, wanted.wish(occurrence), wanted.policy, FIRM, series_id)
    return commands.confirm(tx, commands.hold(tx, made, suggest=False), Party.CUSTOMER)


def book(works: Works, wanted: SeriesOrder, mode: Mode) -> Outcome:
    made: Outcome = works.do(create, wanted, mode, partial(one, wanted))
    return made


def test_all_or_nothing_leaves_no_trace_and_skip_says_what_it_has_left_out(works: Works) -> None:
    machine = works.machine()
    works.book(machine, 49, 50)
    wanted = order(works, machine, 24, 2, "FREQ=DAILY;COUNT=3")
    with works.runtime.read() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage))

    with pytest.raises(OccurrencesRefused) as refusal:
        book(works, wanted, Mode.ALL)
    assert len(refusal.value.errors) == 1
    with works.runtime.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == before
        assert session.scalar(sa.select(sa.func.count()).select_from(BookingSeries)) == 0

    made = book(works, wanted, Mode.SKIP)
    assert (len(made.booked), len(made.refused)) == (2, 1)
    with works.runtime.read() as session:
        seen = session.scalars(sa.select(SeriesOccurrence.wall).order_by(SeriesOccurrence.wall)).all()
    assert len(seen) == 3
    with pytest.raises(OccurrencesRefused):
        book(works, wanted, Mode.SKIP)


def test_a_look_agrees_with_what_is_booked_then_quotas_too(works: Works) -> None:
    machine = works.machine()
    works.book(machine, 24 * 3, 24 * 3 + 1)
    quotas = (Quota(3),)
    policy = Policy(longest=timedelta(days=1), horizon=timedelta(days=5), quotas=quotas)
    wanted = order(works, machine, 24, 2, "FREQ=DAILY;COUNT=7", policy)

    with works.runtime.read() as session, statements(works) as asked:
        looked = preview(session, wanted, works.now, lambda _each: ())
    assert len(asked) < 12
    outlooks = [each.outlook for each in looked]
    assert outlooks == [Outlook.FREE, Outlook.FREE, *[Outlook.REFUSED] * 3, *[Outlook.LATER] * 2]
    assert [each.reasons[0].code for each in looked[2:5]] == ["quota_open"] * 3

    made = book(works, wanted, Mode.SKIP)
    assert len(made.booked) == outlooks.count(Outlook.FREE)
    assert [each.reasons[0].code for each in made.refused] == ["quota_open"] * 3
    assert len(made.later) == 2


def test_a_look_counts_what_is_booked_of_the_same_machine_alone(works: Works) -> None:
    machine, another = works.machine(), works.machine()
    works.book(another, 24, 25)
    policy = Policy(longest=timedelta(days=1), quotas=(Quota(2),), counted=(machine,))
    wanted = order(works, machine, 24, 2, "FREQ=DAILY;COUNT=2", policy)
    with works.runtime.read() as session:
        looked = preview(session, wanted, works.now, lambda _each: ())
    assert [each.outlook for each in looked] == [Outlook.FREE, Outlook.FREE]
    assert book(works, wanted, Mode.ALL).refused == ()


def test_occurrences_that_overlap_are_refused(works: Works) -> None:
    wanted = order(works, works.machine(2), 24, 30, "FREQ=DAILY;COUNT=3")
    with pytest.raises(InvalidInput) as refusal:
        book(works, wanted, Mode.ALL)
    assert [each.code for each in refusal.value.errors] == ["overlap"]


def test_what_keeps_its_old_time_is_in_the_way_of_others_and_all_else_is_not(works: Works) -> None:
    machine = works.machine()
    wanted = order(works, machine, 24, 20, "FREQ=DAILY;COUNT=4")
    made = book(works, wanted, Mode.ALL)
    stranger = works.book(machine, 24 * 3 - 3, 24 * 3 - 2)

    with pytest.raises(OccurrencesRefused) as refusal:
        change(works, made.series.id, wanted, Mode.ALL)
    assert [each.occurrence.wall.day for each in refusal.value.refused] == [25], "alone in the stranger's way"
    assert standing(works) == sorted([*(each.id for each in made.booked), stranger.id])

    changed = change(works, made.series.id, wanted, Mode.SKIP)
    assert [each.occurrence.wall.day for each in changed.refused] == [24, 25]
    assert [each.starts_at.astimezone(PARK_TZ).hour for each in changed.booked] == [14, 14]
    kept = [each.id for each in (*made.booked[:2], *changed.booked)]
    assert standing(works) == sorted([*kept, stranger.id])
    with works.runtime.read() as session:
        noted = sa.select(SeriesOccurrence.booking_id).order_by(SeriesOccurrence.wall)
        assert session.scalars(noted).all() == kept
        told = sa.select(OutboxMessage.type).where(OutboxMessage.type.contains("booking.cancelled"))
        assert len(session.scalars(told).all()) == 2, "nothing is said of what was tried in vain"
    assert list(audit(works.runtime.database, works.now)) == [] and oversold(works) == []


def change(works: Works, series_id: UUID, wanted: SeriesOrder, mode: Mode) -> Outcome:
    """All of a series from 14:00 on, for as long as before."""
    with works.runtime.transaction(CUSTOMER) as tx:
        series = tx.session.get_one(BookingSeries, series_id)
        times = Times(time(14), wanted.series.ends - wanted.series.starts, 1)
        terms = Terms(wanted.resource_id, wanted.policy)
        exchange = Exchange(give_up, partial(one, wanted))
        return changing.rearrange(tx, series, Which(Scope.ALL), times, terms, mode, exchange)


def give_up(tx: Transaction, old: Booking) -> Booking:
    if old.state is not State.CONFIRMED:
        raise Conflict
    return ending.cancel(tx, old, Party.CUSTOMER)


def standing(works: Works) -> list[UUID]:
    with works.runtime.read() as session:
        return sorted(session.scalars(sa.select(Booking.id).where(Booking.state.in_(OPEN))))


@pytest.mark.parametrize("deeds", [7, pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_series_and_single_bookings_at_once_oversell_nothing(works: Works, deeds: int) -> None:
    machines = [works.machine(2) for _ in range(2)]
    seed = random.randrange(2**32)

    def work(number: int) -> Counter[str]:
        chance, done = random.Random(seed + number), Counter[str]()
        for _ in range(deeds):
            deed = chance.choice([_series, _series, _single, _single, _stop, _change, _cancel])
            try:
                deed(works, chance, machines)
                done[deed.__name__] += 1
            except (Conflict, InvalidInput, PreconditionFailed) as refused:
                done[refused.code] += 1
        return done

    done: Counter[str] = sum(at_once(works.runtime, work, PROCESSES), Counter())
    assert done["_series"] and done["_single"], (seed, done)
    assert list(audit(works.runtime.database, works.now)) == [], (seed, done)
    assert oversold(works) == [], (seed, done)
    with works.runtime.read() as session:
        rows = session.execute(
            sa.select(SeriesOccurrence.series_id, Booking.series_id, Booking.state).join(
                Booking, Booking.id == SeriesOccurrence.booking_id
            )
        ).all()
    assert all(noted == said for noted, said, _state in rows), (seed, done)


def _series(works: Works, chance: random.Random, machines: list[UUID]) -> None:
    rule = chance.choice(["FREQ=DAILY;COUNT=4", "FREQ=DAILY;INTERVAL=2;COUNT=3"])
    wanted = order(works, chance.choice(machines), 24 + chance.randrange(8), chance.randint(1, 4), rule)
    book(works, wanted, chance.choice(list(Mode)))


def _single(works: Works, chance: random.Random, machines: list[UUID]) -> None:
    start = 24 * chance.randint(1, 5) + chance.randrange(8)
    works.book(chance.choice(machines), start, start + chance.randint(1, 4))


def _cancel(works: Works, chance: random.Random, _machines: list[UUID]) -> None:
    with works.runtime.read() as session:
        ids = session.scalars(sa.select(Booking.id).where(Booking.state.in_(OPEN))).all()
    if ids:
        with works.runtime.transaction(CUSTOMER) as tx:
            ending.cancel(tx, tx.session.get_one(Booking, chance.choice(ids)), Party.CUSTOMER)


def _any_series(tx: Transaction, chance: random.Random) -> BookingSeries:
    found = tx.session.scalars(sa.select(BookingSeries).order_by(BookingSeries.id)).all()
    if not found:
        raise Conflict
    return chance.choice(found)


def _stop(works: Works, chance: random.Random, _machines: list[UUID]) -> None:
    with works.runtime.transaction(CUSTOMER) as tx:
        for each in changing.stop(tx, _any_series(tx, chance), Which(Scope.ALL)):
            ending.cancel(tx, each.booking, Party.CUSTOMER)


def _change(works: Works, chance: random.Random, _machines: list[UUID]) -> None:
    with works.runtime.transaction(CUSTOMER) as tx:
        series = _any_series(tx, chance)
        starts = series.series.starts + timedelta(days=chance.choice([0, 2]))
        which = chance.choice([Which(Scope.ALL), Which(Scope.FOLLOWING, starts), Which(Scope.THIS, starts)])
        wanted = SeriesOrder(TRADE, series.resource_id, series.series, 1, EASY, FIRM)

        times = Times(series.series.starts.replace(hour=chance.randint(8, 16)).time(), timedelta(hours=2), 1)
        mode = chance.choice(list(Mode))
        exchange = Exchange(give_up, partial(one, wanted))
        changing.rearrange(tx, series, which, times, Terms(series.resource_id, EASY), mode, exchange)
