"""What ledgers, entries and cars say differently is put right at night; a second check finds nothing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.capacity.ledger.model import Ledger, LedgerSlot, OverflowEntry
from facilities.living.parking.gates.course import State
from facilities.living.parking.gates.model import Alarm, AlarmKind
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.occupancy.queries import GRID
from facilities.living.parking.stays.model import ParkingStay
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.ids import new_id
from shared.testing.systems import SystemFactory
from shared.transaction import Transaction
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.counts import check_now, count, is_sound, taken, zones
from tests.integration.facilities.parking.gates import Gates, gates, ok
from tests.integration.facilities.parking.people import person

A, B, C = "苏A00001", "苏A00002", "苏A00003"
Break = Callable[[Gates, Transaction], None]


@pytest.fixture
def at(make_system: SystemFactory, clock: ManualClock) -> Gates:
    """Two cars in the near zone for an hour and a half; one in the other, and one that nobody knows."""
    at = gates(make_system, clock, near=2, far=4)
    for plate in (A, B, C):
        at.come(plate)
    at.later(minutes=31)
    count(at, 2, at.park.far)
    at.later(minutes=60)
    assert taken(at) == [2, 2]
    is_sound(at)
    return at


def ledger(at: Gates, tx: Transaction, zone: UUID | None = None) -> int:
    return tx.session.get_one(Zone, zone or at.park.near).ledger_id


def slot(at: Gates) -> int:
    return GRID.slot_of(at.now)


def entry_of(tx: Transaction, plate: str) -> OverflowEntry:
    found = sa.select(OverflowEntry).join(ParkingStay, ParkingStay.overflow_id == OverflowEntry.id)
    return tx.session.scalars(found.where(ParkingStay.mark == plate)).one()


def add_to_slots(tx: Transaction, ledger: int, slots: range, units: int) -> None:
    """Write the slots as they would be with so many more."""
    there = sa.and_(LedgerSlot.ledger_id == ledger, LedgerSlot.slot.in_(slots))
    tx.session.execute(sa.update(LedgerSlot).where(there).values(overflow=LedgerSlot.overflow + units))


def slots_too_high(at: Gates, tx: Transaction) -> None:
    add_to_slots(tx, ledger(at, tx), range(slot(at) - 2, slot(at) + 1), 3)


def slots_too_low(at: Gates, tx: Transaction) -> None:
    add_to_slots(tx, ledger(at, tx), range(slot(at), slot(at) + 1), -2)


def slots_lost(at: Gates, tx: Transaction) -> None:
    mine = sa.and_(LedgerSlot.ledger_id == ledger(at, tx), LedgerSlot.slot >= slot(at) - 1)
    tx.session.execute(sa.delete(LedgerSlot).where(mine))


def slots_ahead(at: Gates, tx: Transaction) -> None:
    number = ledger(at, tx)
    tx.session.add(LedgerSlot(ledger_id=number, slot=slot(at) + 5, used=0, cap=2, overflow=1))


def entry_of_nobody(at: Gates, tx: Transaction) -> None:
    stray = range(slot(at) - 1, slot(at) + 1)
    tx.session.add(
        OverflowEntry(
            id=new_id(),
            ledger_id=ledger(at, tx),
            slot_from=stray.start,
            slot_to=stray.stop,
            units=1,
            reason="parking",
            made_at=tx.now,
        )
    )
    add_to_slots(tx, ledger(at, tx), stray, 1)


def entry_of_a_car_that_is_gone(at: Gates, tx: Transaction) -> None:
    """Its exit has not reached the ledger."""
    gone = sa.update(ParkingStay).where(ParkingStay.mark == A)
    left = GRID.start_of(slot(at) - 1)
    tx.session.execute(gone.values(state=State.LEFT, left_at=left))


def entry_of_a_car_that_has_left_at_once(at: Gates, tx: Transaction) -> None:
    gone = sa.update(ParkingStay).where(ParkingStay.mark == A)
    tx.session.execute(gone.values(state=State.LEFT, left_at=ParkingStay.entered_at))


def car_without_entry(at: Gates, tx: Transaction) -> None:
    """Neither its entry is there nor its part of the slots."""
    entry = entry_of(tx, A)
    add_to_slots(tx, entry.ledger_id, range(entry.slot_from, entry.slot_to), -1)
    tx.session.delete(entry)


def car_that_names_no_entry(at: Gates, tx: Transaction) -> None:
    tx.session.execute(sa.update(ParkingStay).where(ParkingStay.mark == B).values(overflow_id=None))


def car_that_names_anothers_entry(at: Gates, tx: Transaction) -> None:
    other = entry_of(tx, A).id
    tx.session.execute(sa.update(ParkingStay).where(ParkingStay.mark == B).values(overflow_id=other))


def car_that_names_an_entry_of_another_zone(at: Gates, tx: Transaction) -> None:
    other = entry_of(tx, C).id
    tx.session.execute(sa.update(ParkingStay).where(ParkingStay.mark == B).values(overflow_id=other))


def entry_counted_twice(at: Gates, tx: Transaction) -> None:
    entry = entry_of(tx, A)
    add_to_slots(tx, entry.ledger_id, range(entry.slot_from, entry.slot_to), 1)


def entry_of_two_units(at: Gates, tx: Transaction) -> None:
    entry_counted_twice(at, tx)
    entry_of(tx, A).units = 2


def entry_that_was_written_twice(at: Gates, tx: Transaction) -> None:
    entry = entry_of(tx, A)
    entry_counted_twice(at, tx)
    copied = {name: getattr(entry, name) for name in ("ledger_id", "slot_from", "slot_to", "units", "reason")}
    tx.session.add(OverflowEntry(id=new_id(), made_at=tx.now, **copied))


def entry_that_goes_on(at: Gates, tx: Transaction) -> None:
    entry_of(tx, A).slot_to += 6


def entry_that_is_behind(at: Gates, tx: Transaction) -> None:
    entry = entry_of(tx, A)
    add_to_slots(tx, entry.ledger_id, range(entry.slot_to - 2, entry.slot_to), -1)
    entry.slot_to -= 2


def entry_of_a_doubted_car(at: Gates, tx: Transaction) -> None:
    tx.session.execute(sa.update(ParkingStay).where(ParkingStay.mark == A).values(doubted_at=tx.now))


def unknown_car_without_entry(at: Gates, tx: Transaction) -> None:
    tx.session.execute(sa.update(Zone).where(Zone.id == at.park.far).values(unknown_id=None))


def unknown_cars_of_another_number(at: Gates, tx: Transaction) -> None:
    tx.session.execute(sa.update(Zone).where(Zone.id == at.park.far).values(unknown=3))


def entry_of_no_unknown_car(at: Gates, tx: Transaction) -> None:
    tx.session.execute(sa.update(Zone).where(Zone.id == at.park.far).values(unknown=0))


BREAKS: list[tuple[Break, list[int], list[str]]] = [
    (slots_too_high, [2, 2], ["slots"]),
    (slots_too_low, [2, 2], ["slots"]),
    (slots_lost, [2, 2], ["slots"]),
    (slots_ahead, [2, 2], ["slots"]),
    (entry_of_nobody, [2, 2], ["ended"]),
    (entry_of_a_car_that_is_gone, [1, 2], ["ended"]),
    (entry_of_a_car_that_has_left_at_once, [1, 2], ["ended"]),
    (car_without_entry, [2, 2], ["begun"]),
    (car_that_names_no_entry, [2, 2], ["begun", "ended"]),
    (car_that_names_anothers_entry, [2, 2], ["begun", "ended"]),
    (car_that_names_an_entry_of_another_zone, [2, 2], ["begun", "ended"]),
    (entry_counted_twice, [2, 2], ["slots"]),
    (entry_of_two_units, [2, 2], ["changed"]),
    (entry_that_was_written_twice, [2, 2], ["ended"]),
    (entry_that_goes_on, [2, 2], ["changed", "slots"]),
    (entry_that_is_behind, [2, 2], ["changed"]),
    (entry_of_a_doubted_car, [1, 2], ["ended"]),
    (unknown_car_without_entry, [2, 2], ["changed", "ended"]),
    (unknown_cars_of_another_number, [2, 4], ["changed"]),
    (entry_of_no_unknown_car, [2, 1], ["ended"]),
]


def spoil(at: Gates, how: Break) -> None:
    with at.runtime.transaction(OPERATOR) as tx:
        how(at, tx)
        tx.audit("ledger.spoilt", "ledger", "1")


def what(details: Any) -> list[str]:
    """In which ways something was wrong."""
    return sorted(name for name, found in details.items() if found)


def drifts(at: Gates) -> list[dict[str, Any]]:
    with at.runtime.read() as session:
        found = session.scalars(
            sa.select(Alarm.details).where(Alarm.kind == AlarmKind.DRIFT).order_by(Alarm.id)
        )
        return list(found)


def overflow_now(at: Gates) -> list[int]:
    """What the present slot of each zone has beside claims."""
    present = sa.and_(LedgerSlot.ledger_id == Ledger.id, LedgerSlot.slot == slot(at))
    query = (
        sa.select(sa.func.coalesce(LedgerSlot.overflow, 0)).select_from(Ledger).outerjoin(LedgerSlot, present)
    )
    with at.runtime.read() as session:
        return list(session.scalars(query.order_by(Ledger.id)))


@pytest.mark.parametrize(("how", "should", "wrong"), BREAKS, ids=lambda each: getattr(each, "__name__", ""))
def test_what_was_written_past_us_is_put_right_and_said(
    at: Gates, how: Break, should: list[int], wrong: list[str]
) -> None:
    spoil(at, how)
    spoilt = overflow_now(at)
    (done,) = check_now(at)
    assert what(done) == wrong
    assert overflow_now(at) == should == taken(at)
    (said,) = drifts(at)
    zone = [str(at.park.near), str(at.park.far)].index(said["zone_id"])
    assert (said["counted"], said["inside"]) == (spoilt[zone], should[zone])
    assert said["put_right"] == done, "the alarm says what was put right"
    is_sound(at)
    at.later(minutes=31)
    assert overflow_now(at) == should
    is_sound(at)
    for plate in (A, B, C):
        at.go(plate, waiting=False)
    at.later(minutes=31)
    is_sound(at)
    assert len(drifts(at)) == 1


def test_the_night_puts_right_what_the_day_has_spoilt_and_says_so_once(at: Gates) -> None:
    for how in (car_without_entry, slots_too_high, unknown_cars_of_another_number):
        spoil(at, how)
    at.later(hours=18)
    assert at.alarms().count("drift") == 2, "once for each zone"
    assert overflow_now(at) == [2, 4] == taken(at)
    at.sound()
    with at.runtime.read() as session:
        acts = sa.select(AuditEntry.actor_kind, AuditEntry.aggregate_id).where(
            AuditEntry.action == "zone.put-right"
        )
        assert {tuple(row) for row in session.execute(acts)} == {
            ("system", str(zone)) for zone in (at.park.near, at.park.far)
        }
    at.later(hours=24)
    assert at.alarms().count("drift") == 2, "the second night finds nothing"
    is_sound(at)


def test_the_past_of_a_car_that_lost_its_entry_is_counted_again(at: Gates) -> None:
    def near() -> list[int | None]:
        shown = ok(at.ask(None, "GET", f"/parking/lots/{at.park.lot}/occupancy/history"))
        return [hour["taken"] for hour in shown["zones"][0]["hours"]][9:11]

    before = near()
    spoil(at, car_without_entry)
    assert near() == [1, 1]
    check_now(at)
    assert near() == before == [2, 2]


def test_what_others_keep_in_the_ledger_of_a_zone_is_left_alone(at: Gates) -> None:
    def closed(at: Gates, tx: Transaction) -> None:
        entry_of_nobody(at, tx)
        tx.session.flush()
        other = sa.update(OverflowEntry).where(OverflowEntry.made_at == tx.now)
        tx.session.execute(other.values(reason="works"))

    spoil(at, closed)
    assert check_now(at) == [] and overflow_now(at) == [3, 2]
    at.sound()


def test_a_car_on_a_right_needs_no_entry_and_gets_none(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock, near=2, far=2, tariff="T5")
    times = {"starts_at": at.now.isoformat(), "ends_at": at.now.replace(hour=8).isoformat()}
    wish = {"lot_id": str(at.park.lot), "plate": A}
    ok(at.ask(person(), "POST", "/parking/reservations", json=wish | times))
    assert at.come(A)["reason"] == "reservation"
    assert check_now(at) == []
    at.later(hours=8)
    assert [each.overflow_id is not None for each in at.stays(A)] == [True]
    assert check_now(at) == []
    spoil(at, car_without_entry)
    assert [what(each) for each in check_now(at)] == [["begun"]]
    assert [zone["taken"] for zone in zones(at)] == [1, 0]
    is_sound(at)
