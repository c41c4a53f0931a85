"""Car parks as they are shown: what is on the sign, and for operators what they run."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.living.parking.gates.model import Listing
from facilities.living.parking.lots import queries
from facilities.living.parking.lots.describing import rules_out
from facilities.living.parking.lots.model import (
    DEVICE_KIND_NAMES,
    LOT_STATE_NAMES,
    ZONE_KIND_NAMES,
    Bay,
    Device,
    Lane,
    Lot,
    LotState,
    ParkingTariff,
    Zone,
)
from facilities.living.parking.lots.policy import runs_lots
from facilities.living.parking.tariffs.tariff import RESTART_NAMES, WINDOW_NAMES
from facilities.living.parking.vehicles import CLASS_NAMES, EXEMPTION_NAMES
from shared.actor import Actor
from shared.identifiers.plates import KIND_NAMES, parse_plate
from shared.text import Text

Json = dict[str, Any]

_VERBS = {
    LotState.DRAFT: ("change", "set-up", "price", "open"),
    LotState.OPEN: ("change", "set-up", "price", "close"),
    LotState.CLOSED: ("change", "set-up", "price", "open"),
}


def lots_out(session: Session, lots: Sequence[Lot], reader: Actor, today: date) -> list[Json]:
    """Car parks with what they hold and what they cost today; two queries for all."""
    ids = [each.id for each in lots]
    zones, tariffs = queries.zones_of(session, ids), queries.tariffs_on(session, ids, today)
    runs = runs_lots(reader)
    return [
        _lot(each, zones.get(each.id, ()), tariffs.get(each.id), list(_VERBS[each.state]) if runs else [])
        for each in lots
    ]


def lot_out(session: Session, lot: Lot, reader: Actor, today: date) -> Json:
    """One car park with its zones and lanes."""
    (shown,) = lots_out(session, [lot], reader, today)
    zones = queries.zones_of(session, [lot.id]).get(lot.id, [])
    return {
        **shown,
        "zones": zones_out(session, zones),
        "lanes": lanes_out(session, queries.lanes_of(session, lot.id), reader),
    }


def zones_out(session: Session, zones: Sequence[Zone]) -> list[Json]:
    """Zones, with how many of their bays have numbers."""
    counts = queries.numbered(session, [each.id for each in zones])
    return [
        {
            "id": str(each.id),
            "lot_id": str(each.lot_id),
            "code": each.code,
            "name": each.name,
            "kind": each.kind.value,
            "kind_name": ZONE_KIND_NAMES[each.kind].to_dict(),
            "capacity": each.capacity,
            "bays": counts[each.id][0],
            "accessible": counts[each.id][1],
        }
        for each in zones
    ]


def lanes_out(session: Session, lanes: Sequence[Lane], reader: Actor) -> list[Json]:
    """Lanes; with their devices for those who run them."""
    ids = [each.id for each in lanes]
    metres = queries.metres_of(session, ids)
    devices = queries.devices_of(session, ids) if runs_lots(reader) else None
    return [
        {
            "id": str(each.id),
            "lot_id": str(each.lot_id),
            "code": each.code,
            "name": each.name,
            "direction": each.direction.value,
            "metres": _metres_out(metres.get(each.id, {})),
            "devices": None if devices is None else [device_out(one) for one in devices.get(each.id, ())],
        }
        for each in lanes
    ]


def device_out(device: Device) -> Json:
    """A device, without its secret."""
    return {
        "id": str(device.id),
        "lane_id": device.lane_id and str(device.lane_id),
        "bay_id": device.bay_id and str(device.bay_id),
        "code": device.code,
        "kind": device.kind.value,
        "kind_name": DEVICE_KIND_NAMES[device.kind].to_dict(),
        "enabled": device.enabled,
        "made_at": device.made_at.isoformat(),
    }


def bay_out(bay: Bay) -> Json:
    """A bay."""
    return {"id": str(bay.id), "number": bay.number, "accessible": bay.accessible}


def listing_out(listing: Listing, reader: Actor) -> Json:
    """A vehicle on a list; its plate in full for those who run the car park."""
    plate = parse_plate(listing.mark)
    exemption = listing.exemption
    return {
        "id": str(listing.id),
        "lot_id": str(listing.lot_id),
        "plate": plate.display if runs_lots(reader) else plate.masked,
        "plate_kind": plate.kind.value,
        "plate_kind_name": KIND_NAMES[plate.kind].to_dict(),
        "kind": listing.kind.value,
        "exemption": exemption.value if exemption else None,
        "exemption_name": EXEMPTION_NAMES[exemption].to_dict() if exemption else None,
        "why": listing.why,
        "made_at": listing.made_at.isoformat(),
    }


def codes_out() -> Json:
    """Every list of codes with its names."""
    return {
        "lot_states": _codes(LOT_STATE_NAMES),
        "zone_kinds": _codes(ZONE_KIND_NAMES),
        "device_kinds": _codes(DEVICE_KIND_NAMES),
        "vehicles": _codes(CLASS_NAMES),
        "exemptions": _codes(EXEMPTION_NAMES),
        "plate_kinds": _codes(KIND_NAMES),
        "windows": _codes(WINDOW_NAMES),
        "restarts": _codes(RESTART_NAMES),
    }


def _codes(names: Mapping[Any, Text]) -> list[Json]:
    return [{"code": _value(code), "name": name.to_dict()} for code, name in names.items()]


def _value(code: StrEnum) -> str:
    return code.value


def _metres_out(metres: Mapping[UUID, int]) -> list[Json]:
    return [{"zone_id": str(zone), "metres": far} for zone, far in metres.items()]


def _lot(lot: Lot, zones: Sequence[Zone], tariff: ParkingTariff | None, actions: list[str]) -> Json:
    return {
        "id": str(lot.id),
        "code": lot.code,
        "name": lot.name,
        "place": lot.place,
        "operator_name": lot.operator_name,
        "complaint_phone": lot.complaint_phone,
        "hours": lot.hours,
        "capacity": sum(zone.capacity for zone in zones),
        "drive_in": lot.drive_in,
        "early_min": lot.early_s // 60,
        "rules": rules_out(lot.policy),
        "tariff": tariff
        and {
            "number": tariff.number,
            "name": tariff.version.name.to_dict(),
            "effective_on": tariff.effective_on.isoformat(),
        },
        "state": lot.state.value,
        "state_name": LOT_STATE_NAMES[lot.state].to_dict(),
        "actions": actions,
    }
