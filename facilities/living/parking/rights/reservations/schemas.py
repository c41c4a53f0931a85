"""Reservations on the wire."""

from marshmallow import Schema, fields, validate

from facilities.capacity.lifecycle import State
from facilities.living.parking.rights.schemas import lot_filter, plate_shown, typed_plate
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, string


class NewReservation(Schema):
    """A bay that is to be reserved."""

    lot_id = fields.UUID(required=True)
    zone_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "Without one: the nearest zone with room"},
    )
    plate = typed_plate()
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class NewTime(Schema):
    """Another time."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class MayReason(Schema):
    """Why, if one wants to say."""

    reason = fields.String(load_default="", validate=validate.Length(max=400))


class ReservationArgs(PageArgs):
    """Filters of the list."""

    lot = lot_filter()
    state = fields.Enum(
        State, by_value=True, load_default=None, metadata={"description": "Only those in this state"}
    )


class ReservationOut(Answer):
    """A reservation."""

    id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    lot_name = bilingual()
    zone_id = fields.UUID(required=True)
    zone_name = bilingual()
    plate = plate_shown()
    starts_at = instant()
    ends_at = instant()
    may_come_at = instant("From when on the car is let in")
    no_show_at = instant("When it is let go of unless the car has come", null=True)
    state = fields.Enum(State, by_value=True, required=True)
    state_name = bilingual()
    reason = string("Why it was given up", null=True)
    started_at = instant("When the car came", null=True)
    ended_at = instant(null=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What you may do with it now"}
    )


class ReservationPage(Answer):
    """A page of reservations, the one made last first."""

    items = fields.List(fields.Nested(ReservationOut), required=True)
    next = following()


class RoomArgs(Schema):
    """At which time a bay is wanted, and in which zone."""

    starts_at = fields.AwareDateTime(
        load_default=None, metadata={"description": "Beginning; without it the earliest that the rules allow"}
    )
    ends_at = fields.AwareDateTime(
        load_default=None, metadata={"description": "End; without it after the shortest time"}
    )
    zone_id = fields.UUID(load_default=None, metadata={"description": "Without one: all for ordinary cars"})


class RoomBroken(Answer):
    """A rule that the wish breaks."""

    pointer = string()
    code = string()
    message = bilingual()


class RoomInZone(Answer):
    """How many bays of a zone are free all through that time."""

    zone_id = fields.UUID(required=True)
    zone_name = bilingual()
    free = fields.Integer(required=True)


class RoomInstead(Answer):
    """Another time at which a bay is free."""

    kind = string("`earlier`, `later`, `shorter` or `other_day`")
    starts_at = instant()
    ends_at = instant()


class RoomOut(Answer):
    """Whether a bay could be reserved, and what else would do."""

    starts_at = instant()
    ends_at = instant()
    bookable = fields.Boolean(required=True)
    broken = fields.List(fields.Nested(RoomBroken), required=True)
    zones = fields.List(
        fields.Nested(RoomInZone), required=True, metadata={"description": "The nearest one first"}
    )
    alternatives = fields.List(fields.Nested(RoomInstead), required=True)
