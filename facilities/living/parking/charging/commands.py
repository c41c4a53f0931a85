"""What charging points tell, and what operators see there: whose car it is, that the bay is free.

Whoever works on the charges of a point takes its row first (`points.take_turn_at`), so that the times of all
charges at a bay follow from all that was told of them. What a point tells is the system's act.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from facilities.living.parking.charging.following import follow
from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.charging.points import Point, take_turn_at
from facilities.living.parking.charging.queries import charge_told, find_charge, left_by, next_start
from facilities.living.parking.charging.standing import standings
from facilities.living.parking.charging.times import Phase, Said, mark_told, times_told
from facilities.living.parking.gates.alarms import doubt_clock
from facilities.living.parking.gates.readings import Moment, believed
from facilities.living.parking.gates.tickets import is_ticket
from facilities.living.parking.lots.policy import require_operator
from shared.errors import Conflict
from shared.identifiers.errors import PlateError
from shared.identifiers.plates import mask_plate, normalize_plate, parse_plate
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_REUSED = Text(
    "该充电编号的这一步骤已按其他时间上报过", "This phase of the charge was told with another time before"
)
_FREE = Text("该车位已空出", "The bay is known to be free already")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """One phase of a charge, as a point tells it."""

    charge: str
    """By which the point tells its charges apart."""
    phase: Phase
    at: datetime
    """By the clock of the point."""
    plate: str | None = None
    """A plate or a ticket, as the point knows it."""


def receive(tx: Transaction, point: Point, telling: Telling) -> Json:
    """Take what a point tells, and answer it; the same phase again gets the same answer.

    Conflict `event-id-reused` where it was told with another time. A clock that is wrong is noted, and the
    receipt counts; a plate that cannot exist counts as not known.
    """
    take_turn_at(tx.session, point.device_id)
    charge = charge_told(tx.session, point.device_id, telling.charge)
    if charge is not None and telling.phase in charge.told:
        return _again(charge, telling)
    moment = believed(telling.at, tx.now)
    if moment.doubt is not None:
        doubt_clock(tx, point.lot_id, point.device_id, point.code, moment.doubt, telling.at)
    begins = charge is None
    if charge is None:
        charge = _new(tx, point, telling.charge)
    was = (charge.ended_at, charge.mark)
    details = _take(charge, telling, moment)
    _work_out(tx, charge)
    tx.session.add(charge)
    tx.session.flush()
    if telling.phase is Phase.STARTED:
        _leave(tx, charge)
    tx.audit("charge.told", "parking_charge", charge.id, details, begins=begins)
    follow(tx, charge, was)
    return _answer(tx, point, charge, telling)


def name_car(tx: Transaction, charge: ParkingCharge, mark: str) -> ParkingCharge:
    """Somebody says whose car it is; what its open stay costs follows, what was charged already does not.

    From then on what the point tells of it counts no more.
    """
    require_operator(tx.actor)
    was = (charge.ended_at, charge.mark)
    charge.mark, charge.named_by, charge.updated_at = mark, tx.actor.name, tx.now
    tx.session.flush()
    tx.audit("charge.car-named", "parking_charge", charge.id)
    follow(tx, charge, was)
    return charge


def see_free(tx: Transaction, charge: ParkingCharge) -> ParkingCharge:
    """Somebody sees that the bay is free now. Conflict `wrong-state` where that is known."""
    require_operator(tx.actor)
    if charge.freed_at is not None:
        raise Conflict(_FREE, slug="wrong-state")
    charge.freed_at, charge.freed_by, charge.updated_at = tx.now, tx.actor.name, tx.now
    _work_out(tx, charge)
    tx.session.flush()
    tx.audit("charge.seen-free", "parking_charge", charge.id)
    return charge


def opened(tx: Transaction, charge_id: UUID, expected_version: int) -> ParkingCharge:
    """A charge to be changed, kept from everybody else; raises as `find_charge` does."""
    charge = find_charge(tx.session, charge_id)
    take_turn_at(tx.session, charge.device_id)
    return find_charge(tx.session, charge_id, expected_version=expected_version)


def mark_of(plate: str | None) -> str | None:
    """The mark of a car as a point names it: a plate or a ticket; None for what is neither."""
    number = normalize_plate(plate or "")
    if is_ticket(number):
        return number
    try:
        return parse_plate(number).number
    except PlateError:
        return None


def _new(tx: Transaction, point: Point, number: str) -> ParkingCharge:
    return ParkingCharge(
        id=new_id(),
        device_id=point.device_id,
        number=number,
        lot_id=point.lot_id,
        bay_id=point.bay_id,
        told={},
        mark=None,
        named_by="",
        freed_by="",
        told_at=tx.now,
    )


def _take(charge: ParkingCharge, telling: Telling, moment: Moment) -> Json:
    """Keep what was told; returns what the trail says of it."""
    said = Said(telling.at, moment.at, mark_of(telling.plate))
    known = charge.mark
    charge.told = {**charge.told, telling.phase.value: said.to_json()}
    if not charge.named_by:
        charge.mark = mark_told(charge.phases)
    details: Json = {"phase": telling.phase.value}
    if said.mark is not None and known is not None and said.mark != known:
        details["other_plate"] = "taken" if charge.mark == said.mark else "ignored"
    return details


def _work_out(tx: Transaction, charge: ParkingCharge) -> None:
    """The times of a charge from all that is known of it and of the next one at its bay."""
    phases = charge.phases
    seen_free = charge.freed_at if charge.freed_by else None
    bare = times_told(phases, seen_free)
    charge.started_at, charge.ended_at, charge.freed_at = bare.started_at, bare.ended_at, bare.freed_at
    if seen_free is not None and Phase.FREED in phases and phases[Phase.FREED].at < seen_free:
        charge.freed_by = ""  # it was free before anybody came by
    if charge.freed_at is None:
        with tx.session.no_autoflush:  # it is written once
            charge.freed_at = times_told(phases, None, next_start(tx.session, charge)).freed_at
    charge.updated_at = tx.now


def _leave(tx: Transaction, charge: ParkingCharge) -> None:
    """A charge has begun: whoever was at the bay before has left it."""
    for before in left_by(tx.session, charge):
        if Phase.FREED not in before.phases:
            _work_out(tx, before)
            tx.audit("charge.left", "parking_charge", before.id, {"by": str(charge.id)})
    tx.session.flush()


def _again(charge: ParkingCharge, telling: Telling) -> Json:
    kept = charge.told[telling.phase.value]
    if Said.from_json(kept).said_at != telling.at:
        raise Conflict(_REUSED, slug="event-id-reused")
    return {**kept["answer"], "repeated": True}


def _answer(tx: Transaction, point: Point, charge: ParkingCharge, telling: Telling) -> Json:
    """What the point is answered, kept to be given again."""
    standing = standings(tx.session, [charge]).get(charge.id)
    times = {
        name: at and at.isoformat()
        for name, at in (
            ("started_at", charge.started_at),
            ("ended_at", charge.ended_at),
            ("freed_at", charge.freed_at),
            ("free_until", None if standing is None else standing.free_until),
        )
    }
    answer = {
        "charge_id": str(charge.id),
        "bay": point.bay,
        "plate": None if charge.mark is None else mask_plate(charge.mark),
        **times,
        "overstay": standing is not None and standing.rule is not None,
    }
    told = charge.told[telling.phase.value]
    charge.told = {**charge.told, telling.phase.value: {**told, "answer": answer}}
    tx.session.flush()
    return {**answer, "repeated": False}
