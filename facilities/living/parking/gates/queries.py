"""Reading what has happened at lanes, and who is listed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from facilities.living.parking.gates.answers import Reason, Verdict
from facilities.living.parking.gates.devices import Post
from facilities.living.parking.gates.model import Alarm, GateEvent, Listing, Opening
from facilities.living.parking.lots.model import Lane
from shared.errors import NotFound, PreconditionFailed
from shared.http.paging import Cursor
from shared.pages import newest_first
from shared.text import Text

BY_TICKET = "ticket"
"""How the ids of events begin that a driver has brought about by scanning the code; no device's can."""
OPENING = "opening:"
"""How the names of events begin for which somebody has opened by hand."""
_NO_ALARM = Text("没有这条告警", "There is no such alarm")


def known_events(
    session: Session,
    post: Post,
    device_event: str,
    mark: str | None,
    read: str,
    at: datetime,
    repeat: timedelta,
) -> Sequence[GateEvent]:
    """What may bear on an event that comes: the same one told before, the same car seen in this lane just
    then, and passages of the car that come after it.
    """
    asked: dict[str, Any] = {"device": post.device_id, "event": device_event}
    if mark is not None:
        asked |= {"lane": post.lane_id, "lot": post.lot_id, "mark": mark, "read": read, "at": at}
        asked |= {"since": at - repeat, "until": at + repeat}
    return session.scalars(_known(read=mark is not None), asked).all()


@cache
def _known(*, read: bool) -> sa.Select[GateEvent]:
    """Built once, for a car whose plate was read and for one of which nothing is known."""
    return sa.select(GateEvent).where(GateEvent.id.in_(sa.union_all(*bearing_on(read=read))))


def bearing_on(*, read: bool) -> list[sa.Select[UUID]]:
    """The ids of what `known_events` finds, of each kind; its parameters are those given there."""
    event = sa.select(GateEvent.id)
    mine = sa.and_(GateEvent.passed, GateEvent.mark == sa.bindparam("mark"))
    told = sa.and_(
        GateEvent.device_id == sa.bindparam("device", type_=sa.Uuid()),
        GateEvent.device_event == sa.bindparam("event"),
    )
    here = sa.and_(
        GateEvent.lane_id == sa.bindparam("lane", type_=sa.Uuid()),
        GateEvent.at.between(sa.bindparam("since"), sa.bindparam("until")),
        GateEvent.passed,
        sa.or_(GateEvent.mark == sa.bindparam("mark"), GateEvent.read == sa.bindparam("read")),
    )
    later = sa.and_(
        GateEvent.lot_id == sa.bindparam("lot", type_=sa.Uuid()), mine, GateEvent.at >= sa.bindparam("at")
    )
    return [event.where(each) for each in ((told, here, later) if read else (told,))]


def listings_of(session: Session, lot_id: UUID, mark: str) -> Sequence[Listing]:
    """On which lists of a lot a car is."""
    return session.scalars(_LISTED, {"lot": lot_id, "mark": mark}).all()


_LISTED = (
    sa.select(Listing)
    .where(Listing.lot_id == sa.bindparam("lot", type_=sa.Uuid()), Listing.mark == sa.bindparam("mark"))
    .order_by(Listing.kind)
)


def unread_at(session: Session, lane_id: UUID, since: datetime) -> GateEvent | None:
    """The latest car in a lane that was refused because nobody could read its plate, and that still waits.

    What has come in the lane after it has taken its place.
    """
    latest = (
        sa.select(GateEvent)
        .where(
            GateEvent.lane_id == lane_id,
            GateEvent.waiting,
            GateEvent.at >= since,
            GateEvent.device_event.not_like(f"{BY_TICKET}:%"),
        )
        .order_by(GateEvent.at.desc(), GateEvent.id.desc())
        .limit(1)
    )
    found = session.scalars(latest).one_or_none()
    if found is None or found.verdict is not Verdict.REFUSE or found.reason is not Reason.NO_PLATE:
        return None
    return found


def causes_of_opening(session: Session, lane_id: UUID, since: datetime, until: datetime) -> list[datetime]:
    """When anything let a barrier open between these instants: an answer, or somebody by hand."""
    answered = sa.select(sa.func.max(GateEvent.at)).where(
        GateEvent.lane_id == lane_id,
        GateEvent.at.between(since, until),
        sa.or_(GateEvent.passed, GateEvent.verdict == Verdict.OPEN),
    )
    by_hand = sa.select(sa.func.max(Opening.at)).where(
        Opening.lane_id == lane_id, Opening.at.between(since, until), Opening.device_id.is_(None)
    )
    return [at for query in (answered, by_hand) if (at := session.scalar(query)) is not None]


def events_page(
    session: Session, lot_id: UUID, where: Sequence[sa.ColumnElement[bool]], cursor: str | None, limit: int
) -> tuple[list[GateEvent], str | None]:
    """A page of the events of a lot, the one received last first, and the cursor of the next page."""
    query = (
        sa.select(GateEvent)
        .where(GateEvent.lot_id == lot_id, *where)
        .order_by(GateEvent.received_at.desc(), GateEvent.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        read = Cursor.decode(cursor)
        query = query.where(
            sa.tuple_(GateEvent.received_at, GateEvent.id) < sa.tuple_(read.instant, read.row)
        )
    found = list(session.scalars(query))
    page = found[:limit]
    more = len(found) > limit
    return page, Cursor(page[-1].received_at.isoformat(), str(page[-1].id)).encode() if more else None


def latest_at_lanes(lot_id: UUID) -> sa.ColumnElement[bool]:
    """The condition that nothing has happened later in the same lane of a lot, by the events' own times."""
    last = aliased(GateEvent)
    latest = (
        sa.select(last.id)
        .where(last.lane_id == Lane.id)
        .order_by(last.at.desc(), last.id.desc())
        .limit(1)
        .correlate(Lane)
        .scalar_subquery()
    )
    return GateEvent.id.in_(sa.select(latest).where(Lane.lot_id == lot_id))


def openings_of(session: Session, events: Sequence[GateEvent]) -> dict[str, Opening]:
    """The openings by hand among events, by the names under which the events are kept (`opening_event`)."""
    names = [each.device_event for each in events if each.device_id is None]
    ids = [UUID(name.removeprefix(OPENING)) for name in names if name.startswith(OPENING)]
    if not ids:
        return {}
    found = session.scalars(sa.select(Opening).where(Opening.id.in_(ids)))
    return {opening_event(each.id): each for each in found}


def opening_event(opening_id: UUID) -> str:
    """The name of the event of a car for which somebody has opened by hand."""
    return f"{OPENING}{opening_id}"


def alarms_page(
    session: Session, lot_id: UUID, where: Sequence[sa.ColumnElement[bool]], cursor: str | None, limit: int
) -> tuple[list[Alarm], str | None]:
    """A page of the alarms of a lot, the newest first, and the cursor of the next page."""
    query = sa.select(Alarm).where(Alarm.lot_id == lot_id, *where)
    found, following = newest_first(session, query, Alarm.id, cursor, limit)
    return [each for (each,) in found], following


def find_alarm(session: Session, alarm_id: UUID, expected_version: int) -> Alarm:
    """An alarm; NotFound when there is none, PreconditionFailed when it has changed."""
    alarm = session.get(Alarm, alarm_id)
    if alarm is None:
        raise NotFound(_NO_ALARM)
    if alarm.version != expected_version:
        raise PreconditionFailed
    return alarm
