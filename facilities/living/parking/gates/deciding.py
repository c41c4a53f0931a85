"""Deciding on an event: the facts, the answer of the rules, and what follows for the stays of the car.

A car that waits goes through when the answer opens the barrier. What is told later has happened: it is a
passage whatever would have been answered.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from facilities.capacity.ledger.model import OverflowEntry
from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.answers import (
    NOTE_NAMES,
    Answer,
    AtEntry,
    AtExit,
    Ground,
    Match,
    Verdict,
    at_entry,
    at_exit,
)
from facilities.living.parking.gates.course import State
from facilities.living.parking.gates.devices import Post
from facilities.living.parking.gates.facts import Car, Entering, entering, leaving, leaving_unknown, right_on
from facilities.living.parking.gates.glance import UNSEEN, Glance
from facilities.living.parking.gates.matching import match_of, misreadings
from facilities.living.parking.gates.model import AlarmKind, GateEvent
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.occupancy.commands import take_room
from facilities.living.parking.occupancy.queries import Room
from facilities.living.parking.rights.reservations.commands import arrive
from facilities.living.parking.stays.misread import was_another
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.stays.queries import claimed_of, inside_of
from facilities.living.parking.stays.settling import (
    Arrival,
    come_from_nowhere,
    come_in,
    end,
    give_back,
    go_out,
    work_out,
)
from facilities.living.parking.stays.turns import take_turn
from shared.inserting import insert_entities
from shared.transaction import Transaction

_OWN = (GateEvent, ParkingStay, OverflowEntry)
"""What an event leaves as a rule: written together."""


def decide(
    tx: Transaction,
    post: Post,
    event: GateEvent,
    car: Car | None,
    seen: Glance,
    *,
    latest: bool,
    ends: bool = False,
) -> None:
    """Answer an event, keep it with its answer, and let the stays of its car follow.

    `seen` is what there is of the car; `latest` where no passage of it is known that came after this. Where
    the transaction `ends` with it, what it leaves is written with the end of all.
    """
    if car is None:
        _write(event, None, _unread(event))
    elif event.direction is Direction.IN:
        _entry(tx, post, event, car, seen, latest)
    else:
        _exit(tx, post, event, car, seen, latest)
    own = [each for each in tx.session.new if isinstance(each, _OWN) and each is not event]
    own.append(event)
    if ends:
        tx.add_last(own)
    else:
        insert_entities(tx.session, own)


def _unread(event: GateEvent) -> Answer:
    if event.direction is Direction.IN:
        return at_entry(AtEntry(event.at, None, 0))
    return at_exit(AtExit(event.at, None, Match.NONE))


def _write(event: GateEvent, car: Car | None, answer: Answer, room: Room | None = None) -> None:
    """Note the answer; whether the car has gone through follows from it, but for what is told later."""
    event.passed = car is not None and (not event.waiting or answer.verdict is Verdict.OPEN)
    event.verdict, event.reason = answer.verdict, answer.reason
    event.answer = {
        "event_id": str(event.id),
        "at": event.at.isoformat(),
        "verdict": answer.verdict.value,
        "reason": answer.reason.value,
        "words": answer.words.to_dict(),
        "plate": None if car is None else car.display,
        "due_fen": answer.due_fen,
        "notes": [{"code": note.value, "words": NOTE_NAMES[note].to_dict()} for note in answer.notes],
        "zone": {"id": str(room.zone_id), "name": room.name} if room and event.passed else None,
    }


def _entry(tx: Transaction, post: Post, event: GateEvent, car: Car, seen: Glance, latest: bool) -> None:
    inside, ledger = _inside(tx, post, car, event, seen) if latest else (None, None)
    found = entering(tx, post, car, event.at, inside, seen)
    facts = found.facts
    answer, taken = at_entry(facts), None
    if answer.ground is Ground.RESERVATION and not _arrived(tx, found, inside):
        facts = replace(facts, reservation=None)  # it was given up or moved just now
        answer = at_entry(facts)
    takes_none = inside is None or inside.doubted_at is not None
    if latest and event.waiting and takes_none and answer.ground is Ground.DRIVE_IN:
        taken = take_room(tx, found.rooms)
        if taken is None:  # somebody has taken the last bay meanwhile
            answer = at_entry(replace(facts, room=0))
    right, zone = right_on(found.rights, answer.ground, event.at)
    room = taken[0] if taken else _room(found.rooms, zone, inside)
    ground, visit = answer.ground or Ground.DRIVE_IN, found.rights.visit
    arrival = Arrival(
        vehicle=car.vehicle,
        exemption=found.facts.exemption,
        ground=ground,
        right_id=right,
        zone_id=zone if room is None else room.zone_id,
        overflow_id=None if taken is None else taken[1].id,
        visit_id=None if visit is None or ground is not Ground.DRIVE_IN else visit[0],
    )
    _write(event, car, answer, room)
    if not event.passed:
        return
    if not latest or _was_claimed(tx, event):
        _work_out(tx, event, arrival)
        return
    if inside is not None:
        end(tx, inside, event.at, State.EXIT_MISSED, ledger)
        if right is None or right != inside.right_id:
            give_back(tx, inside)
        tx.session.flush()  # one stay at a time is open
    come_in(tx, event, arrival, found.tariff)


def _exit(tx: Transaction, post: Post, event: GateEvent, car: Car, seen: Glance, latest: bool) -> None:
    stay, ledger = _inside(tx, post, car, event, seen)
    match, given = Match.EXACT, stay is None or seen.given
    if stay is None and latest and was_another(tx, post.lot_id, car.mark):
        stay, ledger = _inside(tx, post, car, event, UNSEEN)
    if stay is None:
        match, stay = _nearly(tx, post, car, event)
    if stay is None:
        _from_nowhere(tx, post, event, car, match, latest)
        return
    facts, fee = leaving(tx.session, post, car, event.at, match, stay, given=given)
    _write(event, car, at_exit(facts))
    event.mark, event.stay_id = stay.mark, stay.id
    if match is Match.NEAR:
        details = {"read": event.read, "event_id": str(event.id), "stay_id": str(stay.id)}
        raise_alarm(tx, post.lot_id, AlarmKind.MISREAD, stay.id, stay.mark, details)
    if event.passed and latest and match is Match.EXACT:
        go_out(tx, event, stay, fee, ledger)
        give_back(tx, stay)
    elif event.passed:
        _work_out(tx, event, Arrival(car.vehicle))


def _from_nowhere(
    tx: Transaction, post: Post, event: GateEvent, car: Car, match: Match, latest: bool
) -> None:
    """An exit without an entry that we know of; what is claimed for it is a stay, so that it can be paid."""
    claimed = claimed_of(tx.session, post.lot_id, car.mark) if latest else None
    facts, tariff = leaving_unknown(tx.session, post, car, event.at, match, claimed)
    _write(event, car, at_exit(facts))
    arrival = Arrival(car.vehicle, exemption=facts.exemption)
    if event.passed and not latest:
        _work_out(tx, event, arrival)
    elif event.passed or event.verdict is Verdict.PAY:
        come_from_nowhere(tx, event, arrival, tariff)


def _work_out(tx: Transaction, event: GateEvent, arrival: Arrival) -> None:
    event.stay_id = None
    tx.session.add(event)
    stay = work_out(tx, event, arrival)
    if stay is not None:
        give_back(tx, stay)


def _arrived(tx: Transaction, found: Entering, inside: ParkingStay | None) -> bool:
    """Whether the use of the reservation begins with this car, or goes on: its exit was missed."""
    held = found.rights.reservation
    goes_on = held is not None and inside is not None and inside.right_id == held[0]
    return goes_on or (held is not None and arrive(tx, held[0]))


def _was_claimed(tx: Transaction, event: GateEvent) -> bool:
    """Whether something was claimed at an exit of the car that is told of as having come in before."""
    return not event.waiting and claimed_of(tx.session, event.lot_id, str(event.mark)) is not None


def _inside(
    tx: Transaction, post: Post, car: Car, event: GateEvent, seen: Glance
) -> tuple[ParkingStay | None, int | None]:
    """The open stay of a car with the number of its zone's ledger, unless it began only after this."""
    if not seen.inside:
        return None, None
    found = seen.stay or _only(inside_of(tx.session, post.lot_id, [car.mark]))
    return found if found and _has_begun(found[0], event) else (None, None)


def _only(found: Sequence[tuple[ParkingStay, int | None]]) -> tuple[ParkingStay, int | None] | None:
    return found[0] if found else None


def _has_begun(stay: ParkingStay, event: GateEvent) -> bool:
    return stay.entered_at is not None and stay.entered_at <= event.at


def _nearly(tx: Transaction, post: Post, car: Car, event: GateEvent) -> tuple[Match, ParkingStay | None]:
    """The one car inside whose plate may have been misread so."""
    near = [] if car.plate is None else inside_of(tx.session, post.lot_id, misreadings(car.mark))
    match = match_of(len(near))
    if match is not Match.NEAR:
        return match, None
    other = near[0][0].mark
    take_turn(tx, post.lot_id, other)
    found = _only(inside_of(tx.session, post.lot_id, [other]))  # it may have left meanwhile
    return (match, found[0]) if found and _has_begun(found[0], event) else (Match.NONE, None)


def _room(rooms: Sequence[Room], zone: UUID | None, inside: ParkingStay | None) -> Room | None:
    """The zone that a right names, else the nearest one with room, else where the car is known to stand
    already (`inside`), else the nearest one.
    """
    if zone is not None:
        return next((room for room in rooms if room.zone_id == zone), None)
    own = inside.zone_id if inside is not None and inside.is_counted else None
    by_room = (room for room in rooms if room.free > 0)
    return next(by_room, next((room for room in rooms if room.zone_id == own), rooms[0] if rooms else None))
