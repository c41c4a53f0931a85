"""When a car that waits at a barrier has come there, where the clocks of devices contradict one another."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from facilities.living.parking.gates.course import Passage, State, course
from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.gates.readings import DEFAULT_LIMITS
from facilities.living.parking.stays.queries import outside_before, passages_after

_HALF_KNOWN = frozenset({State.EXIT_MISSED, State.ENTRY_MISSED})


def moment_that_fits(session: Session, event: GateEvent) -> datetime:
    """When an event counts as having happened that came after later ones: as its device says, or as received.

    A clock may be a little behind: then a car that goes out soon after it came would go out before it came.
    A request may as well have taken long. Whichever leaves fewer visits half known is believed; where both
    are alike, the device is.
    """
    mark = str(event.mark)
    boundary = outside_before(session, event.lot_id, mark, event.at, DEFAULT_LIMITS.repeat)
    others = [
        Passage(id=str(each.id), lane=str(each.lane_id), direction=each.direction, at=each.at)
        for each in passages_after(session, event.lot_id, mark, boundary)
    ]

    def half_known(at: datetime) -> int:
        mine = Passage(id=str(event.id), lane=str(event.lane_id), direction=event.direction, at=at)
        return _half_known([*others, mine])

    return event.received_at if half_known(event.received_at) < half_known(event.at) else event.at


def _half_known(passages: Iterable[Passage]) -> int:
    return sum(visit.state in _HALF_KNOWN for visit in course(passages))
