"""What reads alike wherever the two sides of a booking act after its use."""

from marshmallow import fields

from facilities.capacity.lifecycle import Party
from facilities.production.machines.after_use.offers import OfferState
from shared.http.schemas import Answer, instant, string


class MoneyOfferOut(Answer):
    """An offer of money by one side."""

    number = fields.Integer(required=True)
    by = fields.Enum(Party, by_value=True, required=True)
    amount_fen = fields.Integer(required=True)
    text = string()
    state = fields.Enum(OfferState, by_value=True, required=True)
    made_at = instant()
    ended_at = instant(null=True)


class FileOut(Answer):
    """A file that was handed in."""

    name = string()
    media_type = string()
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
