"""What the window sends about a correction on the spot."""

from marshmallow import Schema, fields, validate

from approvals.spot.model import Consent


class SpotChange(Schema):
    """One answer, and what it ought to say."""

    target = fields.String(required=True, validate=validate.Length(min=1, max=200))
    value = fields.Raw(
        required=True,
        allow_none=True,
        metadata={
            "type": ["string", "boolean", "number"],
            "description": "Raw as typed, as answers are saved; null empties the field",
        },
    )


class CorrectOnTheSpot(Schema):
    """Answers corrected with the applicant's consent."""

    changes = fields.List(fields.Nested(SpotChange), required=True, validate=validate.Length(max=60))
    consent = fields.Enum(Consent, by_value=True, required=True)
    note = fields.String(load_default="", validate=validate.Length(max=500))
