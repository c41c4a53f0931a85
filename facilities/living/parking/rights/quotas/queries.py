"""Reading bays of firms. Members see those of their firms, and those who run or watch the park all."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.rights.places import in_lot
from facilities.living.parking.rights.policy import firms_of, reads_all
from facilities.living.parking.rights.quotas.model import ParkingQuota, QuotaRule
from shared.actor import Actor
from shared.errors import NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

_NONE = Text("没有这项企业配额，或您无权查看", "There is no such quota, or you may not see it")
_NO_RULE = Text("该区域没有配额规则", "There is no rule for the zone")


def visible(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which somebody may know of a firm's bays."""
    return sa.true() if reads_all(reader) else ParkingQuota.firm.in_(firms_of(reader))


def find(session: Session, quota_id: UUID, reader: Actor, version: int | None = None) -> ParkingQuota:
    """The bays of a firm in a zone; NotFound for others, PreconditionFailed when they have changed."""
    found = session.scalar(sa.select(ParkingQuota).where(ParkingQuota.id == quota_id, visible(reader)))
    if found is None:
        raise NotFound(_NONE)
    if version is not None and found.version != version:
        raise PreconditionFailed
    return found


def page(
    session: Session, reader: Actor, lot: str | None, cursor: str | None, limit: int
) -> tuple[list[ParkingQuota], str | None]:
    """A page of those that the reader may know of, the one granted first last."""
    query = sa.select(ParkingQuota).where(visible(reader))
    if lot is not None:
        query = query.where(in_lot(ParkingQuota.lot_id, lot))
    found, following = newest_first(session, query, ParkingQuota.id, cursor, limit)
    return [each for (each,) in found], following


def find_rule(session: Session, zone_id: UUID, version: int | None = None) -> QuotaRule:
    """The rule of a zone; NotFound, or PreconditionFailed when it has changed."""
    found = session.get(QuotaRule, zone_id)
    if found is None:
        raise NotFound(_NO_RULE)
    if version is not None and found.version != version:
        raise PreconditionFailed
    return found


def rules(session: Session) -> Sequence[QuotaRule]:
    """All rules."""
    return session.scalars(sa.select(QuotaRule).order_by(QuotaRule.zone_id)).all()
