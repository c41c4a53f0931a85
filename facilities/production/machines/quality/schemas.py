"""The quality of what was made, on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from facilities.production.machines.after_use.schemas import FileOut, MoneyOfferOut
from facilities.production.machines.quality.rules import QualityState
from facilities.production.machines.schemas import fen, whole
from shared.http.schemas import Answer, bilingual, instant, text

_MOST_PIECES = 100_000_000


class QualityBody(Schema):
    """What came out of the use."""

    accepted_pieces = whole(0, _MOST_PIECES, "Pieces found good", load_default=None, allow_none=True)
    rejected_pieces = whole(0, _MOST_PIECES, "Pieces found bad", load_default=None, allow_none=True)
    measured = fields.String(
        load_default="",
        validate=validate.Length(max=2000),
        metadata={"description": "Measured values"},
    )
    note = fields.String(load_default="", validate=validate.Length(max=2000))

    @validates_schema
    def _says_something(self, data: dict[str, Any], **_more: Any) -> None:
        if data["accepted_pieces"] is None and not (data["measured"].strip() or data["note"].strip()):
            raise ValidationError("Missing data for required field.", "accepted_pieces")


class Concession(Schema):
    """Deviations, and the price reduction for which they are accepted."""

    reduction_fen = fen("What the customer gets back", required=True)
    text = text(400, "What deviates", required=True)


class QualityOut(Answer):
    """The quality result of a booking; with version 0 nothing is recorded yet."""

    booking_id = fields.UUID(required=True)
    state = fields.Enum(QualityState, by_value=True, required=True)
    state_name = bilingual()
    accepted_pieces = fields.Integer(required=True, allow_none=True)
    rejected_pieces = fields.Integer(required=True, allow_none=True)
    measured = fields.String(required=True)
    note = fields.String(required=True)
    recorded_at = instant(null=True)
    answer_by = instant("Then a result counts as accepted, a proposal lapses", null=True)
    settled_at = instant(null=True)
    report = fields.Nested(FileOut, required=True, allow_none=True)
    concessions = fields.List(fields.Nested(MoneyOfferOut), required=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )
