"""Taking stock (盘点): what really stands in a car park is compared with what is known, and put right.

Somebody has looked: cars that are not there must have left at some time, cars that nobody has seen come are
entered from now on. Each correction is an act of whoever took stock. As every car is named, none is unknown
any more and none is doubted, whatever was counted before (`counting`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.freeing import tell_freed
from facilities.capacity.ledger.locking import Pool
from facilities.living.parking.gates.course import State
from facilities.living.parking.gates.devices import post_at
from facilities.living.parking.gates.facts import Car
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lanes.commands import car_of, let_through
from facilities.living.parking.lots.model import Lane, Lot, Zone
from facilities.living.parking.occupancy.counting import believe
from facilities.living.parking.occupancy.entries import now_of, set_unknown
from facilities.living.parking.occupancy.queries import zones_of
from facilities.living.parking.occupancy.rolling import take_zones
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.stays.queries import inside_of
from facilities.living.parking.stays.settling import end, give_back
from facilities.living.parking.stays.turns import take_turn
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

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
    for mark in sorted(known | there.keys()):
        take_turn(tx, lot_id, mark)
    # All at once and in order: one car after another would take them in any order.
    zones = take_zones(tx, zones_of(tx.session, lot_id))
    gone = inside_of(tx.session, lot_id, sorted(known - there.keys()))
    for stay, ledger in gone:
        end(tx, stay, tx.now, State.EXIT_MISSED, ledger)
        give_back(tx, stay)
    _clear_counts(tx, zones, inside_of(tx.session, lot_id, sorted(there)))
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


def _clear_counts(
    tx: Transaction, zones: Sequence[tuple[Zone, Pool]], there: Sequence[tuple[ParkingStay, int | None]]
) -> None:
    """Nothing is left of what was counted: these cars are there, and no others."""
    for zone, pool in zones:
        believe(tx, zone, pool, [stay for stay, _ledger in there if stay.zone_id == zone.id])
        set_unknown(tx, zone, pool, 0)
    ledgers = [pool.id for _zone, pool in zones]
    tell_freed(tx, ledgers, [(each, now_of(tx)) for each in ledgers])


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
