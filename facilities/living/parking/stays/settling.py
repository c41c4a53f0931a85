"""Working out the stays of a car from what was let through; its turn is taken by the caller (`turns`).

Mostly a passage is the latest one of its car and says what has become of the stay. Else all passages since
the car was last known to be outside are looked at anew (`gates.course`), so that the same passages make the
same stays in whatever order they are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.answers import Ground
from facilities.living.parking.gates.course import Passage, State, Visit, changes, course
from facilities.living.parking.gates.model import AlarmKind, GateEvent
from facilities.living.parking.gates.readings import DEFAULT_LIMITS
from facilities.living.parking.occupancy.commands import stand
from facilities.living.parking.occupancy.counting import one_has_left
from facilities.living.parking.rights.reservations.commands import leave
from facilities.living.parking.rights.visitors.commands import come, hand_on
from facilities.living.parking.stays.costs import close, freeze, tariff_on
from facilities.living.parking.stays.events import announce
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.stays.queries import (
    claimed_of,
    is_bare,
    outside_before,
    passages_after,
    stays_after,
)
from facilities.living.parking.tariffs.fees import Fee
from facilities.living.parking.tariffs.tariff import Tariff
from facilities.living.parking.vehicles import Exemption, VehicleClass
from shared.clock import local_date
from shared.ids import new_id
from shared.transaction import Transaction

_ALARMS = {State.EXIT_MISSED: AlarmKind.EXIT_MISSED, State.ENTRY_MISSED: AlarmKind.ENTRY_MISSED}


@dataclass(frozen=True, slots=True)
class Arrival:
    """On what a car comes in, and where it is sent; of a car that goes out what holds if it never came."""

    vehicle: VehicleClass
    exemption: Exemption | None = None
    ground: Ground = Ground.DRIVE_IN
    right_id: UUID | None = None
    zone_id: UUID | None = None
    overflow_id: UUID | None = None
    """What it has taken of the zone already."""
    visit_id: UUID | None = None
    """The invitation of which it has the minutes."""


def come_in(tx: Transaction, event: GateEvent, arrival: Arrival, tariff: Tariff | None) -> ParkingStay:
    """A stay begins with the latest passage of its car, which was outside. `tariff` is that of the day."""
    stay = _new(tx, event, arrival, Visit(event.at, None, State.INSIDE, frozenset()))
    freeze(tx.session, stay, tariff)
    tx.session.add(stay)
    if arrival.overflow_id is None:
        stand(tx, stay)
    event.stay_id = stay.id
    tx.audit("stay.entered", "parking_stay", stay.id, begins=True)
    announce(tx, stay, "entered")
    if arrival.visit_id is not None:
        tx.session.flush()
        come(tx, arrival.visit_id, stay.id, event.at)
    return stay


def go_out(tx: Transaction, event: GateEvent, stay: ParkingStay, fee: Fee, ledger_id: int | None) -> None:
    """A stay ends with the latest passage of its car, which was inside; `fee` is what it costs until then."""
    event.stay_id = stay.id
    end(tx, stay, event.at, State.LEFT, ledger_id, fee)


def end(
    tx: Transaction,
    stay: ParkingStay,
    at: datetime,
    state: State,
    ledger_id: int | None = None,
    fee: Fee | None = None,
) -> None:
    """The car of a stay is not there any more: it has left, or must have at some time before."""
    with tx.session.no_autoflush:  # the stay is written once
        stay.left_at, stay.state, stay.updated_at = at, state, tx.now
        close(tx.session, stay, fee)
        if stay.doubted_at is None or at < stay.doubted_at:  # else it takes nothing any more
            stand(tx, stay, ledger_id)
    tx.audit("stay.left", "parking_stay", stay.id, {"state": state})
    announce(tx, stay, "left")
    _alarm(tx, stay)


def give_back(tx: Transaction, stay: ParkingStay) -> None:
    """What is left of a reservation is free once its car is gone."""
    if stay.ground is Ground.RESERVATION and stay.right_id is not None and stay.state is not State.INSIDE:
        tx.session.flush()
        leave(tx, stay.right_id)


def come_from_nowhere(
    tx: Transaction, event: GateEvent, arrival: Arrival, tariff: Tariff | None
) -> ParkingStay:
    """A car goes out, or wants to, whose entry nobody has seen: what was claimed of it before is meant."""
    stay = claimed_of(tx.session, event.lot_id, str(event.mark))
    if stay is None:
        visit = Visit(None, event.at, State.ENTRY_MISSED, frozenset())
        stay = _new(tx, event, arrival, visit)
        freeze(tx.session, stay, tariff)
        tx.session.add(stay)
        tx.session.flush()
        tx.audit("stay.left", "parking_stay", stay.id, {"state": stay.state}, begins=True)
        close(tx.session, stay)
        announce(tx, stay, "left")
        _alarm(tx, stay)
    else:
        stay.left_at, stay.updated_at = event.at, tx.now
        tx.audit("stay.corrected", "parking_stay", stay.id)
    event.stay_id = stay.id
    if event.passed:
        one_has_left(tx, event.lot_id, event.at)
    return stay


def work_out(tx: Transaction, event: GateEvent, arrival: Arrival) -> ParkingStay | None:
    """The stays of a car anew, with a passage that others have come after; returns the one it belongs to."""
    session, mark = tx.session, str(event.mark)
    session.flush()
    boundary = outside_before(session, event.lot_id, mark, event.at, DEFAULT_LIMITS.repeat)
    events = {str(each.id): each for each in passages_after(session, event.lot_id, mark, boundary)}
    rows = {each.id: each for each in stays_after(session, event.lot_id, mark, boundary)}
    before = _visits(rows, list(events.values()))
    after = course(
        Passage(id=name, lane=str(each.lane_id), direction=each.direction, at=each.at)
        for name, each in events.items()
    )
    kept = {visit.passages: stay for stay, visit in before}
    for change in changes([visit for _stay, visit in before], after):
        if change.was is not None:
            stay = kept.pop(change.was.passages)
            if change.now is None:  # the visit to which its passages belong has a stay by now
                whole = next(each for passages, each in kept.items() if passages & change.was.passages)
                _withdraw(tx, stay, whole)
            else:
                kept[change.now.passages] = stay
    claims = [each for each in rows.values() if each.id not in {stay.id for stay, _visit in before}]
    for visit in after:
        its_stay = kept.get(visit.passages) or _claimed(claims, visit)
        mine = str(event.id) in visit.passages
        its = arrival if mine else Arrival(arrival.vehicle, zone_id=arrival.zone_id)
        _settle(tx, its_stay, visit, event, its, events)
    for left_at in _unseen([visit for _stay, visit in before], after):
        one_has_left(tx, event.lot_id, left_at)
    return session.get(ParkingStay, event.stay_id) if event.stay_id else None


def _visits(rows: dict[UUID, ParkingStay], events: Sequence[GateEvent]) -> list[tuple[ParkingStay, Visit]]:
    """Stays as visits, those that have any passage; a claim at the exit has none."""
    found = []
    for stay in rows.values():
        ids = frozenset(str(each.id) for each in events if each.stay_id == stay.id)
        if ids:
            found.append((stay, Visit(stay.entered_at, stay.left_at, stay.state, ids)))
    return sorted(found, key=lambda each: each[0].entered_at or each[0].left_at or each[0].created_at)


def _unseen(before: Sequence[Visit], after: Sequence[Visit]) -> list[datetime]:
    """When cars have left, as is known only now, without anybody having seen them come."""
    known = [visit.passages for visit in before if visit.state is State.ENTRY_MISSED]
    return [
        visit.left_at
        for visit in after
        if visit.state is State.ENTRY_MISSED
        and visit.left_at is not None
        and not any(each & visit.passages for each in known)
    ]


def _claimed(claims: list[ParkingStay], visit: Visit) -> ParkingStay | None:
    """What was claimed at the exit of a car that, as is known now, was there then."""
    for stay in claims:
        if stay.state is not State.ENTRY_MISSED or stay.left_at is None:
            continue
        begun = visit.entered_at is None or visit.entered_at <= stay.left_at
        if begun and (visit.left_at is None or visit.left_at >= stay.left_at):
            claims.remove(stay)
            return stay
    return None


def _settle(
    tx: Transaction,
    stay: ParkingStay | None,
    visit: Visit,
    event: GateEvent,
    arrival: Arrival,
    events: dict[str, GateEvent],
) -> None:
    """Let a stay be what a visit is; what it costs follows, for earlier stays may have changed."""
    session = tx.session
    if stay is not None and _was_not_found(stay, visit) and str(event.id) not in visit.passages:
        return
    is_new = stay is None
    if stay is None:
        stay = _new(tx, event, arrival, visit)
        session.add(stay)
    was = (None, None, None) if is_new else (stay.entered_at, stay.left_at, stay.state)
    if stay.entered_at is None and visit.entered_at is not None and stay.zone_id is None:
        stay.ground, stay.right_id = arrival.ground, arrival.right_id
        stay.vehicle, stay.exemption, stay.zone_id = arrival.vehicle, arrival.exemption, arrival.zone_id
    stay.entered_at, stay.left_at, stay.state = visit.entered_at, visit.left_at, visit.state
    for name in visit.passages:
        events[name].stay_id = stay.id
    since = visit.entered_at or visit.left_at
    freeze(session, stay, tariff_on(session, stay.lot_id, local_date(since)) if since else None)
    session.flush()
    if arrival.visit_id is not None and was[0] is None and visit.entered_at is not None:
        come(tx, arrival.visit_id, stay.id, event.at)
    close(session, stay, anew=was != (stay.entered_at, stay.left_at, stay.state))
    if was == (stay.entered_at, stay.left_at, stay.state):
        if session.is_modified(stay):
            tx.audit("stay.corrected", "parking_stay", stay.id)
        session.flush()
        return
    stay.updated_at = tx.now
    stand(tx, stay)
    inside = stay.state is State.INSIDE
    action = "stay.corrected" if not is_new else "stay.entered" if inside else "stay.left"
    tx.audit(action, "parking_stay", stay.id, {"state": stay.state}, begins=is_new)
    if is_new or inside != (was[2] is State.INSIDE):
        announce(tx, stay, "entered" if inside else "left")
    _alarm(tx, stay)
    session.flush()


def _was_not_found(stay: ParkingStay, visit: Visit) -> bool:
    """Whether somebody has looked and the car was not there, of which its passages know nothing."""
    return stay.state is State.EXIT_MISSED and visit.state is State.INSIDE


def _new(tx: Transaction, event: GateEvent, arrival: Arrival, visit: Visit) -> ParkingStay:
    came = visit.entered_at is not None
    return ParkingStay(
        id=new_id(),
        version=1,
        lot_id=event.lot_id,
        zone_id=arrival.zone_id if came else None,
        mark=str(event.mark),
        vehicle=arrival.vehicle,
        exemption=arrival.exemption,
        state=visit.state,
        entered_at=visit.entered_at,
        left_at=visit.left_at,
        ground=arrival.ground if came else Ground.DRIVE_IN,
        right_id=arrival.right_id if came else None,
        overflow_id=arrival.overflow_id if came else None,
        paid_fen=0,
        created_at=tx.now,
        updated_at=tx.now,
    )


def _withdraw(tx: Transaction, stay: ParkingStay, whole: ParkingStay) -> None:
    """It was no stay of its own: a passage that came late has shown two to be one, which is the `whole`."""
    hand_on(tx, stay.id, whole.id)
    stay.left_at = stay.entered_at or stay.left_at
    stay.state, stay.updated_at = State.EXIT_MISSED, tx.now
    close(tx.session, stay)
    stand(tx, stay)
    tx.audit("stay.withdrawn", "parking_stay", stay.id)
    tx.session.flush()
    if is_bare(tx.session, stay):
        tx.session.delete(stay)
        tx.session.flush()


def _alarm(tx: Transaction, stay: ParkingStay) -> None:
    kind = _ALARMS.get(stay.state)
    if kind is not None:
        raise_alarm(tx, stay.lot_id, kind, stay.id, stay.mark, {"stay_id": str(stay.id)})
