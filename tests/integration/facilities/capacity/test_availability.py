"""What is free: of one resource, of many at once, day by day, and what else would do."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from facilities.capacity.availability.queries import Found, calendar, free_units, search
from facilities.capacity.grid import DAY_S, NO_PADDING, Grid, Padding
from facilities.capacity.ledger import changing, setup
from facilities.capacity.opening import Hours, Opening
from facilities.capacity.refusals import Alternative, Full
from facilities.capacity.rules import Policy
from shared.ids import new_id
from shared.transaction import Transaction
from tests.integration.facilities.capacity.works import QUARTERS, RIVAL, H, Works, statements

DAYTIME = Opening(tuple(Hours(day, time(8), time(18)) for day in range(1, 6)))
RULES = Policy(shortest=timedelta(minutes=30), longest=timedelta(hours=8), start_grid=timedelta(minutes=30))


def selects(sent: list[str]) -> int:
    return sum(each.startswith("SELECT") for each in sent)


def test_a_search_names_the_free_ones_first_and_counts_slots_without_rows_by_the_rules(works: Works) -> None:
    full, half, untouched, closed, small = (works.ledger(n) for n in (2, 2, 2, 2, 1))
    resources = [works.resource(each) for each in (full, half, untouched, closed, small)]
    works.book(resources[0], 2, 4, 2)
    works.book(resources[1], 3, 4)
    works.do(changing.close, closed, works.span(3, 3.25), "检修")
    shut = works.machine(2, opening=Opening((Hours(2, time(8), time(18)),)))  # Tuesdays
    everything = [*resources, shut]
    with works.runtime.read() as session:
        found = search(session, dict.fromkeys(everything, NO_PADDING), works.span(2, 4))
        assert [each.free for each in found] == [1, 2, 1, 0, 0, 0]
        assert [everything.index(each.resource_id) for each in found] == [1, 2, 4, 0, 3, 5]
        two = search(session, dict.fromkeys(everything, NO_PADDING), works.span(2, 4), 2)
        assert two[0] == Found(resources[2], 2)
        assert [each.free for each in two[1:]] == [0, 1, 0, 1, 0]


def test_a_search_asks_as_much_for_two_as_for_twenty(works: Works) -> None:
    hours = works.calendar(DAYTIME)

    def make(tx: Transaction) -> list[UUID]:
        made = []
        for _ in range(20):
            ledger = setup.create_ledger(tx, QUARTERS, 3, hours)
            made.append(new_id())
            setup.set_rules(tx, made[-1], {ledger.id: 1})
        return made

    machines = works.do(make)
    works.book(machines[0], 1, 2, 3)
    asked = []
    for count in (2, 20):
        with works.runtime.read() as session, statements(works) as sent:
            found = search(session, dict.fromkeys(machines[:count], NO_PADDING), works.span(1, 2))
            assert (len(found), found[-1].resource_id, found[-1].free) == (count, machines[0], 0)
        asked.append(selects(sent))
    assert asked == [1, 1]


def test_different_paddings_closures_and_days_cost_a_search_two_queries_more(works: Works) -> None:
    resources = {works.machine(): Padding(after=timedelta(minutes=minutes)) for minutes in range(0, 90, 15)}
    closed = works.ledger()
    works.do(changing.close, closed, works.span(1, 2), "检修")
    resources[works.resource(closed)] = NO_PADDING
    by_day = works.machine(grid=Grid(DAY_S, QUARTERS.tz))
    resources[by_day] = NO_PADDING
    works.book(by_day, 0, 1)
    with works.runtime.read() as session, statements(works) as sent:
        found = free_units(session, resources, works.span(1, 2))
    assert list(found.values()) == [1] * 6 + [0, 0]
    assert selects(sent) == 3


def test_each_resource_is_looked_at_with_its_own_padding_and_grain(works: Works) -> None:
    quarter, hour, day = (works.machine(grid=Grid(n, QUARTERS.tz)) for n in (900, 3600, DAY_S))
    for each in (quarter, hour, day):
        works.book(each, 1, 1.25, start_grid=timedelta(minutes=15))
    with works.runtime.read() as session:

        def free(padding: Padding, start: float) -> list[int]:
            found = free_units(
                session, dict.fromkeys((quarter, hour, day), padding), works.span(start, start + 0.25)
            )
            return [found[each] for each in (quarter, hour, day)]

        assert free(NO_PADDING, 1.5) == [1, 0, 0]
        assert free(NO_PADDING, 2) == [1, 1, 0]
        assert free(Padding(set_up=timedelta(minutes=30)), 1.5) == [0, 0, 0]
        assert free(Padding(set_up=timedelta(minutes=10)), 2) == [1, 0, 0]
        assert free(Padding(after=timedelta(minutes=1)), 0.75) == [0, 0, 0]
        assert free(NO_PADDING, 15) == [1, 1, 1]  # 00:00 of the next day
        assert free_units(session, {new_id(): NO_PADDING}, works.span(1, 2)) == {}


def test_a_bundle_is_as_free_as_its_scarcest_part(works: Works) -> None:
    power, bays = works.ledger(50), works.ledger(4)
    bundle = new_id()
    works.do(setup.set_rules, bundle, {power: 15, bays: 1})
    assert works.free(bundle, 1, 2) == 3
    works.book(works.resource(bays), 1, 2, 2)
    assert works.free(bundle, 1, 2) == 2


def test_the_calendar_of_a_resource_tells_each_day_in_stretches(works: Works) -> None:
    machine = works.machine(2, opening=DAYTIME)
    works.book(machine, 1, 3)
    works.book(machine, 2, 3)
    works.book(machine, 24, 25, 2)
    with works.runtime.read() as session:
        days = dict(calendar(session, machine, RULES, date(2026, 11, 22), 4))
    midnight = datetime(2026, 11, 23, tzinfo=RULES.tz)

    def said(day: date) -> list[tuple[float, float, int]]:
        start = datetime.combine(day, time(), RULES.tz)
        return [((s.span.start - start) / H, (s.span.end - start) / H, s.free) for s in days[day].stretches]

    assert list(days) == [midnight.date() + timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert said(date(2026, 11, 22)) == [(0, 24, 0)]  # a Sunday
    assert said(date(2026, 11, 23)) == [
        (0, 8, 0),
        (8, 10, 2),
        (10, 11, 1),
        (11, 12, 0),
        (12, 18, 2),
        (18, 24, 0),
    ]
    assert said(date(2026, 11, 24)) == [(0, 8, 0), (8, 9, 2), (9, 10, 0), (10, 18, 2), (18, 24, 0)]


def test_a_calendar_asks_as_much_for_a_day_as_for_a_month(works: Works) -> None:
    machine = works.machine(2, opening=DAYTIME)
    asked = []
    for days in (1, 31):
        with works.runtime.read() as session, statements(works) as sent:
            assert len(list(calendar(session, machine, RULES, date(2026, 11, 23), days))) == days
        asked.append(selects(sent))
    assert asked[0] == asked[1] == 4


def test_days_of_23_and_25_hours_are_shown_with_their_hours(works: Works) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    nights = Opening(tuple(Hours(day, time(0), time(6)) for day in range(1, 8)))
    machine = works.machine(opening=nights, grid=Grid(900, berlin))
    rules = Policy(tz=berlin)
    with works.runtime.read() as session:
        for day, open_hours in ((date(2027, 3, 28), 5), (date(2027, 10, 31), 7), (date(2027, 6, 1), 6)):
            ((_, line),) = calendar(session, machine, rules, day, 1)
            assert [(s.span.length / H, s.free) for s in line.stretches] == [(open_hours, 1), (18, 0)]


def refused(works: Works, machine: UUID, start: float, end: float) -> list[tuple[str, float, float]]:
    """The alternatives of a refusal, in hours after the test's beginning."""
    with pytest.raises(Full) as full:
        works.hold(machine, start, end, policy=RULES, customer=RIVAL)
    said = [error for error in full.value.errors if error.code == "alternative"]
    assert len(said) == len(full.value.alternatives) <= 3

    def hours(each: Alternative) -> tuple[str, float, float]:
        return each.kind, (each.span.start - works.now) / H, (each.span.end - works.now) / H

    return [hours(each) for each in full.value.alternatives]


def test_a_refusal_offers_what_is_nearest_on_the_day_and_what_is_shorter(works: Works) -> None:
    machine = works.machine(opening=DAYTIME)  # until 18:00, nine hours after the beginning
    works.book(machine, 3, 5)
    assert refused(works, machine, 2, 4) == [("earlier", 1, 3), ("later", 5, 7), ("shorter", 2, 3)]


def test_a_refusal_offers_another_day_where_the_day_has_nothing(works: Works) -> None:
    machine = works.machine(opening=DAYTIME)
    works.book(machine, 0.5, 8.5)
    works.book(machine, 24, 33)
    assert refused(works, machine, 2, 4) == [("other_day", 50, 52)]  # Wednesday; Tuesday is full


def test_alternatives_keep_to_the_rules_and_to_what_belongs_to_a_booking(works: Works) -> None:
    machine = works.machine(opening=DAYTIME)
    works.book(machine, 3, 4)
    strict = Policy(
        notice=timedelta(hours=2),
        shortest=timedelta(hours=1),
        start_grid=timedelta(hours=1),
        horizon=timedelta(days=1),
        padding=Padding(after=timedelta(minutes=15)),
    )
    with pytest.raises(Full) as full:
        works.hold(machine, 3, 4, policy=strict)
    # From 2:00 it would be cleaned until 3:15; from 1:00 is too soon, and any other day too far away.
    assert [(a.kind, (a.span.start - works.now) / H) for a in full.value.alternatives] == [("later", 4)]
