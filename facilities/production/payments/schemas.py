"""Payments on the wire."""

from marshmallow import Schema, fields, validate

from facilities.capacity.amounts import MOST_FEN
from facilities.production.payments.rules import Direction
from shared.http.schemas import (
    Answer,
    bilingual,
    chosen_day,
    day,
    following,
    instant,
    shaped,
    string,
    text,
)


class NewFirmPayment(Schema):
    """Money that has come from a firm, or has gone to it."""

    firm = fields.String(
        required=True,
        validate=validate.Length(min=1, max=18),
        metadata={"description": "Unified social credit code"},
    )
    direction = fields.Enum(Direction, by_value=True, required=True)
    amount_fen = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=MOST_FEN),
        metadata={"description": "In fen; what goes out is no more than the firm is owed"},
    )
    paid_on = chosen_day("The legal date on which it came in or went out", required=True)
    reference = fields.String(
        required=True,
        validate=[validate.Length(min=1, max=80), *shaped(r"^\S(.*\S)?$")],
        metadata={"description": "By which the bank knows it; of a firm each way once"},
    )


class TakeBack(Schema):
    """Why a payment was entered wrongly."""

    reason = text(400, required=True)


class FirmPaymentOut(Answer):
    """A payment; `taken_back_at` where a counter-entry has undone it."""

    id = fields.UUID(required=True)
    firm = string("Unified social credit code")
    firm_name = string()
    direction = fields.Enum(Direction, by_value=True, required=True)
    direction_name = bilingual()
    amount_fen = fields.Integer(required=True)
    paid_on = day("On which it came in or went out")
    reference = string()
    entered_at = instant()
    taken_back_at = instant("When the counter-entry was posted", null=True)
    taken_back_for = bilingual("What the counter-entry says", null=True)
    may_take_back = fields.Boolean(required=True, metadata={"description": "Whether the reader may undo it"})


class FirmPaymentPage(Answer):
    """A page of payments, the one entered last first."""

    items = fields.List(fields.Nested(FirmPaymentOut), required=True)
    next = following()
