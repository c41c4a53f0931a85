"""The slot ledger: what is claimed, given back, closed, and refused."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from facilities.capacity.bookings import commands
from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import DAY_S, Grid, Padding, Span
from facilities.capacity.ledger import changing, overflow, setup
from facilities.capacity.ledger.model import CapacityException, LedgerSlot, OpeningCalendar, OverflowEntry
from facilities.capacity.opening import Hours, Opening
from facilities.capacity.refusals import Full, InTheWay
from facilities.capacity.rules import Policy, Wish
from shared.clock import PARK_TZ
from shared.database import dialect_of
from shared.errors import Conflict, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction
from tests.integration.facilities.capacity.works import QUARTERS, TRADE, Works, spans_of

DAYTIME = Opening(tuple(Hours(day, time(8), time(18)) for day in range(1, 8)))


def test_capacity_is_taken_slot_by_slot_and_given_back_exactly(works: Works) -> None:
    ledger = works.ledger(3)
    machine = works.resource(ledger)
    first = works.book(machine, 1, 3, 2)
    second = works.book(machine, 2, 4, 1)
    assert works.free(machine, 1, 2) == 1
    assert works.free(machine, 1, 4) == 0
    assert works.free(machine, 3, 4) == 2
    assert len(works.used(ledger)) == 12
    works.cancel(first)
    assert set(works.used(ledger).values()) == {1}
    works.cancel(second)
    assert works.used(ledger) == {}


def test_a_refusal_names_the_full_slots_and_by_how_much_and_takes_nothing(works: Works) -> None:
    ledger = works.ledger(3)
    machine = works.resource(ledger)
    works.book(machine, 2, 3, 2)
    works.book(machine, 4, 5, 3)
    before = works.used(ledger)
    with pytest.raises(Full) as refused:
        works.hold(machine, 1, 6, 2)
    assert refused.value.code == "capacity-full" and refused.value.status == 409
    assert spans_of(refused.value.shortages, works) == [(2, 3, 1, 1), (4, 5, 0, 2)]
    full = [error for error in refused.value.errors if error.code == "full"]
    assert full[0].message.en == "2026-11-23 11:00–12:00: 1 units free, 1 short"
    assert "缺1个" in full[0].message.zh
    assert works.used(ledger) == before


def test_after_a_refusal_the_transaction_can_go_on(works: Works) -> None:
    machine = works.machine(1)
    works.book(machine, 2, 3)

    def series(tx: Transaction) -> list[Booking]:
        made = []
        for start in (1, 2, 3):
            try:
                made.append(commands.hold(tx, works.order(machine, start, start + 1), suggest=False))
            except Full as full:
                assert full.alternatives == ()
        return made

    assert [booking.starts_at for booking in works.do(series)] == [works.at(1), works.at(3)]
    assert works.free(machine, 3, 4) == 0


def test_the_database_itself_lets_no_slot_hold_more_than_its_capacity(works: Works) -> None:
    """Whatever writes there: a statement typed by hand meets the CHECK too."""
    ledger = works.ledger(2)
    works.book(works.resource(ledger), 1, 2, 2)
    for used in (3, -1):
        with pytest.raises(IntegrityError, match="within_capacity"):
            works.do(lambda tx, used=used: tx.session.execute(sa.update(LedgerSlot).values(used=used)))


def test_the_slots_of_a_composite_are_taken_together_or_not_at_all(works: Works) -> None:
    """A machine needs its operator, who serves another one, and 30 of 50 kilowatts."""
    operator, power = works.ledger(1), works.ledger(50)
    machine, other = works.ledger(1), works.ledger(1)
    with_operator, alone = works.resource(machine, operator), works.resource(other)
    works.do(setup.set_rules, with_operator, {machine: 1, operator: 1, power: 30})
    works.do(setup.set_rules, alone, {other: 1, power: 30})
    works.book(with_operator, 1, 2)
    assert works.free(alone, 1, 2) == 0  # the kilowatts are missing
    with pytest.raises(Full) as refused:
        works.hold(alone, 1, 2)
    assert [s.ledger_id for s in refused.value.shortages] == [power]
    assert spans_of(refused.value.shortages, works) == [(1, 2, 20, 10)]
    works.whole(machine, other, operator, power)
    assert works.used(other) == {}


def test_a_whole_and_its_parts_block_one_another(works: Works) -> None:
    left, right = works.ledger(), works.ledger()
    hall, half, other_half = works.resource(left, right), works.resource(left), works.resource(right)
    works.book(half, 1, 2)
    assert [works.free(each, 1, 2) for each in (hall, half, other_half)] == [0, 0, 1]
    works.book(hall, 2, 3)
    assert [works.free(each, 2, 3) for each in (hall, half, other_half)] == [0, 0, 0]
    for refused, start in ((hall, 1), (half, 2), (other_half, 2)):
        with pytest.raises(Full):
            works.hold(refused, start, start + 1)


def test_what_was_taken_is_given_back_by_the_note_after_the_rules_have_changed(works: Works) -> None:
    ledger, later = works.ledger(10), works.ledger(10)
    machine = works.resource(ledger, units=3)
    booked = works.book(machine, 1, 2, 2)
    works.do(setup.set_rules, machine, {later: 1})
    works.cancel(booked)
    assert works.used(ledger) == works.used(later) == {}
    works.book(machine, 1, 2, 2)
    assert set(works.used(later).values()) == {2}


def test_ledgers_of_different_grains_are_rounded_outwards_each_for_itself(works: Works) -> None:
    fine, coarse = works.ledger(grid=Grid(300, PARK_TZ)), works.ledger(grid=Grid(DAY_S, PARK_TZ))
    works.book(works.resource(fine, coarse), 1, 1.5, start_grid=timedelta(minutes=5))
    assert (len(works.used(fine)), len(works.used(coarse))) == (6, 1)


def test_buffers_and_set_up_belong_to_what_is_taken(works: Works) -> None:
    machine = works.machine()
    padding = Padding(before=timedelta(minutes=15), set_up=timedelta(minutes=15), after=timedelta(minutes=10))
    policy = Policy(longest=timedelta(days=1), padding=padding)
    works.book(machine, 2, 3, policy=policy)
    assert works.free(machine, 1, 1.5) == 1
    assert works.free(machine, 1, 1.75) == 0
    assert works.free(machine, 3.25, 4) == 1
    assert works.free(machine, 3.25, 4, policy) == 0  # its own set-up would begin at 2:45
    with pytest.raises(Full):
        works.hold(machine, 3.5, 4, policy=policy)
    works.book(machine, 3.75, 4, policy=policy)


def test_a_claim_has_a_greatest_length_in_slots(works: Works) -> None:
    machine = works.machine(most_slots=8)
    works.hold(machine, 1, 3)
    with pytest.raises(InvalidInput) as refused:
        works.hold(machine, 3, 5.25)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/ends_at", "too_long")]


def test_closed_hours_are_no_capacity_whether_a_slot_has_a_row_or_not(works: Works) -> None:
    machine = works.machine(2, opening=DAYTIME)
    assert works.free(machine, 8, 9) == 2  # until 18:00
    assert works.free(machine, 8, 10) == 0
    works.book(machine, 8, 9)
    assert works.free(machine, 8, 10) == 0
    with pytest.raises(Full) as refused:
        works.hold(machine, 8, 10)
    assert spans_of(refused.value.shortages, works) == [(9, 10, 0, 1)]
    assert refused.value.errors[0].code == "closed"


def test_a_closure_counts_where_nothing_is_booked_yet_and_is_taken_back(works: Works) -> None:
    ledger = works.ledger(3)
    machine = works.resource(ledger)
    closure = works.do(changing.close, ledger, works.span(2, 4), "检修")
    assert works.free(machine, 1, 2) == 3
    assert works.free(machine, 1, 3) == 0
    with pytest.raises(Full):
        works.hold(machine, 3, 5)
    works.do(lambda tx: changing.remove_exception(tx, tx.session.get(CapacityException, closure.id)))
    works.book(machine, 3, 5, 3)


def test_whoever_has_waited_for_a_ledger_books_by_the_rules_as_they_are_then(works: Works) -> None:
    ledger = works.ledger(1)
    machine = works.resource(ledger)
    others = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as pool:

        def close(tx: Transaction) -> Future[Booking]:
            changing.close(tx, ledger, Span(works.at(1), works.at(4)), "检修")
            coming = pool.submit(works.hold, machine, 2, 3)
            while dialect_of(tx.session) == "postgresql" and not tx.session.scalar(others):
                assert not coming.done()
            return coming

        with pytest.raises(Full):
            works.do(close).result(20)
    assert works.used(ledger) == {}


def test_a_closure_is_rounded_outwards(works: Works) -> None:
    ledger = works.ledger()
    works.do(changing.close, ledger, Span(works.at(2) + timedelta(minutes=7), works.at(3)), "检修")
    assert works.free(works.resource(ledger), 2, 2.25) == 0


def test_what_bookings_contradict_is_refused_with_their_list(works: Works) -> None:
    ledger = works.ledger(3)
    machine = works.resource(ledger)
    one, two = works.book(machine, 1, 3, 2), works.book(machine, 2, 4)
    works.book(machine, 5, 6)
    with pytest.raises(InTheWay) as refused:
        works.do(changing.close, ledger, works.span(2.5, 5), "检修")
    assert [each.booking_id for each in refused.value.bookings] == [one.id, two.id]
    assert refused.value.code == "bookings-in-the-way"
    assert str(one.id) in refused.value.errors[0].message.zh
    with pytest.raises(InTheWay) as refused:
        works.do(changing.set_exception, ledger, works.span(0, 24), 2, "一台停用")
    assert {each.booking_id for each in refused.value.bookings} == {one.id, two.id}
    with pytest.raises(InTheWay):
        works.do(changing.change_capacity, ledger, 2)
    assert works.free(machine, 7, 8) == 3
    works.cancel(two)
    works.do(changing.change_capacity, ledger, 2)
    assert (works.free(machine, 1, 3), works.free(machine, 3, 4)) == (0, 2)
    works.whole(ledger)


def test_after_a_contradiction_the_transaction_can_go_on_as_if_nothing_had_been_asked(works: Works) -> None:
    ledger = works.ledger()
    machine = works.resource(ledger)
    works.book(machine, 1, 2)

    def try_to_close(tx: Transaction) -> None:
        for span in (works.span(1, 2), works.span(2, 3)):
            try:
                changing.close(tx, ledger, span, "检修")
            except InTheWay:
                continue

    works.do(try_to_close)
    with works.runtime.read() as session:
        (standing,) = session.scalars(sa.select(CapacityException))
    assert standing.slot_to - standing.slot_from == 4
    assert (works.free(machine, 0, 1), works.free(machine, 2, 3), works.free(machine, 3, 4)) == (1, 0, 1)


@pytest.mark.parametrize(("start", "end"), [(0, 2.25), (2, 3), (2.5, 2.75), (3.75, 9), (0, 9)])
def test_closures_that_overlap_are_refused(works: Works, start: float, end: float) -> None:
    ledger = works.ledger()
    works.do(changing.close, ledger, works.span(2, 4), "检修")
    with pytest.raises(Conflict) as refused:
        works.do(changing.close, ledger, works.span(start, end), "再次检修")
    assert refused.value.code == "exception-overlaps"
    assert "2026-11-23 11:00–13:00" in (refused.value.detail or Text("", "")).zh
    works.do(changing.close, ledger, works.span(4, 5), "相接")


def test_a_greater_capacity_lets_more_be_booked_on_slots_that_were_full(works: Works) -> None:
    ledger = works.ledger()
    machine = works.resource(ledger)
    works.book(machine, 1, 2)
    works.do(changing.set_exception, ledger, works.span(1, 1.5), 2, "借入一台")
    assert (works.free(machine, 1, 1.5), works.free(machine, 1, 2)) == (1, 0)
    works.do(changing.change_capacity, ledger, 2)
    works.book(machine, 1, 2)


def test_the_past_stays_as_it_was_when_the_capacity_changes(works: Works) -> None:
    ledger = works.ledger(2)
    machine = works.resource(ledger)
    works.book(machine, 1, 2, 2)
    works.clock.advance(timedelta(hours=3))
    works.do(changing.change_capacity, ledger, 1)
    assert set(works.used(ledger).values()) == {2}
    assert works.free(machine, 4, 5) == 1


def test_opening_hours_are_shared_and_change_for_all_or_for_none(works: Works) -> None:
    calendar = works.calendar(DAYTIME)
    early, late = (works.do(lambda tx: setup.create_ledger(tx, QUARTERS, 1, calendar).id) for _ in range(2))
    machine, other = works.resource(early), works.resource(late)
    works.book(machine, 0, 1)
    evening = works.book(other, 7, 9)

    def shorten(tx: Transaction) -> None:
        hours = Opening(tuple(Hours(day, time(8), time(17)) for day in range(1, 8)))
        changing.change_hours(tx, tx.session.get_one(OpeningCalendar, calendar.id), hours)

    with pytest.raises(InTheWay) as refused:
        works.do(shorten)
    assert [each.booking_id for each in refused.value.bookings] == [evening.id]
    assert works.free(machine, 8, 9) == 1
    works.cancel(evening)
    works.do(shorten)
    assert (works.free(machine, 8, 9), works.free(other, 8, 9), works.free(other, 7, 8)) == (0, 0, 1)
    works.do(changing.open_by, late, None)
    assert (works.free(machine, 8, 9), works.free(other, 8, 9)) == (0, 1)


def test_what_is_there_unclaimed_counts_beside_what_is_claimed(works: Works) -> None:
    ledger = works.ledger(3)
    lot = works.resource(ledger)
    works.book(lot, 1, 3, 2)
    entry = works.do(overflow.add_overflow, ledger, works.span(2, 4), 2, "未登记车辆")
    assert (works.free(lot, 1, 2), works.free(lot, 2, 3), works.free(lot, 3, 4)) == (1, 0, 1)
    with pytest.raises(Full) as refused:
        works.hold(lot, 1, 4)
    assert spans_of(refused.value.shortages, works) == [(2, 3, 0, 1)]
    works.whole(ledger)
    works.book(lot, 3, 4)
    works.do(lambda tx: overflow.remove_overflow(tx, tx.session.get_one(OverflowEntry, entry.id)))
    assert (works.free(lot, 2, 3), works.free(lot, 3, 4)) == (1, 2)
    works.book(lot, 1, 4)


def test_slots_of_days_are_right_on_days_of_23_and_25_hours(works: Works) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    policy = Policy(
        start_grid=timedelta(days=1),
        shortest=timedelta(days=1),
        longest=timedelta(days=7),
        horizon=timedelta(days=400),
        tz=berlin,
    )
    for year, month, day in ((2027, 3, 27), (2027, 10, 30)):
        ledger = works.ledger(grid=Grid(DAY_S, berlin))
        pallet = works.resource(ledger)
        start = datetime(year, month, day, tzinfo=berlin)
        days = [start + timedelta(days=n) for n in range(4)]
        for first, last in ((0, 2), (2, 3)):  # Saturday and Sunday, then Monday
            order = commands.Order(TRADE, pallet, Wish(days[first], days[last]), policy)
            works.do(commands.hold, order)
        assert list(works.used(ledger)) == [each.date().toordinal() for each in days[:3]]
        with pytest.raises(Full):
            works.do(commands.hold, commands.Order(TRADE, pallet, Wish(days[1], days[2]), policy))


def test_a_resource_without_rules_cannot_be_booked(works: Works) -> None:
    with pytest.raises(LookupError):
        works.hold(new_id(), 1, 2)
