"""What is known of a car that stands at a lane, for the rules that answer it (`answers`).

Passes, reservations, quotas and invitations come in here (`rights.facts`), and nowhere else at the gate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Grid
from facilities.capacity.lifecycle import State
from facilities.capacity.opening import Opening
from facilities.living.parking.gates.answers import AtEntry, AtExit, Ground, Match, Owed, pass_fault
from facilities.living.parking.gates.devices import Post
from facilities.living.parking.gates.glance import Glance
from facilities.living.parking.gates.model import Listing, ListingKind
from facilities.living.parking.gates.queries import listings_of
from facilities.living.parking.lots.model import LotState
from facilities.living.parking.occupancy.queries import Room, rooms
from facilities.living.parking.rights.facts import Rights, rights_of
from facilities.living.parking.stays.costs import cost_of, tariff_on
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.tariffs.fees import Fee, lost_entry_fee
from facilities.living.parking.tariffs.tariff import Tariff
from facilities.living.parking.vehicles import Exemption, VehicleClass, exemption_of
from shared.clock import PARK_TZ, local_date
from shared.database import take_turns
from shared.identifiers.plates import Plate
from shared.text import Text
from shared.transaction import Transaction

_FINE = Grid(300, PARK_TZ)
"""How exactly opening hours are kept at the barrier."""


@dataclass(frozen=True, slots=True)
class Car:
    """A car by its mark: its plate, or the ticket of one that has none."""

    mark: str
    plate: Plate | None
    vehicle: VehicleClass

    @property
    def display(self) -> str:
        """For people to read."""
        return self.mark if self.plate is None else self.plate.display


@dataclass(frozen=True, slots=True)
class Entering:
    """The facts at an entry, and what else the command needs of what was read."""

    facts: AtEntry
    rooms: Sequence[Room]
    tariff: Tariff | None
    rights: Rights


def right_on(rights: Rights, ground: Ground | None, at: datetime) -> tuple[UUID | None, UUID | None]:
    """The right on which a car comes in, and the zone that it names; None and None where it is none."""
    if ground is Ground.PASS:
        good = (each for each in rights.passes if pass_fault(each[2], local_date(at)) is None)
        return next(((held, zone) for held, zone, _pass in good), (None, None))
    if ground is Ground.RESERVATION and rights.reservation is not None:
        return rights.reservation[0], rights.reservation[1]
    if ground is Ground.QUOTA and rights.quota is not None:
        return rights.quota[0], rights.quota[1]
    return None, None


def _rights(tx: Transaction, post: Post, car: Car, at: datetime) -> Rights:
    """What a car has a right to. Of two that come at once on one pass the later one sees the other."""
    rights = rights_of(tx.session, post.lot_id, car.mark, at)
    shared = [each[0] for each in (*rights.passes, *filter(None, (rights.quota,)))]
    for each in sorted(shared):
        take_turns(tx.session, f"parking-right/{each}")
    return rights_of(tx.session, post.lot_id, car.mark, at) if shared else rights


def entering(
    tx: Transaction, post: Post, car: Car, at: datetime, inside: ParkingStay | None, seen: Glance
) -> Entering:
    """What is known of a car at an entry; `inside` is its open stay, whose bay is its own; `seen` says where
    there is anything to be read.
    """
    session = tx.session
    tariff = _tariff(session, post, at)
    listed = listings_of(session, post.lot_id, car.mark) if seen.listed else ()
    rights = _with_own(session, _rights(tx, post, car, at) if seen.rights else Rights(), inside, at)
    near = rooms(session, post.lane_id, at) if seen.rooms is None else seen.rooms
    own = inside is not None and inside.is_counted
    facts = AtEntry(
        now=at,
        plate=car.display,
        room=sum(max(room.free, 0) for room in near) + int(own),
        exemption=exempted(car, listed, tariff),
        banned=next((Text.same(each.why) for each in listed if each.kind is ListingKind.BANNED), None),
        open=is_open(post, at),
        inside=inside is not None,
        passes=[each for _id, _zone, each in rights.passes],
        reservation=None if rights.reservation is None else rights.reservation[2],
        early=rights.early,
        quota=None if rights.quota is None else rights.quota[2],
        drive_in=post.drive_in,
    )
    return Entering(facts, near, tariff, rights)


def _with_own(session: Session, rights: Rights, inside: ParkingStay | None, at: datetime) -> Rights:
    """The bay that a car takes itself, by an open stay whose exit was missed, is free for it."""
    if inside is None or inside.right_id is None:
        return rights
    used = session.get(Booking, inside.right_id) if inside.ground is Ground.RESERVATION else None
    if used is not None and inside.zone_id is not None and used.state is State.IN_USE and at < used.ends_at:
        return replace(rights, reservation=(used.id, inside.zone_id, used.span))
    passes = tuple(
        (held, zone, replace(each, inside=each.inside - 1) if held == inside.right_id else each)
        for held, zone, each in rights.passes
    )
    quota = rights.quota
    if quota is not None and quota[0] == inside.right_id:
        quota = (quota[0], quota[1], quota[2] + 1)
    return replace(rights, passes=passes, quota=quota)


def _tariff(session: Session, post: Post, at: datetime) -> Tariff | None:
    """The tariff for what begins at an instant; mostly the one that was read with the device."""
    day = local_date(at)
    if post.laid_down is not None and post.laid_down[0] == day:
        return post.laid_down[1]
    return tariff_on(session, post.lot_id, day)


def leaving(
    session: Session,
    post: Post,
    car: Car,
    at: datetime,
    match: Match,
    stay: ParkingStay,
    *,
    given: bool = True,
) -> tuple[AtExit, Fee]:
    """What is known of a car at an exit whose stay was found, and what that costs until then.

    `given` is false where it is known that nobody has given anything for the stay.
    """
    known = None if post.laid_down is None else post.laid_down[1]
    stands = cost_of(session, stay, at, known, given=given)
    facts = AtExit(
        now=at,
        plate=car.display,
        match=match,
        owed=Owed(stands.due_fen, stands.paid_fen, stands.leave_by),
        ground=stay.ground,
        exemption=stay.exemption,
    )
    return facts, stands.fee


def leaving_unknown(
    session: Session, post: Post, car: Car, at: datetime, match: Match, claimed: ParkingStay | None
) -> tuple[AtExit, Tariff | None]:
    """What is known of a car at an exit that nobody has seen come in, and the tariff of the day.

    `claimed` is what was claimed of it here before.
    """
    tariff = _tariff(session, post, at)
    listed = listings_of(session, post.lot_id, car.mark)
    if claimed is not None:
        stands = cost_of(session, claimed, at)
        owed: Owed | None = Owed(stands.due_fen, stands.paid_fen, stands.leave_by)
    elif tariff is None:
        owed = Owed(0)
    else:
        fee = lost_entry_fee(tariff, car.vehicle)
        owed = None if fee is None else Owed(fee.total_fen)
    exemption = exempted(car, listed, tariff)
    return AtExit(now=at, plate=car.display, match=match, owed=owed, exemption=exemption), tariff


def exempted(car: Car, listed: Sequence[Listing], tariff: Tariff | None) -> Exemption | None:
    """Why a car parks free: by the list or by its plate, where the tariff lets such vehicles."""
    by_list = next((each.exemption for each in listed if each.exemption is not None), None)
    found = by_list or (None if car.plate is None else exemption_of(car.plate))
    return found if tariff is not None and found in tariff.exempt else None


def is_open(post: Post, at: datetime) -> bool:
    """Whether cars may come into the lot at an instant."""
    if post.lot_state is not LotState.OPEN:
        return False
    slot = _FINE.slot_of(at)
    return not post.hours or Opening.from_json(post.hours).open_slots(_FINE, range(slot, slot + 1))[0]
