"""One's own stays on the wire."""

from marshmallow import fields

from facilities.living.parking.stays.schemas import StayWithCost
from shared.http.schemas import Answer, instant


class OwnPayment(Answer):
    """Money that the reader has paid for a stay; its receipt is known by its id."""

    id = fields.UUID(required=True)
    fen = fields.Integer(required=True)
    at = instant()


class OwnStay(StayWithCost):
    """A stay with its cost and what the reader has paid for it."""

    payments = fields.List(fields.Nested(OwnPayment), required=True)
