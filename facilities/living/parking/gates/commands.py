"""What a device tells, and what it is answered: the events at the lanes.

An event is kept whatever is answered, and the same event again gets the same answer. Stays are worked out
from what was let through (`stays.settling`); what a device tells is the system's act, an opening by hand
that of whoever opened (`by_hand`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from facilities.living.parking.gates.alarms import doubt_clock, raise_alarm
from facilities.living.parking.gates.deciding import decide
from facilities.living.parking.gates.devices import Post
from facilities.living.parking.gates.facts import Car
from facilities.living.parking.gates.glance import UNSEEN, Glance, glance
from facilities.living.parking.gates.model import AlarmKind, GateEvent
from facilities.living.parking.gates.queries import known_events
from facilities.living.parking.gates.readings import (
    DEFAULT_LIMITS,
    Direction,
    Reading,
    is_same_event,
    is_seen_again,
    moment_of,
)
from facilities.living.parking.stays.fitting import moment_that_fits
from facilities.living.parking.stays.settling import Arrival, work_out
from facilities.living.parking.stays.turns import take_turn
from facilities.living.parking.vehicles import class_of
from shared.errors import Conflict
from shared.identifiers.errors import PlateError
from shared.identifiers.plates import Plate, PlateColor, normalize_plate, parse_plate
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_REUSED = Text("该事件编号已用于其他内容", "This event id was used for something else")


@dataclass(frozen=True, slots=True)
class Said:
    """One event as a device tells it."""

    id: str
    plate: str | None
    """As the camera has read it; None where it saw none."""
    seen_at: datetime
    """By the clock of the device."""
    color: PlateColor | None = None
    motorcycle: bool = False
    confidence: int | None = None
    """In hundredths."""
    image_ref: str = ""
    waiting: bool = True
    """Whether a barrier waits for the answer; else it is told later, and the car has gone through."""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to an event."""

    event: GateEvent
    repeated: bool = False
    """Whether it was given before."""


def receive(tx: Transaction, post: Post, said: Said, *, ends: bool = False) -> Told:
    """Take an event and answer it; Conflict `event-id-reused` when another one had its id.

    The transaction `ends` with it where nothing is asked or changed in it any more.

    Raises IntegrityError when the same id is entered at this moment by another transaction, and BeganAnew:
    then the transaction has to begin anew (`attempts`).
    """
    plate = _plate(said.plate)
    vehicle = class_of(plate, said.color, motorcycle=said.motorcycle)
    car = None if plate is None else Car(plate.number, plate, vehicle)
    if car is not None:
        take_turn(tx, post.lot_id, car.mark)
    reading = _reading(post, said, tx.now)
    moment = moment_of(reading)
    mark = None if car is None else car.mark
    about = (said.plate or "", moment.at, DEFAULT_LIMITS.repeat)
    seen = UNSEEN if mark is None else glance(tx.session, post, said.id, mark, *about)
    known = known_events(tx.session, post, said.id, mark, *about) if seen.events else ()
    for each in known:
        if (each.device_id, each.device_event) == (post.device_id, said.id):
            return _again(each, reading, post)
    event = GateEvent(
        id=new_id(),
        device_id=post.device_id,
        device_event=said.id,
        lot_id=post.lot_id,
        lane_id=post.lane_id,
        direction=post.direction,
        mark=mark,
        read=said.plate or "",
        color=said.color,
        vehicle=vehicle,
        confidence=said.confidence,
        image_ref=said.image_ref,
        seen_at=said.seen_at,
        received_at=tx.now,
        at=moment.at,
        doubt=moment.doubt,
        waiting=said.waiting,
    )
    if moment.doubt is not None:
        doubt_clock(tx, post.lot_id, post.device_id, post.code, moment.doubt, event.seen_at)
    return enter(tx, post, event, car, known, reading, seen, ends=ends)


def told_before(session: Session, post: Post, said: Said, now: datetime) -> Told | None:
    """The answer to an event that its device has told before; Conflict `event-id-reused` if it is another."""
    kept = None if post.told is None else session.get(GateEvent, post.told)
    return None if kept is None else _again(kept, _reading(post, said, now), post)


def enter(
    tx: Transaction,
    post: Post,
    event: GateEvent,
    car: Car | None,
    known: Sequence[GateEvent],
    reading: Reading,
    seen: Glance = UNSEEN,
    *,
    ends: bool = False,
) -> Told:
    """Decide on an event that is new, and keep it with its answer; `seen` is what there is of its car."""
    before = next((each for each in known if each.passed and _is_same_car(each, reading, event)), None)
    if before is not None:
        return _seen_again(tx, event, before, known)
    latest = _is_latest(event, known)
    if not latest and event.waiting:
        event.at = moment_that_fits(tx.session, event)
        seen = replace(seen, rooms=None)  # they were those of another moment
        latest = _is_latest(event, known)
        # Whoever has come in again after it went out, whatever the barrier was answered: it is told later.
        event.waiting = latest or not _has_come_again(event, known)
    decide(tx, post, event, car, seen, latest=latest, ends=ends and car is not None)
    if car is None and not event.waiting:
        missed = AlarmKind.ENTRY_MISSED if event.direction is Direction.IN else AlarmKind.EXIT_MISSED
        raise_alarm(tx, event.lot_id, missed, event.id, details={"event_id": str(event.id)})
    return Told(event)


def _is_latest(event: GateEvent, known: Sequence[GateEvent]) -> bool:
    """Whether no passage of the car is known that came after it."""
    return not any(each.passed and each.mark == event.mark and each.at >= event.at for each in known)


def _has_come_again(event: GateEvent, known: Sequence[GateEvent]) -> bool:
    """Whether a car that wanted to go out is known to have come in after that."""
    after = [each for each in known if each.passed and each.mark == event.mark and each.at > event.at]
    first = min(after, key=lambda each: each.at, default=None)
    return event.direction is Direction.OUT and first is not None and first.direction is Direction.IN


def _again(kept: GateEvent, came: Reading, post: Post) -> Told:
    before = Reading(
        id=kept.device_event,
        device=str(kept.device_id),
        lane=str(kept.lane_id),
        direction=kept.direction,
        plate=normalize_plate(kept.read) or None,
        seen_at=kept.seen_at,
        received_at=kept.received_at,
    )
    if not is_same_event(before, came):
        raise Conflict(_REUSED, slug="event-id-reused")
    return Told(kept, repeated=True)


def _is_same_car(kept: GateEvent, came: Reading, event: GateEvent) -> bool:
    """Whether a passage is the car of this event, seen again in its lane; also when it was misread alike."""
    if event.mark is None or (kept.mark != event.mark and kept.read != event.read):
        return False
    before = Reading(
        id=str(kept.id),
        device=str(kept.device_id),
        lane=str(kept.lane_id),
        direction=kept.direction,
        plate=came.plate,
        seen_at=kept.at,
        received_at=kept.at,
    )
    return is_seen_again(before, replace(came, seen_at=event.at, received_at=event.at))


def _seen_again(tx: Transaction, event: GateEvent, before: GateEvent, known: Sequence[GateEvent]) -> Told:
    """The same car in the same lane: it is answered as before, and nothing happens twice."""
    was_misread = before.mark is not None and before.mark != event.mark
    if was_misread:
        take_turn(tx, event.lot_id, str(before.mark))
    event.repeats, event.mark, event.passed = before.id, before.mark, True
    event.verdict, event.reason = before.verdict, before.reason
    event.answer = {**before.answer, "event_id": str(event.id), "at": event.at.isoformat()}
    event.stay_id = before.stay_id
    tx.session.add(event)
    if was_misread or any(each.passed and each.at >= event.at for each in known):
        work_out(tx, event, Arrival(event.vehicle))
    return Told(event)


def _reading(post: Post, said: Said, received_at: datetime) -> Reading:
    return Reading(
        id=said.id,
        device=str(post.device_id),
        lane=str(post.lane_id),
        direction=post.direction,
        plate=normalize_plate(said.plate or "") or None,
        seen_at=said.seen_at,
        received_at=received_at,
        waiting=said.waiting,
    )


def _plate(read: str | None) -> Plate | None:
    """What was read as a plate; None for nothing, and for what no plate looks like."""
    if not read:
        return None
    try:
        return parse_plate(read)
    except PlateError:
        return None
