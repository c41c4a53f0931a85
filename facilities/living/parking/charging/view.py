"""Charges as they are shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.charging.queries import places_of, times_of
from facilities.living.parking.charging.standing import Standing, standings
from facilities.living.parking.gates.view import shown_mark
from facilities.living.parking.lots.model import Bay, Device
from facilities.living.parking.lots.view import device_out
from facilities.living.parking.stays.costs import tariff_of
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.tariffs.overstaying import free_until, rule_for

Json = dict[str, Any]


def charges_out(session: Session, charges: Sequence[ParkingCharge], now: datetime) -> list[Json]:
    """Charges of one car park for those who run it; four queries for all."""
    if not charges:
        return []
    places, standing = places_of(session, charges), standings(session, charges)
    return [_charge(each, places[each.id], standing.get(each.id), now) for each in charges]


def points_out(points: Sequence[tuple[Device, Bay]], charges: Mapping[UUID, Json]) -> list[Json]:
    """Charging points with their bays; `charges` are those that are not over, by their bays."""
    return [
        {
            "bay": {"id": str(bay.id), "number": bay.number},
            "device": device_out(device),
            "charge": charges.get(bay.id),
        }
        for device, bay in points
    ]


def charging_of(session: Session, stay: ParkingStay) -> list[Json]:
    """Where the car of a stay has stood at charging points, the latest last."""
    times = times_of(session, stay, stay.left_at)
    rule = rule_for(tariff_of(session, stay), stay.exemption) if times else None
    return [
        {
            "bay": each.bay,
            "started_at": _moment(each.started_at),
            "ended_at": _moment(each.ended_at),
            "freed_at": _moment(each.freed_at),
            "free_until": _moment(free_until(rule, each.ended_at)) if rule and each.ended_at else None,
        }
        for each in times
    ]


def _charge(charge: ParkingCharge, place: Any, standing: Standing | None, now: datetime) -> Json:
    return {
        "id": str(charge.id),
        "version": charge.version,
        "lot_id": str(charge.lot_id),
        "zone_id": str(place.zone_id),
        "bay": place.bay,
        "device_code": place.device_code,
        "plate": shown_mark(charge.mark),
        "started_at": _moment(charge.started_at),
        "ended_at": _moment(charge.ended_at),
        "freed_at": _moment(charge.freed_at),
        "freed_by": charge.freed_by,
        "stay_id": None if standing is None else str(standing.stay.id),
        "free_until": None if standing is None else _moment(standing.free_until),
        "overstay_fen": 0 if standing is None else standing.fen(now),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
