"""The standing of an enterprise on the wire."""

from marshmallow import Schema, fields, validate

from shared.http.schemas import Answer, instant, string


class StandingReason(Schema):
    """Why business is suspended, or resumed."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=1000),
        metadata={"description": "The register shows it", "example": "受灾停产，自主决定歇业（演示）"},
    )


class StandingEntryOut(Answer):
    """One change of the standing."""

    status = string()
    reason = string()
    entered_at = instant()


class StandingOut(Answer):
    """How an enterprise has stood, the newest change first."""

    items = fields.List(fields.Nested(StandingEntryOut), required=True)
