"""Charging on the wire: what points tell and are answered, what operators and whoever parks see of it."""

from datetime import datetime

from marshmallow import Schema, ValidationError, fields, validate

from facilities.living.parking.charging.times import Phase
from facilities.living.parking.lots.answers import DeviceOut
from facilities.living.parking.lots.schemas import device_code
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, following, instant, shaped, string


def _sane(at: datetime) -> None:
    """A clock that was set back may say 1970; nothing can be meant by a time that no calendar reaches."""
    if not 1970 <= at.year < 2100:
        raise ValidationError("Must be greater than or equal to 1970 and less than 2100.")


class NewChargingPoint(Schema):
    """A charging point at a bay."""

    code = device_code()


class ChargingEventIn(Schema):
    """One phase of a charge, as a charging point tells it."""

    charge = fields.String(
        required=True,
        validate=shaped(r"^[A-Za-z0-9._-]{1,64}$"),
        metadata={"description": "By which the point tells its charges apart"},
    )
    phase = fields.Enum(Phase, by_value=True, required=True)
    plate = fields.String(
        required=True,
        allow_none=True,
        validate=validate.Length(max=32),
        metadata={"description": "A plate or a ticket; null where the point knows none"},
    )
    at = fields.AwareDateTime(
        required=True, validate=_sane, metadata={"description": "By the clock of the point"}
    )


class ChargingEventOut(Answer):
    """How the charge stands, as far as is known."""

    charge_id = fields.UUID(required=True)
    bay = string("The number of the bay")
    plate = string("Masked; null while nobody knows whose car it is", null=True)
    started_at = instant(null=True)
    ended_at = instant(null=True)
    freed_at = instant(null=True)
    free_until = instant("Until when standing on is free; null before the end, or where it is", null=True)
    overstay = fields.Boolean(
        required=True, metadata={"description": "Whether this car pays for standing on after charging"}
    )
    repeated = fields.Boolean(required=True, metadata={"description": "Whether it was answered before"})


class ParkingChargeOut(Answer):
    """One time of a car at a charging point."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "To be named in If-Match"})
    lot_id = fields.UUID(required=True)
    zone_id = fields.UUID(required=True)
    bay = string("The number of the bay")
    device_code = string()
    plate = string("For people to read; null while nobody knows whose car it is", null=True)
    started_at = instant(null=True)
    ended_at = instant(null=True)
    freed_at = instant(null=True)
    freed_by = string("Who has seen that the bay was free; empty where the point has told")
    stay_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The open stay of that car"}
    )
    free_until = instant("Until when standing on is free; null where it costs nothing", null=True)
    overstay_fen = fields.Integer(
        required=True, metadata={"description": "What standing on has cost until now, in an open stay"}
    )


class ChargeArgs(PageArgs):
    """Which charges of a lot."""

    state = fields.String(
        load_default="all",
        validate=validate.OneOf(["open", "all"]),
        metadata={"description": "Those whose bay is not free yet, or all"},
    )


class ParkingChargePage(Answer):
    """A page of charges."""

    items = fields.List(fields.Nested(ParkingChargeOut), required=True)
    next = following()


class BayRef(Answer):
    """A bay."""

    id = fields.UUID(required=True)
    number = string()


class ChargingPointOut(Answer):
    """A charging point with its bay, and what goes on there."""

    bay = fields.Nested(BayRef, required=True)
    device = fields.Nested(DeviceOut, required=True)
    charge = fields.Nested(
        ParkingChargeOut, required=True, allow_none=True, metadata={"description": "Null while it is free"}
    )


class ChargingPointPage(Answer):
    """A page of the charging points of a zone."""

    items = fields.List(fields.Nested(ChargingPointOut), required=True)
    next = following()


class NameCar(Schema):
    """Whose car it is."""

    plate = fields.String(
        required=True,
        validate=validate.Length(min=1, max=32),
        metadata={"description": "A plate or a ticket"},
    )


class StayChargingOut(Answer):
    """A time of a stay at a charging point."""

    bay = string("The number of the bay")
    started_at = instant(null=True)
    ended_at = instant("When charging ended", null=True)
    freed_at = instant("When the car had left the bay", null=True)
    free_until = instant("Until when standing on is free; null where it costs nothing", null=True)
