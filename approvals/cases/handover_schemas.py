"""What clients are told of a hand-over: a case that another authority executes in its own system."""

from marshmallow import fields, validate

from shared.http.schemas import Answer, bilingual, day, instant, string

HANDOVER_STATES = ("pending", "filed", "stuck", "ended")
TROUBLES = ("unreachable", "rejected", "contradiction")


class TroubleOut(Answer):
    """Why a hand-over needs a person."""

    kind = fields.String(required=True, validate=validate.OneOf(TROUBLES))
    name = bilingual()
    reason = bilingual("What was found; for officials only", null=True)
    since = instant()


class OutsideDocumentOut(Answer):
    """A document that the authority has issued."""

    id = fields.UUID(required=True)
    name = string()
    media_type = string(example="application/pdf")
    size = fields.Integer(required=True)
    issued_on = day("The legal date of the step that it came with", null=True)
    url = string("Where it is; null until it has been fetched", null=True)


class HandoverOut(Answer):
    """How far a hand-over has come."""

    system_name = bilingual("The system of the authority that executes the case")
    state = fields.String(required=True, validate=validate.OneOf(HANDOVER_STATES))
    state_name = bilingual()
    receipt_number = string("The authority's own; null until it has taken the application", null=True)
    ended_on = day("The legal date of the decision or of whatever else has ended it there", null=True)
    heard_at = instant("When the system last said anything new", null=True)
    withdrawal_waits = fields.Boolean(
        required=True, metadata={"description": "A withdrawal was passed on and is not answered yet"}
    )
    tries = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Failed tries in a row; for officials only"}
    )
    last_error = string("Of the last failed try; for officials only", null=True)
    trouble = fields.Nested(TroubleOut, required=True, allow_none=True)
    documents = fields.List(fields.Nested(OutsideDocumentOut), required=True)
