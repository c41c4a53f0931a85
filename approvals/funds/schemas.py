"""What clients send about payments."""

from marshmallow import Schema, fields, validate


class RecordPayment(Schema):
    """What was paid, when, and the number of its voucher."""

    amount_fen = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=10**15),
        metadata={"description": "In fen; exactly what was granted"},
    )
    paid_on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "Not before the decision; today without one"},
    )
    voucher = fields.String(
        required=True,
        validate=validate.Length(max=60),
        metadata={"description": "Number of the voucher (拨付凭证号)"},
    )
