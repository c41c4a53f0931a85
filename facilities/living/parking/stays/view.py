"""Stays as they are shown."""

from datetime import datetime
from typing import Any

from facilities.living.parking.gates.course import STATE_NAMES
from facilities.living.parking.gates.view import shown_mark
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.tariffs.paying import Balance
from facilities.living.parking.vehicles import CLASS_NAMES

Json = dict[str, Any]


def stay_out(stay: ParkingStay, lot_name: dict[str, Any]) -> Json:
    """One stay."""
    return {
        "id": str(stay.id),
        "version": stay.version,
        "lot_id": str(stay.lot_id),
        "lot_name": lot_name,
        "zone_id": stay.zone_id and str(stay.zone_id),
        "plate": shown_mark(stay.mark),
        "vehicle": stay.vehicle.value,
        "vehicle_name": CLASS_NAMES[stay.vehicle].to_dict(),
        "exemption": stay.exemption and stay.exemption.value,
        "state": stay.state.value,
        "state_name": STATE_NAMES[stay.state].to_dict(),
        "ground": stay.ground.value,
        "right_id": stay.right_id and str(stay.right_id),
        "entered_at": stay.entered_at and stay.entered_at.isoformat(),
        "left_at": stay.left_at and stay.left_at.isoformat(),
        "tariff": stay.tariff,
        "continues": stay.continues and str(stay.continues),
        "fee_fen": stay.fee_fen,
        "paid_fen": stay.paid_fen,
    }


def cost_out(stands: Balance, stay: ParkingStay, now: datetime) -> Json:
    """What a stay costs, line by line."""
    return {
        "until": (stay.left_at or now).isoformat(),
        "final": stay.left_at is not None,
        "lines": [line.to_json() for line in stands.fee.lines],
        "total_fen": stands.fee.total_fen,
        "paid_fen": stands.paid_fen,
        "due_fen": stands.due_fen,
        "overpaid_fen": stands.overpaid_fen,
        "leave_by": stands.leave_by and stands.leave_by.isoformat(),
    }
