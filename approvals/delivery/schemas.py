"""What clients send about deliveries."""

from marshmallow import Schema, fields, validate

from approvals.delivery.model import DeliveryMethod


class RecordDelivery(Schema):
    """How, to whom and when what was granted was delivered."""

    method = fields.String(
        required=True,
        validate=validate.OneOf([DeliveryMethod.IN_PERSON.value, DeliveryMethod.POST.value]),
        metadata={"description": "Electronic delivery is recorded when the applicant opens the certificate"},
    )
    recipient = fields.String(
        required=True, validate=validate.Length(max=120), metadata={"description": "Who received it"}
    )
    delivered_on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "Not before the decision; today without one"},
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=500),
        metadata={"description": "The number of the consignment, for example"},
    )
