"""Checking in on the wire."""

from marshmallow import Schema, fields, validate

from facilities.production.machines.bookings.schemas import BookingSummary
from shared.http.schemas import Answer, bilingual, string, text

_TOKEN = "The end of the address that the machine's code has"  # noqa: S105 - says what it is


class CodeRead(Schema):
    """What the code at the machine says."""

    token = text(100, _TOKEN, required=True)


class PlaceCode(Answer):
    """The address that a machine's code leads to."""

    token = string()
    url = string("To be printed as a QR code and put up at the machine")


class DueOut(BookingSummary):
    """A booking at the machine, and what its reader can do with it now."""

    version = fields.Integer(required=True, metadata={"description": "To be named in If-Match"})
    action = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["check-in", "check-out"]),
        metadata={"description": "Null: nothing now, for the reason given"},
    )
    why_not = bilingual("Why nothing can be done with it now", null=True)


class AtMachine(Answer):
    """What somebody who stands before a machine can do there."""

    machine_id = fields.UUID(required=True)
    machine_name = bilingual()
    owner_name = string()
    items = fields.List(fields.Nested(DueOut), required=True)
    why_none = bilingual("Why there is no booking to be shown", null=True)
