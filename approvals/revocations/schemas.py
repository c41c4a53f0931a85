"""What clients send about revocations, and what they get."""

from marshmallow import Schema, fields, validate

from approvals.cases.schemas import YesNo
from shared.http.schemas import Answer, bilingual, string


class ProposeRevocation(Schema):
    """Why what was granted is to be revoked."""

    ground = fields.String(
        required=True,
        validate=validate.Length(min=1, max=40),
        metadata={"description": "Key of one of the grounds (`GET /revocation-grounds`)"},
    )
    facts = fields.String(
        required=True,
        validate=validate.Length(max=4000),
        metadata={"description": "Facts and reasons, told to the holder in writing"},
    )


class StateObjection(Schema):
    """What the holder has to say."""

    text = fields.String(required=True, validate=validate.Length(max=4000))


class DecideRevocation(Schema):
    """Whether it is revoked."""

    revoked = YesNo(required=True)
    reason = fields.String(required=True, validate=validate.Length(max=4000))
    dropped_for = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=40),
        metadata={"description": "Why it is not revoked after all; required then, and only then"},
    )


class WithdrawRevocation(Schema):
    """Why the proposal is taken back."""

    reason = fields.String(required=True, validate=validate.Length(max=1000))


class GroundOut(Answer):
    """A ground on which officials may propose a revocation."""

    key = string(example="obtained_by_deceit")
    text = bilingual("As the law words it")
    basis = bilingual()
    discretion = fields.String(
        required=True,
        validate=validate.OneOf(["may", "shall"]),
        metadata={"description": "may: it may be revoked; shall: it has to be"},
    )
    own_act = fields.Boolean(
        required=True,
        metadata={"description": "It is an act of the officials: whoever granted does not decide on it"},
    )


class GroundsOut(Answer):
    """The grounds, and how long the holder has to speak."""

    items = fields.List(fields.Nested(GroundOut), required=True)
    statement_days = fields.Integer(
        required=True,
        metadata={"description": "Working days in which the holder may state and defend (陈述、申辩)"},
    )
    statement_days_verified = fields.Boolean(
        required=True, metadata={"description": "False: an arrangement of the park, not of a law"}
    )
