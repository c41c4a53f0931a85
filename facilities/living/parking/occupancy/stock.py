"""Taking stock (盘点): what really stands in a car park is compared with what is known, and put right.

Somebody has looked: cars that are not there must have left at some time, cars that nobody has seen come are
entered from now on. Each correction is an act of whoever took stock. What is counted in a zone is compared
with its open stays each night; a difference there is a fault of ours and raises an alarm.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.ledger.locking import lock
from facilities.capacity.ledger.model import LedgerSlot, OverflowEntry
from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.course import State
from facilities.living.parking.gates.devices import post_at
from facilities.living.parking.gates.facts import Car
from facilities.living.parking.gates.model import AlarmKind
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lanes.commands import car_of, let_through
from facilities.living.parking.lots.commands import GRAIN_S
from facilities.living.parking.lots.model import Lane, Lot
from facilities.living.parking.occupancy.queries import GRID, standing_cars, zones_of
from facilities.living.parking.occupancy.rolling import roll
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.stays.queries import inside_of
from facilities.living.parking.stays.settling import end, give_back
from facilities.living.parking.stays.turns import take_turn
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_A_DAY = 86_400 // GRAIN_S
_NO_LOT = Text("没有这个停车场", "There is no such car park")
_NO_LANE = Text("该停车场没有入口车道", "The car park has no way in")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a stock-take has found and put right; plates and tickets."""

    gone: Sequence[str]
    """Known to be inside, and not there."""
    found: Sequence[str]
    """There, and not known."""
    right: int
    """How many were there as known."""


def take_stock(tx: Transaction, lot_id: UUID, plates: Sequence[str]) -> Taken:
    """Let exactly these cars be inside of a lot: plates or tickets, as somebody has seen them there.

    InvalidInput names every one that is neither. The turns of all cars are taken in order before any of them
    is looked at again, so whoever drives through a lane meanwhile is not undone.
    """
    if tx.session.get(Lot, lot_id) is None:
        raise NotFound(_NO_LOT)
    there = {car.mark: car for car in _cars(plates)}
    known = set(tx.session.scalars(_inside(lot_id)))
    for mark in sorted(known ^ there.keys()):
        take_turn(tx, lot_id, mark)
    # All at once and in order: one car after another would take them in any order.
    lock(tx.session, [zone.ledger_id for zone in zones_of(tx.session, lot_id)])
    gone = inside_of(tx.session, lot_id, sorted(known - there.keys()))
    for stay, ledger in gone:
        end(tx, stay, tx.now, State.EXIT_MISSED, ledger)
        give_back(tx, stay)
    inside = {stay.mark for stay, _ledger in inside_of(tx.session, lot_id, sorted(there.keys() - known))}
    found = sorted(there.keys() - known - inside)
    for mark in found:
        lane = post_at(tx.session, _way_in(tx, lot_id))
        assert lane is not None  # noqa: S101 - it was found just now
        let_through(tx, lane, there[mark], f"stock-take:{new_id()}")
        tx.session.flush()
    details = {"gone": len(gone), "found": len(found), "right": len(known & there.keys())}
    tx.audit("stock.taken", "parking_lot", lot_id, details)
    return Taken([stay.mark for stay, _ledger in gone], found, details["right"])


def check(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The nightly appointment of a lot: what is counted in each zone is what its open stays say."""
    lot_id = UUID(str(payload["lot_id"]))
    zones = sorted(zones_of(tx.session, lot_id), key=lambda each: each.ledger_id)
    pools = lock(tx.session, [zone.ledger_id for zone in zones])
    for zone in zones:
        roll(tx, zone.id, lot_id, pools[zone.ledger_id], zone.rolled_slot)
    tx.session.flush()
    tx.audit("stock.checked", "parking_lot", lot_id)
    cars = standing_cars(tx.session, [zone.id for zone in zones])
    for zone in zones:
        present = GRID.slot_of(tx.now)
        wrong = _wrong_slots(tx.session, zone.ledger_id, range(present - _A_DAY, present + 1))
        counted = _counted(tx.session, zone.ledger_id, range(present, present + 1)).get(present, 0)
        inside = cars[zone.id][1]
        if wrong or counted != inside:
            details = {"zone_id": str(zone.id), "counted": counted, "inside": inside, "slots": len(wrong)}
            raise_alarm(tx, lot_id, AlarmKind.DRIFT, f"{zone.id}:{present}", details=details)


def _wrong_slots(session: Session, ledger: int, slots: range) -> list[int]:
    """The slots in which a zone does not count what the entries of its cars say."""
    entries = sa.select(OverflowEntry.slot_from, OverflowEntry.slot_to, OverflowEntry.units).where(
        OverflowEntry.ledger_id == ledger,
        OverflowEntry.slot_to > slots.start,
        OverflowEntry.slot_from < slots.stop,
    )
    should: Counter[int] = Counter()
    for start, stop, units in session.execute(entries):
        for slot in range(max(start, slots.start), min(stop, slots.stop)):
            should[slot] += units
    said = _counted(session, ledger, slots)
    return [slot for slot in slots if said.get(slot, 0) != should[slot]]


def _counted(session: Session, ledger: int, slots: range) -> dict[int, int]:
    rows = sa.select(LedgerSlot.slot, LedgerSlot.overflow).where(
        LedgerSlot.ledger_id == ledger, LedgerSlot.slot >= slots.start, LedgerSlot.slot < slots.stop
    )
    found: dict[int, int] = dict(session.execute(rows).all())
    return found


def _cars(plates: Sequence[str]) -> list[Car]:
    found: list[Car] = []
    wrong: list[FieldError] = []
    for number, typed in enumerate(plates):
        try:
            found.append(car_of(typed, f"/plates/{number}"))
        except InvalidInput as error:
            wrong += error.errors
    if wrong:
        raise InvalidInput(errors=wrong)
    return found


def _inside(lot_id: UUID) -> sa.Select[str]:
    return sa.select(ParkingStay.mark).where(ParkingStay.lot_id == lot_id, ParkingStay.state == State.INSIDE)


def _way_in(tx: Transaction, lot_id: UUID) -> UUID:
    lane = tx.session.scalar(
        sa.select(Lane.id)
        .where(Lane.lot_id == lot_id, Lane.direction == Direction.IN)
        .order_by(Lane.code)
        .limit(1)
    )
    if lane is None:
        raise Conflict(_NO_LANE)
    return lane
