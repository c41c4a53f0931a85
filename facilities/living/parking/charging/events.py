"""What is said about charging: that a car is charged and stands on, and that this costs something now."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.charging.standing import Standing
from facilities.living.parking.lots.model import Bay, Lot
from facilities.living.parking.rights.cars.model import ParkingCar
from facilities.living.parking.stays.model import ParkingStay
from shared.http.schemas import TextSchema, instant, string
from shared.identifiers.plates import mask_plate
from shared.messaging.contracts import EventContract
from shared.text import Text
from shared.transaction import Transaction

STEPS: Mapping[str, Text] = {
    "ended": Text("充电结束，车辆仍占用充电车位", "A car is charged and stands on at its charging point"),
    "overstaying": Text("充电占位开始计费", "Standing on at a charging point costs something from now on"),
}


class ParkingChargeData(Schema):
    """A car that stands on at a charging point, and what that costs; of the plate its ends alone."""

    charge_id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    lot_name = fields.Nested(TextSchema, required=True)
    bay = string("The number of the bay")
    stay_id = fields.UUID(required=True)
    plate = string("Masked: its first two and last two characters")
    ended_at = instant("When charging ended")
    free_until = instant("Until when standing on is free")
    unit_minutes = fields.Integer(required=True, strict=True)
    unit_fen = fields.Integer(
        required=True, strict=True, metadata={"description": "What so many minutes cost, begun or whole"}
    )
    cap_fen = fields.Integer(
        required=True,
        allow_none=True,
        strict=True,
        metadata={"description": "What this charge brings at most; null: no cap"},
    )
    accounts = fields.List(
        fields.UUID(),
        required=True,
        metadata={"description": "Who had registered the plate before the car came"},
    )


CONTRACTS: Mapping[str, EventContract] = {
    step: EventContract(
        type=f"yuanban.living.parking-charge.{step}.v1", schema=ParkingChargeData, meaning=meaning
    )
    for step, meaning in STEPS.items()
}


def announce(tx: Transaction, charge: ParkingCharge, standing: Standing, step: str) -> None:
    """Emit `yuanban.living.parking-charge.<step>.v1` of a car that stands on where that costs something."""
    rule = standing.rule
    assert rule is not None  # noqa: S101 - for the type checker
    data = {
        "charge_id": charge.id,
        "lot_id": charge.lot_id,
        "lot_name": tx.session.get_one(Lot, charge.lot_id).name,
        "bay": tx.session.get_one(Bay, charge.bay_id).number,
        "stay_id": standing.stay.id,
        "plate": mask_plate(standing.stay.mark),
        "ended_at": charge.ended_at,
        "free_until": standing.free_until,
        "unit_minutes": rule.unit.minutes,
        "unit_fen": rule.unit.fen,
        "cap_fen": rule.cap_fen,
        "accounts": _registered_before(tx.session, standing.stay),
    }
    tx.emit(CONTRACTS[step], charge, charge.id, data)


def _registered_before(session: Session, stay: ParkingStay) -> Sequence[UUID]:
    """Who may know of a stay since they had registered its plate before the car came."""
    query = sa.select(ParkingCar.account_id).where(
        ParkingCar.plate == stay.mark, ParkingCar.registered_at <= stay.entered_at
    )
    return session.scalars(query.order_by(ParkingCar.account_id)).all()
