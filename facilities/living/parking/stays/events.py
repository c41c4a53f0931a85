"""What is said about stays: which car park, on what ground, from when; of the plate its ends alone."""

from collections.abc import Mapping

from marshmallow import Schema, fields, validate

from facilities.living.parking.gates.answers import Ground
from facilities.living.parking.gates.course import State
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.vehicles import VehicleClass
from shared.http.schemas import instant, string
from shared.identifiers.plates import mask_plate
from shared.messaging.contracts import EventContract
from shared.text import Text
from shared.transaction import Transaction

STEPS: Mapping[str, Text] = {
    "entered": Text("车辆已入场", "A car has come in"),
    "left": Text("车辆已离场", "A stay has ended"),
}


class StayData(Schema):
    """The public state of a stay."""

    stay_id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    zone_id = fields.UUID(required=True, allow_none=True)
    plate = string("Masked: its first two and last two characters")
    vehicle = fields.String(required=True, validate=validate.OneOf([each.value for each in VehicleClass]))
    ground = fields.String(required=True, validate=validate.OneOf([each.value for each in Ground]))
    right_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The pass, reservation or quota on which it is"},
    )
    state = fields.String(required=True, validate=validate.OneOf([each.value for each in State]))
    entered_at = instant("Null where nobody has seen it come", null=True)
    left_at = instant(null=True)
    fee_fen = fields.Integer(
        required=True, allow_none=True, strict=True, metadata={"description": "Null while it is inside"}
    )
    paid_fen = fields.Integer(required=True, strict=True)


CONTRACTS: Mapping[str, EventContract] = {
    step: EventContract(
        type=f"yuanban.living.parking-stay.{step}.v1",
        schema=StayData,
        meaning=meaning,
        subscribers_optional=True,
    )
    for step, meaning in STEPS.items()
}


def announce(tx: Transaction, stay: ParkingStay, step: str) -> None:
    """Emit `yuanban.living.parking-stay.<step>.v1`."""
    data = {
        "stay_id": stay.id,
        "lot_id": stay.lot_id,
        "zone_id": stay.zone_id,
        "plate": mask_plate(stay.mark),
        "vehicle": stay.vehicle.value,
        "ground": stay.ground.value,
        "right_id": stay.right_id,
        "state": stay.state.value,
        "entered_at": stay.entered_at,
        "left_at": stay.left_at,
        "fee_fen": stay.fee_fen,
        "paid_fen": stay.paid_fen,
    }
    tx.emit(CONTRACTS[step], stay, stay.id, data)
