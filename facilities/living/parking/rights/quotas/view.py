"""Bays of firms as they are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from facilities.enterprises.queries import firm_names
from facilities.living.parking.rights.passes.queries import inside
from facilities.living.parking.rights.places import names_of
from facilities.living.parking.rights.plates import display
from facilities.living.parking.rights.policy import firms_of
from facilities.living.parking.rights.quotas.bays import kept, open_months, taken_by
from facilities.living.parking.rights.quotas.model import (
    QUOTA_STATE_NAMES,
    ParkingQuota,
    QuotaRule,
    QuotaState,
)
from shared.actor import Actor

Json = dict[str, Any]


def shown(session: Session, found: Sequence[ParkingQuota], reader: Actor, now: datetime) -> list[Json]:
    """Quotas with names, the cars inside and what they have each month; some queries for each zone."""
    ids = [each.id for each in found]
    names = names_of(session, [each.zone_id for each in found])
    firms = firm_names(session, {each.firm for each in found})
    present, taken = inside(session, ids), taken_by(session, ids, now)
    months = {zone: open_months(session, zone, now) for zone in {each.zone_id for each in found}}
    own = firms_of(reader)
    return [
        {
            "id": str(it.id),
            "lot_id": str(it.lot_id),
            "lot_name": names.lots[it.lot_id],
            "zone_id": str(it.zone_id),
            "zone_name": names.zones[it.zone_id],
            "firm": it.firm,
            "firm_name": firms[it.firm],
            "bays": it.bays,
            "inside": present.get(it.id, 0),
            "state": it.state.value,
            "state_name": QUOTA_STATE_NAMES[it.state].to_dict(),
            "granted_at": it.granted_at.isoformat(),
            "withdrawn_at": it.withdrawn_at.isoformat() if it.withdrawn_at else None,
            "plates": [display(car.plate) for car in it.cars],
            "months": [_month(it, month, kept(spans, taken[it.id])) for month, spans in months[it.zone_id]],
            "actions": ["cars"] if it.state is QuotaState.GRANTED and it.firm in own else [],
        }
        for it in found
    ]


def rules_shown(session: Session, found: Sequence[QuotaRule]) -> list[Json]:
    """Rules with what lots and zones are called."""
    names = names_of(session, [each.zone_id for each in found])
    return [
        {
            "zone_id": str(each.zone_id),
            "zone_name": names.zones[each.zone_id],
            "lot_id": str(each.lot_id),
            "lot_name": names.lots[each.lot_id],
            "bays": each.bays,
            "changed_at": each.changed_at.isoformat(),
            "version": each.version,
        }
        for each in found
    ]


def _month(it: ParkingQuota, month: str, claimed: int) -> Json:
    return {"month": month, "claimed": claimed, "short": max(it.bays - claimed, 0)}
