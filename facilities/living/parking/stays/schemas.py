"""Stays on the wire."""

from marshmallow import fields, validate

from facilities.living.parking.charging.schemas import StayChargingOut
from facilities.living.parking.gates.answers import Ground
from facilities.living.parking.gates.course import State
from facilities.living.parking.tariffs.fees import Kind
from facilities.living.parking.vehicles import Exemption, VehicleClass
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, string


class StayArgs(PageArgs):
    """Which stays."""

    lot = fields.String(
        load_default=None,
        validate=validate.Length(min=1, max=16),
        metadata={"description": "The code of a car park"},
    )
    state = fields.Enum(State, by_value=True, load_default=None, metadata={"description": "How they stand"})
    plate = fields.String(
        load_default=None,
        validate=validate.Length(min=1, max=32),
        metadata={"description": "A plate or a ticket, in full"},
    )


class StayOut(Answer):
    """One stay of a car."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    lot_id = fields.UUID(required=True)
    lot_name = bilingual()
    zone_id = fields.UUID(required=True, allow_none=True)
    plate = string("For people to read; a ticket where the car has none")
    vehicle = fields.String(required=True, validate=validate.OneOf([each.value for each in VehicleClass]))
    vehicle_name = bilingual()
    exemption = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([each.value for each in Exemption])
    )
    state = fields.String(required=True, validate=validate.OneOf([each.value for each in State]))
    state_name = bilingual()
    ground = fields.String(required=True, validate=validate.OneOf([each.value for each in Ground]))
    right_id = fields.UUID(required=True, allow_none=True)
    entered_at = instant("Null where nobody has seen it come", null=True)
    left_at = instant(null=True)
    tariff = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Version by which it is charged"},
    )
    continues = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The earlier stay with which it goes on: they are charged as one"},
    )
    fee_fen = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "What it adds to what was charged before, once it has ended"},
    )
    paid_fen = fields.Integer(required=True)


class StayPage(Answer):
    """A page of stays."""

    items = fields.List(fields.Nested(StayOut), required=True)
    next = following()


class StayFeeLineOut(Answer):
    """One line of a fee."""

    kind = fields.String(required=True, validate=validate.OneOf([each.value for each in Kind]))
    what = bilingual()
    amount_fen = fields.Integer(required=True)
    quantity = fields.Integer(required=True)
    coupon = string("Of which coupon", null=True)


class CostOut(Answer):
    """What a stay costs, until now or in the end, and what is to be paid."""

    until = instant("Until when it is reckoned")
    final = fields.Boolean(required=True, metadata={"description": "Whether it has ended"})
    lines = fields.List(fields.Nested(StayFeeLineOut), required=True)
    total_fen = fields.Integer(required=True)
    paid_fen = fields.Integer(required=True)
    due_fen = fields.Integer(required=True)
    overpaid_fen = fields.Integer(required=True)
    leave_by = instant("Until when one may leave on what was paid", null=True)


class StayWithCost(StayOut):
    """One stay with its cost explained line by line."""

    cost = fields.Nested(CostOut, required=True)
    charging = fields.List(
        fields.Nested(StayChargingOut),
        required=True,
        metadata={"description": "Its times at charging points, the latest last"},
    )
