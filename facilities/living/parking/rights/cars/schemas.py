"""Own cars on the wire."""

from marshmallow import Schema, fields, validate

from facilities.living.parking.rights.schemas import plate_shown, typed_plate
from facilities.living.parking.vehicles import VehicleClass
from shared.http.schemas import Answer, bilingual, instant, string
from shared.identifiers.plates import Energy, PlateKind


class NewCar(Schema):
    """A plate to be registered."""

    plate = typed_plate()
    name = fields.String(
        load_default="",
        validate=validate.Length(max=40),
        metadata={"description": "What you call the car"},
    )


class CarOut(Answer):
    """A car that you have registered."""

    id = fields.UUID(required=True)
    plate = plate_shown()
    name = string()
    kind = fields.Enum(PlateKind, by_value=True, required=True)
    kind_name = bilingual("What the plate is for")
    vehicle = fields.Enum(VehicleClass, by_value=True, required=True)
    vehicle_name = bilingual("The class by which it is charged, as far as the plate alone says")
    energy = fields.Enum(Energy, by_value=True, required=True)
    shared = fields.Boolean(
        required=True, metadata={"description": "Whether another account has registered the plate, too"}
    )
    registered_at = instant()


class CarList(Answer):
    """Your cars in the order in which you have registered them."""

    items = fields.List(fields.Nested(CarOut), required=True)
    most = fields.Integer(required=True, metadata={"description": "How many you may register"})
