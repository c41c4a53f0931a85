"""Barriers that tell when they have opened: whether an answer or somebody's hand explains it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from facilities.living.parking.gates.alarms import raise_alarm
from facilities.living.parking.gates.devices import Post
from facilities.living.parking.gates.model import AlarmKind, Opening
from facilities.living.parking.gates.queries import causes_of_opening
from facilities.living.parking.gates.readings import DEFAULT_LIMITS, believed, is_unexplained
from shared.errors import Conflict
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_REUSED = Text("该事件编号已用于其他内容", "This event id was used for something else")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a barrier has told, and whether it had told it before."""

    opening: Opening
    repeated: bool = False


def note_opening(tx: Transaction, post: Post, event_id: str, opened_at: datetime) -> Opened:
    """A barrier has opened; where nothing explains it an alarm is raised.

    Told again it is the same; Conflict `event-id-reused` when it was another lane's.
    """
    kept = tx.session.scalars(
        sa.select(Opening).where(Opening.device_id == post.device_id, Opening.device_event == event_id)
    ).one_or_none()
    if kept is not None:
        if kept.lane_id != post.lane_id:
            raise Conflict(_REUSED, slug="event-id-reused")
        return Opened(kept, repeated=True)
    at = believed(opened_at, tx.now).at
    causes = causes_of_opening(tx.session, post.lane_id, at - DEFAULT_LIMITS.cause, at)
    opening = Opening(
        id=new_id(),
        lane_id=post.lane_id,
        device_id=post.device_id,
        device_event=event_id,
        at=at,
        opened_by=None,
        opened_name="",
        reason="",
        mark=None,
        explained=not is_unexplained(at, causes),
    )
    tx.session.add(opening)
    if not opening.explained:
        details = {"lane_id": str(post.lane_id), "device": post.code, "opened_at": at.isoformat()}
        raise_alarm(tx, post.lot_id, AlarmKind.UNEXPLAINED, opening.id, details=details)
    return Opened(opening)
