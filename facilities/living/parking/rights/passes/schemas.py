"""Passes on the wire."""

from marshmallow import Schema, fields

from facilities.living.parking.rights.limits import DEFAULT_LIMITS
from facilities.living.parking.rights.passes.model import PassState, PeriodState
from facilities.living.parking.rights.schemas import lot_filter, typed_plates, whole
from facilities.living.parking.vehicles import VehicleClass
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, day, following, instant, string

_MONTHS = whole(1, DEFAULT_LIMITS.pass_months, "How many months are bought at once", load_default=1)


class NewPass(Schema):
    """A pass to be bought."""

    lot_id = fields.UUID(required=True)
    zone_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "Without one: the nearest zone with room"},
    )
    plates = typed_plates(DEFAULT_LIMITS.pass_cars)
    bays = whole(1, DEFAULT_LIMITS.pass_bays, "How many of its cars have a bay at a time", load_default=1)
    months = _MONTHS
    since = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "Its first day; without one today"}
    )
    vehicle = fields.Enum(
        VehicleClass,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "A dearer class than the plates say, such as that of a large vehicle"},
    )


class Renewal(Schema):
    """For how long a pass is renewed."""

    months = _MONTHS


class PassCars(Schema):
    """The cars of a pass."""

    plates = typed_plates(DEFAULT_LIMITS.pass_cars)


class PassArgs(PageArgs):
    """Filters of the list."""

    lot = lot_filter()
    state = fields.Enum(
        PassState, by_value=True, load_default=None, metadata={"description": "Only those in this state"}
    )


class PeriodOut(Answer):
    """Months that were ordered at once."""

    id = fields.UUID(required=True)
    since = day()
    until = day("Last day")
    months = fields.Integer(required=True)
    price_fen = fields.Integer(required=True)
    state = fields.Enum(PeriodState, by_value=True, required=True)
    state_name = bilingual()
    pay_by = instant("Until when its bays are kept without payment")
    paid_at = instant(null=True)


class PassOut(Answer):
    """A pass with the periods that were bought."""

    id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    lot_name = bilingual()
    zone_id = fields.UUID(required=True)
    zone_name = bilingual()
    plates = fields.List(fields.String(), required=True)
    vehicle = fields.Enum(VehicleClass, by_value=True, required=True)
    vehicle_name = bilingual("The class that is paid for")
    bays = fields.Integer(required=True)
    inside = fields.Integer(required=True, metadata={"description": "How many cars are inside on it"})
    state = fields.Enum(PassState, by_value=True, required=True)
    state_name = bilingual()
    suspended_for = string("Why it is suspended; null while it is not", null=True)
    since = day("First day that is paid", null=True)
    until = day("Last day that is paid", null=True)
    good_until = day("Last day of grace", null=True)
    changes_left = fields.Integer(
        required=True, metadata={"description": "How often its cars can be changed this month"}
    )
    periods = fields.List(fields.Nested(PeriodOut), required=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )


class PassPage(Answer):
    """A page of passes, the one ordered last first."""

    items = fields.List(fields.Nested(PassOut), required=True)
    next = following()
