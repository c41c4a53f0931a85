"""Invitations as they are shown: to their hosts, and to the visitor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.lots.model import Lot
from facilities.living.parking.rights.plates import display
from facilities.living.parking.rights.policy import firms_of
from facilities.living.parking.rights.visitors.model import VISIT_STATE_NAMES, ParkingVisit, VisitState
from facilities.living.parking.rights.visitors.queries import token_of
from shared.actor import Actor
from shared.config import Settings
from shared.identifiers.plates import mask_plate

Json = dict[str, Any]


def shown(
    session: Session, settings: Settings, found: Sequence[ParkingVisit], reader: Actor, now: datetime
) -> list[Json]:
    """Invitations for their hosts and for the park's people, who are not given the visitors' addresses."""
    lots = _lots(session, found)
    return [
        {
            **_seen(each, lots[each.lot_id], now),
            "id": str(each.id),
            "lot_id": str(each.lot_id),
            "plate": display(each.plate),
            "firm": each.firm,
            "url": _url(settings, each) if is_host(reader, each) else None,
            "made_at": each.made_at.isoformat(),
            "actions": ["take-back"] if is_host(reader, each) and not _over(each, now) else [],
        }
        for each in found
    ]


def seen(session: Session, visit: ParkingVisit, now: datetime) -> Json:
    """One for whoever has its address: nothing of the host, and the plate masked."""
    return _seen(visit, _lots(session, [visit])[visit.lot_id], now)


def _seen(visit: ParkingVisit, lot: Lot, now: datetime) -> Json:
    return {
        "lot_name": lot.name,
        "place": lot.place,
        "plate": mask_plate(visit.plate),
        "starts_at": visit.starts_at.isoformat(),
        "ends_at": visit.ends_at.isoformat(),
        "minutes": visit.minutes,
        "state": visit.state.value,
        "state_name": VISIT_STATE_NAMES[visit.state].to_dict(),
        "over": _over(visit, now),
    }


def _over(visit: ParkingVisit, now: datetime) -> bool:
    return visit.state is not VisitState.INVITED or visit.ends_at <= now


def is_host(reader: Actor, visit: ParkingVisit) -> bool:
    """Whether somebody is the host, or acts for the firm that is."""
    return visit.host_id == reader.id or visit.firm in firms_of(reader)


def _url(settings: Settings, visit: ParkingVisit) -> str:
    return f"{settings.public_url}/parking/visits/{visit.id}/{token_of(settings, visit.id)}"


def _lots(session: Session, found: Sequence[ParkingVisit]) -> dict[Any, Lot]:
    query = sa.select(Lot).where(Lot.id.in_({each.lot_id for each in found}))
    return {lot.id: lot for lot in session.scalars(query)}
