"""Lanes on the wire: what devices tell, what they are answered, what operators see of it."""

from datetime import datetime

from marshmallow import Schema, ValidationError, fields, validate

from facilities.living.parking.gates.answers import Note, Reason, Verdict
from facilities.living.parking.gates.model import AlarmKind
from facilities.living.parking.gates.readings import Direction, Doubt
from facilities.living.parking.vehicles import VehicleClass
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, shaped, string, text
from shared.identifiers.plates import PlateColor

_EVENT_ID = shaped(r"^[A-Za-z0-9._-]{1,64}$")
_TICKET = shaped(r"^#[0-9A-HJKMNP-TV-Z]{8}$")


def _sane(at: datetime) -> None:
    """A clock that was set back may say 1970; nothing can be meant by a time that no calendar reaches."""
    if not 1970 <= at.year < 2100:
        raise ValidationError("Must be greater than or equal to 1970 and less than 2100.")


class GateEventIn(Schema):
    """A car at a lane, as a camera tells it."""

    id = fields.String(
        required=True,
        validate=_EVENT_ID,
        metadata={"description": "By which the device tells its events apart"},
    )
    plate = fields.String(
        required=True,
        allow_none=True,
        validate=validate.Length(max=32),
        metadata={"description": "As it was read; null where none was"},
    )
    color = fields.Enum(PlateColor, by_value=True, load_default=None, allow_none=True)
    vehicle = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(["motorcycle"]),
        metadata={"description": "What the plate does not say"},
    )
    confidence = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=0, max=100),
        metadata={"description": "How sure the camera is, in hundredths"},
    )
    image_ref = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={"description": "Where the device keeps its picture"},
    )
    seen_at = fields.AwareDateTime(
        required=True, validate=_sane, metadata={"description": "By the clock of the device"}
    )
    waiting = fields.Boolean(
        load_default=True,
        truthy={True},
        falsy={False},
        metadata={"description": "Whether a barrier waits; false: told later, the car has gone through"},
    )


class NoteOut(Answer):
    """What else the driver or the operator should know."""

    code = fields.String(required=True, validate=validate.OneOf([each.value for each in Note]))
    words = bilingual()


class ZoneRef(Answer):
    """To which zone a car is sent."""

    id = fields.UUID(required=True)
    name = bilingual()


class GateAnswer(Answer):
    """What the barrier does, and what its display says."""

    event_id = fields.UUID(required=True)
    at = instant("By which it is ordered and charged")
    verdict = fields.String(required=True, validate=validate.OneOf([each.value for each in Verdict]))
    reason = fields.String(required=True, validate=validate.OneOf([each.value for each in Reason]))
    words = bilingual()
    plate = string("For people to read; null where none was read", null=True)
    due_fen = fields.Integer(required=True)
    notes = fields.List(fields.Nested(NoteOut), required=True)
    zone = fields.Nested(ZoneRef, required=True, allow_none=True)
    stay_id = fields.UUID(required=True, allow_none=True)
    repeated = fields.Boolean(required=True, metadata={"description": "Whether it was answered before"})


class BarrierOpeningIn(Schema):
    """A barrier has opened."""

    id = fields.String(
        required=True,
        validate=_EVENT_ID,
        metadata={"description": "By which the device tells its events apart"},
    )
    opened_at = fields.AwareDateTime(
        required=True, validate=_sane, metadata={"description": "By the clock of the device"}
    )


class OpeningOut(Answer):
    """A barrier has opened, and whether anything explains it."""

    id = fields.UUID(required=True)
    at = instant()
    explained = fields.Boolean(required=True, metadata={"description": "Else an alarm was raised"})
    repeated = fields.Boolean(required=True)


class OpenLane(Schema):
    """Why a barrier is opened by hand, and for which car."""

    reason = text(400, required=True)
    plate = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=32),
        metadata={"description": "Of the car that goes through: a plate or a ticket; its stay follows"},
    )


class OpenedOut(Answer):
    """What was opened by hand."""

    id = fields.UUID(required=True)
    lane_id = fields.UUID(required=True)
    at = instant()
    reason = string()
    opened_name = string()
    plate = string(null=True)
    answer = fields.Nested(GateAnswer, required=True, allow_none=True)


class TicketIn(Schema):
    """What the code at a lane says, and the ticket of a car that goes out."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=100))
    ticket = fields.String(
        load_default=None,
        allow_none=True,
        validate=_TICKET,
        metadata={"description": "At an exit: the ticket given at the entry"},
    )


class TicketOut(GateAnswer):
    """The answer, with the ticket by which the car is known."""

    ticket = string(null=True)


class LaneCode(Answer):
    """The address that a lane's code leads to."""

    token = string()
    url = string("To be printed as a QR code and put up at the lane")


class EventArgs(PageArgs):
    """Which events of a lot."""

    lane_id = fields.UUID(load_default=None, metadata={"description": "At one lane"})
    plate = fields.String(
        load_default=None,
        validate=validate.Length(min=1, max=32),
        metadata={"description": "A plate or a ticket, in full"},
    )
    latest = fields.Boolean(
        load_default=False,
        metadata={"description": "Only the latest at each lane by its own time, whenever it was told"},
    )


class ByHand(Answer):
    """Who opened the barrier by hand for a car, and why."""

    name = string()
    reason = string()


class GateEventOut(Answer):
    """One event at a lane, as it was told and answered."""

    id = fields.UUID(required=True)
    lane_id = fields.UUID(required=True)
    direction = fields.String(required=True, validate=validate.OneOf([each.value for each in Direction]))
    plate = string("By which the car is known; null where none was read", null=True)
    read = string("What the camera has read")
    vehicle = fields.String(required=True, validate=validate.OneOf([each.value for each in VehicleClass]))
    confidence = fields.Integer(required=True, allow_none=True)
    image_ref = string()
    seen_at = instant("By the clock of the device")
    received_at = instant()
    at = instant("By which it is ordered and charged")
    doubt = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([each.value for each in Doubt])
    )
    doubt_name = bilingual(null=True)
    waiting = fields.Boolean(required=True)
    repeats = fields.UUID(required=True, allow_none=True)
    verdict = fields.String(required=True, validate=validate.OneOf([each.value for each in Verdict]))
    reason = fields.String(required=True, validate=validate.OneOf([each.value for each in Reason]))
    words = bilingual()
    notes = fields.List(fields.Nested(NoteOut), required=True)
    passed = fields.Boolean(required=True)
    stay_id = fields.UUID(required=True, allow_none=True)
    by_hand = fields.Nested(
        ByHand,
        required=True,
        allow_none=True,
        metadata={"description": "Where somebody has opened for it; null for what a device told"},
    )


class GateEventPage(Answer):
    """A page of events."""

    items = fields.List(fields.Nested(GateEventOut), required=True)
    next = following()


class AlarmArgs(PageArgs):
    """Which alarms of a lot."""

    open = fields.Boolean(
        load_default=None, metadata={"description": "Only those that nobody, or that somebody has seen to"}
    )
    kind = fields.Enum(AlarmKind, by_value=True, load_default=None, metadata={"description": "Of one kind"})


class AlarmOut(Answer):
    """Something for the operator to look at."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "To be named in If-Match"})
    lot_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([each.value for each in AlarmKind]))
    kind_name = bilingual()
    plate = string(null=True)
    details = fields.Dict(required=True)
    raised_at = instant()
    seen_at = instant(null=True)
    seen_by = string()
    note = string()


class AlarmPage(Answer):
    """A page of alarms."""

    items = fields.List(fields.Nested(AlarmOut), required=True)
    next = following()


class SeeAlarm(Schema):
    """What was found."""

    note = text(400, required=True)
