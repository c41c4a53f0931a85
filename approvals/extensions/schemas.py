"""What clients send about extensions."""

from marshmallow import Schema, fields, validate

from approvals.cases.schemas import YesNo


class RequestExtension(Schema):
    """Why more time is needed."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=1000),
        metadata={
            "description": "The reasons, told to the applicant when it is approved",
            "example": "情形复杂，需要核实股东资格",
        },
    )


class DecideExtension(Schema):
    """Whether there is more time."""

    approved = YesNo(required=True)
    note = fields.String(
        load_default="",
        validate=validate.Length(max=1000),
        metadata={"description": "What the approver says to it; required of a refusal"},
    )
