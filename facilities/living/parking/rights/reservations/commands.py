"""Reserving a bay, moving and giving up what was reserved, and what the gate says of it.

A reservation is a booking of its zone. It costs nothing beforehand: the stay is paid by the tariff on
leaving. The time before its beginning at which its car may come belongs to it: the bay is kept from then on.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings import commands, ending, moving
from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Padding
from facilities.capacity.ledger.locking import lock
from facilities.capacity.ledger.queries import ledgers_of
from facilities.capacity.lifecycle import OPEN, Party, allows
from facilities.capacity.refusals import Full
from facilities.capacity.rules import Policy, Wish, violations
from facilities.living.parking.lots.model import TRADE, Lot, Zone
from facilities.living.parking.rights.limits import DEFAULT_LIMITS, Limits
from facilities.living.parking.rights.places import open_lot, zones_to_try
from facilities.living.parking.rights.plates import read_plate
from facilities.living.parking.rights.policy import account_of
from facilities.living.parking.rights.reservations.model import ParkingReservation
from shared.database import take_turns
from shared.errors import Conflict, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_TOO_MANY = Text("最多同时持有{most}个预约", "You can have {most} reservations at a time")
_ALREADY = Text("该车辆在此时段已有预约", "The car has a reservation at that time already")


@dataclass(frozen=True, slots=True)
class Reserved:
    """A reservation as the engine and as parking keep it."""

    booking: Booking
    kept: ParkingReservation


def reserve(
    tx: Transaction,
    lot_id: UUID,
    zone_id: UUID | None,
    plate: str,
    starts_at: datetime,
    ends_at: datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> Reserved:
    """A bay for a car: in the zone that was named, else in the nearest one with room.

    Raises NotFound, InvalidInput with everything that the wish breaks, Conflict where the lot is closed, the
    car has one at that time or the account as many as it may, Full with other times.
    """
    account = account_of(tx.actor)
    number = read_plate(plate).number
    lot = open_lot(tx.session, lot_id)
    policy, wish = rules_of(lot), Wish(starts_at, ends_at)
    if wrong := violations(wish, policy, tx.now):
        raise InvalidInput(errors=wrong)
    zones = zones_to_try(tx.session, lot, zone_id)
    take_turns(tx.session, f"parking-reservations/{account}")
    _require_few(tx, account, limits)
    take_turns(tx.session, f"parking-reservations/{lot.id}/{number}")
    _require_single(tx, lot.id, number, wish)
    booking = _hold(tx, zones, wish, policy)
    kept = ParkingReservation(
        id=booking.id, lot_id=lot.id, zone_id=booking.resource_id, account_id=account, plate=number
    )
    tx.session.add(kept)
    tx.session.flush()
    commands.confirm(tx, booking, Party.CUSTOMER)
    return Reserved(booking, kept)


def rules_of(lot: Lot) -> Policy:
    """The rules for reservations of a lot: nothing is approved, and one may come as early as the lot says."""
    policy = lot.policy
    padding = Padding(timedelta(seconds=lot.early_s), policy.padding.set_up, policy.padding.after)
    return replace(policy, padding=padding, needs_approval=False, most=1, quotas=(), counted=())


def cancel(tx: Transaction, it: Reserved, reason: str) -> Reserved:
    """Give it up before its car has come; it costs nothing."""
    ending.cancel(tx, it.booking, Party.CUSTOMER, reason)
    return it


def move(tx: Transaction, it: Reserved, starts_at: datetime, ends_at: datetime) -> Reserved:
    """Another time in the same zone, or everything stays; raises as `reserve` does."""
    wish = Wish(starts_at, ends_at)
    take_turns(tx.session, f"parking-reservations/{it.kept.lot_id}/{it.kept.plate}")
    if not violations(wish, it.booking.policy, tx.now):
        _require_single(tx, it.kept.lot_id, it.kept.plate, wish, but=it.booking.id)
    moving.move(tx, it.booking, wish, Party.CUSTOMER)
    return it


def arrive(tx: Transaction, reservation_id: UUID) -> bool:
    """Its car has come in: the use begins. False where it cannot any more, and nothing has changed.

    For the gate, which holds the car's turn and takes the ledger here. Whoever has read the reservation
    before may find that it was given up, moved or let go of meanwhile.
    """
    booking = _opened(tx, reservation_id)
    early = booking.span.padded(booking.policy.padding).start
    if not allows("start", booking.state) or not early <= tx.now < booking.ends_at:
        return False
    commands.start(tx, booking, Party.SYSTEM)
    return True


def leave(tx: Transaction, reservation_id: UUID) -> bool:
    """Its car has left: what is left of the time is free. False where it was not in use."""
    booking = _opened(tx, reservation_id)
    if not allows("finish", booking.state):
        return False
    ending.finish(tx, booking, Party.SYSTEM)
    return True


def _opened(tx: Transaction, reservation_id: UUID) -> Booking:
    """The booking as it is under the lock of its ledger, which no other verb on it can pass by."""
    booking = tx.session.get_one(Booking, reservation_id)
    lock(tx.session, ledgers_of(tx.session, booking.id))
    tx.session.refresh(booking, with_for_update=True)
    return booking


def _hold(tx: Transaction, zones: list[Zone], wish: Wish, policy: Policy) -> Booking:
    # All at once and in order: to take a second ledger while one is held could wait for ever.
    lock(tx.session, [zone.ledger_id for zone in zones])
    for number, zone in enumerate(zones):
        last = number == len(zones) - 1
        order = Order(trade=TRADE, resource_id=zone.id, wish=wish, policy=policy)
        try:
            return commands.hold(tx, order, suggest=last)
        except Full:
            if last:
                raise
    raise AssertionError("no zones")


def _require_few(tx: Transaction, account: UUID, limits: Limits) -> None:
    mine = (
        sa.select(sa.func.count())
        .select_from(ParkingReservation)
        .join(Booking, Booking.id == ParkingReservation.id)
        .where(ParkingReservation.account_id == account, Booking.state.in_(OPEN), Booking.ends_at > tx.now)
    )
    if (tx.session.scalar(mine) or 0) >= limits.reservations:
        raise Conflict(_TOO_MANY.format(most=limits.reservations), slug="too-many")


def _require_single(tx: Transaction, lot_id: UUID, plate: str, wish: Wish, but: UUID | None = None) -> None:
    """A car stands in one bay at a time; whose reservation stands in the way is nobody's business."""
    others = sa.select(ParkingReservation.id).join(Booking, Booking.id == ParkingReservation.id)
    same = others.where(
        ParkingReservation.lot_id == lot_id,
        ParkingReservation.plate == plate,
        Booking.state.in_(OPEN),
        Booking.starts_at < wish.ends_at,
        Booking.ends_at > wish.starts_at,
    )
    if but is not None:
        same = same.where(Booking.id != but)
    if tx.session.scalar(same.limit(1)) is not None:
        raise Conflict(_ALREADY, slug="reserved-already")
