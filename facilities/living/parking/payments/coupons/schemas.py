"""Coupons on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from facilities.capacity.amounts import MOST_FEN
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, string, text

MOST_AT_ONCE = 100
MOST_MINUTES = 31 * 1440


class ParkingCouponName(Schema):
    """What a coupon is called, in both languages."""

    zh = text(60, required=True)
    en = text(60, required=True)


class NewParkingCoupons(Schema):
    """Coupons of a firm for a car park: each gives minutes or an amount."""

    lot_id = fields.UUID(required=True)
    giver = fields.String(
        required=True,
        validate=validate.Length(min=18, max=18),
        metadata={"description": "Unified social credit code of the firm that gives them"},
    )
    name = fields.Nested(ParkingCouponName, required=True)
    minutes = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(min=0, max=MOST_MINUTES),
        metadata={"description": "Minutes that are free"},
    )
    fen = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(min=0, max=MOST_FEN),
        metadata={"description": "What is taken off the fee at most, in fen"},
    )
    valid_until = fields.AwareDateTime(required=True)
    count = fields.Integer(
        strict=True,
        load_default=1,
        validate=validate.Range(min=1, max=MOST_AT_ONCE),
        metadata={"description": "How many of them"},
    )

    @validates_schema
    def _gives_one(self, data: dict[str, Any], **_rest: Any) -> None:
        if (data.get("minutes", 0) == 0) == (data.get("fen", 0) == 0):
            raise ValidationError("It gives either minutes or an amount", "fen")


class ParkingCouponOut(Answer):
    """A coupon and what has become of it; whose car has used it is not told."""

    id = fields.UUID(required=True)
    code = string("What its bearer shows")
    lot_id = fields.UUID(required=True)
    giver = string("Unified social credit code")
    name = bilingual()
    minutes = fields.Integer(required=True)
    fen = fields.Integer(required=True)
    valid_until = instant()
    made_at = instant()
    used_at = instant(null=True)


class ParkingCouponPage(Answer):
    """A page of coupons, the newest first."""

    items = fields.List(fields.Nested(ParkingCouponOut), required=True)
    next = following()


class ParkingCouponsMade(Answer):
    """The coupons that were made."""

    items = fields.List(fields.Nested(ParkingCouponOut), required=True)


class CouponListArgs(PageArgs):
    """Filters of the list of coupons."""

    used = fields.Boolean(
        load_default=None, metadata={"description": "Only those that were used, or only those that were not"}
    )


class ParkingCouponGiven(Answer):
    """How the stay stands after it was given a coupon."""

    code = string()
    name = bilingual()
    due_fen = fields.Integer(required=True, metadata={"description": "What is to be paid still, in fen"})
    overpaid_fen = fields.Integer(
        required=True,
        metadata={"description": "What was paid too much by now and can be given back, in fen"},
    )
