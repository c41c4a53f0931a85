"""Whether anything was lost or doubled, looked up in the database when all is over."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.gates.feed import Feed
from facilities.capacity.auditing.verifying import audit
from facilities.living.parking.gates.course import Passage, State, course
from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.lots.model import Device
from facilities.living.parking.stays.model import ParkingStay
from shared.service import Runtime

_Car = tuple[UUID, str]
_Stay = tuple[datetime | None, datetime | None, State]


def faults(runtime: Runtime, feeds: Sequence[Feed]) -> Iterator[str]:
    """Everything that is not as it has to be after these feeds and no others."""
    told = set().union(*(feed.told for feed in feeds))
    with runtime.read() as session:
        kept = session.execute(
            sa.select(Device.code, GateEvent.device_event).join(Device, Device.id == GateEvent.device_id)
        ).all()
        if len(kept) != len(told) or {tuple(each) for each in kept} != told:
            yield f"{len(told)} events were told, {len(kept)} are kept"
        yield from _stays(session)
    yield from (f"ledger: {finding}" for finding in audit(runtime.database, runtime.clock.now()))


def _stays(session: Session) -> Iterator[str]:
    """The stays are those that the passages make, for every car."""
    passages: dict[_Car, list[Passage]] = defaultdict(list)
    for event in session.scalars(sa.select(GateEvent).where(GateEvent.passed)):
        passage = Passage(str(event.id), str(event.lane_id), event.direction, event.at)
        passages[event.lot_id, str(event.mark)].append(passage)
    stays: dict[_Car, list[_Stay]] = defaultdict(list)
    for stay in session.scalars(sa.select(ParkingStay)):
        stays[stay.lot_id, stay.mark].append((stay.entered_at, stay.left_at, stay.state))
    for car in passages.keys() | stays.keys():
        should = [(visit.entered_at, visit.left_at, visit.state) for visit in course(passages[car])]
        if sorted(should, key=str) != sorted(stays[car], key=str):
            yield f"{car}: {stays[car]} instead of {should}"
