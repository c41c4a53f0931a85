"""Reading invitations: by their hosts, by those who run or watch the park, and by who has the address."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.addresses import Feed
from facilities.living.parking.rights.places import in_lot
from facilities.living.parking.rights.policy import firms_of, reads_all
from facilities.living.parking.rights.visitors.model import ParkingVisit, VisitState
from facilities.signing import fits, signed
from shared.actor import Actor
from shared.config import Settings
from shared.errors import NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

_NONE = Text("没有这个邀请，或您无权查看", "There is no such invitation, or you may not see it")
_ADDRESS = "parking-visit"


def visible(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which somebody may know of an invitation."""
    return sa.true() if reads_all(reader) else own(reader)


def own(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which they may take it back: they are the host, or act for the firm that is."""
    return sa.or_(ParkingVisit.host_id == reader.id, ParkingVisit.firm.in_(firms_of(reader)))


def find(
    session: Session, visit_id: UUID, where: sa.ColumnElement[bool], version: int | None = None
) -> ParkingVisit:
    """One invitation; NotFound for those of others, PreconditionFailed when it has changed."""
    found = session.scalar(sa.select(ParkingVisit).where(ParkingVisit.id == visit_id, where))
    if found is None:
        raise NotFound(_NONE)
    if version is not None and found.version != version:
        raise PreconditionFailed
    return found


def page(
    session: Session,
    reader: Actor,
    lot: str | None,
    state: VisitState | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[ParkingVisit], str | None]:
    """A page of those that the reader may know of, the one made last first."""
    query = sa.select(ParkingVisit).where(visible(reader))
    if lot is not None:
        query = query.where(in_lot(ParkingVisit.lot_id, lot))
    if state is not None:
        query = query.where(ParkingVisit.state == state)
    found, following = newest_first(session, query, ParkingVisit.id, cursor, limit)
    return [each for (each,) in found], following


def token_of(settings: Settings, visit_id: UUID) -> str:
    """The end of the address by which the visitor looks at the invitation."""
    return signed(settings, Feed(_ADDRESS, str(visit_id)))


def by_address(session: Session, settings: Settings, visit_id: UUID, token: str) -> ParkingVisit:
    """The invitation at an address; NotFound for every address that is not signed."""
    if not fits(settings, Feed(_ADDRESS, str(visit_id)), token):
        raise NotFound(_NONE)
    return find(session, visit_id, sa.true())


def minutes_for(session: Session, stay_id: UUID) -> int:
    """How many minutes of a stay its host bears; 0 where it has none."""
    query = sa.select(sa.func.sum(ParkingVisit.minutes)).where(ParkingVisit.stay_id == stay_id)
    return session.scalar(query) or 0
