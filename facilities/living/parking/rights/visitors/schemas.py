"""Visitors on the wire."""

from marshmallow import Schema, fields, validate

from facilities.living.parking.rights.limits import DEFAULT_LIMITS
from facilities.living.parking.rights.schemas import lot_filter, plate_shown, typed_plate, whole
from facilities.living.parking.rights.visitors.model import VisitState
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, string


class NewVisit(Schema):
    """Who is invited, when, and what the host bears."""

    lot_id = fields.UUID(required=True)
    plate = typed_plate()
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    minutes = whole(1, DEFAULT_LIMITS.visit_minutes, "Minutes of the stay that the host bears", required=True)
    on_behalf_of = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=18),
        metadata={"description": "Credit code of the firm that invites; without one: you, by your pass"},
    )


class VisitArgs(PageArgs):
    """Filters of the list."""

    lot = lot_filter()
    state = fields.Enum(
        VisitState, by_value=True, load_default=None, metadata={"description": "Only those in this state"}
    )


class VisitSeen(Answer):
    """An invitation as the visitor sees it."""

    lot_name = bilingual()
    place = string("Where the car park is")
    plate = string("Number plate, masked")
    starts_at = instant()
    ends_at = instant("Until when the car may come")
    minutes = fields.Integer(required=True)
    state = fields.Enum(VisitState, by_value=True, required=True)
    state_name = bilingual()
    over = fields.Boolean(required=True, metadata={"description": "Whether the car can come on it no more"})


class VisitOut(VisitSeen):
    """An invitation as its host sees it."""

    id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    plate = plate_shown()
    firm = string("Credit code of the firm that invites", null=True)
    url = string("Address for the visitor, who needs no account; also as a QR code", null=True)
    made_at = instant()
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )


class VisitPage(Answer):
    """A page of invitations, the one made last first."""

    items = fields.List(fields.Nested(VisitOut), required=True)
    next = following()
